"""View 4, signals: everything that came in, searched in full, and what the record of the one under the cursor says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.events import Resize
from textual.timer import Timer

from engine.values.errors import OffplanError
from tui.desk.session import Session
from tui.desk.signal_search import SignalSearch
from tui.keys import bindings
from tui.screens import empty
from tui.screens.list_view import ListView
from tui.screens.record_lines import record_lines
from tui.widgets.feed import SignalTable
from tui.widgets.line_list import LineList
from tui.widgets.page_list import PageList

_REST: Final = 0.1
"""Seconds that the cursor rests on a signal before its record is read."""
_BREATH: Final = 0.005
"""Seconds between two pieces of a search, in which keys are taken."""


class SignalsScreen(ListView):
    """Nothing here changes a signal: a correction is a new one."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("act", "view", "everywhere")]
    filtered = ("signals",)
    follows_signals = True
    titles = ("Signals", "Record")

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._search = SignalSearch(session.desk)
        self._going_on: Timer | None = None
        self._reading: Timer | None = None
        self._read: int | None = None
        """The signal whose record is shown."""

    def panes(self) -> tuple[LineList, ...]:
        self.table = SignalTable(self.session.desk.signal_rows, id="signals")
        self.record = PageList(id="record")
        self.record.title, self.record.when_empty = "Record", empty.NO_ROW
        return self.table, self.record

    def fill(self) -> None:
        self._search.follow(self.filters["signals"])
        self._show()
        self._go_on()

    def _show(self) -> None:
        table, text = self.table, self._search.text
        table.title = f"Signals /{text}" if text else "Signals"
        searched = f"searched back to S{self._search.below}" if self._search.below is not None else ""
        table.searched = searched
        table.when_empty = empty.no_match(self.session, text) if text else empty.no_signal()
        if searched:
            table.when_empty = [searched]
        table.out_of = len(self.session.desk.signal_span()) if text else 0
        table.show(self._search.ids)
        self._read_soon()

    def _go_on(self) -> None:
        """Search on, once keys that have come are taken."""
        if self._going_on is None and self._search.below is not None:
            self._going_on = self.set_timer(_BREATH, self._further)

    def _further(self) -> None:
        self._going_on = None
        if not self.is_current:
            return
        try:
            self._search.further()
        except OffplanError as error:
            self.refuse(error)
            return
        self._show()
        self._go_on()

    def on_resize(self, event: Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self._show_record)

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        if event.list is self.table:
            self._read_soon()

    def _read_soon(self) -> None:
        if self._read != self.table.current:
            if self._reading is not None:
                self._reading.stop()
            self._reading = self.set_timer(_REST, self._show_record)

    def _show_record(self) -> None:
        number = self._read = self.table.current
        if number is None:
            self.record.title = "Record"
            self.record.show_lines([])
            return
        try:
            shown = self.session.desk.show(f"S{number}")
        except OffplanError as error:
            self.refuse(error)
            return
        self.record.title = f"Record S{number}"
        width = max(20, (self.record.size.width or self.app.size.width - 2) - 2)
        self.record.show_lines(record_lines(shown, width, self.session.present, record_first=True))

    def ids_under(self, pane: str, text: str) -> Sequence[int]:
        return self.session.desk.signal_ids(text)

    def acted_on(self) -> LineList | None:
        """The record stands for its signal."""
        return self.table
