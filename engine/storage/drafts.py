"""Drafts: hidden files beside the ones that they become. Whoever writes one holds its lock, so that what a process left
that was killed is told from what another one writes now, and is taken away by the next who writes the same file."""

from __future__ import annotations

import errno
import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from engine.storage import locks

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_AT_ONCE: Final = 100
"""Drafts of one file that there may be."""
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
            if locks.stands_at(file, draft):
                draft.unlink()


def clear(draft: Path) -> None:
    """Take a draft away that nobody writes any more, after what lies beside it under its name and a `-`; what cannot be
    told or taken away stays."""
    try:
        descriptor = os.open(draft, _LEFT)
    except OSError:
        return
    try:
        # Where files have no locks nobody knows whether somebody writes it.
        if locks.taken(descriptor) and locks.stands_at(descriptor, draft):
            for beside in draft.parent.glob(f"{glob.escape(draft.name)}-*"):
                beside.unlink()
            draft.unlink()
    except OSError:
        pass
    finally:
        os.close(descriptor)


def _begin(path: Path, mode: int) -> tuple[Path, int]:
    """Of the names for drafts the first that is free; several processes may write one file at once."""
    for number in range(_MOST_AT_ONCE):
        draft = _named(path, number)
        clear(draft)
        try:
            descriptor = os.open(draft, _NEW, mode)
        except FileExistsError:
            continue
        # Locked before somebody took it for one that was left; where files have no locks nobody clears either.
        if locks.taken(descriptor) is not False and locks.stands_at(descriptor, draft):
            _clear_behind(path, number)
            return draft, descriptor
        os.close(descriptor)
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))


def _clear_behind(path: Path, number: int) -> None:
    """Those with the numbers after ours, which nobody may ever come to again: of two who wrote at once both were
    killed."""
    for behind in range(number + 1, _MOST_AT_ONCE):
        draft = _named(path, behind)
        if not os.path.lexists(draft):
            return
        clear(draft)


def _named(path: Path, number: int) -> Path:
    # Hidden, so that no watcher of the folder takes it.
    return path.with_name(f".{path.name}.{number}.part")
