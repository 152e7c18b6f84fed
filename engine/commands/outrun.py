"""Plans that are thought out without a lock, since that may take seconds: written only if what they rest on still
stands."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Final, TypeVar

from engine.storage.sqlite import sqlite3
from engine.storage.store import data_version
from engine.values.errors import Refused

TRIES: Final = 3
"""How often a plan is made, where others change meanwhile what it rests on."""

MOST_HELD: Final = 300
"""Deviations that are planned with the lock where others were quicker: 3.5 s of the 10 s that others wait."""

T = TypeVar("T")


class OutrunError(Refused):
    """Somebody has changed what a plan rests on before it was written."""


def in_time(attempt: Callable[[], T], at_last: Callable[[], T] | None = None) -> T:
    """Try until a plan is written in time; the last time by `at_last`, which others have to wait for.

    Raises OutrunError where others are always quicker.
    """
    for _ in range(TRIES - 1):
        with contextlib.suppress(OutrunError):
            return attempt()
    return (at_last or attempt)()


def require_standing(connection: sqlite3.Connection, seen: int, read: Callable[[], T], before: T) -> None:
    """Raises OutrunError where `read` gives something else than it gave `before`.

    `seen` is the version of the file then (engine.storage.store.data_version): as long as it is that one, nothing is
    read.
    """
    if data_version(connection) != seen and read() != before:
        raise OutrunError("others change the open actions faster than they can be planned; try again")
