"""The pegs that lead from supply lines down to customer orders, for engine.impact; and the lines that they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from engine.facts import Line
from engine.gather.cases import as_json
from engine.gather.components import LINE_COLUMNS
from engine.impact import DEPTH, Edge
from engine.sqlite import sqlite3

_EDGES: Final = (
    f"SELECT {', '.join(f'peg.{name}' for name in Edge._fields)} FROM json_each(?) AS wanted"
    " CROSS JOIN peg ON peg.supply = wanted.value"
)
_LINES: Final = (
    f"SELECT {LINE_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.id = wanted.value"
)


def read(connection: sqlite3.Connection, lines: Iterable[int]) -> Mapping[int, list[Edge]]:
    """All pegs downstream of some supply lines (plan_line.id), by supply; each level is one query."""
    network: dict[int, list[Edge]] = {}
    seen = set(lines)
    frontier = sorted(seen)
    for _ in range(DEPTH):
        following: set[int] = set()
        for row in connection.execute(_EDGES, (as_json(frontier),)):
            edge = Edge._make(row)
            network.setdefault(edge.supply, []).append(edge)
            if not edge.customer and edge.demand not in seen:
                following.add(edge.demand)
        seen |= following
        frontier = sorted(following)
        if not frontier:
            break
    return network


def lines_of(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Line]:
    """Plan lines by plan_line.id."""
    return {line.id: line for line in map(Line._make, connection.execute(_LINES, (as_json(numbers),)))}
