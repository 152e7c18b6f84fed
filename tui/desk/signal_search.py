"""The signals that a screen lists: all of them at once, or those under a filter, a piece at a time from the newest
back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.desk import Desk

PIECE: Final = 10_000
"""Signals that one piece looks at: a few milliseconds."""
MOST: Final = 100_000
"""A search that has found so many stops there: nobody reads on."""


class SignalSearch:
    """What was found so far, and how far back it was looked."""

    def __init__(self, desk: Desk, piece: int = PIECE) -> None:
        self._desk, self._piece = desk, piece
        self.text = ""
        self.ids: Sequence[int] = ()
        """The last that came first."""
        self.below: int | None = None
        """Where the search goes on; None: it is at its end."""
        self._newest = 0

    def follow(self, text: str) -> None:
        """Begin with another filter, or take in what came since. Raises BadInput, and is then what it was."""
        every = self._desk.signal_span()
        newest = every[0] if every else 0
        if not text:
            self.ids, self.below = every, None
        elif text != self.text:
            found = self._desk.search_signals(text, newest + 1, self._piece)
            self.ids, self.below = found.ids, found.below
        else:
            came: list[int] = []
            below: int | None = newest + 1
            while below is not None and below > self._newest + 1:
                found = self._desk.search_signals(text, below, min(self._piece, below - self._newest - 1))
                came += found.ids
                below = found.below
            self.ids = [*came, *self.ids] if came else self.ids
        self.text, self._newest = text, newest

    def further(self) -> bool:
        """Look at the next piece; whether there is another one after it."""
        if self.below is None:
            return False
        found = self._desk.search_signals(self.text, self.below, self._piece)
        self.ids = [*self.ids, *found.ids] if found.ids else self.ids
        self.below = found.below if len(self.ids) < MOST else None
        return self.below is not None
