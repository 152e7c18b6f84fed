"""Sources of signals: how each one stands, which files of it were read how far, and the lease of the one feeder.

A source's cursor is the connector's own JSON; it is written in the transaction of the rows it stands behind
(engine.ingest), or here when an answer brought no rows. The lease runs on the machine's clock: callers pass its time.
"""

from __future__ import annotations

import contextlib
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.clock import SECOND
from engine.sqlite import sqlite3
from engine.store import rows
from engine.text import clean


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


# the lease: `now` is the machine's time ---------------------------------------------------------------------------------

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


def acquire_lease(connection: sqlite3.Connection, now: int, name: str, holder: str, seconds: float) -> bool:
    """Take the lease unless somebody else holds it; true when `holder` has it now.

    Somebody else's lease has lapsed when its time is over, or when its process of this very boot is gone.
    """
    present = lease(connection, now, name)
    if present is not None and present["holder"] != holder:
        return False
    connection.execute(
        "INSERT INTO lease(name, holder, host, pid, boot_id, taken_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(name) DO UPDATE SET holder = excluded.holder, host = excluded.host, pid = excluded.pid,"
        " boot_id = excluded.boot_id, taken_at = excluded.taken_at, expires_at = excluded.expires_at",
        (name, holder, socket.gethostname(), os.getpid(), boot_id(), now, now + round(seconds * SECOND)),
    )
    return True


def renew_lease(connection: sqlite3.Connection, now: int, name: str, holder: str, seconds: float) -> bool:
    """Prolong the lease; false when `holder` no longer has it, or let it run out, and must stop writing."""
    cursor = connection.execute(
        "UPDATE lease SET expires_at = ? WHERE name = ? AND holder = ? AND expires_at > ?",
        (now + round(seconds * SECOND), name, holder, now),
    )
    return bool(cursor.rowcount == 1)


def release_lease(connection: sqlite3.Connection, name: str, holder: str) -> None:
    """Give the lease back, if it is `holder`'s."""
    connection.execute("DELETE FROM lease WHERE name = ? AND holder = ?", (name, holder))


def lease(connection: sqlite3.Connection, now: int, name: str) -> dict[str, Any] | None:
    """The lease as column to value while somebody holds it; None otherwise."""
    found = rows(connection, "SELECT * FROM lease WHERE name = ? AND expires_at > ?", (name, now))
    if not found or _is_gone(found[0]):
        return None
    return found[0]


def _is_gone(row: dict[str, Any]) -> bool:
    """Whether the lease's process ran on this machine since it was started, and has ended."""
    if row["host"] != socket.gethostname() or row["boot_id"] != boot_id() or not row["boot_id"]:
        return False
    try:
        os.kill(row["pid"], 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def boot_id() -> str:
    """The kernel's name of the running boot; empty where the system has none."""
    with contextlib.suppress(OSError):
        return _BOOT_ID.read_text(encoding="ascii").strip()
    return ""
