"""The pegs that lead from supply lines down to customer orders, for engine.flow.impact; and the lines that they
name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from engine.facts.subjects import Line
from engine.flow.impact import DEPTH, ENDLESS, Edge, Peg
from engine.gather.components import LINE_COLUMNS
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json

_OF_SUPPLIES: Final = "FROM json_each(?) AS wanted CROSS JOIN peg ON peg.supply = wanted.value"
_SLACK: Final = f"CASE WHEN NOT dated THEN {ENDLESS} WHEN gap > 0 THEN gap ELSE 0 END"
_EDGES: Final = f"SELECT {', '.join(_SLACK if name == 'slack' else name for name in Edge._fields)} {_OF_SUPPLIES}"
_IN_TIME: Final = (
    f"SELECT supply, demand, iif(dated, gap, {ENDLESS}), iif(customer, demand_open, NULL), demand_share, worth, coined"
    f" {_OF_SUPPLIES}"
)
_SUPPLY_OF: Final = itemgetter(0)
_OPEN: Final = 3
"""Where a Peg says whether its demand is a customer order."""
_LINES: Final = (
    f"SELECT {LINE_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.id = wanted.value"
)


def read(connection: sqlite3.Connection, lines: Iterable[int]) -> Mapping[int, list[Edge]]:
    """All pegs downstream of some supply lines (plan_line.id), by supply; each level is one query."""
    levels = _levels(connection, _EDGES, lines, Edge._fields.index("customer"), 0)
    return {supply: [Edge._make(peg) for peg in pegs] for supply, pegs in levels.items()}


def read_in_time(connection: sqlite3.Connection, lines: Iterable[int]) -> Mapping[int, list[Peg]]:
    """Likewise, with what a delay needs of a peg and nothing of how much is pegged: in half the time."""
    return _levels(connection, _IN_TIME, lines, _OPEN, None)


def _levels(
    connection: sqlite3.Connection, query: str, lines: Iterable[int], place: int, onward: object
) -> dict[int, list[Any]]:
    """By supply the rows of its pegs, read level by level; a row has `onward` at `place` where its demand is no
    customer order."""
    found: dict[int, list[Any]] = {}
    seen = set(lines)
    frontier = sorted(seen)
    for _ in range(DEPTH):
        rows = connection.execute(query, (as_json(frontier),)).fetchall()
        # Every peg of a supply is read with its level, so they come together.
        found.update((supply, [*pegs]) for supply, pegs in groupby(rows, _SUPPLY_OF))
        following = {row[1] for row in rows if row[place] == onward} - seen
        seen |= following
        frontier = sorted(following)
        if not frontier:
            break
    return found


def lines_of(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Line]:
    """Plan lines by plan_line.id."""
    return {line.id: line for line in map(Line._make, connection.execute(_LINES, (as_json(numbers),)))}
