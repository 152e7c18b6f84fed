"""Drafts: hidden files beside the ones that they become. Whoever writes one holds its lock, so that what a process left
that was killed is told from what another one writes now, and is taken away by the next who writes the same file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# Not to wait where it is a pipe that nobody reads.
_LEFT: Final = os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def begun(path: Path, mode: int = 0o600) -> Iterator[tuple[Path, BinaryIO]]:
    """A draft of a file, empty and open for writing: nobody else's until the end, and gone then unless it was renamed.

    Never through a link, and never in what is there already. Raises OSError where none can be made.
    """
    draft, descriptor = _begin(path, mode)
    with open(descriptor, "wb") as file:
        try:
            yield draft, file
        finally:
            # Once it was renamed, the next writer may have a draft of that name.
            if _has_name(descriptor, draft):
                draft.unlink()


def clear(draft: Path) -> None:
    """Take a draft away that nobody writes any more; what cannot be told or taken away stays."""
    try:
        descriptor = os.open(draft, _LEFT)
    except OSError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _has_name(descriptor, draft):
            draft.unlink()
    except OSError:
        # Somebody writes it, or files have no locks here.
        pass
    finally:
        os.close(descriptor)


def _begin(path: Path, mode: int) -> tuple[Path, int]:
    """Of the names for drafts the first that is free; several processes may write one file at once."""
    number = 0
    while True:
        # Hidden, so that no watcher of the folder takes it.
        draft = path.with_name(f".{path.name}.{number}.part")
        clear(draft)
        try:
            descriptor = os.open(draft, _NEW, mode)
        except FileExistsError:
            number += 1
            continue
        if _is_ours(descriptor, draft):
            return draft, descriptor
        os.close(descriptor)


def _is_ours(descriptor: int, draft: Path) -> bool:
    """Whether a new draft was locked before somebody took it for one that was left."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # Files have no locks here: then nobody clears either.
        return True
    return _has_name(descriptor, draft)


def _has_name(descriptor: int, draft: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(draft))
    except OSError:
        return False
