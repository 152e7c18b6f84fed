"""The queue: who stands in it in which order, what stands before a deviation, and why. Its order is
engine.ranking.rank's.

Live deviations lie side by side in two indexes in the order of their priority: deviation_rank has what the queue itself
asks (also of the index, hence INDEXED BY), deviation_live all that a filter can ask. So no list reads the many rows
that have ended, and a page of the queue reads only its own. SQLite asks conditions in the order in which they stand:
what the index answers by a comparison comes first, and what has to look into other tables last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from engine.ranking import rank
from engine.ranking.suppression import COUNT_IN_QUEUE, IN_QUEUE, STANDING, silenced
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json, rows
from engine.values import money
from engine.values.clock import HOUR
from engine.vocabulary.filters import Filter
from engine.vocabulary.model import Term

_RANKED: Final = "deviation INDEXED BY deviation_rank"
_STANDS: Final = f"SELECT 1 FROM deviation WHERE id = :id AND {IN_QUEUE}"
_STANDING: Final = f"SELECT id FROM deviation WHERE id IN (SELECT value FROM json_each(:ids)) AND {IN_QUEUE}"
# As arrays of JSON: to hand over ten thousand rows costs several times what it costs to find them.
_WHOLE: Final = (
    f"SELECT {', '.join(f'json_group_array(id) FILTER (WHERE {group})' for group in rank.GROUPS)}"
    f" FROM (SELECT id, decide_by FROM {_RANKED} WHERE {STANDING} ORDER BY priority DESC, id)"
)
_BEFORE: Final = "(priority > :priority OR (priority = :priority AND id < :id))"
_AFTER: Final = "(priority < :priority OR (priority = :priority AND id > :id))"
_COUNT: Final = (
    f"SELECT count(*) FROM {_RANKED} WHERE {IN_QUEUE} AND ({rank.GROUP_SQL} < :group"
    f" OR ({rank.GROUP_SQL} = :group AND {_BEFORE}))"
)


def size(connection: sqlite3.Connection, now: int) -> int:
    """How many deviations stand in the queue."""
    return int(connection.execute(COUNT_IN_QUEUE, {"now": now}).fetchone()[0])


def first(connection: sqlite3.Connection, now: int, limit: int) -> list[int]:
    """The numbers of the deviations that stand first in the queue."""
    found: list[int] = []
    for group in rank.GROUPS:
        if len(found) == limit:
            break
        query = f"SELECT id FROM {_RANKED} WHERE {group} AND {IN_QUEUE} ORDER BY priority DESC, id LIMIT :limit"
        found += [row[0] for row in connection.execute(query, {"now": now, "limit": limit - len(found)})]
    return found


def whole(connection: sqlite3.Connection, now: int) -> list[int]:
    """The numbers of all deviations that stand in the queue, in its order."""
    groups, left_out = connection.execute(_WHOLE, {"now": now}).fetchone(), silenced(connection, now)
    found: list[int] = list(chain.from_iterable(map(json.loads, groups)))
    return [number for number in found if number not in left_out] if left_out else found


def matching(connection: sqlite3.Connection, now: int, scope: str, found: Filter) -> list[int]:
    """The numbers of the live deviations under a scope (IN_QUEUE or LIVE) and a filter: in the queue's order, and those
    that do not stand in it after those that do."""
    apart = "0" if scope == IN_QUEUE else f"(NOT {IN_QUEUE})"
    query = (
        f"SELECT id, {apart} * {len(rank.GROUPS)} + {rank.GROUP_SQL} FROM deviation INDEXED BY deviation_live"
        f" WHERE {scope} AND {found.sql} ORDER BY priority DESC, id"
    )
    return _by_group(connection.execute(query, {**found.parameters, "now": now}))


def _by_group(found: Iterable[tuple[int, int]]) -> list[int]:
    """Numbers in the order of their groups, and as they come inside a group."""
    rows = list(found)
    return [number for group in sorted({group for _, group in rows}) for number, each in rows if each == group]


def places(connection: sqlite3.Connection, now: int, wanted: Sequence[int]) -> dict[int, int]:
    """The places in the queue, from 1, of those that stand in it; it is read no further than to the last of them."""
    left = {number for (number,) in connection.execute(_STANDING, {"ids": as_json(wanted), "now": now})}
    found: dict[int, int] = {}
    if not left:
        return found
    for at, (number,) in enumerate(_in_order(connection, now), 1):
        if number in left:
            found[number] = at
            if len(found) == len(left):
                break
    return found


def _in_order(connection: sqlite3.Connection, now: int) -> Iterator[tuple[int]]:
    """The numbers of what stands in the queue, in its order, read as they are asked for."""
    query = f"SELECT id FROM {_RANKED} WHERE {{}} AND {IN_QUEUE} ORDER BY priority DESC, id"
    return chain.from_iterable(connection.execute(query.format(group), {"now": now}) for group in rank.GROUPS)


def place(connection: sqlite3.Connection, now: int, deviation: Mapping[str, Any]) -> int | None:
    """The place of a deviation's row in the queue, from 1; None for one that does not stand in it."""
    asked = _asked(deviation, now)
    if connection.execute(_STANDS, asked).fetchone() is None:
        return None
    return 1 + int(connection.execute(_COUNT, asked).fetchone()[0])


def terms(connection: sqlite3.Connection, now: int, deviation: Mapping[str, Any], currency: str) -> Iterator[Term]:
    """Why a deviation stands where it stands: its weight now, its place, and what decided against the one before it."""
    found = place(connection, now, deviation)
    if found is None:
        return
    yield from _weight(deviation, now, currency)
    yield Term("place in the queue", found, "", _because(_before(connection, now, deviation), deviation, now, currency))


def _weight(deviation: Mapping[str, Any], now: int, currency: str) -> Iterator[Term]:
    if rank.group(deviation["decide_by"], now) == rank.AHEAD:
        hours = rank.hours_left(deviation["decide_by"], now)
        yield Term("time to decide", hours, "hours", "decide by − now, in minutes of the clock")
        weight = round(rank.weight(deviation["exposure_minor"], deviation["decide_by"], now), 2)
        source = f"exposure ÷ 2 ^ (time to decide ÷ {rank.HALVING // HOUR} hours)"
        yield Term("weight", weight, f"{currency}, minor units", source)


def neighbours(
    connection: sqlite3.Connection, now: int, deviation: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The rows that stand just before and just after one in the queue, where there are any."""
    return _before(connection, now, deviation), _after(connection, now, deviation)


def _before(connection: sqlite3.Connection, now: int, deviation: Mapping[str, Any]) -> dict[str, Any] | None:
    asked = _asked(deviation, now)
    groups = range(asked["group"], -1, -1)
    return _first_of(connection, asked, groups, _BEFORE, "priority, id DESC")


def _after(connection: sqlite3.Connection, now: int, deviation: Mapping[str, Any]) -> dict[str, Any] | None:
    asked = _asked(deviation, now)
    groups = range(asked["group"], len(rank.GROUPS))
    return _first_of(connection, asked, groups, _AFTER, "priority DESC, id")


def _first_of(
    connection: sqlite3.Connection, asked: Mapping[str, Any], groups: Iterable[int], beyond: str, order: str
) -> dict[str, Any] | None:
    """The first row of the first of some groups that has any, of the asked one's own group only what lies `beyond`
    it."""
    for group in groups:
        within = beyond if group == asked["group"] else "1"
        found = rows(
            connection,
            f"SELECT * FROM {_RANKED} WHERE {rank.GROUPS[group]} AND {within} AND {IN_QUEUE} ORDER BY {order} LIMIT 1",
            asked,
        )
        if found:
            return found[0]
    return None


def _because(before: Mapping[str, Any] | None, deviation: Mapping[str, Any], now: int, currency: str) -> str:
    if before is None:
        return "nothing stands before it"
    name = f"D{before['id']}"
    group, its = rank.group(deviation["decide_by"], now), rank.group(before["decide_by"], now)
    if its != group:
        return f"after {name}, {rank.GROUP_WORDS[its]}; {rank.GROUP_WORDS[group]}"
    if before["priority"] == deviation["priority"]:
        return f"after {name}: they weigh the same, and {name} is the older one"
    if group == rank.UNDATED:
        return f"after {name}: {_amount(before['exposure_minor'], currency)} are a larger exposure; nothing says by when to decide"
    if group == rank.PASSED:
        return f"after {name}, which weighed more; the decide-by of both has passed"
    weight = rank.weight(before["exposure_minor"], before["decide_by"], now)
    return f"after {name}, which weighs {_amount(weight, currency)}"


def _amount(minor: float, currency: str) -> str:
    return money.text(round(minor), currency)


def _asked(deviation: Mapping[str, Any], now: int) -> dict[str, Any]:
    return {
        "now": now,
        "id": deviation["id"],
        "priority": deviation["priority"],
        "group": rank.group(deviation["decide_by"], now),
    }
