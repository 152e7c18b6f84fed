"""The lines at the bottom: what just happened, which keys help here, and on small screens which pane is in front."""

from __future__ import annotations

from collections.abc import Sequence

from tui.keys import Key, shown
from tui.safe import Pieces
from tui.widgets.line import Line, joined


class StatusLine(Line):
    """What the last command did, or why it was refused: one sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.message = ""
        self._style = "plain"

    def say(self, message: str, style: str = "plain") -> None:
        """Show a sentence until the next one."""
        if (message, style) != (self.message, self._style):
            self.message, self._style = message, style
            self.refresh()

    def pieces(self, width: int) -> Pieces:
        return [(f" {self.message}", self._style)]


class KeyLine(Line):
    """The keys that do something with what is under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: Sequence[Key] = ()

    def show(self, keys: Sequence[Key]) -> None:
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def pieces(self, width: int) -> Pieces:
        return joined(
            [[(f" {shown(key).split(', ')[0]}", "key"), (f" {key.title}", "quiet")] for key in self._keys], width, ""
        )


class TabLine(Line):
    """The panes or parts of which a small screen shows one at a time."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self.titles = list(titles)
        self._current = 0

    def choose(self, index: int) -> None:
        if index != self._current:
            self._current = index
            self.refresh()

    def pieces(self, width: int) -> Pieces:
        tabs: list[Pieces] = [
            [(f" {title} ", "cursor" if index == self._current else "plain")] for index, title in enumerate(self.titles)
        ]
        return joined([*tabs, [("tab changes", "quiet")]], width, " ")
