"""The rows that somebody else has changed, until the person was on them or on their page; one for all screens of a
desk."""

from __future__ import annotations

from engine.desk import Desk
from tui.desk.executor import CommandThread


class ChangedRows:
    """Numbers of deviations and of actions; lists take them out as the cursor goes over them."""

    def __init__(self) -> None:
        self.deviations: set[int] = set()
        self.actions: set[int] = set()
        self._entry: int | None = None
        """The last entry of the journal that was looked at."""

    def hear(self, desk: Desk, commands: CommandThread) -> None:
        """Take in what others did. While a command of this screen is under way it is not known yet what is its own."""
        if commands.under_way:
            return
        found = desk.changed_by_others(self._entry, commands.done)
        self._entry = found.entry
        # What this screen did is behind the entry now.
        commands.done.clear()
        self.deviations |= set(found.deviations)
        self.actions |= set(found.actions)

    def seen(self, id_: str) -> None:
        """The person looks at the page of an object."""
        numbers = {"D": self.deviations, "A": self.actions}.get(id_[:1])
        if numbers is not None:
            numbers.discard(int(id_[1:]))
