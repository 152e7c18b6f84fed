"""The lease that lets one process at a time feed a desk: a small file beside the database, prolonged while it is held.

It is no row of the database, because a heartbeat would then be a commit a second, after which every desk reads its
whole screen again. It is no lock of the kernel either, because a process that was stopped keeps those, and then nobody
feeds. The file is replaced as a whole, so whoever reads sees one state of it. Times are the machine's, whatever date
the desk lives at: callers pass them.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from engine.storage import locks, regular_file, whole_file
from engine.values.clock import SECOND
from engine.values.errors import BadInput, StoreUnusable

NOT_OURS: Final = (BadInput, ValueError, KeyError, TypeError, OverflowError, RecursionError)
"""What comes of reading what some other hand wrote."""
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_LONGEST: Final = 4096
"""Bytes of a file that are read: what is longer is not our writing."""


class Lease:
    """The lease called `name` of one database. Every method that writes raises StoreUnusable when it cannot."""

    def __init__(self, database: Path, name: str) -> None:
        self.path = database.with_name(f"{database.name}.{name}.lease")
        self._lock = f"{database}.lock"

    def held(self, now: int) -> dict[str, Any] | None:
        """Who holds it: holder (a random token of the process), host, pid, boot_id, taken_at, expires_at, lasts.

        None when nobody does, its time is over, or its process is gone.
        """
        try:
            lease = read(self.path)
            left = int(lease["expires_at"]) - now
            # Further ahead than it lasts: the clock was set back since, and nobody would feed until it is there again.
            over = left <= 0 or left > 2 * int(lease["lasts"]) or is_gone(lease) or not isinstance(lease["holder"], str)
        except NOT_OURS:
            # It was never taken, or it is not our writing.
            return None
        return None if over else lease

    def acquire(self, now: int, holder: str, seconds: float) -> bool:
        """Take it unless somebody else holds it; true when `holder` has it now."""
        if not self._is_open_to(now, holder):
            return False
        with self._alone() as alone:
            # Looked at again: somebody may have taken it since.
            if not alone or not self._is_open_to(now, holder):
                return False
            who = {"holder": holder, "host": socket.gethostname(), "pid": os.getpid(), "boot_id": boot_id()}
            lasts = round(seconds * SECOND)
            self._write({**who, "taken_at": now, "expires_at": now + lasts, "lasts": lasts})
        return True

    def renew(self, now: int, holder: str, seconds: float) -> bool:
        """Prolong it; false when `holder` no longer has it, or let it run out, and must stop writing."""
        with self._alone() as alone:
            lease = self.held(now)
            # Not alone: somebody is taking a lease that has run out, so it is ours no more.
            if not alone or lease is None or lease["holder"] != holder:
                return False
            lasts = round(seconds * SECOND)
            self._write({**lease, "expires_at": now + lasts, "lasts": lasts})
        return True

    def release(self, now: int, holder: str) -> None:
        """Give it back, if it is `holder`'s."""
        with self._alone() as alone:
            lease = self.held(now)
            if alone and lease is not None and lease["holder"] == holder:
                self.path.unlink(missing_ok=True)

    def _is_open_to(self, now: int, holder: str) -> bool:
        lease = self.held(now)
        return lease is None or lease["holder"] == holder

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether nobody else is changing it just now. Never waits: who is may have been stopped in it."""
        try:
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield locks.taken(descriptor) is not False
        finally:
            os.close(descriptor)

    def _write(self, lease: dict[str, Any]) -> None:
        """Replace the file; without a flush to the disk, since after a crash of the machine no lease counts."""
        try:
            whole_file.replace(self.path, json.dumps(lease).encode(), durable=False)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> StoreUnusable:
        return StoreUnusable(f"{self.path}: it cannot be written ({error.strerror}); check its folder and the disk")


def read(path: Path) -> dict[str, Any]:
    """What a process wrote of itself into such a file. Raises one of NOT_OURS where that cannot be told."""
    with regular_file.opened(path) as file:
        found: dict[str, Any] = json.loads(file.read(_LONGEST) or b"")
    return found


def boot_id() -> str:
    """The kernel's name of the running boot; empty where the system has none."""
    with contextlib.suppress(OSError):
        return _BOOT_ID.read_text(encoding="ascii").strip()
    return ""


def is_gone(lease: dict[str, Any]) -> bool:
    """Whether the process that wrote this ran on this machine since it was started, and has ended."""
    if not lease["boot_id"] or lease["boot_id"] != boot_id() or lease["host"] != socket.gethostname():
        return False
    try:
        os.kill(lease["pid"], 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
