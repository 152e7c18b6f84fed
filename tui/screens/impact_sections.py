"""What a deviation hits, as lines: the tree from the line that slips to the customer orders, what each customer would
see, and the consequences that are folded inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tui.commands import impact_lines
from tui.terminal import cells, safe, theme
from tui.terminal.cells import Column, Present
from tui.terminal.safe import Piece, Pieces
from tui.widgets import queue
from tui.widgets.measured import fitted
from tui.widgets.page_list import PageLine

_NODES: Final = (
    Column("line", "line", 0, 0),
    Column("place", "goods", 0, 6),
    Column("pegged", "pegged", 0, 4, align="right"),
    Column("gap", "gap", 0, 3, align="right"),
    Column("late", "late", 0, 2, align="right"),
    Column("value", "value", 0, 1, align="right"),
    Column("promised", "promised", 0, 8),
    Column("expected", "expected", 0, 7),
    Column("quantity", "late/missing", 0, 10, align="right"),
    Column("folded", "folded inside", 0, 9),
)
_SHORT_NODE: Final = Column("line", "line", 30, 5, words=True)
"""Of a deep tree: the words at the end of its lines go."""
_CUSTOMERS: Final = (
    Column("customer", "customer", 0, 1),
    Column("order", "order", 0, 4),
    Column("promised", "promised", 0, 6),
    Column("expected", "expected", 0, 5),
    Column("late", "late", 0, 2, align="right"),
    Column("quantity", "late/missing", 0, 3, align="right"),
    Column("value", "value", 0, 0, align="right"),
    Column("place", "goods", 0, 8),
    Column("folded", "folded inside", 0, 7),
)
_SHORT_CUSTOMER: Final = Column("customer", "customer", 16, 9, words=True)
_SHORT_ORDER: Final = Column("order", "order", 24, 10)
"""One odd id would take all the room from the other columns."""
_FAMILY: Final = (
    Column("severity", "", 0, 1),
    Column("id", "id", 0, 3),
    Column("kind", "what", 0, 4),
    Column("subject", "", 0, 0),
    Column("exposure", "exposure", 0, 2, align="right"),
    Column("because", "because", 20, 6, flex=True, words=True),
)
_SHORT_SUBJECT: Final = Column("subject", "", 24, 5)
_APART: Final = 2
"""Cells that are added between two columns where there is room."""
_Row = tuple[Mapping[str, Piece], str | None]
"""What stands in each column, and what the line opens."""


def impact(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """The tree, a line for each order line; those that a deviation folded inside is about open it."""
    found = detail["impact"]
    if not found:
        return [_quiet("Only what is still to come of a supply line has an impact below it.")]
    lines = [PageLine([(line, "bold")]) for line in safe.wrap(impact_lines.sentence(found), width)]
    rows = [*_tree(found["tree"], "", "", _folded(detail), present)]
    lines += _table(_NODES, rows, width, _SHORT_NODE)
    if found["left_out"]:
        lines.append(_quiet(f"and {found['left_out']} further lines below"))
    return lines


def _folded(detail: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The consequences that a deviation folded inside, by type and id of what they are about."""
    return {(each["subject"]["type"], each["subject"]["id"]): each for each in detail["consequences_detail"]}


def _tree(
    node: Mapping[str, Any],
    lead: str,
    below: str,
    folded: Mapping[tuple[str, str], Mapping[str, Any]],
    present: Present,
) -> Iterator[_Row]:
    """A node with all that hangs on it; `lead` stands before its own line, `below` before its children's."""
    line = node["line"]["type"], node["line"]["id"]
    customer = f" {node['customer']}" if node.get("customer") else ""
    again = " (as above)" if node.get("again") else ""
    values = {
        "line": (f"{lead}{queue.subject({'subject': node['line']})}{customer}{again}", "plain"),
        "place": (_goods(node), "quiet"),
        "pegged": (cells.number(node["pegged"]) if "pegged" in node else "", "plain"),
        "gap": ("" if node.get("gap_days") is None else f"{cells.number(float(node['gap_days']))}d", "plain"),
        "late": _late(node),
        "value": (cells.money(node["value"]) if node.get("value") else "", "bold"),
        **{
            name: (_date(node[f"{name}_at"], present) if customer else "", "plain") for name in ("promised", "expected")
        },
        "quantity": (cells.quantity(node["quantity"], node["uom"]) if customer else "", "plain"),
        "folded": (_named(folded.get(line)), "notice"),
    }
    yield values, folded[line]["id"] if line in folded else " ".join(line)
    children = node["children"]
    for at, child in enumerate(children):
        last = at == len(children) - 1
        lead, deeper = f"{below}{'└' if last else '├'} ", f"{below}{' ' if last else '│'} "
        yield from _tree(child, lead, deeper, folded, present)


def _goods(node: Mapping[str, Any]) -> str:
    return "@".join(each for each in (node["item"], node["site"]) if each)


def _named(folded: Mapping[str, Any] | None) -> str:
    return "" if folded is None else f"{folded['id']} {folded['kind']}"


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
    folded = _folded(detail)
    rows: list[_Row] = []
    for each in found["customers"]:
        line = each["line"]["type"], each["line"]["id"]
        values = {
            "customer": (each["customer"] or "–", "bold"),
            "order": (each["line"]["id"], "plain"),
            "promised": (_date(each["promised_at"], present), "plain"),
            "expected": (_date(each["expected_at"], present), "plain"),
            "late": ("–" if each["delay_days"] is None else f"+{cells.number(float(each['delay_days']))}d", "bad"),
            "quantity": (cells.quantity(each["quantity"], each["uom"]), "plain"),
            "value": (cells.money_in_full(each["value"]), "bold"),
            "place": (_goods(each), "quiet"),
            "folded": (_named(folded.get(line)), "notice"),
        }
        rows.append((values, folded[line]["id"] if line in folded else " ".join(line)))
    return _table(_CUSTOMERS, rows, width, _SHORT_CUSTOMER, _SHORT_ORDER)


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
            lines += [
                PageLine([(words, "quiet")]),
                *_table(_FAMILY, [_member(each) for each in found], width, _SHORT_SUBJECT),
            ]
    left_out = len(detail["consequences"]) - len(detail["consequences_detail"])
    if left_out:
        lines.append(_quiet(f"and {left_out} further consequences"))
    return lines or [_quiet("Nothing follows from it, and it follows from nothing.")]


def _member(row: Mapping[str, Any]) -> _Row:
    shape, style = theme.SEVERITY.get(row["severity"], ("?", "plain"))
    values = {
        "severity": (shape, style),
        "id": (row["id"], "quiet"),
        "kind": (row["kind"], "plain"),
        "subject": (queue.subject(row), "plain"),
        "exposure": (cells.exposure(row), "bold"),
        "because": (row["because"], "quiet"),
    }
    return values, row["id"]


def _table(columns: Sequence[Column], rows: Sequence[_Row], width: int, *shorter: Column) -> list[PageLine]:
    """Rows under their titles, each column as wide as what stands in it, and none without anything: more room shows
    more columns, and no number stands far from its line."""
    head: Mapping[str, Piece] = {column.name: (column.title, "quiet") for column in columns}
    texts = [values for values, _ in rows]
    whole = [
        column
        if column.flex
        else replace(column, width=max(safe.width_of([values[column.name]]) for values in (head, *texts)))
        for column in columns
        if any(values[column.name][0] for values in texts)
    ]
    first, *others = fitted(whole, shorter, width)
    spare = width - sum(column.width + 1 for column in (first, *others)) + 1
    more = min(_APART, spare // len(others)) if others and spare > 0 else 0
    shown = (first, *(replace(column, width=column.width + more) for column in others))
    moved = {column.name for column in others if column.align == "left"}

    def line(values: Mapping[str, Piece]) -> Pieces:
        apart = {name: (" " * more + text if name in moved else text, style) for name, (text, style) in values.items()}
        return safe.columns(shown, apart, width)

    return [PageLine(line(head)), *(PageLine(line(values), target=target) for values, target in rows)]


def _quiet(sentence: str) -> PageLine:
    return PageLine([(sentence, "quiet")])
