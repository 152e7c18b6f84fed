"""The journal: one hash-chained entry for everything that a person or a rule does, and the check of the chain.

An entry's hash covers the previous hash and the canonical JSON of its own fields, so `verify` finds any edit by
somebody who cannot also rewrite every later entry. Entries of one command share `txn`, which is what undo goes by.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.storage.sqlite import sqlite3

SYSTEM: Final = "system"
"""The actor of what a rule does."""

START: Final = bytes(32)
"""What stands for the hash before the first entry."""
_NO_LOGIN: Final = 2**32 - 1
"""The kernel's login uid of a process that nobody logged in for, such as a service."""

_INSERT = (
    "INSERT INTO journal(seq, at, txn, actor, origin, action, subject_type, subject_id, reason, before, after,"
    " previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_COLUMNS = "seq, at, txn, actor, origin, action, subject_type, subject_id, reason, before, after, previous, hash"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written down: who did what to which object, and how it stood before and after."""

    action: str
    subject_type: str
    subject_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str | None = None


def canonical(value: Any) -> str:
    """JSON with sorted keys and no blanks: the same value is always the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Writer:
    """Appends entries inside one write transaction, all with the same actor, time and txn."""

    def __init__(self, connection: sqlite3.Connection, *, at: int, actor: str, origin: str) -> None:
        self._connection = connection
        self.at = at
        """When what they tell of happens."""
        self.actor = actor
        """Whom the entries name."""
        self._origin = origin
        last = connection.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        self._seq: int = last[0] if last else 0
        self._hash: bytes = last[1] if last else START
        self.txn = self._seq + 1
        """The number that the entries of this transaction share."""

    def write(self, entry: Entry) -> int:
        """Append one entry and return its seq."""
        seq = self._seq + 1
        fields = (
            seq,
            self.at,
            self.txn,
            self.actor,
            self._origin,
            entry.action,
            entry.subject_type,
            entry.subject_id,
            entry.reason,
            canonical(entry.before),
            canonical(entry.after),
        )
        digest = link(self._hash, fields)
        self._connection.execute(_INSERT, (*fields, self._hash, digest))
        self._seq, self._hash = seq, digest
        return seq


def link(previous: bytes, fields: tuple[Any, ...]) -> bytes:
    """The hash of an entry: of the hash before it, and of its own fields in the order of the table."""
    return hashlib.sha256(previous + canonical(fields).encode("utf-8", "surrogatepass")).digest()


def verify(connection: sqlite3.Connection) -> int | None:
    """The seq of the first entry that does not follow from the one before it; None when the chain is whole."""
    expected_seq, previous = 1, START
    for row in connection.execute(f"SELECT {_COLUMNS} FROM journal ORDER BY seq"):
        *fields, stated_previous, stated = row
        if fields[0] != expected_seq or stated_previous != previous or link(previous, tuple(fields)) != stated:
            return int(fields[0])
        expected_seq, previous = expected_seq + 1, stated
    return None


def done_since(connection: sqlite3.Connection, entry: int | None) -> tuple[int, bool]:
    """The last entry, and whether after `entry` anything was done but taking signals in."""
    (newest,) = connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
    if entry is None:
        return newest, True
    done = "SELECT EXISTS (SELECT 1 FROM journal WHERE seq > ? AND action <> 'ingest')"
    return newest, bool(connection.execute(done, (entry,)).fetchone()[0])


def kinds_since(connection: sqlite3.Connection, entry: int) -> frozenset[str]:
    """The kinds of objects that anything was done to after `entry`, but taking signals in."""
    # The plus: by the index of subjects all entries ever would be gone through.
    query = "SELECT DISTINCT +subject_type FROM journal WHERE seq > ? AND action <> 'ingest'"
    return frozenset(kind for (kind,) in connection.execute(query, (entry,)))


def entries(connection: sqlite3.Connection, subject_type: str, subject_id: str) -> Iterator[dict[str, Any]]:
    """The entries about one object, oldest first, as the columns of the table without the hashes."""
    names = _COLUMNS.split(", ")[:-2]
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM journal WHERE subject_type = ? AND subject_id = ? ORDER BY seq",
        (subject_type, subject_id),
    ).fetchall()
    for row in rows:
        entry = dict(zip(names, row, strict=False))
        entry["before"], entry["after"] = json.loads(entry["before"]), json.loads(entry["after"])
        yield entry


def reported_origin() -> str:
    """Where a command comes from, as far as the machine says: reported values, and the kernel's login uid."""
    try:
        login_uid: int | None = int(Path("/proc/self/loginuid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        login_uid = None
    return canonical(
        {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "uid": os.getuid() if hasattr(os, "getuid") else None,
            "login_uid": None if login_uid == _NO_LOGIN else login_uid,
            "sudo_user": os.environ.get("SUDO_USER"),
            "ssh": os.environ.get("SSH_CONNECTION", "").split(" ")[0] or None,
        }
    )
