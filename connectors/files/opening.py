"""Opening a file of records: of bounded size, with how it stands and the hash of what it holds."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Final, NamedTuple

from engine.storage import regular_file
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
    with regular_file.opened(path) as handle:
        if stamp(handle).size > SIZE_LIMIT:
            raise BadInput(str(path), f"it is larger than {SIZE_LIMIT >> 20} MiB", "split the file")
        yield handle


def stamp(handle: BufferedReader) -> Stamp:
    """How the open file stands now."""
    found = os.fstat(handle.fileno())
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino)


def sha256(handle: BufferedReader) -> bytes:
    """The SHA-256 of the whole content."""
    handle.seek(0)
    return hashlib.file_digest(handle, "sha256").digest()
