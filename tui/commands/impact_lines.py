"""What a deviation puts at risk as lines of text: a sentence, what each customer would see, and the tree of lines; and
what an item at a site is pegged to, and how its stock goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tui.terminal import cells
from tui.words import printing


def lines(impact: Mapping[str, Any] | None, now: int, zone: str) -> list[str]:
    """Nothing where the object has no impact."""
    if not impact:
        return []
    left_out = impact["left_out"]
    more = [f"and {left_out} further {'line' if left_out == 1 else 'lines'} below"] if left_out else []
    return [sentence(impact), *_customers(impact, now, zone), *_tree(impact["tree"]), *more]


def pegs(found: Sequence[Mapping[str, Any]] | None, uom: str | None) -> list[str]:
    """One line for each peg of an item at a site."""
    rows = [
        (
            str(each["demand"]),
            str(each["supply"] or "nothing"),
            cells.quantity(each["quantity"], uom),
            "–" if each["gap_days"] is None else f"{each['gap_days']:g}",
        )
        for each in found or ()
    ]
    return printing.table(("demand", "served by", "quantity", "gap in days"), rows) if rows else []


def projection(found: Sequence[Mapping[str, Any]] | None, uom: str | None, now: int, zone: str) -> list[str]:
    """One line for each day on which the stock of an item at a site moves."""
    today = cells.local(now, zone)
    rows = [
        (cells.short_date(cells.local(cells.instant(each["day"]), zone), today), cells.quantity(each["quantity"], uom))
        for each in found or ()
    ]
    return printing.table(("day", "stock"), rows) if rows else []


def sentence(impact: Mapping[str, Any]) -> str:
    """The whole in a line: how late or short, the slack, how many customer orders, and what they are worth."""
    late, slack = impact["delay_days"], impact["slack_days"]
    what = (
        f"{late:g} days late" if late is not None else f"{100 * impact['missing_share']:.0f} % of what is open missing"
    )
    if slack is None and impact["undated"] and not impact["customers"]:
        return f"{what}; what depends on it states no date: no customer order is hit"
    if slack is None and not impact["customers"]:
        return f"{what}; {'no customer order depends on it' if impact['pegged'] else 'no demand is pegged to it'}"
    if impact["absorbed"] and late is not None:
        return f"{what}, {slack:g} days of slack: no customer order is hit"
    if impact["absorbed"]:
        return f"{what}: what is missing serves no customer order"
    count = len(impact["customers"])
    worth = f", {cells.money_in_full(impact['value_at_risk'])} at risk" if impact["value_at_risk"] else ""
    spare = "" if slack is None else f", {slack:g} days of slack"
    return f"{what}{spare}: {count} customer {'order' if count == 1 else 'orders'} hit{worth}"


def _customers(impact: Mapping[str, Any], now: int, zone: str) -> list[str]:
    rows = [
        (
            str(each["customer"] or "–"),
            str(each["line"]["id"]),
            cells.both_times(each["promised_at"], now, zone),
            cells.both_times(each["expected_at"], now, zone),
            "–" if each["delay_days"] is None else f"{each['delay_days']:g}",
            cells.quantity(each["quantity"], each["uom"]),
            cells.money_in_full(each["value"]),
        )
        for each in impact["customers"]
    ]
    headings = ("customer", "order", "promised", "expected", "days late", "late or missing", "value")
    return printing.table(headings, rows) if rows else []


def _tree(node: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    named = f"{'  ' * depth}{node['line']['type']} {node['line']['id']}"
    told = [f"{node['item']} at {node['site']}"] if node["item"] and node["site"] else []
    if depth:
        gap = "without a date" if node["gap_days"] is None else f"gap {node['gap_days']:g} days"
        told.append(f"{node['pegged']:g} pegged, {gap}")
    if node.get("absorbed") or node.get("undated"):
        told.append("not hit")
    elif node["delay_days"] is not None:
        told.append(f"{node['delay_days']:g} days late")
    elif "share" in node:
        told.append(f"{100 * node['share']:.0f} % missing")
    if node.get("again"):
        told.append("see above")
    yield f"{named}  {', '.join(told)}"
    for child in node["children"]:
        yield from _tree(child, depth + 1)
