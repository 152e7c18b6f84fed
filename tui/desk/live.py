"""Seeing what other processes write: asks the file 20 times a second and says when it is time to draw.

It follows at most as often as is wanted (tui.keys.screen_options); the first change after a pause shows at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

ASKS_PER_SECOND: Final = 20
_REST: Final = 2


def gap_of(refreshes_per_second: float) -> int:
    """How many asks lie at least between two refreshes."""
    return max(1, round(ASKS_PER_SECOND / refreshes_per_second))


class Live:
    """Counts asks and remembers what is still to be shown; it keeps no timer and reads no clock of its own."""

    def __init__(self, data_version: Callable[[], int], minute: Callable[[], object], gap: int) -> None:
        """`data_version` changes with every foreign commit, `minute` when relative times look different."""
        self._data_version = data_version
        self._minute = minute
        self._gap = gap
        self._seen = (data_version(), minute())
        self._since = gap
        self._rest = 0
        """Asks that the last refresh leaves to the keys."""
        self._waiting = False

    def ask(self) -> bool:
        """Whether the screen should be brought up to date now."""
        self._since += 1
        found = (self._data_version(), self._minute())
        if found != self._seen:
            self._seen, self._waiting = found, True
        if self._waiting and self._since >= max(self._gap, self._rest):
            self._since, self._waiting = 0, False
            return True
        return False

    def took(self, seconds: float) -> None:
        """A refresh took so long: until the next one twice that is left to the keys, however much others write."""
        self._rest = math.ceil(_REST * seconds * ASKS_PER_SECOND)
