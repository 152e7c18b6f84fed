"""What can be drawn of a deviation, as lines: projected stock, demand in its band, the net of what it reaches,
arrivals; or the numbers of all that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from engine.values.clock import DAY
from tui.terminal import cells, charts, safe
from tui.terminal.cells import Present
from tui.terminal.safe import Pieces
from tui.widgets.page_list import PageLine

_ROWS: Final = 8
"""Lines of a chart."""
_WEEK: Final = 7
_NODE: Final = 24
"""Cells of a line in the net."""
_JOIN: Final = 3
"""Cells between two columns of the net."""
_NET_ROWS: Final = 24


def pictures(detail: Mapping[str, Any], width: int, present: Present) -> list[PageLine]:
    """Drawn, or in numbers where `detail` says so."""
    found = detail["pictures"]
    draw = not detail["in_numbers"]
    parts: list[list[Pieces]] = []
    if found["stock"]:
        parts.append(_stock(found["stock"], width, present, draw=draw))
    if found["demand"]:
        parts.append(_demand(found["demand"], width, present, draw=draw))
    if detail["impact"] and detail["impact"]["tree"]["children"]:
        parts.append(
            [
                [("What it reaches", "bold"), (", ✓ what is in time all the same", "plain")],
                *net(detail["impact"]["tree"], width),
            ]
        )
    if found["arrivals"]:
        parts.append(_arrivals(found["arrivals"], width))
    if not parts:
        said = "There is nothing to draw: no stock, demand or history of arrivals is known here."
        return [PageLine([(line, "quiet")]) for line in safe.wrap(said, width)]
    lines = [line for part in parts for line in ([], *part)][1:]
    return [PageLine(_cut(line, width)) for line in lines]


# stock ----------------------------------------------------------------------------------------------------------------


def _stock(stock: Mapping[str, Any], width: int, present: Present, *, draw: bool) -> list[Pieces]:
    unit = f" {stock['uom']}" if stock["uom"] else ""
    days = _days(stock["from"], len(stock["levels"]), present)
    lines: list[Pieces] = [
        [
            (f"Projected stock of {stock['item']} at {stock['site']}", "bold"),
            (f", {cells.quantity(stock['on_hand'], stock['uom'])} on hand now", "plain"),
        ]
    ]
    if draw:
        lines += charts.levels(stock["levels"], width, _ROWS, bound=stock["bound"], over=stock["over"])
        count = len(stock["levels"])
        if stock["window"] is not None:
            first = stock["window"]["from_day"]
            lines.append(charts.marked(first, first + stock["window"]["days"] - 1, count, width))
        lines.append(charts.under({at: days[at] for at in range(0, count, _WEEK)}, count, width))
    else:
        rows = [f"{day:<8}{cells.number(level):>12}{unit}" for day, level in zip(days, stock["levels"], strict=True)]
        lines += [[(line, "plain")] for line in _side_by_side(rows, width)]
    window = stock["window"]
    if window is not None:
        side = "over" if stock["over"] else "under"
        lasts = f"for {window['days']}d" if window["ends"] else "to the end of what is looked at"
        worst = f"{cells.quantity(window['worst'], stock['uom'])} on {days[min(window['worst_day'], len(days) - 1)]}"
        first = days[min(window["from_day"], len(days) - 1)]
        words = f"{side} {cells.number(stock['bound'])}{unit} from {first} {lasts}; at worst {worst}"
        lines.append([(words, "bad")])
    return lines


def _days(first: str, count: int, present: Present) -> list[str]:
    """Names of days from the first on, such as `9 Mar`."""
    # Noon of each day: days of 23 or 25 hours do not shift the name.
    begin = cells.instant(first) + DAY // 2
    return [cells.short_date(cells.local(begin + index * DAY, present.zone)) for index in range(count)]


def _side_by_side(rows: Sequence[str], width: int) -> Iterator[str]:
    """Rows in as many columns as fit, read downwards."""
    size = max((len(row) for row in rows), default=1) + 3
    columns = max(1, width // size)
    height = -(-len(rows) // columns)
    for line in range(height):
        yield "".join(f"{row:<{size}}" for row in rows[line::height]).rstrip()


# demand ---------------------------------------------------------------------------------------------------------------


def _demand(demand: Mapping[str, Any], width: int, present: Present, *, draw: bool) -> list[Pieces]:
    periods = demand["periods"]
    names = [cells.short_date(cells.local(cells.instant(each["start"]), present.zone)) for each in periods]
    unit = f" in {demand['uom']}" if demand["uom"] else ""
    lines: list[Pieces] = [
        [(f"Demand for {demand['item']} at {demand['site']}{unit}", "bold"), (", and what passes (░)", "plain")]
    ]
    if draw:
        points = [(each["low"], each["actual"], each["high"]) for each in periods]
        return [
            *lines,
            *charts.band(points, width, _ROWS),
            [(f"{'':>9}{names[0]} to {names[-1]}, {len(periods)} periods", "quiet")],
        ]
    lines.append([(f"{'from':<8}{'actual':>12}{'expected':>12}{'passes from':>14}{'to':>12}", "quiet")])
    for name, each in zip(names, periods, strict=True):
        sizes = [cells.number(each[field]) for field in ("actual", "expected", "low", "high")]
        outside = not each["low"] <= each["actual"] <= each["high"]
        line = f"{name:<8}{sizes[0]:>12}{sizes[1]:>12}{sizes[2]:>14}{sizes[3]:>12}"
        lines.append([(line + ("  outside" if outside else ""), "bad" if outside else "plain")])
    return lines


# the net --------------------------------------------------------------------------------------------------------------


def net(tree: Mapping[str, Any], width: int) -> list[Pieces]:
    """A tree of lines from left to right: each column is one step nearer to the customers."""
    depth = _depth(tree)
    node = max(12, min(_NODE + 12, (width - _JOIN * (depth - 1)) // depth))
    drawn = _rows(tree, node, width)
    lines = [[*row] for row in drawn[:_NET_ROWS]]
    if len(drawn) > _NET_ROWS:
        lines.append([(f"and {len(drawn) - _NET_ROWS} more", "quiet")])
    return [_cut(line, width) for line in lines]


def _depth(tree: Mapping[str, Any]) -> int:
    return 1 + max((_depth(child) for child in tree["children"]), default=0)


def _rows(tree: Mapping[str, Any], node: int, room: int) -> list[Pieces]:
    """A line and what is below it, `node` cells for each column; `room` is what is left of the screen."""
    label, style = _label(tree)
    # Whole words: an id that lacks its end is another one. Nothing stands behind the last column.
    label = safe.cut_words(label, node if tree["children"] else room)
    own = safe.fit(label, node)
    if not tree["children"]:
        return [[(label, style)]]
    rows: list[Pieces] = []
    children = tree["children"]
    for place, child in enumerate(children):
        last = place == len(children) - 1
        for index, row in enumerate(_rows(child, node, room - node - _JOIN)):
            first = place == 0 and index == 0
            if index == 0:
                join = "───" if first and last else "─┬─" if first else " └─" if last else " ├─"
            else:
                join = "   " if last else " │ "
            rows.append([(own if first else " " * node, style if first else "plain"), (join, "quiet"), *row])
    return rows


def _label(tree: Mapping[str, Any]) -> tuple[str, str]:
    """What stands for one line: how late it becomes, and whose it is; what absorbs the slip says so."""
    line = tree["line"]
    who = f" {tree['customer']}" if tree.get("customer") else f" {tree['item']}" if tree["item"] else ""
    if tree.get("absorbed"):
        return f"✓ {line['id']}{who}", "good"
    if tree.get("undated"):
        return f"– {line['id']}{who}", "quiet"
    late = tree.get("delay_days")
    size = f"+{cells.number(late)}d " if late else ""
    return f"{size}{line['id']}{who}{' (again)' if tree.get('again') else ''}", "bad" if tree.get(
        "customer"
    ) else "plain"


def _cut(line: Pieces, width: int) -> Pieces:
    kept: list[tuple[str, str]] = []
    for text, style in line:
        room = width - safe.width_of(kept)
        if room <= 0:
            break
        kept.append((safe.cut_words(text, room), style))
    return kept


# arrivals -------------------------------------------------------------------------------------------------------------


def _arrivals(arrivals: Mapping[str, Any], width: int) -> list[Pieces]:
    share = round(100 * arrivals["late"] / arrivals["arrived"])
    lane = f"; {charts.SOLID} {arrivals['lane']}" if arrivals["lane"] else ""
    head: list[Pieces] = [
        [(f"When lines of {arrivals['party']} came, in days after their promise", "bold")],
        [(f"{share} % of {arrivals['arrived']} late{lane}", "plain")],
    ]
    rows = [
        (_between(group), group["lines"], group["on_lane"], index == arrivals["this"])
        for index, group in enumerate(arrivals["groups"])
    ]
    return [*head, *charts.bars(rows, width)]


def _between(group: Mapping[str, Any]) -> str:
    first, last = group["from_days"], group["to_days"]
    if first is None:
        return f"{cells.number(last)} or earlier"
    if last is None:
        return f"{cells.number(first)} or later"
    if first == last == 0:
        return "on the day"
    return cells.number(first) if first == last else f"{cells.number(first)} to {cells.number(last)}"
