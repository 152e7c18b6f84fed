"""What the desk says about the row under the queue's cursor once it rests there: why it stands there, and its
detail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from textual.timer import Timer

from engine.values.errors import OffplanError, StoreUnusable
from tui.screens import empty
from tui.screens.telling import TellingScreen
from tui.widgets.line_list import RESTS
from tui.widgets.page_list import PageList
from tui.widgets.queue import QueueList
from tui.widgets.why import WhyLines


class AtCursor:
    """Reads and shows; asked for whenever the row under the cursor may be another one, or says something else."""

    def __init__(self, screen: TellingScreen, queue: QueueList) -> None:
        # The widgets themselves: when the desk closes, a timer may still ask after they have left the screen.
        self._screen, self._queue = screen, queue
        self.why, self.detail = WhyLines(screen.session.keys.first("open"), id="why"), PageList(id="detail")
        self.detail.when_empty = empty.NO_ROW
        self.actions: Sequence[Mapping[str, Any]] = ()
        """Those that stand in the detail."""
        self._timer: Timer | None = None
        self._number: int | None = None
        self._shown = False
        """Whether anything was shown since the size changed."""

    def resized(self) -> None:
        self._shown = False
        self.soon()

    def moved(self) -> None:
        if self._number != self._queue.current:
            self.soon()

    def again(self) -> Iterator[None]:
        """The desk has changed, or is new: what is little is said at once, the rest in a piece of its own."""
        self._say_why()
        if self._shown:
            yield
            self._carefully(self._show_detail)
        else:
            self.soon()

    def soon(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(RESTS, self.show)

    def show(self) -> None:
        """Read and draw both."""
        self._shown = True
        self._carefully(self._say_why, self._show_detail)

    def _carefully(self, *doings: Callable[[], None]) -> None:
        """Do these; where one cannot be, say why."""
        try:
            for do in doings:
                do()
        except StoreUnusable as fault:
            self._screen.lose_sight(fault)
        except OffplanError as error:
            self._screen.refuse(error)

    def _say_why(self) -> None:
        number = self._number = self._queue.current
        self.why.show(None if number is None else self._screen.session.desk.placing(number))

    def _show_detail(self) -> None:
        if not self._screen.has_class("-wide"):
            return
        number, pane = self._number, self.detail
        if number is None:
            self.actions = ()
            pane.show_lines([])
            return
        session = self._screen.session
        shown = session.desk.show(f"D{number}")
        self.actions = shown["actions"]
        from tui.screens.deviation_sections import sections

        pane.title = f"Detail D{number}"
        width = max(20, pane.size.width - 2)
        pane.show_lines(sections(shown, width, session.present, session.keys.first("respond")))
