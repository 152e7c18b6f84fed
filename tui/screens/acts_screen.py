"""What was done at this desk, as command lines: read them, copy one or all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.binding import BindingType

from tui.desk.session import Act
from tui.keys import bindings
from tui.keys.key_map import KeyMap
from tui.screens.pickers import TextScreen
from tui.terminal import cells, device, safe
from tui.terminal.cells import Present
from tui.widgets.footer import StatusLine
from tui.widgets.page_list import PageList

_WHEN: Final = 16


class ActsScreen(TextScreen):
    """A line for each command, the last on top, with what it did."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("log", "reading")]
    scopes = ("list", "log", "reading")

    def __init__(self, acts: Sequence[Act], present: Present, keys: KeyMap) -> None:
        self._acts = acts[::-1]
        lines = [
            [
                (safe.fit(cells.short_time(act.at, present.now, present.zone), _WHEN) + " ", "quiet"),
                (act.line, "bold"),
                (f"  {act.did}", "quiet"),
            ]
            for act in self._acts
        ]
        super().__init__(
            "What you did here, the last on top", lines or [[("Nothing has been done yet.", "quiet")]], keys
        )

    def says(self, keys: KeyMap) -> Sequence[tuple[str, str]]:
        copies = ((keys.first("copy_line"), "copies the line"), (keys.first("copy_all"), "all of them"))
        return (*copies, *super().says(keys))

    def action_copy(self, everything: bool) -> None:
        """Send the line under the cursor, or all in the order in which they were done, to the person's clipboard."""
        here = self.query_one(PageList).cursor
        chosen = self._acts[::-1] if everything else self._acts[here : here + 1]
        if chosen:
            self.query_one(StatusLine).say(device.copy(self.app, *(act.line for act in chosen)))
