"""The pegs that lead from supply lines down to customer orders, for engine.flow.impact; and the lines that they
name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from engine.facts.subjects import Line
from engine.flow.impact import DEPTH, ENDLESS, Edge, Peg
from engine.gather.cases import as_json
from engine.gather.components import LINE_COLUMNS
from engine.storage.sqlite import sqlite3

_IN_TIME: Final = Edge._fields[: Edge._fields.index("item")]
"""What of a peg a slip in time needs: the fields of a Peg."""
_CUSTOMER: Final = Edge._fields.index("customer")
_SUPPLY: Final = itemgetter(0)


def _edges(columns: Sequence[str]) -> str:
    """SQL for the pegs of some supplies, as these fields of Edge."""
    slack = f"iif(dated, max(0, coalesce(gap, 0)), {ENDLESS})"
    named = ", ".join(slack if name == "slack" else name for name in columns)
    return f"SELECT {named} FROM json_each(?) AS wanted CROSS JOIN peg ON peg.supply = wanted.value"


_LINES: Final = (
    f"SELECT {LINE_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.id = wanted.value"
)


def read(connection: sqlite3.Connection, lines: Iterable[int]) -> Mapping[int, list[Edge]]:
    """All pegs downstream of some supply lines (plan_line.id), by supply; each level is one query."""
    levels = _levels(connection, _edges(Edge._fields), lines)
    return {supply: [Edge._make(peg) for peg in pegs] for supply, pegs in levels}


def read_in_time(connection: sqlite3.Connection, lines: Iterable[int]) -> Mapping[int, list[Peg]]:
    """Likewise, with what a delay needs of a peg and nothing of how much is pegged: in half the time."""
    return dict(_levels(connection, _edges(_IN_TIME), lines))


def _levels(connection: sqlite3.Connection, query: str, lines: Iterable[int]) -> Iterator[tuple[int, list[Any]]]:
    """By supply the rows of its pegs, level by level."""
    seen = set(lines)
    frontier = sorted(seen)
    for _ in range(DEPTH):
        rows = connection.execute(query, (as_json(frontier),)).fetchall()
        # Every peg of a supply is read with its level, so they come together.
        for supply, of_supply in groupby(rows, _SUPPLY):
            yield supply, list(of_supply)
        following = {row[1] for row in rows if not row[_CUSTOMER]} - seen
        seen |= following
        frontier = sorted(following)
        if not frontier:
            break


def lines_of(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Line]:
    """Plan lines by plan_line.id."""
    return {line.id: line for line in map(Line._make, connection.execute(_LINES, (as_json(numbers),)))}
