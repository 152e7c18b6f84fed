"""The mouse as a terminal tells of it: where a button was pressed and which way the wheel went, in cells; no more of
it.

Where the person has not asked for it no byte is sent about it, and what a terminal tells all the same is not heard: a
program that died may have left it switched on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual.drivers.linux_driver import LinuxDriver
from textual.events import MouseDown, MouseEvent, MouseScrollDown, MouseScrollUp

from tui.terminal import device

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

_ON: Final = "\x1b[?1000h\x1b[?1006h"
"""Presses and the wheel, with numbers for places. Not 1002 or 1003: each movement of the pointer would be traffic."""
_OFF: Final = "\x1b[?1006l\x1b[?1000l"
_HEARD: Final = (MouseDown, MouseScrollUp, MouseScrollDown)


class MouseDriver(LinuxDriver):
    """Textual's driver, with as little of the mouse as a click and the wheel need."""

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write(_ON)

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write(_OFF)

    def __init__(self, app: App[Any], **options: Any) -> None:
        """With the terminal's size, which Textual would take from the environment until it is told another one."""
        super().__init__(app, **{**options, "size": options.get("size") or device.size()})

    def _get_terminal_size(self) -> tuple[int, int]:
        """As it is, whatever the environment says of it."""
        return device.size()

    def _run_input_thread(self) -> None:
        """Read until the end; a fault is said by whoever runs the application, as any other."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - Textual would print the fault with the lines of its code
            self._loop.call_soon_threadsafe(self._app._handle_exception, error)

    def _enable_mouse_pixels(self) -> None:
        """Nothing: places are cells, on every terminal."""

    def process_message(self, message: Message) -> None:
        if not isinstance(message, MouseEvent):
            super().process_message(message)
        elif self._mouse and isinstance(message, _HEARD):
            # Past Textual, which would wait for the button to come up again.
            message.set_sender(self._app)
            self.send_message(message)
