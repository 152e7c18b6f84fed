"""When a file in a drop folder is complete: three pieces of evidence, and how long to wait for want of them.

Here: which names are no data, what a look at a file saw, and `wait_for`, which decides. No reading of records. The rule
is argued in docs/sources.md: a file that was renamed into place is taken at once, a file that somebody is still writing
never.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import stat
from pathlib import Path
from typing import Final, NamedTuple

from engine.storage import regular_file
from engine.values.clock import SECOND
from engine.values.errors import BadInput

SETTLED: Final = 2 * SECOND
"""How long a file that ends at a record's end must stay as it is, where nothing else speaks for it."""
SETTLED_CUT: Final = 10 * SECOND
"""The same for a file that stops in the middle of a record, or is empty."""

_TAIL_BYTES: Final = 4096
_NOT_DATA_ENDINGS: Final = ("~", ".tmp", ".part", ".partial", ".swp", ".swx", ".filepart", ".crdownload", ".lock")
_DOCUMENT_ENDINGS: Final = (".json",)
_ARCHIVE_ENDINGS: Final = (".xlsx", ".xlsm")
_END_OF_ARCHIVE: Final = b"PK\x05\x06"


class Stamp(NamedTuple):
    """What tells one state of a file from another, without its content."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


class Look(NamedTuple):
    """What one look at a file saw."""

    stamp: Stamp
    ends_whole: bool
    """The content ends where a record of this kind of file ends."""
    closed: bool | None
    """Nobody has it open for writing; None where the system does not tell us."""
    moved: bool
    """The file was renamed, linked or stamped after the last byte was written: what a finished copy looks like."""


def is_data(name: str) -> bool:
    """Whether a name can be data: not hidden, not temporary, not a copy that a synchroniser made of a conflict."""
    return not (name.startswith((".", "~$")) or name.lower().endswith(_NOT_DATA_ENDINGS) or ".sync-conflict-" in name)


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of a regular file; None for anything else, and for what is gone. A link is not followed."""
    try:
        found = os.stat(path, follow_symlinks=False)
    except OSError:
        return None
    return _stamp(found) if stat.S_ISREG(found.st_mode) else None


def look(path: Path) -> Look | None:
    """Look at a file; None when it is gone, is no regular file or cannot be opened by us."""
    try:
        with regular_file.opened(path) as file:
            descriptor = file.fileno()
            found = os.fstat(descriptor)
            # In this order: a writer that comes between the two makes the file look open, never finished.
            whole = _ends_whole(descriptor, path.name.lower(), found.st_size)
            closed = _nobody_writes(descriptor)
            if _stamp(os.fstat(descriptor)) != _stamp(found):
                closed = False
            return Look(_stamp(found), whole, closed, found.st_ctime_ns > found.st_mtime_ns)
    except BadInput:
        return None


def wait_for(seen: Look) -> int | None:
    """Microseconds that a file must stay as this look saw it before it is read; 0: at once. None: somebody writes it.

    Two of the three pieces of evidence are enough at once, one alone has to be borne out by time.
    """
    if seen.closed is False:
        return None
    evidence = seen.ends_whole + bool(seen.closed) + seen.moved
    if seen.stamp.size and evidence >= 2:
        return 0
    return SETTLED if seen.ends_whole else SETTLED_CUT


def _stamp(found: os.stat_result) -> Stamp:
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _ends_whole(descriptor: int, name: str, size: int) -> bool:
    if not size:
        return False
    tail = os.pread(descriptor, _TAIL_BYTES, max(0, size - _TAIL_BYTES))
    if name.endswith(_ARCHIVE_ENDINGS):
        return _END_OF_ARCHIVE in tail
    if name.endswith(_DOCUMENT_ENDINGS):
        head = os.pread(descriptor, _TAIL_BYTES, 0)
        return (_bare(head)[:1], _bare(tail)[-1:]) in ((b"[", b"]"), (b"{", b"}"))
    # UTF-16 text ends in LF and a zero byte, in either order.
    return tail.endswith((b"\n", b"\n\x00"))


def _bare(text: bytes) -> bytes:
    return text.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").strip(b" \t\r\n\x00")


def _nobody_writes(descriptor: int) -> bool | None:
    """Ask Linux whether any process has the file open for writing: it grants a read lease only where none has.

    The lease is given back at once. Who opens the file in between waits those microseconds, and we are sent SIGURG,
    which does nothing, in place of SIGIO, which would end us. Only the owner of a file may ask.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return None
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return False
    except OSError:
        return None
    with contextlib.suppress(OSError):
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return True
