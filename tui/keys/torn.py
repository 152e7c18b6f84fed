"""Sequences that a slow link has torn apart: `esc` came, and the rest of an arrow or a page key after it, as letters.

The terminal sends `esc [ A` for the arrow up. Where the letters come later than `esc` is waited for they are keys of
their own: `A` approves, `Z` does again what undo took back. So they are dropped; `esc` has been carried out by then.
"""

from __future__ import annotations

import math
from typing import Final

_PATIENCE: Final = 0.6
"""Seconds between two parts of one sequence."""
_INTRODUCER: Final = "["
"""What follows `esc` in the sequences of arrows and page keys. In those of the first function keys an `O` does, which a
person may well type after `esc`."""


class TornSequence:
    """Told of every key; knows which are the rest of a sequence."""

    def __init__(self) -> None:
        self._wanted: str | None = None
        """What goes on with the sequence that has begun; empty: parameters and an end. None: none has begun."""
        self._at = -math.inf

    def goes_on(self, key: str, character: str | None, now: float) -> bool:
        """Whether a key that came at an instant, in seconds of one clock, is the rest of a torn sequence."""
        wanted, in_time = self._wanted, now - self._at <= _PATIENCE
        self._wanted, self._at = (_INTRODUCER if key == "escape" else None), now
        if wanted is None or not in_time or character is None:
            return False
        if wanted:
            self._wanted = "" if character == wanted else None
            return character == wanted
        if character.isdigit() or character == ";":
            self._wanted = ""
            return True
        return character.isalpha() or character == "~"
