"""Opening a file of records safely: a regular file, no link, of bounded size, with the hash of what it holds.

A FIFO would hang whoever opens it and a link may point anywhere, so both are refused before a byte is read.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Final, NamedTuple

from engine.values.errors import BadInput

SIZE_LIMIT: Final = 256 * 1024 * 1024


class Stamp(NamedTuple):
    """What changes when a file changes."""

    size: int
    modified_ns: int
    inode: int


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """The file, open for reading. Raises BadInput when it is none that may be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise BadInput(str(path), "there is no such file", "check the name") from None
    except OSError as error:
        if os.path.islink(path):  # Path.is_symlink raises an error for a name that is too long.
            raise BadInput(str(path), "it is a symbolic link", "name the file itself") from None
        raise BadInput(str(path), f"it cannot be read ({error.strerror})", "check its permissions") from None
    found = os.fstat(descriptor)
    fault = None
    if not stat.S_ISREG(found.st_mode):
        fault = BadInput(str(path), "it is not a regular file", "name a file")
    elif found.st_size > SIZE_LIMIT:
        fault = BadInput(str(path), f"it is larger than {SIZE_LIMIT >> 20} MiB", "split the file")
    if fault is not None:
        os.close(descriptor)
        raise fault
    with os.fdopen(descriptor, "rb") as handle:
        try:
            yield handle
        except OSError as error:
            # A share or a disk that fails in the middle: the file is at fault, not the program.
            raise BadInput(str(path), f"it cannot be read ({error.strerror})", "check the disk or the share") from error


def stamp(handle: BufferedReader) -> Stamp:
    """How the open file stands now."""
    found = os.fstat(handle.fileno())
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino)


def sha256(handle: BufferedReader) -> bytes:
    """The SHA-256 of the whole content."""
    handle.seek(0)
    return hashlib.file_digest(handle, "sha256").digest()
