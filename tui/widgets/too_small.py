"""What a terminal below the smallest size shows instead of the desk."""

from __future__ import annotations

from typing import Final

from tui.terminal.safe import Pieces
from tui.widgets.line import Line

SMALLEST: Final = (60, 15)
"""Columns and lines that the desk needs."""


class TooSmall(Line):
    """Says how large the terminal is and how large it should be."""

    def pieces(self, width: int) -> Pieces:
        size = self.app.size
        text = f"This terminal has {size.width}x{size.height} cells; {SMALLEST[0]}x{SMALLEST[1]} are needed."
        return [(text, "bold")]
