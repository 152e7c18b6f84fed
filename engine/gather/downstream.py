"""The pegs that lead from supply lines down to customer orders, for engine.flow.impact; and the lines that they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from engine.facts.subjects import Line
from engine.flow.impact import DEPTH, ENDLESS, Edge
from engine.gather.cases import as_json
from engine.gather.components import LINE_COLUMNS
from engine.storage.sqlite import sqlite3

_TIMES: Final = Edge._fields[: Edge._fields.index("item")]
"""What of a peg a slip in time needs."""
_SUPPLY: Final = itemgetter(0)
_UNTOLD: Final = tuple(Edge._field_defaults[name] for name in Edge._fields[len(_TIMES) :])


def _edges(columns: Sequence[str]) -> str:
    """SQL for the pegs of some supplies, as these fields of Edge."""
    slack = f"iif(dated, max(0, coalesce(gap, 0)), {ENDLESS})"
    named = ", ".join(slack if name == "slack" else name for name in columns)
    return f"SELECT {named} FROM json_each(?) AS wanted CROSS JOIN peg ON peg.supply = wanted.value"


_LINES: Final = (
    f"SELECT {LINE_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.id = wanted.value"
)


def read(connection: sqlite3.Connection, lines: Iterable[int], *, quantities: bool = True) -> Mapping[int, list[Edge]]:
    """All pegs downstream of some supply lines (plan_line.id), by supply; each level is one query.

    Without `quantities` the pegs say what a delay needs and nothing of how much is pegged; that is read faster.
    """
    query, untold = (_edges(Edge._fields), ()) if quantities else (_edges(_TIMES), _UNTOLD)
    make, customer = tuple.__new__, Edge._fields.index("customer")  # half of what Edge._make takes
    network: dict[int, list[Edge]] = {}
    seen = set(lines)
    frontier = sorted(seen)
    for _ in range(DEPTH):
        rows = connection.execute(query, (as_json(frontier),)).fetchall()
        edges = [make(Edge, row + untold) for row in rows]
        # Every peg of a supply is read with its level, so they come together.
        for supply, of_supply in groupby(edges, _SUPPLY):
            network[supply] = list(of_supply)
        following = {row[1] for row in rows if not row[customer]} - seen
        seen |= following
        frontier = sorted(following)
        if not frontier:
            break
    return network


def lines_of(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Line]:
    """Plan lines by plan_line.id."""
    return {line.id: line for line in map(Line._make, connection.execute(_LINES, (as_json(numbers),)))}
