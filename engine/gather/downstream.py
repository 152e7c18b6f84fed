"""The pegs that lead from supply lines down to customer orders, for engine.flow.impact; and the lines that they
name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from engine.facts.subjects import Line
from engine.flow.impact import DEPTH, ENDLESS, Edge, Peg
from engine.gather.cases import as_json
from engine.gather.components import LINE_COLUMNS
from engine.storage.sqlite import sqlite3

_IN_TIME: Final = Edge._fields[: Edge._fields.index("item")]
"""What of a peg a slip in time needs: the fields of a Peg."""
_CUSTOMER: Final = Edge._fields.index("customer")


def _edges(columns: Sequence[str]) -> str:
    """SQL for the pegs of some supplies, as these fields of Edge."""
    slack = f"CASE WHEN NOT dated THEN {ENDLESS} WHEN gap > 0 THEN gap ELSE 0 END"
    named = ", ".join(slack if name == "slack" else name for name in columns)
    return f"SELECT {named} FROM json_each(?) AS wanted CROSS JOIN peg ON peg.supply = wanted.value"


_LINES: Final = (
    f"SELECT {LINE_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.id = wanted.value"
)


def read(connection: sqlite3.Connection, lines: Iterable[int]) -> Mapping[int, list[Edge]]:
    """All pegs downstream of some supply lines (plan_line.id), by supply; each level is one query."""
    levels = _levels(connection, _edges(Edge._fields), lines)
    return {supply: [Edge._make(peg) for peg in pegs] for supply, pegs in levels.items()}


def read_in_time(connection: sqlite3.Connection, lines: Iterable[int]) -> Mapping[int, list[Peg]]:
    """Likewise, with what a delay needs of a peg and nothing of how much is pegged: in half the time."""
    return _levels(connection, _edges(_IN_TIME), lines)


def _levels(connection: sqlite3.Connection, query: str, lines: Iterable[int]) -> dict[int, list[Any]]:
    """By supply the rows of its pegs, read level by level."""
    found: dict[int, list[Any]] = {}
    seen = set(lines)
    frontier = sorted(seen)
    for _ in range(DEPTH):
        rows = connection.execute(query, (as_json(frontier),)).fetchall()
        # Every peg of a supply is read with its level, so they come together.
        last, of_supply = None, list[Any]()
        for row in rows:
            if row[0] != last:
                last, of_supply = row[0], []
                found[last] = of_supply
            of_supply.append(row)
        following = {row[1] for row in rows if not row[_CUSTOMER]} - seen
        seen |= following
        frontier = sorted(following)
        if not frontier:
            break
    return found


def lines_of(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Line]:
    """Plan lines by plan_line.id."""
    return {line.id: line for line in map(Line._make, connection.execute(_LINES, (as_json(numbers),)))}
