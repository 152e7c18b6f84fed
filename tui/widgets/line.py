"""One line of the screen that a subclass fills with pieces."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence

from textual.strip import Strip
from textual.widget import Widget

from tui.terminal import safe
from tui.terminal.safe import Pieces

Part = tuple[str, Pieces]
"""Pieces that belong together, and a name for what they tell of; it may be empty."""


class Line(Widget):
    """A widget of one line, drawn without markup."""

    @abstractmethod
    def pieces(self, width: int) -> Pieces:
        """What the line shows in `width` cells."""

    def key_at(self, cell: int) -> str | None:
        """The key that stands in a cell, as the table of keys names it: a click there is that key."""
        return None

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        return safe.strip(self.pieces(width) if y == 0 else (), width)


def together(parts: Iterable[Part]) -> Pieces:
    """The pieces of all parts."""
    return [piece for _, pieces in parts for piece in pieces]


def part_at(parts: Iterable[Part], cell: int) -> str | None:
    """The name of the part that covers a cell of a line; None where none with a name does."""
    for name, pieces in parts:
        cell -= safe.width_of(pieces)
        if cell < 0:
            return name or None
    return None


def fitting(parts: Sequence[Part], width: int, gap: str = "", always: Part | None = None) -> Sequence[Part]:
    """As many whole parts as fit, in their order, with a gap between them: none is cut in its middle.

    `always` is one of them that does not give way to those before it.
    """
    line: list[Part] = []
    room = width - (0 if always is None else safe.width_of(always[1]))
    for part in parts:
        size = (0 if part is always else safe.width_of(part[1])) + (len(gap) if line else 0)
        if size <= room:
            line += [("", [(gap, "plain")]), part] if line and gap else [part]
            room -= size
    return line
