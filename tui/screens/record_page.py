"""The page of a signal, a source, a held record, a silence or a plan line: everything that the desk knows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from textual.binding import BindingType

from tui.desk.session import Session
from tui.keys import bindings
from tui.screens.mending import MendingScreen
from tui.screens.object_page import ObjectPage
from tui.screens.record_lines import record_lines
from tui.screens.telling import Selection

_KINDS: Final = {"S": "signal"}
"""What the objects that keys act on are called, by the first letter of their ids."""


class RecordPage(ObjectPage):
    """Acts on its object."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("act", "text", "everywhere")]
    scopes: tuple[str, ...] = ("list", "rows", "act", "text", "everywhere")

    def __init__(self, session: Session, id_: str) -> None:
        super().__init__(session)
        self._about = self.place = id_
        self._detail: Mapping[str, Any] | None = None

    def pieces(self) -> Iterator[None]:
        yield from self.read_header()
        self.show_header()
        self._detail = self.session.desk.show(self._about)
        self.page.present = self.session.present
        self.draw()

    def draw(self) -> None:
        if self._detail is not None:
            width = self.lines_width
            self.page.show_lines(record_lines(self._detail, width, self.session.present))

    def selection(self) -> Selection:
        if self._detail is None:
            return Selection("")
        return Selection(_KINDS.get(self._about[:1], ""), (self._about,))

    def candidates(self) -> list[str]:
        targets = [line.target for line in self.page.lines if line.target is not None]
        return list(dict.fromkeys((self._about, *targets)))

    def action_explain(self) -> None:
        """Only deviations are ranked."""
        keys = self.session.keys
        self.say(f"{keys.first('explain')} explains deviations: {keys.first('open')} on a D opens one")


class HeldPage(MendingScreen, RecordPage):
    """The page of a held record, which is mended where it is read."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("act", "text", "sources", "everywhere")]
    scopes = ("list", "rows", "act", "text", "sources", "everywhere")

    def selection(self) -> Selection:
        if self._detail is None:
            return Selection("")
        return Selection("quarantine", (self._about,), rows=({"held": self._detail["state"] == "held"},))

    def held_number(self) -> int | None:
        return int(self._about[1:])
