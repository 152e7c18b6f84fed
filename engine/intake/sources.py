"""Sources of signals: how each one stands, and which files of it were read how far.

A source's cursor is the connector's own JSON; it is written in the transaction of the rows it stands behind
(engine.intake.ingest), or here when an answer brought no rows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.values.text import clean


@dataclass(frozen=True, slots=True)
class FileMark:
    """The identity of a file that rows come from; `modified_at` in UTC microseconds."""

    sha256: bytes
    name: str
    size: int
    modified_at: int | None


def declare(connection: sqlite3.Connection, now: int, name: str, kind: str, expected_every: int | None) -> None:
    """Make sure that a source has its row; `expected_every` (microseconds) is what stale_feed goes by, null: never.

    A changed interval puts the source on detection's work list.
    """
    cursor = connection.execute(
        "INSERT INTO source(name, kind, expected_every, first_seen_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT(name) DO UPDATE SET kind = excluded.kind, expected_every = excluded.expected_every"
        " WHERE kind != excluded.kind OR expected_every IS NOT excluded.expected_every",
        (name, kind, expected_every, now),
    )
    if cursor.rowcount > 0:
        touch(connection, name)


def given_up(connection: sqlite3.Connection, present: Collection[str]) -> list[str]:
    """Sources that are still expected to speak, and that a feeder with just these `present` never reads."""
    found = connection.execute(
        "SELECT name FROM source WHERE kind IN ('folder', 'http') AND expected_every IS NOT NULL ORDER BY name"
    )
    return [name for (name,) in found if name not in present]


def expect_nothing(connection: sqlite3.Connection, names: Collection[str]) -> None:
    """Let sources be silent from now on, and put them on detection's work list: they are stale no more."""
    for name in names:
        connection.execute("UPDATE source SET expected_every = NULL, next_poll_at = NULL WHERE name = ?", (name,))
        touch(connection, name)


def touch(connection: sqlite3.Connection, name: str) -> None:
    """Put a source on detection's work list."""
    connection.execute("INSERT INTO touched(type, a) VALUES ('source', ?) ON CONFLICT DO NOTHING", (name,))


def state(connection: sqlite3.Connection, name: str) -> dict[str, Any] | None:
    """The row of a source as column to value; None for an unknown source."""
    found = rows(connection, "SELECT * FROM source WHERE name = ?", (name,))
    return found[0] if found else None


def failed(connection: sqlite3.Connection, now: int, name: str, error: str, *, next_poll_at: int | None) -> None:
    """Note that a source could not be read, in one sentence. The source must have been declared."""
    connection.execute(
        "UPDATE source SET last_error = ?, last_error_at = ?, next_poll_at = ? WHERE name = ?",
        (clean(error), now, next_poll_at, name),
    )


def polled(
    connection: sqlite3.Connection, now: int, name: str, *, cursor: str | None, next_poll_at: int | None
) -> None:
    """Note an answer without new rows: the source is alive, so it counts as heard."""
    connection.execute(
        "UPDATE source SET last_received_at = ?, last_error = NULL, next_poll_at = ?, cursor = coalesce(?, cursor)"
        " WHERE name = ?",
        (now, next_poll_at, cursor, name),
    )
    touch(connection, name)


# files ----------------------------------------------------------------------------------------------------------------


def file_state(connection: sqlite3.Connection, source: str, sha256: bytes) -> tuple[str, int] | None:
    """State (`reading` or `taken`) and records taken so far of a file with this content; None when unseen."""
    row = connection.execute(
        "SELECT state, rows FROM source_file WHERE source = ? AND sha256 = ?", (source, sha256)
    ).fetchone()
    return None if row is None else (str(row[0]), int(row[1]))


def mark_file(
    connection: sqlite3.Connection, now: int, source: str, mark: FileMark, *, rows_taken: int, last: bool
) -> None:
    """Write down how far a file has been read; `last` says that this was its end."""
    connection.execute(
        "INSERT INTO source_file(source, sha256, name, size, modified_at, state, rows, first_at, finished_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(source, sha256) DO UPDATE SET name = excluded.name,"
        " state = excluded.state, rows = excluded.rows, finished_at = excluded.finished_at",
        (
            source,
            mark.sha256,
            clean(mark.name),
            mark.size,
            mark.modified_at,
            "taken" if last else "reading",
            rows_taken,
            now,
            now if last else None,
        ),
    )
