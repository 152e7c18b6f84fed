"""Following what others write in pieces: a key that comes meanwhile is taken, and drawn, before the next piece.

Where nobody types all pieces are done at once. However fast keys come, each lets one piece pass.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from typing import Final

_TICK: Final = 0.005
_FRAME: Final = 5
"""Ticks after a key was taken in which its frame goes: the screen is drawn sixty times a second. Counted and not timed,
since on a busy machine time passes in which nothing is done; between two ticks all that is due is."""
_MOST: Final = 12
"""Ticks that a piece waits at most."""
_LONG_AGO: Final = 0.5
"""Seconds after which a key keeps nothing waiting, whether it was taken or not."""
_OVER: Final = object()


class KeyTurn:
    """Whether it is a key's turn: from when it is typed until what it did is drawn. Instants are seconds of one
    clock."""

    def __init__(self, typed_at: Callable[[], float]) -> None:
        """`typed_at` says when the last key was typed, as soon as it was."""
        self._typed_at = typed_at
        self._taken_at = -math.inf
        self._ticks = 0
        """Since the last key was taken."""

    def taken(self, now: float) -> None:
        """What was typed so far has been carried out."""
        self._taken_at, self._ticks = now, 0

    def tick(self) -> None:
        """A moment has passed in which all that was due was done."""
        self._ticks += 1

    def is_on(self, now: float) -> bool:
        typed_at = self._typed_at()
        if now - typed_at > _LONG_AGO:
            return False
        return self._taken_at < typed_at or self._ticks < _FRAME


class Following:
    """One refresh at a time, and keys between its pieces."""

    def __init__(self, turn: KeyTurn, took: Callable[[float], None]) -> None:
        """`took` hears of each refresh that has ended how many seconds its pieces took."""
        self._turn = turn
        self._took = took
        self._pieces: Iterator[object] | None = None
        self._seconds = 0.0

    @property
    def is_under_way(self) -> bool:
        return self._pieces is not None

    def begin(self, pieces: Iterator[object]) -> None:
        """Do a refresh, of which each step of `pieces` does one piece."""
        self._pieces, self._seconds = pieces, 0.0
        if self._turn.is_on(time.monotonic()):
            self._wait(_MOST)
        else:
            self._go_on()

    def _wait(self, ticks: int) -> None:
        asyncio.get_running_loop().call_later(_TICK, self._tick, ticks - 1)

    def _tick(self, left: int) -> None:
        self._turn.tick()
        if left and self._turn.is_on(time.monotonic()):
            self._wait(left)
        else:
            self._go_on()

    def _go_on(self) -> None:
        while self._pieces is not None:
            began = time.monotonic()
            is_over = next(self._pieces, _OVER) is _OVER
            now = time.monotonic()
            self._seconds += now - began
            if is_over:
                self._pieces = None
                self._took(self._seconds)
            elif self._turn.is_on(now):
                self._wait(_MOST)
                return
