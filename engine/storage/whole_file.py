"""A small file that is replaced as a whole: whoever reads it sees what was there or what is there now, never a part.

What must never take the place of a file that is there, and is written by SQLite, is engine.storage.whole_copy.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from engine.storage import drafts


def replace(path: Path, content: bytes, *, mode: int | None = 0o600, durable: bool = True) -> None:
    """Put `content` in the place of what a name has, if anything.

    `mode` is a new file's, less the umask; None takes over that of the file in whose place it comes. Without `durable`
    it is left to the system when the content gets to the disk: for what says nothing any more after a crash of the
    machine. Raises OSError, and then leaves what was there.
    """
    with drafts.begun(path, 0o600 if mode is None else mode) as (draft, file):
        if mode is None:
            os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
        file.write(content)
        file.flush()
        if durable:
            os.fsync(file.fileno())
        os.replace(draft, path)
    if durable:
        flush(path.parent)


def flush(path: Path) -> None:
    """Have the content of a file, or the names in a folder, on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
