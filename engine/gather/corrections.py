"""Statements that their source took back, and drills: stored, shown, and counted nowhere.

A signal whose detail `corrects` names an earlier id of the same source takes that row back from its own `as_of` on, for
good: whoever wants it again says it under a new id. Of an event that is all there is; of a restated row it is what the
row said up to then, and what it says later holds. Which of the two came first does not matter. What the correcting
signal says itself is a statement like any other, and can be taken back too; its correction cannot.

A drill (an exercise or a test) is stored under a row of its own that counts as taken back before it was said, so it
neither holds nor stands in the way of anything real.

Whoever reads signals to judge them asks `withdrawn_at`, or `until` of engine.gather.restated, which has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.validation.signal_checks import row_digest
from engine.values.clock import EARLIEST

ANY: Final = "EXISTS (SELECT 1 FROM correction)"
"""SQL for whether anything was ever taken back; SQLite asks it once in a query, so that a desk without pays nothing."""

_SAID: Final = (
    "SELECT id, as_of, json_extract(detail, '$.corrects') AS corrects FROM signal NOT INDEXED"
    " WHERE id >= ? AND detail IS NOT NULL AND corrects IS NOT NULL"
)
WITHDRAWN: Final = "withdrawn by source"
"""The reason of a deviation that cleared since what it rested on was taken back."""
_NAMED: Final = re.compile(r"\bS([1-9][0-9]*)\b")

_TOUCH_ORDERS: Final = (
    "INSERT INTO touched(type, a) SELECT DISTINCT 'order', signal.order_ref FROM json_each(?) AS wanted"
    " CROSS JOIN signal ON signal.id = wanted.value WHERE signal.order_ref IS NOT NULL"
    " ORDER BY signal.order_ref ON CONFLICT DO NOTHING"
)
_TOUCH_PLACES: Final = (
    "INSERT INTO touched(type, a, b) SELECT DISTINCT 'stock', signal.item, signal.site FROM json_each(?) AS wanted"
    " CROSS JOIN signal ON signal.id = wanted.value WHERE signal.order_ref IS NULL"
    " AND signal.item IS NOT NULL AND signal.site IS NOT NULL ORDER BY signal.item, signal.site ON CONFLICT DO NOTHING"
)
_TOUCH_HAZARDS: Final = (
    "INSERT INTO touched(type, a, b) SELECT 'hazard', signal.source, signal.source_id FROM json_each(?) AS wanted"
    " CROSS JOIN signal ON signal.id = wanted.value WHERE signal.kind = 'hazard' ON CONFLICT DO NOTHING"
)
_TOUCH_EVENTS: Final = (
    "INSERT INTO touched(type, a, b) SELECT DISTINCT 'event', subject.type, subject.id FROM json_each(?) AS wanted"
    " CROSS JOIN event_subject AS subject ON subject.signal_id = wanted.value"
    " ORDER BY subject.type, subject.id ON CONFLICT DO NOTHING"
)


def withdrawn_at(signal: str) -> str:
    """SQL for when `signal` (an alias) was taken back; null where it was not."""
    return (
        f"(CASE WHEN {ANY} THEN (SELECT min(correction.at) FROM correction WHERE correction.row_key = {signal}.row_key"
        f" AND ({signal}.restatable IS NULL OR correction.at >= {signal}.as_of)) END)"
    )


def stands(signal: str, at: str = ":now") -> str:
    """SQL for whether `signal` (an alias) is not taken back at an instant."""
    return f"coalesce({withdrawn_at(signal)} > {at}, 1)"


def note(connection: sqlite3.Connection, source: str, first_id: int) -> list[int]:
    """Take back what the signals from `first_id` on correct, and put what it was about on detection's work list.

    Returns the ids of the signals that are taken back.
    """
    said = connection.execute(_SAID, (first_id,)).fetchall()
    if not said:
        return []
    digests = [row_digest(source, corrects) for _, _, corrects in said]
    _insert(connection, ((digest[:8], at, number) for digest, (number, at, _) in zip(digests, said, strict=True)))
    found = sorted({number for chunk in _chunks(digests) for number in _rows_of(connection, chunk)})
    ids = as_json(found)
    connection.execute(_TOUCH_ORDERS, (ids,))
    connection.execute(_TOUCH_PLACES, (ids,))
    connection.execute(_TOUCH_HAZARDS, (ids,))
    connection.execute(_TOUCH_EVENTS, (ids,))
    return found


def note_drills(connection: sqlite3.Connection, first_id: int) -> None:
    """Let the signals from `first_id` on, all of them drills, hold at no time."""
    drills = connection.execute("SELECT row_key, id FROM signal NOT INDEXED WHERE id >= ?", (first_id,))
    _insert(connection, ((row_key, EARLIEST, number) for row_key, number in drills.fetchall()))


def reason(connection: sqlite3.Connection, deviation: Mapping[str, Any], now: int) -> str | None:
    """WITHDRAWN where a deviation's last verdict rested on a signal that is taken back; `deviation` is its whole
    row."""
    named = {int(number) for *_, source in json.loads(deviation["terms"]) for number in _NAMED.findall(source)}
    query = (
        "SELECT EXISTS (SELECT 1 FROM deviation_signal JOIN signal ON signal.id = signal_id WHERE deviation_id = :id"
        f" AND signal_id IN (SELECT value FROM json_each(:named)) AND NOT {stands('signal')})"
    )
    found = connection.execute(query, {"id": deviation["id"], "named": as_json(named), "now": now})
    return WITHDRAWN if found.fetchone()[0] else None


def of(connection: sqlite3.Connection, number: int) -> tuple[list[int], list[int]]:
    """Which signals took a signal back, and which ones it took back itself; in the order of their ids."""
    by = connection.execute(
        "SELECT DISTINCT correction.signal_id FROM signal JOIN correction ON correction.row_key = signal.row_key"
        " AND (signal.restatable IS NULL OR correction.at >= signal.as_of)"
        " WHERE signal.id = ? AND correction.signal_id != signal.id ORDER BY correction.signal_id",
        (number,),
    ).fetchall()
    row = connection.execute(
        "SELECT source, json_extract(detail, '$.corrects'), as_of FROM signal JOIN correction ON signal_id = id WHERE id = ?",
        (number,),
    ).fetchone()
    if row is None or row[1] is None:
        return [signal for (signal,) in by], []
    source, corrects, at = row
    query = "SELECT id FROM signal WHERE id IN (SELECT value FROM json_each(?)) AND (restatable IS NULL OR as_of <= ?)"
    wanted = as_json(_rows_of(connection, [row_digest(source, corrects)]))
    taken = connection.execute(f"{query} ORDER BY id", (wanted, at)).fetchall()
    return [signal for (signal,) in by], [signal for (signal,) in taken]


def _insert(connection: sqlite3.Connection, rows: Iterable[tuple[bytes, int, int]]) -> None:
    connection.executemany(
        "INSERT INTO correction(row_key, at, signal_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        ((bytearray(row_key), at, number) for row_key, at, number in rows),
    )


def _rows_of(connection: sqlite3.Connection, digests: Sequence[bytes]) -> Iterator[int]:
    """The ids of all signals of some rows."""
    marks = ", ".join("?" * len(digests))
    events = f"SELECT id FROM signal WHERE dedup_key IN ({marks})"
    states = f"SELECT id FROM signal INDEXED BY signal_row WHERE row_key IN ({marks}) AND restatable = 1"
    for (number,) in connection.execute(events, [bytearray(digest) for digest in digests]):
        yield number
    for (number,) in connection.execute(states, [bytearray(digest[:8]) for digest in digests]):
        yield number


def _chunks(digests: Iterable[bytes]) -> Iterator[list[bytes]]:
    remaining = iter(dict.fromkeys(digests))
    while chunk := list(islice(remaining, 10_000)):
        yield chunk
