"""Opening a file that some other hand may have laid where it is: a regular file and nothing else.

A FIFO would keep the reader waiting for ever, a device need not end, and a link may point anywhere. So the file is
opened first and looked at after, before a byte is read, and nobody can exchange it between the two. How much of it may
be read is its reader's to say.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from engine.values.errors import BadInput


@contextmanager
def opened(path: Path, *, through_links: bool = False) -> Iterator[BufferedReader]:
    """The file, open for reading. Raises BadInput when it is none that may be read, or fails while it is read.

    `through_links` is for files that people keep elsewhere on purpose, such as settings among others of theirs.
    """
    descriptor = _descriptor(path, 0 if through_links else os.O_NOFOLLOW)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadInput(str(path), "it is not a regular file", "name a file")
    with os.fdopen(descriptor, "rb") as file:
        try:
            yield file
        except OSError as error:
            # A share or a disk that fails in the middle: the file is at fault, not the program.
            raise BadInput(str(path), f"it cannot be read ({error.strerror})", "check the disk or the share") from error


def _descriptor(path: Path, links: int) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | links)
    except FileNotFoundError:
        raise BadInput(str(path), "there is no such file", "check the name") from None
    except OSError as error:
        if links and os.path.islink(path):  # Path.is_symlink raises an error for a name that is too long.
            raise BadInput(str(path), "it is a symbolic link", "name the file itself") from None
        raise BadInput(str(path), f"it cannot be read ({error.strerror})", "check its permissions") from None
    except ValueError:  # A zero byte, or half of a surrogate pair.
        raise BadInput(repr(str(path)), "no file can have that name", "check the name") from None
