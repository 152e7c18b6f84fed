"""Textual's driver, but for what it takes from elsewhere than from the terminal, and what it prints by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver

from tui.terminal import device

if TYPE_CHECKING:
    from textual.app import App


class TerminalDriver(LinuxDriver):
    """As wide and as high as the terminal says; what goes wrong as it is read, the application hears of."""

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
