"""What is odd about the plan as it is loaded, and yet can be used, sort by sort.

Each sort says which kinds of the plan it reads, so a load looks only for what it can have changed; the words are
engine.judging.data_findings'. Only reads.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values.clock import DAY
from engine.vocabulary import settings
from engine.vocabulary.model import FUNCTIONS, LINE_KINDS, ORDER_KINDS, ORDER_SQL

EXAMPLES: Final = 5
SETTINGS: Final = "settings"
"""Stands beside the plan kinds for the desk's settings."""


class Odd(NamedTuple):
    """One oddity of one place: how often it is there, and a few of the records."""

    sort: str
    place: str
    number: int
    examples: Sequence[str]


def odd(connection: sqlite3.Connection, changed: Collection[str]) -> Iterator[Odd]:
    """What is odd now in the sorts that read any of the `changed` kinds (or SETTINGS)."""
    for sort in sorts(changed):
        if sort in _LINES:
            yield from _odd_lines(connection, sort)
        elif sort in _NAMES:
            yield from _unknown_names(connection, sort)
        else:
            yield from _ALONE[sort](connection)


def sorts(changed: Collection[str]) -> list[str]:
    """The sorts that read any of some kinds."""
    return [sort for sort, kinds in _READS.items() if not kinds.isdisjoint(changed)]


_OPEN: Final = f"to_version IS NULL AND status = 'open' AND kind IN ({ORDER_SQL})"
_LINES: Final[Mapping[str, tuple[str, str]]] = {
    "no_value": ("kind", f"{_OPEN} AND value_minor IS NULL"),
    "no_currency": ("kind", f"{_OPEN} AND value_minor IS NOT NULL AND currency IS NULL"),
    "no_rate": (
        "'currency ' || currency",
        f"{_OPEN} AND value_minor IS NOT NULL AND currency NOT IN (SELECT value FROM json_each(:currencies))",
    ),
    "no_date": ("kind", f"{_OPEN} AND planned_at IS NULL"),
    "no_quantity": ("kind", f"{_OPEN} AND quantity <= 0"),
}
"""Sorts of single lines: what names their place, and which lines are odd."""


def _odd_lines(connection: sqlite3.Connection, sort: str) -> Iterator[Odd]:
    place, condition = _LINES[sort]
    desk = settings.current(connection)
    parameters = {"currencies": as_json([desk["currency"], *desk["rates"]])}
    counted = connection.execute(f"SELECT {place}, count(*) FROM plan_line WHERE {condition} GROUP BY 1", parameters)
    # One by one, since a query that numbers them all would sort a whole plan for five examples.
    few = f"SELECT ref FROM plan_line WHERE {condition} AND {place} = :place ORDER BY id LIMIT {EXAMPLES}"
    for name, count in counted.fetchall():
        yield Odd(sort, name, count, [ref for (ref,) in connection.execute(few, {**parameters, "place": name})])


_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "unknown_item": ("item",),
    "unknown_site": ("site", "origin"),
    "unknown_party": ("party",),
}
"""Sorts of names that lines use and no record has: the columns that use them. The kind of the record is the sort's."""


def _unknown_names(connection: sqlite3.Connection, sort: str) -> Iterator[Odd]:
    kind = sort.removeprefix("unknown_")
    known = f"SELECT 1 FROM plan_record WHERE kind = '{kind}' AND to_version IS NULL"
    if connection.execute(f"{known} LIMIT 1").fetchone() is None:
        return
    named = " UNION ".join(
        f"SELECT DISTINCT {column} AS name FROM plan_line WHERE to_version IS NULL AND {column} IS NOT NULL"
        for column in _NAMES[sort]
    )
    query = f"SELECT name FROM ({named}) WHERE NOT EXISTS ({known} AND key = name) ORDER BY name"
    names = [name for (name,) in connection.execute(query)]
    if names:
        yield Odd(sort, kind, len(names), names[:EXAMPLES])


def _overlaps(connection: sqlite3.Connection) -> Iterator[Odd]:
    """Forecast buckets of an item at a site that begin before the one before them ends: their demand counts twice."""
    query = (
        "SELECT ref, before FROM (SELECT ref, planned_at, lag(ref) OVER (PARTITION BY item, site ORDER BY planned_at, ref)"
        " AS before, max(ends) OVER (PARTITION BY item, site ORDER BY planned_at, ref"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended FROM (SELECT ref, item, site, planned_at,"
        f" coalesce(until_at, planned_at + {DAY}) AS ends FROM plan_line WHERE to_version IS NULL AND kind = 'forecast'"
        " AND planned_at IS NOT NULL)) WHERE ended > planned_at ORDER BY ref"
    )
    found = [f"{before} and {ref}" for ref, before in connection.execute(query)]
    if found:
        yield Odd("overlap", "forecast", len(found), found[:EXAMPLES])


def _lanes(connection: sqlite3.Connection) -> Iterator[Odd]:
    """Lanes between two places that take no time, or do not say how much."""
    query = (
        "SELECT key FROM plan_record WHERE kind = 'lane' AND to_version IS NULL"
        " AND coalesce(json_extract(data, '$.duration_days'), 0) = 0"
        " AND json_extract(data, '$.origin') IS NOT json_extract(data, '$.destination') ORDER BY key"
    )
    found = [key for (key,) in connection.execute(query)]
    if found:
        yield Odd("lane_time", "lane", len(found), found[:EXAMPLES])


def _bom_cycles(connection: sqlite3.Connection) -> Iterator[Odd]:
    """Products that contain themselves, each group of them once, with the way back to where it began."""
    parts: dict[str, list[str]] = defaultdict(list)
    for parent, item in connection.execute(
        "SELECT DISTINCT parent, component FROM plan_record WHERE kind = 'bom' AND to_version IS NULL ORDER BY 1, 2"
    ):
        parts[parent].append(item)
    found = [" > ".join(cycle) for cycle in cycles(parts)]
    if found:
        yield Odd("bom_cycle", "bom", len(found), found[:EXAMPLES])


def cycles(edges: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Ways through a graph that end where they begin: at least one wherever nodes lead to each other, seldom all."""
    done: set[str] = set()
    for start in edges:
        if start in done:
            continue
        way, depth = [start], {start: 0}
        waiting = [(start, iter(edges[start]))]
        while waiting:
            node, following = waiting[-1]
            after = next((each for each in following if each not in done), None)
            if after is None:
                waiting.pop()
                way.pop()
                del depth[node]
                done.add(node)
            elif after in depth:
                yield [*way[depth[after] :], after]
                # What lies on this way is named now; what else leads through it is the same trouble.
                while waiting[-1][0] != after:
                    left, _ = waiting.pop()
                    way.pop()
                    del depth[left]
                    done.add(left)
            else:
                depth[after] = len(way)
                way.append(after)
                waiting.append((after, iter(edges.get(after, ()))))


def _functions(connection: sqlite3.Connection) -> Iterator[Odd]:
    """Functions that no owner has, where there are owners at all."""
    owned: set[str] = set()
    rows = connection.execute("SELECT data FROM plan_record WHERE kind = 'owner' AND to_version IS NULL").fetchall()
    for (data,) in rows:
        owned.update(json.loads(data).get("functions", ()))
    missing = [function for function in FUNCTIONS if function not in owned]
    if rows and missing:
        yield Odd("no_owner", "owner", len(missing), missing[:EXAMPLES])


_ALONE: Final = {"bom_cycle": _bom_cycles, "lane_time": _lanes, "overlap": _overlaps, "no_owner": _functions}
_LINES_OF: Final = frozenset(LINE_KINDS)
_ORDERS_OF: Final = frozenset(ORDER_KINDS)
_READS: Final[Mapping[str, frozenset[str]]] = {
    "bom_cycle": frozenset({"bom"}),
    "lane_time": frozenset({"lane"}),
    "overlap": frozenset({"forecast"}),
    "no_date": _ORDERS_OF,
    "no_quantity": _ORDERS_OF,
    "no_value": _ORDERS_OF,
    "no_currency": _ORDERS_OF,
    "no_rate": _ORDERS_OF | {SETTINGS},
    "unknown_item": _LINES_OF | {"item"},
    "unknown_site": _LINES_OF | {"site"},
    "unknown_party": _LINES_OF | {"party"},
    "no_owner": frozenset({"owner"}),
}
"""Each sort and the kinds that it reads."""
