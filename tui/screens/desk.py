"""The desk: what came in, what is off plan, who does what; three live panes, or tabs where the terminal is small."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.geometry import Size
from textual.timer import Timer

from tui.desk.session import Session
from tui.keys import bindings, request
from tui.screens import empty, frame
from tui.screens.at_cursor import AtCursor
from tui.screens.filtering import FilteringScreen
from tui.widgets.feed import FeedList
from tui.widgets.footer import TabLine
from tui.widgets.line_list import LineList
from tui.widgets.page_list import PageList
from tui.widgets.queue import QueueList
from tui.widgets.timeline import TimelineList

_TABS_BELOW: Final = (110, 30)
_DETAIL_FROM: Final = 160
_QUEUE: Final = 70
"""Columns in which a deviation has its gap, its state and its owner."""
_PANES: Final = ("feed", "queue", "timeline", "detail")
_TITLES: Final = ("Signals", "Deviations", "Actions")
_FEED: Final = 10_000
"""Signals that the feed goes back to; view 4 has all of them."""
_FEED_PAUSE: Final = 2.5
"""Seconds between two looks at signals that moved nothing, while another pane is worked in."""


class DeskScreen(FilteringScreen):
    """Screen 1."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("act", "desk", "view", "everywhere")]
    AUTO_FOCUS = "#queue"
    scopes = ("list", "rows", "act", "desk", "view", "everywhere")
    filtered = ("queue", "feed", "timeline")

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.feed = FeedList(session.desk.signal_rows, id="feed")
        self.queue = QueueList(session.desk.deviation_rows, id="queue")
        self.timeline = TimelineList(session.desk.timeline_rows, id="timeline")
        self.queue.know_marked_by(session.desk.deviation_states)
        self.queue.changed, self.timeline.changed = session.changed.deviations, session.changed.actions
        self._at_cursor = AtCursor(self, self.queue)
        self._is_open = False
        """Whether the queue was painted: the first paint waits for nothing else."""
        self._entry: int | None = None
        """The last entry of the journal that is on the screen."""
        self._minute: object = None
        self._shown_by: dict[str, str] = {}
        """The filters that the panes are shown by."""
        self._feed_rests: Timer | None = None
        self._feed_waits = False

    def compose(self) -> ComposeResult:
        # Before anything is laid out: a class set later would have the first screen painted twice.
        self._arrange_for(self.app.size)
        self.add_class("-pane-queue")
        yield from frame.head(self.session)
        yield TabLine(_TITLES, self.session.keys.of("next_pane"))
        with Horizontal(id="top"):
            yield self.feed
            yield self.queue
            yield self._at_cursor.detail
        yield self._at_cursor.why
        yield self.timeline
        yield from frame.foot(self.session, self.app.size)

    def on_mount(self) -> None:
        self._at_cursor.detail.title = "Detail"
        self.query_one(TabLine).choose(_PANES.index("queue"))
        self.update()
        self.call_after_refresh(self._open)

    def _open(self) -> None:
        """Fill the other panes, now that the queue can be seen."""
        self._is_open = True
        self.update()

    def on_resize(self, event: Resize) -> None:
        self._arrange_for(event.size)
        self._at_cursor.resized()

    def _arrange_for(self, size: Size) -> None:
        self.set_class(size.width < _TABS_BELOW[0] or size.height < _TABS_BELOW[1], "-tabs")
        self.set_class(size.width > _DETAIL_FROM, "-wide")
        # The signals give way before the queue does.
        side_by_side = not self.has_class("-tabs") and not self.has_class("-wide")
        self.feed.styles.max_width = size.width - _QUEUE if side_by_side else None
        if self.has_class("-pane-detail") and (self.has_class("-tabs") or not self.has_class("-wide")):
            # It is gone from the screen; the row that it is about is not.
            self._choose_pane("queue")

    # content --------------------------------------------------------------------------------------------------------

    def pieces(self) -> Iterator[None]:
        session = self.session
        entry, done = session.desk.done_since(self._entry)
        done = done or session.present.minute != self._minute
        refiltered = {pane for pane, text in self.filters.items() if text != self._shown_by.get(pane)}
        if done or not (refiltered or self._feed_rests):
            session.read_header()
        present = session.present
        for pane in self.query(LineList):
            if pane.present.minute != present.minute:
                pane.refresh()
            pane.present = present
        if not self._is_open:
            if not self.queue.is_read or any(self.filters.values()):
                self._show_queue()
            # The news are heard once the queue was painted.
            self.show_header()
            return
        yield
        yield from self.hear_news()
        yield
        if done or "queue" in refiltered or not self.queue.ids:
            self._show_queue()
            yield
            yield from self._at_cursor.again()
            yield
        self._show_feed_gathered(at_once=done or "feed" in refiltered)
        yield
        if "timeline" in refiltered or (done and self._may_move_actions()):
            self._show_actions()
        elif done:
            # The same actions; what they say of their deviations may be new.
            self.timeline.show(self.timeline.ids)
        self._entry, self._minute, self._shown_by = entry, present.minute, dict(self.filters)
        self.show_header()

    def _may_move_actions(self) -> bool:
        """Whether other actions may stand on the timeline now, or elsewhere.

        There may be ten thousand: to read them all costs as much as everything else, and most of what is done is done
        to deviations alone.
        """
        if self._entry is None or self._minute != self.session.present.minute or self.filters["timeline"]:
            return True
        return not self.session.desk.kinds_since(self._entry) <= {"deviation"}

    def _show_queue(self) -> None:
        queue, text = self.queue, self.filters["queue"]
        ids = self.session.desk.queue_ids(text)
        queue.unseen = self.session.news.unseen
        queue.title = f"Deviations /{text}" if text else "Deviations"
        queue.shows_hidden = text == request.SUPPRESSED
        queue.when_empty = empty.no_match(self.session, text) if text else empty.nothing_off_plan(self.session)
        within = text and self.session.desk.narrows(text)
        queue.out_of = self.session.header["open"] if within else 0
        queue.show(ids)

    def _show_feed_gathered(self, *, at_once: bool) -> None:
        """Signals that moved nothing show at once after a pause, then together: a feed that scrolls is many bytes."""
        if at_once or self._feed_rests is None or self.focused is self.feed:
            self._show_feed()
            self._rest_feed()
        else:
            self._feed_waits = True

    def _rest_feed(self) -> None:
        if self._feed_rests is not None:
            self._feed_rests.stop()
        self._feed_waits, self._feed_rests = False, self.set_timer(_FEED_PAUSE, self._feed_rested)

    def _feed_rested(self) -> None:
        self._feed_rests = None
        if self._feed_waits:
            self.update()

    def _show_feed(self) -> None:
        feed, text = self.feed, self.filters["feed"]
        feed.title = f"Signals /{text}" if text else "Signals"
        feed.when_empty = empty.no_match(self.session, text) if text else empty.no_signal()
        desk = self.session.desk
        every = desk.signal_span()
        feed.out_of = len(every) if text else 0
        feed.show(desk.signal_ids(text, _FEED) if text else every[:_FEED])

    def _show_actions(self) -> None:
        desk, text = self.session.desk, self.filters["timeline"]
        actions = desk.timeline(text)
        self.timeline.title = f"Actions /{text}" if text else "Actions"
        self.timeline.when_empty = empty.no_match(self.session, text) if text else empty.no_action(self.session)
        owners = desk.owners()
        self.timeline.out_of = sum(owner["load"] for owner in owners) if text else 0
        self.timeline.show_actions(actions, owners)

    # panes ----------------------------------------------------------------------------------------------------------

    def _choose_pane(self, name: str) -> None:
        for pane in _PANES:
            self.set_class(pane == name, f"-pane-{pane}")
        if name in _PANES[:3]:
            self.query_one(TabLine).choose(_PANES.index(name))
        # Not widget.focus(), which waits for its turn: the next key is for this pane.
        self.set_focus(self.query_one(f"#{name}"))

    def bring_to_front(self, pane: LineList) -> None:
        self._choose_pane(str(pane.id))

    def choose_tab(self, index: int) -> None:
        self._choose_pane(_PANES[index])

    def action_next_pane(self, step: int) -> None:
        panes = _PANES if self.has_class("-wide") and not self.has_class("-tabs") else _PANES[:3]
        focused = self.focused.id if self.focused is not None else None
        place = panes.index(focused) if focused in panes else 1
        self._choose_pane(panes[(place + step) % len(panes)])

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        if event.list is self.queue:
            if event.by_hand and self.focused is self.queue and self.session.see_news():
                self.queue.refresh()
                self.show_header()
            self._at_cursor.moved()

    # selection, filter, leave ---------------------------------------------------------------------------------------

    def acted_on(self) -> LineList | None:
        """The pane in front; the detail stands for the row that it is about."""
        return self.queue if isinstance(self.focused, PageList) else super().acted_on()

    def shown_of(self, id_: str) -> Sequence[Mapping[str, Any]]:
        return [action for action in self._at_cursor.actions if action["id"] == id_]

    def candidates(self) -> list[str]:
        return [f"D{number}" for number in self.queue.ids] + [f"A{number}" for number in self.timeline.ids]

    def ids_under(self, pane: str, text: str) -> Sequence[int]:
        desk = self.session.desk
        if pane == "timeline":
            return [number for number, _, _ in desk.timeline(text)]
        return desk.queue_ids(text) if pane == "queue" else desk.signal_ids(text)

    def action_hidden(self) -> None:
        shown = self.filters["queue"] == request.SUPPRESSED
        self._choose_pane("queue")
        self.try_filter("queue", "" if shown else request.SUPPRESSED)

    def action_leave(self) -> None:
        self.app.exit()
