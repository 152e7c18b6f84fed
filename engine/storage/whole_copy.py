"""A copy of an open database that has its name only once it is whole and on the disk: who is killed in the middle, or
finds the disk full, leaves nothing that looks like one.

Unlike engine.storage.whole_file it never takes the place of a file that is there, and SQLite writes it.
"""

from __future__ import annotations

import os
from pathlib import Path

from engine.storage import drafts, whole_file
from engine.storage.sqlite import sqlite3


def write(connection: sqlite3.Connection, path: Path) -> None:
    """Write a compact copy, readable and writable by its owner only.

    Raises FileExistsError for a target that exists, other OSErrors where it cannot be made, and sqlite3.Error.
    """
    # SQLite has locks of its own in what it writes, so that lies beside the draft that is ours.
    with drafts.begun(path) as (place, _):
        draft = place.with_name(f"{place.name}-copy")
        _remove(draft)
        try:
            # Made here, so that nobody else can read it while it grows; and never written through a link.
            os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
            # As bytes, since the name of a folder need not be text.
            connection.execute("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(draft),))
            # SQLite leaves it to the system when a copy gets to the disk.
            whole_file.flush(draft)
            _give_name(draft, path)
            whole_file.flush(path.parent)
        finally:
            _remove(draft)


def _remove(draft: Path) -> None:
    """Take a draft away, and the journal that SQLite leaves beside one that it could not finish."""
    for path in (draft, draft.with_name(f"{draft.name}-journal")):
        path.unlink(missing_ok=True)


def _give_name(draft: Path, path: Path) -> None:
    try:
        # A rename would take the place of what is there.
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links.
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.rename(draft, path)
