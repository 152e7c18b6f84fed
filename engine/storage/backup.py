"""A whole copy of a desk file, made while others work on it."""

from __future__ import annotations

import os
from pathlib import Path

from engine.storage.sqlite import sqlite3
from engine.storage.store import Store, sentence
from engine.values.errors import BadInput, StoreUnusable


def copy(store: Store, path: Path) -> None:
    """Write a compact copy to `path`, readable and writable by its owner only.

    Raises BadInput for a target that exists or whose folder does not, StoreUnusable when it cannot be written.
    """
    if not path.parent.is_dir():
        raise BadInput(str(path), "there is no such folder", "make the folder first")
    try:
        # Taken exclusively, so that a file that is there, or a link, is never written through.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise BadInput(str(path), "there is a file already", "name a new one") from None
    except OSError as error:
        raise StoreUnusable(f"{path}: it cannot be written ({error.strerror}); check the folder") from error
    try:
        store.connection.execute("VACUUM INTO ?", (str(path),))
    except sqlite3.Error as error:
        path.unlink(missing_ok=True)
        raise StoreUnusable(sentence(error, path)) from error
