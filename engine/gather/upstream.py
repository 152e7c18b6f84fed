"""The pegs that lead up from lines to what they are served by: for engine.deviations.folding, which asks whose
lateness explains theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from engine.flow.impact import DEPTH
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json

_FEEDS: Final = (
    "SELECT peg.demand, peg.supply, max(0, coalesce(peg.gap, 0)) FROM json_each(?) AS wanted"
    " CROSS JOIN peg ON peg.demand = wanted.value WHERE peg.supply > 0"
)

Feeds = Mapping[int, list[tuple[int, int]]]
"""By plan_line.id of a demand: the supplies that serve it, each with the slack between them in microseconds."""


def read(connection: sqlite3.Connection, lines: Iterable[int]) -> Feeds:
    """All pegs upstream of some lines (plan_line.id), by demand; each level is one query."""
    feeds: dict[int, list[tuple[int, int]]] = defaultdict(list)
    seen = set(lines)
    frontier = sorted(seen)
    for _ in range(DEPTH):
        following: set[int] = set()
        for demand, supply, slack in connection.execute(_FEEDS, (as_json(frontier),)):
            feeds[demand].append((supply, slack))
            following.add(supply)
        following -= seen
        seen |= following
        frontier = sorted(following)
        if not frontier:
            break
    return feeds


def slacks(line: int, feeds: Feeds) -> dict[int, int]:
    """By line upstream of one, the smallest sum of slack on a way down to it: what is later than that makes it late."""
    found = {line: 0}
    frontier = [line]
    for _ in range(DEPTH):
        nearer: dict[int, None] = {}
        for demand in frontier:
            for supply, slack in feeds.get(demand, ()):
                total = found[demand] + slack
                if supply not in found or total < found[supply]:
                    found[supply] = total
                    nearer[supply] = None
        frontier = list(nearer)
        if not frontier:
            break
    del found[line]
    return found
