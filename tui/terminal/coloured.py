"""An application in the colours of a palette, which may be another one while it runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.values.errors import BadInput
from tui.terminal.painting import PaintedApp
from tui.terminal.palettes import PALETTES

if TYPE_CHECKING:
    from rich.terminal_theme import TerminalTheme
    from textual.filter import LineFilter


class ColouredApp(PaintedApp):
    """Draws in the terminal's own colours or in those of a palette; under NO_COLOR always in the terminal's own."""

    def __init__(self, palette: str, *, ascii_only: bool) -> None:
        """`palette` is a name of PALETTES; `ascii_only`: whatever is drawn leaves as ASCII."""
        colours = None if os.environ.get("NO_COLOR") else PALETTES[palette]
        # The terminal's own sixteen colours: right on light and dark, under NO_COLOR, and a sixth fewer bytes.
        super().__init__(ascii_only=ascii_only, ansi_color=colours is None)
        self._paper: LineFilter | None = None
        self.palette = palette
        """The name of the palette that is drawn in."""
        self._take(colours)

    def use_palette(self, name: str) -> None:
        """Draw in another palette from now on. Raises BadInput for one that is none, and where NO_COLOR is set."""
        if name not in PALETTES:
            raise BadInput("theme", f"{name!r} is no theme", f"choose {', '.join(PALETTES)}")
        if os.environ.get("NO_COLOR"):
            raise BadInput("theme", "NO_COLOR is set", "start the desk without it to have colours")
        colours, self.palette = PALETTES[name], name
        self._take(colours)
        self.ansi_color = colours is None
        for screen in self.screen_stack:
            screen.refresh(layout=True)
        self.refresh_css(animate=False)
        self.redraw()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, and the paper of the palette last."""
        filters = super().get_line_filters()
        return filters if self._paper is None else [*filters, self._paper]

    def _take(self, colours: TerminalTheme | None) -> None:
        if colours is None:
            self._paper = None
            return
        # Only now: with the terminal's own colours nothing of it is needed.
        from tui.terminal.paper import Paper

        self.ansi_theme_dark = self.ansi_theme_light = colours
        self._paper = Paper(colours)
