"""The quarantine: records that could not be taken, each with place, reason, mend and its raw text.

The same refusal is stored once, however often its file is read again. What refuses a record lives with whoever judges
it (connectors, engine.intake.ingest, engine.intake.baseline); a retry is the connectors' business, `release` is its
end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Final

from engine.storage.journal import Entry, Writer
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.values.text import CUT, LIMIT, clean
from engine.vocabulary.model import Refusal

RAW_LIMIT: Final = 64 * 1024
"""Characters of a raw record that are kept; what is longer ends in engine.values.text.CUT."""

_HOLD = (
    "INSERT INTO quarantine(key, source, file, line, column_name, reason, mend, raw, received_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET state = 'held', reason = excluded.reason,"
    " mend = excluded.mend, column_name = excluded.column_name, received_at = excluded.received_at"
    " WHERE quarantine.state != 'held'"
)


def hold(connection: sqlite3.Connection, source: str, refusals: Sequence[Refusal], now: int) -> int:
    """Store refusals and return how many of them were not held already; one that had been released is held again."""
    if not refusals:
        return 0
    before = connection.total_changes
    connection.executemany(
        _HOLD,
        [
            (
                key(source, refusal),
                source,
                clean(refusal.place.file),
                refusal.place.line,
                None if refusal.place.column is None else clean(refusal.place.column),
                clean(refusal.reason),
                clean(refusal.mend),
                clean_raw(refusal.raw),
                now,
            )
            for refusal in refusals
        ],
    )
    return int(connection.total_changes - before)


def key(source: str, refusal: Refusal) -> bytes:
    """What makes two refusals the same one: source, file, line and raw text; 16 bytes."""
    what = repr((source, refusal.place.file, refusal.place.line, refusal.raw[: RAW_LIMIT + 1]))
    return blake2b(what.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def clean_raw(raw: str) -> str:
    """A raw record as harmless text of at most RAW_LIMIT characters and a visible mark."""
    pieces = (clean(raw[start : start + LIMIT]) for start in range(0, min(len(raw), RAW_LIMIT), LIMIT))
    return "".join(pieces) + (CUT if len(raw) > RAW_LIMIT else "")


def held(connection: sqlite3.Connection, source: str | None = None) -> list[dict[str, Any]]:
    """Records that wait for a mend, of one source or of all, oldest first, as columns of the table without the key."""
    return rows(
        connection,
        "SELECT id, source, file, line, column_name, reason, mend, raw, state, received_at FROM quarantine"
        " WHERE state = 'held' AND (?1 IS NULL OR source = ?1) ORDER BY id",
        (source,),
    )


def release(connection: sqlite3.Connection, writer: Writer, ids: Iterable[int], reason: str | None = None) -> int:
    """Mark held records as taken, with one journal entry each, and return how many there were."""
    released = 0
    for number in ids:
        cursor = connection.execute("UPDATE quarantine SET state = 'taken' WHERE id = ? AND state = 'held'", (number,))
        if cursor.rowcount == 1:
            told = Entry("release", "quarantine", f"Q{number}", {"state": "held"}, {"state": "taken"}, reason=reason)
            writer.write(told)
            released += 1
    return released


def supersede(connection: sqlite3.Connection, writer: Writer, source: str, standing: Sequence[Refusal]) -> None:
    """Release what `source` has held except `standing`: its last word covered everything that it ever sent."""
    keys = {key(source, refusal) for refusal in standing}
    query = "SELECT id, key FROM quarantine WHERE source = ? AND state = 'held' ORDER BY id"
    over = [number for number, known in connection.execute(query, (source,)) if known not in keys]
    release(connection, writer, over)
