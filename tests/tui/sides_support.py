"""The model of a terminal that knows margins at the sides of its scroll region (DECLRMM, DECSLRM), as xterm does."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pyte
from pyte.screens import Margins

_SIDES = 69


class SidedScreen(pyte.Screen):
    """Moves only the columns between the sides; the cursor goes no further to the right than to theirs."""

    sides: tuple[int, int] | None = None
    _is_on = False

    def set_mode(self, *modes: int, **options: Any) -> None:
        super().set_mode(*modes, **options)
        self._is_on |= _SIDES in modes and bool(options.get("private"))

    def reset_mode(self, *modes: int, **options: Any) -> None:
        super().reset_mode(*modes, **options)
        if _SIDES in modes and options.get("private"):
            self._is_on, self.sides = False, None

    def set_sides(self, left: int = 1, right: int = 0, **_: Any) -> None:
        """CSI left ; right s; while the sides are off it saves the cursor, which nobody here asks for.

        Sides with fewer than two columns between them are not taken.
        """
        first, last = max(1, left) - 1, (right or self.columns) - 1
        if self._is_on and first < last:
            self.sides = first, last
            self.cursor_position()

    def cursor_forward(self, count: int | None = None) -> None:
        before = self.cursor.x
        super().cursor_forward(count)
        if self.sides is not None and before <= self.sides[1]:
            self.cursor.x = min(self.cursor.x, self.sides[1])

    def index(self) -> None:
        top, bottom = self.margins or Margins(0, self.lines - 1)
        if self.sides is None or self.cursor.y != bottom:
            super().index()
        else:
            self._shift(range(top, bottom + 1))

    def reverse_index(self) -> None:
        top, bottom = self.margins or Margins(0, self.lines - 1)
        if self.sides is None or self.cursor.y != top:
            super().reverse_index()
        else:
            self._shift(range(bottom, top - 1, -1))

    def _shift(self, lines: Sequence[int]) -> None:
        """Put what stands between the sides of each line into the line before it, and nothing into the last."""
        assert self.sides is not None
        left, right = self.sides
        assert left <= self.cursor.x <= right, "outside of them nothing moves"
        for x in range(left, right + 1):
            for to, come_from in itertools.pairwise(lines):
                self.buffer[to][x] = self.buffer[come_from][x]
            self.buffer[lines[-1]].pop(x, None)


class _Sided(pyte.Stream):
    csi = {**pyte.Stream.csi, "s": "set_sides"}  # noqa: RUF012 - as its base has it
    events = pyte.Stream.events | {"set_sides"}


class SidedStream(_Sided):
    """Text for a SidedScreen."""


class SidedByteStream(pyte.ByteStream, _Sided):
    """The same from bytes."""
