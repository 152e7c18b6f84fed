"""The pegs that lead from supply lines down to customer orders, for engine.impact; and the lines that they name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from engine.facts import Line
from engine.gather.cases import as_json
from engine.gather.components import LINE_COLUMNS
from engine.impact import DEPTH, Edge
from engine.sqlite import sqlite3


def _edges(quantities: str) -> str:
    """SQL for the pegs of some supplies, columns as the fields of Edge; `quantities` are the four that a slip in time needs
    not."""
    item, quantity, supply_from, supply_to = quantities.split()
    return (
        f"SELECT supply, demand, {item}, {quantity}, gap, max(0, coalesce(gap, 0)), {supply_from}, {supply_to},"
        " demand_share, demand_open, customer, worth, coined FROM json_each(?) AS wanted"
        " CROSS JOIN peg ON peg.supply = wanted.value"
    )


_WHOLE: Final = _edges("item quantity supply_from supply_to")
_TIMES: Final = _edges("'' 0 0 1")
_LINES: Final = (
    f"SELECT {LINE_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.id = wanted.value"
)


def read(connection: sqlite3.Connection, lines: Iterable[int], *, quantities: bool = True) -> Mapping[int, list[Edge]]:
    """All pegs downstream of some supply lines (plan_line.id), by supply; each level is one query.

    Without `quantities` the pegs say what a delay needs and nothing of how much is pegged; that is read faster.
    """
    query, make = _WHOLE if quantities else _TIMES, tuple.__new__  # half of what Edge._make takes
    network: dict[int, list[Edge]] = defaultdict(list)
    seen = set(lines)
    frontier = sorted(seen)
    for _ in range(DEPTH):
        following: set[int] = set()
        for row in connection.execute(query, (as_json(frontier),)):
            edge = make(Edge, row)
            network[edge[0]].append(edge)
            if not edge.customer:
                following.add(edge[1])
        following -= seen
        seen |= following
        frontier = sorted(following)
        if not frontier:
            break
    return network


def lines_of(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Line]:
    """Plan lines by plan_line.id."""
    return {line.id: line for line in map(Line._make, connection.execute(_LINES, (as_json(numbers),)))}
