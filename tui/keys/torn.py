"""Sequences that a slow link has torn apart: `esc` came, and the rest of an arrow or a page key after it, as letters.

The terminal sends `esc [ A` for the arrow up. Where the letters come later than `esc` is waited for they are keys of
their own: `A` approves, `Z` does again what undo took back. So they are dropped; `esc` has been carried out by then.
A person may have typed a `[` that nothing follows at once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final, Generic, TypeVar

Typed = TypeVar("Typed")
TOGETHER: Final = 0.05
"""Seconds between two parts that came together: what is torn once comes in two pieces, each at once."""
_PATIENCE: Final = 0.6
"""Seconds between two parts of one sequence."""
_INTRODUCER: Final = "["
"""What follows `esc` in the sequences of arrows and page keys, and of function keys once more. In those of the first
function keys elsewhere an `O` does, which a person may well type after `esc`."""
_PARAMETER: Final = re.compile(r"[ -?]")
_END: Final = re.compile(r"[@-~]")
_LATE_PARAMETER: Final = re.compile(r"[0-9;]")
_LATE_END: Final = re.compile(r"[A-HP-SZa-du~]")
"""The same of sequences that keys send, for what came by itself: other letters are a person's."""


class TornSequence(Generic[Typed]):
    """Told of everything that is typed; knows what is the rest of a sequence."""

    def __init__(self) -> None:
        self._wanted: str | None = None
        """What goes on with the sequence that has begun; empty: parameters and an end. None: none has begun."""
        self._at = -math.inf
        self._has_begun = False
        """Whether of a rest only the beginning has come, which a person may have typed."""
        self.doubtful: Typed | None = None
        """That beginning, until something follows it or `TOGETHER` has passed."""

    def sift(self, typed: Typed, key: str, character: str | None, now: float) -> Sequence[Typed]:
        """What is a person's of a key that came at an instant, in seconds of one clock, and of one that was doubtful
        until then. Of what is no key, `key` is empty."""
        before, is_rest = self.settled(self.doubtful), self.goes_on(key, character, now)
        self.doubtful = typed if self._has_begun else None
        return () if is_rest else (*before, typed)

    def settled(self, typed: Typed | None) -> Sequence[Typed]:
        """Nothing has followed a key that was doubtful: it is a person's, if it is doubtful still."""
        if typed is None or typed is not self.doubtful:
            return ()
        self.doubtful = None
        return (typed,)

    def goes_on(self, key: str, character: str | None, now: float) -> bool:
        """Whether a key is the rest of a torn sequence."""
        wanted, gap, has_begun = self._wanted, now - self._at, self._has_begun
        self._wanted, self._at, self._has_begun = (_INTRODUCER if key == "escape" else None), now, False
        if wanted is None or gap > _PATIENCE or character is None:
            return False
        if wanted:
            self._wanted = "" if character == wanted else None
            self._has_begun = character == wanted
            return character == wanted
        together = gap <= TOGETHER
        if (_PARAMETER if together else _LATE_PARAMETER).fullmatch(character) or (
            together and has_begun and character == _INTRODUCER
        ):
            self._wanted = ""
            return True
        return (_END if together else _LATE_END).fullmatch(character) is not None
