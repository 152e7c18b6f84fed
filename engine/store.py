"""Opening a desk's SQLite file safely, and the one way to write to it.

Here: the version gate, the settings of every connection, migrations under a lock, and `Store.write`. No table's
meaning: that is engine.schema and whoever reads it. Reasons for each setting: docs/reliability.md.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from engine import schema
from engine.errors import StoreUnusable
from engine.sqlite import sqlite3

_NETWORK_FILE_SYSTEMS: Final = ("nfs", "cifs", "smb", "9p", "fuse", "afs", "ceph", "gluster", "lustre")
_BUSY_MILLISECONDS: Final = 10_000


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset bug (sqlite.org/wal.html#walresetbug)."""
    return (
        version >= (3, 53)
        or (3, 51, 3) <= version < (3, 52)
        or (3, 50, 7) <= version < (3, 51)
        or (3, 44, 6) <= version < (3, 45)
    )


class Store:
    """One connection to one desk file. Not shared between threads; open another Store instead."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, journal_mode: str) -> None:
        self.path = path
        self.connection = connection
        self.journal_mode = journal_mode
        """`wal`, or `truncate` where the SQLite library is too old for WAL."""

    @classmethod
    def open(cls, path: Path, *, create: bool = False, read_only: bool = False) -> Store:
        """Open a desk file, bringing its schema up to date.

        `create` makes a new file where there is none. Raises StoreUnusable with the mend.
        """
        path = Path(os.path.abspath(path))
        _refuse_bad_path(path, create=create)
        existed = path.exists()
        try:
            connection = _connect(path, read_only=read_only)
        except sqlite3.Error as error:
            raise StoreUnusable(f"{path}: cannot be opened ({error}); check its permissions") from error
        try:
            if existed:
                _refuse_foreign(connection, path)
            _bring_up_to_date(connection, path, read_only=read_only)
            mode = _settle_journal_mode(connection, path, read_only=read_only)
            _set_pragmas(connection)
        except sqlite3.Error as error:
            connection.close()
            raise StoreUnusable(sentence(error, path)) from error
        except BaseException:
            connection.close()
            raise
        return cls(path, connection, journal_mode=mode)

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction begun with BEGIN IMMEDIATE: all of it is committed, or none.

        Raises StoreUnusable when the file stays locked, is read-only or the disk is full.
        """
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise StoreUnusable(sentence(error, self.path)) from error
        try:
            yield self.connection
            self.connection.execute("COMMIT")
        except BaseException as error:
            with contextlib.suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                raise StoreUnusable(sentence(error, self.path)) from error
            raise

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One consistent view over several queries; never kept open across a wait."""
        self.connection.execute("BEGIN")
        try:
            yield self.connection
        finally:
            with contextlib.suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")

    def data_version(self) -> int:
        """Changes when another connection has committed; costs 2 us, so a screen can ask 20 times a second."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def meta(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def optimize(self) -> None:
        """Refresh the planner's statistics where they are old; for the feeder, a plain look must not write."""
        with contextlib.suppress(sqlite3.Error):
            self.connection.execute("PRAGMA optimize")

    def close(self) -> None:
        self.connection.close()


def set_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Write one meta value inside a write transaction."""
    connection.execute(
        "INSERT INTO meta(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", (key, value)
    )


def sentence(error: sqlite3.Error, path: Path) -> str:
    """What an SQLite error means for a person, and what to do."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return f"{path}: another process keeps it locked; try again, or see who has it open"
    if "readonly" in text or "read-only" in text or "unable to open" in text:
        return f"{path}: it cannot be written; check the permissions of the file and its folder"
    if "full" in text:
        return f"{path}: the disk is full; free some space, nothing was half done"
    if "not a database" in text or "malformed" in text:
        return f"{path}: this is not a sound SQLite file ({text}); restore a backup"
    return f"{path}: {text}"


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    before = os.umask(0o077)
    try:
        mode = "ro" if read_only else "rwc"
        # Path.as_uri would import urllib, which costs a command 1.5 ms.
        name = str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        uri = f"file:{name}?mode={mode}"
        return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_MILLISECONDS / 1000)
    finally:
        os.umask(before)


def _refuse_bad_path(path: Path, *, create: bool) -> None:
    try:
        found: os.stat_result | None = os.lstat(path)
    except FileNotFoundError:
        found = None
    except OSError as error:
        raise StoreUnusable(f"{path}: cannot be looked at ({error.strerror}); check the path") from error
    if found is None:
        if not create:
            raise StoreUnusable(f"{path}: there is no such file; `offplan init` makes a workspace with one")
        if not path.parent.is_dir():
            raise StoreUnusable(f"{path.parent}: there is no such folder; make it first")
    elif stat.S_ISLNK(found.st_mode):
        raise StoreUnusable(f"{path}: this is a symbolic link; name the file itself")
    elif not stat.S_ISREG(found.st_mode):
        raise StoreUnusable(f"{path}: this is not a regular file; name an offplan database")
    kind = file_system_of(path.parent)
    if any(kind.startswith(name) for name in _NETWORK_FILE_SYSTEMS) and not os.environ.get("OFFPLAN_ALLOW_NETWORK_FS"):
        raise StoreUnusable(
            f"{path}: it lies on a network file system ({kind}), where SQLite loses data;"
            " move it to a local disk, or set OFFPLAN_ALLOW_NETWORK_FS=1"
        )


def file_system_of(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """The type of the file system that holds a folder, empty where the system does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    target = os.path.realpath(folder) + "/"
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ").rstrip("/") + "/"
        if target.startswith(point) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if application != schema.APPLICATION_ID and not (empty and application == 0):
        raise StoreUnusable(f"{path}: this is somebody else's SQLite file; name an offplan database")
    if version > schema.VERSION:
        raise StoreUnusable(
            f"{path}: it was written by a newer offplan (schema {version}, this one knows {schema.VERSION});"
            " update offplan"
        )


def _bring_up_to_date(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    """Run the missing migrations under a lock of our own, so that two processes starting at once both survive."""
    if connection.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION:
        return
    if read_only:
        raise StoreUnusable(f"{path}: it needs a migration; open it once without --readonly")
    try:
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnusable(
            f"{path}: its folder cannot be written ({error.strerror}); check the permissions"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _refuse_foreign(connection, path)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if 0 < version < schema.VERSION:
            _copy_before_migration(connection, path, version)
        for number in range(version, schema.VERSION):
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
                connection.execute("ROLLBACK")
                raise
    finally:
        os.close(descriptor)


def _copy_before_migration(connection: sqlite3.Connection, path: Path, version: int) -> None:
    # The name only has to differ from earlier copies, so the machine's date is good enough here.
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    copy = path.with_name(f"{path.name}.schema{version}.{stamp}.bak")
    connection.execute("VACUUM INTO ?", (str(copy),))
    copy.chmod(0o600)


def statements(script: str) -> Iterator[str]:
    """The single statements of a script; triggers stay whole."""
    waiting = ""
    for line in script.splitlines():
        waiting += line + "\n"
        if sqlite3.complete_statement(waiting):
            if waiting.strip():
                yield waiting
            waiting = ""


def _settle_journal_mode(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> str:
    wanted = "wal" if wal_is_safe(sqlite3.sqlite_version_info) or os.environ.get("OFFPLAN_FORCE_WAL") else "truncate"
    present = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
    if present == wanted or read_only:
        return present
    got = str(connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()[0])
    if got != wanted:
        raise StoreUnusable(
            f"{path}: SQLite {sqlite3.sqlite_version} may not use the {present} journal of this file, and others have"
            " it open; close them and try again"
        )
    return got


def _set_pragmas(connection: sqlite3.Connection) -> None:
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "mmap_size = 0",
        "cache_size = -65536",
        "temp_store = MEMORY",
        "trusted_schema = OFF",
        "cell_size_check = ON",
        f"journal_size_limit = {64 * 1024 * 1024}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def rows(connection: sqlite3.Connection, sql: str, parameters: Any = ()) -> list[dict[str, Any]]:
    """All rows of a query as dictionaries by column name."""
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
