"""What a deviation hits, as lines: the tree from the line that slips to the customer orders, what each customer would
see, and the consequences that are folded inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui.commands import impact_lines
from tui.terminal import cells, safe, theme
from tui.terminal.cells import Column, Present
from tui.terminal.safe import Pieces
from tui.widgets import queue
from tui.widgets.page_list import PageLine

_NODES: Final = (
    Column("line", "line", 30, 1, flex=True),
    Column("place", "goods", 14, 4),
    Column("pegged", "pegged", 8, 3, align="right"),
    Column("gap", "gap", 6, 2, align="right"),
    Column("late", "late", 9, 1, align="right"),
    Column("value", "value", 12, 1, align="right"),
)
_CUSTOMERS: Final = (
    Column("customer", "customer", 10, 1, flex=True),
    Column("order", "order", 12, 2),
    Column("promised", "promised", 16, 4),
    Column("expected", "expected", 16, 3),
    Column("late", "late", 5, 1, align="right"),
    Column("quantity", "late/missing", 12, 2, align="right"),
    Column("value", "value", 14, 1, align="right"),
)
_FAMILY: Final = (
    Column("severity", "", 2, 1),
    Column("id", "id", 5, 2),
    Column("kind", "what", 12, 3),
    Column("subject", "", 12, 1),
    Column("exposure", "exposure", 8, 2, align="right"),
    Column("because", "because", 20, 4, flex=True, words=True),
)


def impact(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """The tree, a line for each order line; those that a deviation folded inside is about open it."""
    found = detail["impact"]
    if not found:
        return [_quiet("Only what is still to come of a supply line has an impact below it.")]
    opens = {(each["subject"]["type"], each["subject"]["id"]): each["id"] for each in detail["consequences_detail"]}
    lines = [PageLine([(line, "bold")]) for line in safe.wrap(impact_lines.sentence(found), width)]
    lines.append(_heading(_NODES, width))
    lines += _tree(found["tree"], "", "", width, opens)
    if found["left_out"]:
        lines.append(_quiet(f"and {found['left_out']} further lines below"))
    return lines


def _tree(
    node: Mapping[str, Any], lead: str, below: str, width: int, opens: Mapping[tuple[str, str], str]
) -> Iterator[PageLine]:
    """A node with all that hangs on it; `lead` stands before its own line, `below` before its children's."""
    line = node["line"]["type"], node["line"]["id"]
    customer = f" {node['customer']}" if node.get("customer") else ""
    again = " (as above)" if node.get("again") else ""
    late, style = _late(node)
    values = {
        "line": (f"{lead}{queue.subject({'subject': node['line']})}{customer}{again}", "plain"),
        "place": ("@".join(each for each in (node["item"], node["site"]) if each), "quiet"),
        "pegged": (cells.number(node["pegged"]) if "pegged" in node else "", "plain"),
        "gap": ("" if node.get("gap_days") is None else f"{cells.number(float(node['gap_days']))}d", "plain"),
        "late": (late, style),
        "value": (cells.money(node["value"]) if node.get("value") else "", "bold"),
    }
    yield PageLine(safe.columns(_NODES, values, width), target=opens.get(line, " ".join(line)))
    children = node["children"]
    for at, child in enumerate(children):
        last = at == len(children) - 1
        yield from _tree(child, f"{below}{'└' if last else '├'} ", f"{below}{' ' if last else '│'} ", width, opens)


def _late(node: Mapping[str, Any]) -> tuple[str, str]:
    if node.get("absorbed"):
        return "in slack", "quiet"
    if node.get("undated"):
        return "no date", "quiet"
    if node["delay_days"] is not None:
        return f"+{cells.number(float(node['delay_days']))}d", "bad"
    return (f"−{100 * node['share']:.0f} %", "bad") if "share" in node else ("short", "bad")


def customers(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """What each customer would see."""
    found = detail["impact"]
    if not found or not found["customers"]:
        return [_quiet("No customer order is hit.")]
    opens = {each["subject"]["id"]: each["id"] for each in detail["consequences_detail"]}
    lines = [_heading(_CUSTOMERS, width)]
    for each in found["customers"]:
        values = {
            "customer": (each["customer"] or "–", "bold"),
            "order": (each["line"]["id"], "plain"),
            "promised": (_date(each["promised_at"], present), "plain"),
            "expected": (_date(each["expected_at"], present), "plain"),
            "late": ("–" if each["delay_days"] is None else f"+{cells.number(float(each['delay_days']))}d", "bad"),
            "quantity": (cells.quantity(each["quantity"], each["uom"]), "plain"),
            "value": (cells.money_in_full(each["value"]), "bold"),
        }
        target = opens.get(each["line"]["id"], f"{each['line']['type']} {each['line']['id']}")
        lines.append(PageLine(safe.columns(_CUSTOMERS, values, width), target=target))
    return lines


def _date(iso: str | None, present: Present) -> str:
    return cells.short_time_of(iso, present.now, present.zone)


def family(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """What this one follows from, and what is folded inside it; each line opens its deviation."""
    lines: list[PageLine] = []
    for words, found in (
        ("Follows from", detail["follows_from"]),
        ("What follows from it", detail["consequences_detail"]),
    ):
        if found:
            lines += [PageLine([(words, "quiet")]), _heading(_FAMILY, width), *(_member(each, width) for each in found)]
    left_out = len(detail["consequences"]) - len(detail["consequences_detail"])
    if left_out:
        lines.append(_quiet(f"and {left_out} further consequences"))
    return lines or [_quiet("Nothing follows from it, and it follows from nothing.")]


def _member(row: Mapping[str, Any], width: int) -> PageLine:
    shape, style = theme.SEVERITY.get(row["severity"], ("?", "plain"))
    values = {
        "severity": (shape, style),
        "id": (row["id"], "quiet"),
        "kind": (row["kind"], "plain"),
        "subject": (queue.subject(row), "plain"),
        "exposure": (cells.exposure(row), "bold"),
        "because": (row["because"], "quiet"),
    }
    return PageLine(safe.columns(_FAMILY, values, width), target=row["id"])


def _heading(columns: tuple[Column, ...], width: int) -> PageLine:
    head: Pieces = safe.columns(columns, {column.name: (column.title, "quiet") for column in columns}, width)
    return PageLine(head)


def _quiet(sentence: str) -> PageLine:
    return PageLine([(sentence, "quiet")])
