"""The mouse as a terminal tells of it: where a button was pressed and which way the wheel went, in cells; no more of
it.

Where the person has not asked for it no byte is sent about it, and what a terminal tells all the same is not heard: a
program that died may have left it switched on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.events import MouseDown, MouseEvent, MouseScrollDown, MouseScrollUp

from tui.terminal.driver import TerminalDriver

if TYPE_CHECKING:
    from textual.message import Message

_ON: Final = "\x1b[?1000h\x1b[?1006h"
"""Presses and the wheel, with numbers for places. Not 1002 or 1003: each movement of the pointer would be traffic."""
_OFF: Final = "\x1b[?1006l\x1b[?1000l"
_HEARD: Final = (MouseDown, MouseScrollUp, MouseScrollDown)


class MouseDriver(TerminalDriver):
    """The driver, with as little of the mouse as a click and the wheel need."""

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write(_ON)

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write(_OFF)

    def _enable_mouse_pixels(self) -> None:
        """Nothing: places are cells, on every terminal."""

    def process_message(self, message: Message) -> None:
        if not isinstance(message, MouseEvent):
            super().process_message(message)
        elif self._mouse and isinstance(message, _HEARD):
            # Past Textual, which would wait for the button to come up again.
            message.set_sender(self._app)
            self.send_message(message)
