"""Which files are ours, and bringing an older one to the present schema, one migration to a transaction.

What the migrations are is engine.storage.schema; who opens a file is engine.storage.store.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from engine.storage import schema, whole_copy
from engine.storage.sqlite import sqlite3
from engine.values.errors import StoreUnusable


def refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    """Raises StoreUnusable for a file that is not ours, or that a newer offplan wrote."""
    # As one view: between two of these another process may make its tables, which would be no tables of ours.
    connection.execute("BEGIN")
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    finally:
        connection.execute("ROLLBACK")
    if application != schema.APPLICATION_ID and not (empty and application == 0):
        raise StoreUnusable(f"{path}: this is somebody else's SQLite file; name an offplan database")
    if version > schema.VERSION:
        raise StoreUnusable(
            f"{path}: it was written by a newer offplan (schema {version}, this one knows {schema.VERSION});"
            " update offplan"
        )


def bring_up_to_date(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    """Run the missing migrations under a lock of our own, so that two processes starting at once both survive.

    A file that was in use is copied before. Raises StoreUnusable.
    """
    if connection.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION:
        return
    if read_only:
        raise StoreUnusable(f"{path}: it needs a migration; open it once without --readonly")
    try:
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnusable(
            f"{path}: its folder cannot be written ({error.strerror}); check the permissions"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        refuse_foreign(connection, path)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        copy = _copied_before(connection, path, version) if 0 < version < schema.VERSION else None
        try:
            for number in range(version, schema.VERSION):
                _migrate(connection, path, number)
        except BaseException:
            # Or every try would leave one, until the disk is full of them.
            if copy is not None and connection.execute("PRAGMA user_version").fetchone()[0] == version:
                copy.unlink(missing_ok=True)
            raise
    finally:
        os.close(descriptor)


def _migrate(connection: sqlite3.Connection, path: Path, number: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in statements(schema.MIGRATIONS[number]):
            connection.execute(statement)
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken:
            raise StoreUnusable(f"{path}: the migration to schema {number + 1} breaks a reference ({broken})")
        connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        # What stopped it may have rolled back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _copied_before(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    # The name only has to differ from earlier copies, so the machine's date is good enough here.
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    copy = path.with_name(f"{path.name}.schema{version}.{stamp}.bak")
    try:
        whole_copy.write(connection, copy)
    except OSError as error:
        raise StoreUnusable(f"{copy}: it cannot be written ({error.strerror}); check the folder") from error
    return copy


def statements(script: str) -> Iterator[str]:
    """The single statements of a script; triggers stay whole."""
    waiting = ""
    for line in script.splitlines():
        waiting += line + "\n"
        if sqlite3.complete_statement(waiting):
            if waiting.strip():
                yield waiting
            waiting = ""
