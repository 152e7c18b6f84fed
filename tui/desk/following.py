"""Following what others write in pieces: a key that comes meanwhile is taken, and its frame sent, before the next
piece.

Where nobody types all pieces are done at once. However fast keys come, each lets one piece pass.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from typing import Final

_FRAME: Final = 0.025
"""Seconds in which the frame of a key that was taken has gone: the screen is drawn sixty times a second at most, and
some keys draw nothing."""
_UNTAKEN: Final = 0.25
"""Seconds in which a key that was typed is taken; one that is not keeps nothing waiting for longer."""
_OVER: Final = object()


class KeyTurn:
    """Whether it is a key's turn: from when it is typed until the frame that shows what it did. Instants are seconds of
    one clock."""

    def __init__(self, typed_at: Callable[[], float]) -> None:
        """`typed_at` says when the last key was typed, as soon as it was."""
        self._typed_at = typed_at
        self._taken_at = self._drawn_at = -math.inf

    def taken(self, now: float) -> None:
        """What was typed so far has been carried out."""
        self._taken_at = now

    def drawn(self, now: float) -> None:
        """A frame shows all that was done so far."""
        self._drawn_at = now

    def is_on(self, now: float) -> bool:
        typed_at = self._typed_at()
        if self._taken_at < typed_at:
            return now - typed_at < _UNTAKEN
        return self._drawn_at < self._taken_at and now - self._taken_at < _FRAME


class Following:
    """One refresh at a time, and keys between its pieces."""

    def __init__(self, turn: KeyTurn, took: Callable[[float], None]) -> None:
        """`took` hears of each refresh that has ended how many seconds its pieces took."""
        self._turn = turn
        self._took = took
        self._pieces: Iterator[object] | None = None
        self._seconds = 0.0
        self._waiting: asyncio.Handle | None = None

    @property
    def is_under_way(self) -> bool:
        return self._pieces is not None

    def begin(self, pieces: Iterator[object]) -> None:
        """Do a refresh, of which each step of `pieces` does one piece."""
        self._pieces, self._seconds = pieces, 0.0
        if self._turn.is_on(time.monotonic()):
            self._wait()
        else:
            self._go_on()

    def drawn(self) -> None:
        """A frame was sent: the next piece may follow."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = asyncio.get_running_loop().call_soon(self._go_on)

    def _wait(self) -> None:
        self._waiting = asyncio.get_running_loop().call_later(_FRAME, self._go_on)

    def _go_on(self) -> None:
        self._waiting = None
        while self._pieces is not None:
            began = time.monotonic()
            is_over = next(self._pieces, _OVER) is _OVER
            now = time.monotonic()
            self._seconds += now - began
            if is_over:
                self._pieces = None
                self._took(self._seconds)
            elif self._turn.is_on(now):
                self._wait()
                return
