"""A whole copy of a desk file, made while others work on it."""

from __future__ import annotations

import os
from pathlib import Path

from engine.storage import whole_copy
from engine.storage.sqlite import sqlite3
from engine.storage.store import Store, sentence
from engine.values.errors import BadInput, StoreUnusable


def copy(store: Store, path: Path) -> None:
    """Write a compact copy to `path`, readable and writable by its owner only.

    Raises BadInput for a target that exists or whose folder does not, StoreUnusable when it cannot be written.
    """
    if not os.path.isdir(path.parent):  # Path.is_dir raises an error for a name that is too long.
        raise BadInput(str(path), "there is no such folder", "make the folder first")
    # Looked at before: the copy would be made in vain.
    if os.path.lexists(path):
        raise _taken(path)
    try:
        whole_copy.write(store.connection, path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise StoreUnusable(f"{path}: it cannot be written ({error.strerror}); check the folder") from error
    except sqlite3.Error as error:
        raise StoreUnusable(sentence(error, path)) from error


def _taken(path: Path) -> BadInput:
    return BadInput(str(path), "there is a file already", "name a new one")
