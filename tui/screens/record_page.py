"""The page of a signal, a source, a held record, a silence or a plan line: everything that the desk knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize

from tui import keys
from tui.screens.acting import ActingScreen
from tui.screens.record_lines import record_lines
from tui.screens.telling import Selection
from tui.session import Session
from tui.widgets.footer import KeyLine, StatusLine
from tui.widgets.header import Header
from tui.widgets.page_list import PageList
from tui.widgets.prompt import Prompt

_KINDS: Final = {"S": "signal", "Q": "quarantine"}
"""What the objects that keys act on are called, by the first letter of their ids."""


class RecordPage(ActingScreen):
    """Acts on its object."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("act", "everywhere")]
    scopes = ("list", "act", "everywhere")

    def __init__(self, session: Session, id_: str) -> None:
        super().__init__(session)
        self._about = self.place = id_
        self._detail: Mapping[str, Any] | None = None

    def compose(self) -> ComposeResult:
        yield Header(self.session.desk.actor, pinned=self.session.pinned)
        yield PageList(id="page")
        yield Prompt()
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        self.page.title = self._about
        self.set_focus(self.page)

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._draw)

    @property
    def page(self) -> PageList:
        return self.query_one("#page", PageList)

    def bring_up_to_date(self) -> None:
        self.read_header()
        self.show_header()
        self._detail = self.session.desk.show(self._about)
        self.page.present = self.session.present
        self._draw()

    def _draw(self) -> None:
        if self._detail is not None:
            width = max(40, self.page.size.width - 2)
            self.page.show_lines(record_lines(self._detail, width, self.session.present))

    def selection(self) -> Selection:
        if self._detail is None:
            return Selection("")
        return Selection(_KINDS.get(self._about[:1], ""), (self._about,))

    def candidates(self) -> list[str]:
        targets = [line.target for line in self.page.lines if line.target is not None]
        return list(dict.fromkeys((self._about, *targets)))

    def target(self) -> str | None:
        return self.page.line.target if self.page.line is not None else None

    def action_next_pane(self, step: int) -> None:
        """To the next heading, and round."""
        places = [0, *(at for at, line in enumerate(self.page.lines) if line.section is not None)]
        here = max(at for at, place in enumerate(places) if place <= self.page.cursor)
        self.page.go_to(places[(here + step) % len(places)])

    def action_explain(self) -> None:
        """Only deviations are ranked."""
        self.say("e explains deviations: enter on a D opens one")

    def action_back(self) -> None:
        self.app.pop_screen()

    def action_leave(self) -> None:
        self.app.pop_screen()
