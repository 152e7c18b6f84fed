"""What the screens of one open desk share: the Desk that reads, the thread that writes, the time, the typed lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.desk import Desk
from tui.cells import Present
from tui.executor import CommandThread


class Session:
    """One person at one desk. `desk` is only read from; commands go through `commands`."""

    def __init__(self, desk_factory: Callable[[], Desk], *, readonly: bool) -> None:
        """Opens the desk. Raises OffplanError when its file cannot be used."""
        self.desk = desk_factory()
        self.commands = CommandThread(desk_factory)
        self.readonly = readonly or self.desk.readonly
        self.history: list[str] = []
        """Lines that were typed after `:`, oldest first."""
        self.header: dict[str, Any] = self.desk.header()

    @property
    def present(self) -> Present:
        """The desk's present, in its zone."""
        return Present(self.desk.clock.now(), self.header["zone"])

    def close(self) -> None:
        """Let the last command finish and close the file."""
        self.commands.close()
        self.desk.store.close()
