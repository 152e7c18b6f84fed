"""Opening a desk's SQLite file safely, and the one way to read it and the one way to write to it.

Here: the settings of every connection, `Store.read` and `Store.write`. What a file must be like is
engine.storage.desk_file; a table's meaning is engine.storage.schema and whoever reads it. Reasons for each setting:
docs/reliability.md.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from engine.storage import desk_file, migrations, schema
from engine.storage.sqlite import sqlite3
from engine.values.errors import StoreUnusable

_ROOM_BESIDE: Final = 32 * 1024
"""Bytes of the shared index beside a file in WAL mode: what SQLite needs even to read."""
CACHE_MIB: Final = 64
"""How much of a file is kept in memory at most; detection and loads read all over it."""
SMALL_CACHE_MIB: Final = 2
"""The same for a desk on a screen, which reads few pages, and those again and again."""
_BUSY_MILLISECONDS: Final = 10_000
_LOCKED: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
_FORBIDDEN: Final = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_FAULTS_OF_THE_FILE: Final = (*_LOCKED, *_FORBIDDEN, *_DAMAGED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
"""Primary result codes of SQLite that a person can do something about; the others are faults of our statements."""


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
        self._file = desk_file.file_at(path)
        self.connection = connection
        self.journal_mode = journal_mode
        """`wal`, or `truncate` where the SQLite library is too old for WAL."""

    @classmethod
    def open(cls, path: Path, *, create: bool = False, read_only: bool = False, cache_mib: int = CACHE_MIB) -> Store:
        """Open a desk file, bringing its schema up to date.

        `create` makes a new file where there is none; `cache_mib` is how much of the file is kept in memory at most.
        Raises StoreUnusable with the mend.
        """
        path = Path(os.path.abspath(path))
        desk_file.refuse_bad_path(path, create=create)
        existed = path.exists()
        try:
            connection = _connect(path, read_only=read_only)
        except sqlite3.Error as error:
            raise StoreUnusable(f"{path}: cannot be opened ({error}); check its permissions") from error
        try:
            if existed:
                migrations.refuse_foreign(connection, path)
            migrations.bring_up_to_date(connection, path, read_only=read_only)
            mode = _settle_journal_mode(connection, path, read_only=read_only)
            _set_pragmas(connection, cache_mib)
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

        Raises StoreUnusable when the file stays locked, is read-only, is not there any more or has another schema by
        now, or the disk is full.
        """
        with self._in_sentences():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                self.refuse_lost_file()
                self._refuse_another_schema()
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One view over several queries, as the file stood at the first of them; never kept open across a wait.

        Inside a transaction it is that transaction's. Raises StoreUnusable when the file stays locked, cannot be read
        or has another schema by now.
        """
        if self.connection.in_transaction:
            yield self.connection
            return
        with self._in_sentences():
            self.refuse_lost_file()
            self.connection.execute("BEGIN")
            try:
                self._refuse_another_schema()
                yield self.connection
            finally:
                self._roll_back()

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self.connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def _in_sentences(self) -> Iterator[None]:
        """What SQLite says about the file becomes StoreUnusable; a fault of our own statements stays what it is."""
        try:
            yield
        except sqlite3.Error as error:
            if _code(error) in _FAULTS_OF_THE_FILE:
                # What SQLite says of a file that was moved is that the disk does not work.
                self.refuse_lost_file()
                raise StoreUnusable(sentence(error, self.path)) from error
            raise

    def data_version(self) -> int:
        """Changes when another connection has committed; costs 3 us, so a screen can ask 20 times a second.

        Raises StoreUnusable when the file stays locked or is not there any more.
        """
        self.refuse_lost_file()
        with self._in_sentences():
            return data_version(self.connection)

    def refuse_lost_file(self) -> None:
        """Raises StoreUnusable where the file was moved, deleted or replaced.

        It lives on for whoever has it open, and what is written to it goes with the last of them.
        """
        if desk_file.file_at(self.path) != self._file:
            raise StoreUnusable(
                f"{self.path}: the file that was open is not there any more, it was moved, deleted or replaced;"
                " put it back, or open the desk anew"
            )

    def _refuse_another_schema(self) -> None:
        """Raises StoreUnusable where somebody with another offplan has changed what the tables are, since they mean
        another thing now; costs 2 us."""
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version != schema.VERSION:
            raise StoreUnusable(
                f"{self.path}: it has schema {version} now, and this offplan, which knows {schema.VERSION}, has it open"
                " since before; end this one, and open the desk anew with the newest offplan"
            )

    def meta(self, key: str) -> str | None:
        """One value of the table `meta`; None where it has none of that key. Raises as `read` does."""
        with self.read() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def close(self) -> None:
        """Close the connection; what is not committed is taken back."""
        self.connection.close()


def data_version(connection: sqlite3.Connection) -> int:
    """As Store.data_version; inside a transaction, of what that one sees."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def set_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Write one meta value inside a write transaction."""
    connection.execute(
        "INSERT INTO meta(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", (key, value)
    )


def sentence(error: sqlite3.Error, path: Path) -> str:
    """What an SQLite error means for a person, and what to do."""
    code = _code(error)
    if code in _LOCKED:
        return f"{path}: another process keeps it locked; try again, or see who has it open"
    if code in _FORBIDDEN:
        mend = "check the permissions of the file and its folder, or look at it with --readonly"
        return f"{path}: it cannot be written; {mend}"
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(path)):
        return f"{path}: the disk is full; free some space, nothing was half done"
    if code == sqlite3.SQLITE_IOERR:
        return (
            f"{path}: the disk did not read or write what it should ({error}); look at the disk, then `offplan check`"
        )
    if code in _DAMAGED:
        # What the module says of a text that it cannot read quotes it.
        what = error if hasattr(error, "sqlite_errorcode") else "a text in it is no UTF-8"
        return f"{path}: this is not a sound SQLite file ({what}); restore a backup"
    return f"{path}: {error}"


def _code(error: sqlite3.Error) -> int:
    """The primary result code of SQLite behind an error; 0 for what the module itself finds wrong with a call."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and isinstance(error, sqlite3.OperationalError):
        # The module reads a text that is no UTF-8: nothing that offplan writes is.
        return int(sqlite3.SQLITE_CORRUPT)
    # The low byte is the primary code.
    return int(code or 0) & 0xFF


def _is_full(path: Path) -> bool:
    """Whether the disk has no room for what SQLite keeps beside a file; it calls that a fault of reading and
    writing."""
    try:
        found = os.statvfs(path.parent)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _ROOM_BESIDE


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    before = os.umask(0o077)
    try:
        mode = "ro" if read_only else "rwc"
        # Path.as_uri would import urllib, which costs a command 1.5 ms.
        name = str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        still = "&immutable=1" if read_only and desk_file.stands_still(path) else ""
        uri = f"file:{name}?mode={mode}{still}"
        return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_MILLISECONDS / 1000)
    finally:
        os.umask(before)


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


def _set_pragmas(connection: sqlite3.Connection, cache_mib: int) -> None:
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "mmap_size = 0",
        f"cache_size = {-1024 * cache_mib}",
        "temp_store = MEMORY",
        "trusted_schema = OFF",
        "cell_size_check = ON",
        f"journal_size_limit = {64 * 1024 * 1024}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def rows(connection: sqlite3.Connection, sql: str, parameters: Any = ()) -> list[dict[str, Any]]:
    """All rows of a query as dictionaries by column name."""
    return list(each_row(connection, sql, parameters))


def each_row(connection: sqlite3.Connection, sql: str, parameters: Any = ()) -> Iterator[dict[str, Any]]:
    """As `rows`, one at a time: for what is gone through once and would be tens of megabytes as a list."""
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


def as_json(values: Iterable[object]) -> str:
    """A list as the one parameter of `json_each(?)`."""
    return json.dumps(list(values), ensure_ascii=False)
