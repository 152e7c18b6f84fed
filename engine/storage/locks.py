"""Locks of open files, taken without waiting: who was stopped while it held one would be waited for without an end."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import BinaryIO


def taken(file: int | BinaryIO) -> bool | None:
    """Whether the lock of an open file is ours now, until it is closed; None where files have no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def stands_at(file: int | BinaryIO, path: Path, *, through_links: bool = False) -> bool:
    """Whether a path names the open file still: who had the lock before may have put another in its place."""
    descriptor = file if isinstance(file, int) else file.fileno()
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path, follow_symlinks=through_links))
    except OSError:
        return False
