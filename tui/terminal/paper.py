"""The paper and the ink of a palette, under everything that names no colours of its own.

A palette's colours are chosen for its paper; on the terminal's own they could not be read.
"""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.color import Color
from textual.filter import LineFilter


class Paper(LineFilter):
    """Fills in what a style leaves to the terminal."""

    def __init__(self, palette: TerminalTheme) -> None:
        super().__init__()
        ink, paper = (Color(*triplet).rich_color for triplet in (palette.foreground_color, palette.background_color))
        ground = Style(color=ink, bgcolor=paper)

        @lru_cache(1024)
        def on_paper(style: Style) -> Style:
            return ground + style

        self._ground, self._on_paper = ground, on_paper

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment._replace(style=self._ground if segment.style is None else self._on_paper(segment.style))
            for segment in segments
        ]
