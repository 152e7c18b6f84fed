"""What covers every screen of a terminal below the smallest size."""

from __future__ import annotations

from typing import Final

from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.terminal import safe

SMALLEST: Final = (60, 15)
"""Columns and lines that the desk needs."""


def is_too_small(size: Size) -> bool:
    """Whether a terminal is smaller than SMALLEST in either direction."""
    return size.width < SMALLEST[0] or size.height < SMALLEST[1]


class TooSmall(Widget):
    """Says how large the terminal is and how large it should be.

    It lies above a screen, which keeps its panes and its focus below: where the terminal grows, nothing has moved.
    """

    def __init__(self, size: Size, leaves: str) -> None:
        """`size` is the terminal's now, `leaves` the one key that does something there: it ends the desk."""
        super().__init__()
        self._leaves = leaves
        self.display = is_too_small(size)

    def render_line(self, y: int) -> Strip:
        size = self.app.size
        least = f"{SMALLEST[0]}x{SMALLEST[1]}"
        told = safe.wrap(f"This terminal has {size.width}x{size.height} cells; {least} are needed.", size.width)
        told += safe.wrap(f"Until then no key does anything but {self._leaves}, which leaves.", size.width)
        if len(told) > size.height:
            told = safe.wrap(f"{least} cells are needed; {self._leaves} leaves", size.width)
        return safe.strip([(told[y], "bold")] if y < len(told) else (), size.width)
