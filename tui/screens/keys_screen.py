"""The keys of a place: read what each does, and have the one under the cursor do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from tui.keys import bindings
from tui.keys.key_map import KeyMap
from tui.screens.pickers import TextScreen
from tui.widgets.page_list import PageList


class KeysScreen(TextScreen):
    """Answers the id of the key that is to be pressed, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("help", "reading")]
    scopes = ("list", "help", "reading")
    beneath: ClassVar[tuple[str, ...]] = ("rows",)

    def says(self, keys: KeyMap) -> Sequence[tuple[str, str]]:
        return ((keys.first("help_do"), "does what the line says"), *super().says(keys))

    def action_open(self) -> None:
        line = self.query_one(PageList).line
        if line is not None and line.target is not None:
            self.dismiss(line.target)
