"""Sequences that a slow link has torn apart: `esc` came, and the rest of an arrow or a page key after it, as letters.

The terminal sends `esc [ A` for the arrow up. Where the letters come later than `esc` is waited for they are keys of
their own: `A` approves, `Z` does again what undo took back. So they are dropped; `esc` has been carried out by then.
"""

from __future__ import annotations

import math
from typing import Final

_PATIENCE: Final = 0.6
"""Seconds between two parts of one sequence."""
_INTRODUCERS: Final = ("[", "O")
"""What follows `esc` in the sequences of keys."""


class TornSequence:
    """Told of every key; knows which are the rest of a sequence."""

    def __init__(self) -> None:
        self._wanted: tuple[str, ...] | None = None
        """What goes on with the sequence that has begun; empty: parameters and an end. None: none has begun."""
        self._at = -math.inf

    def goes_on(self, key: str, character: str | None, now: float) -> bool:
        """Whether a key that came at an instant, in seconds of one clock, is the rest of a torn sequence."""
        wanted, in_time = self._wanted, now - self._at <= _PATIENCE
        self._wanted, self._at = (_INTRODUCERS if key == "escape" else None), now
        if wanted is None or not in_time or character is None:
            return False
        if wanted:
            if character in wanted:
                self._wanted = ()
                return True
            return False
        if character.isdigit() or character == ";":
            self._wanted = ()
            return True
        return character.isalpha() or character == "~"
