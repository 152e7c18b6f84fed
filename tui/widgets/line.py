"""One line of the screen that a subclass fills with pieces."""

from __future__ import annotations

from abc import abstractmethod

from textual.strip import Strip
from textual.widget import Widget

from tui.terminal import safe
from tui.terminal.safe import Pieces


class Line(Widget):
    """A widget of one line, drawn without markup."""

    @abstractmethod
    def pieces(self, width: int) -> Pieces:
        """What the line shows in `width` cells."""

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        return safe.strip(self.pieces(width) if y == 0 else (), width)


def joined(parts: list[Pieces], width: int, gap: str = "  ") -> Pieces:
    """As many whole parts as fit, in their order, with a gap between them: none is cut in its middle."""
    line: list[tuple[str, str]] = []
    used = 0
    for part in parts:
        size = safe.width_of(part) + (len(gap) if line else 0)
        if used + size > width:
            continue
        line += [(gap, "plain"), *part] if line else part
        used += size
    return line
