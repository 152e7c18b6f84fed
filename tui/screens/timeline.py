"""The timeline: who works on what and when, what waits for what, how much slack there is, and who has too much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, ClassVar, Final, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize

from engine.desk import Desk
from engine.schedule.lanes import Lane
from engine.values.clock import MINUTE
from engine.values.errors import OffplanError
from tui.commands.workload import MOST_NAMED
from tui.desk.rereading import Rereading
from tui.desk.session import Session
from tui.keys import bindings
from tui.keys.request import Request
from tui.screens import empty, frame
from tui.screens.filtering import FilteringScreen
from tui.screens.pickers import TextScreen
from tui.screens.telling import Selection
from tui.terminal import cells, safe
from tui.terminal.safe import Pieces
from tui.widgets.footer import KeyLine, TabLine
from tui.widgets.lanes import STEPS, LanesList
from tui.widgets.line_list import LineList
from tui.widgets.load_heat import LoadHeat, days_in

_TABS_BELOW: Final = 28
"""Lines of a terminal below which lanes and load are shown one at a time."""
_PANES: Final = ("lanes", "load")
_TITLES: Final = ("Timeline", "Load")
_MORE: Final = len(" …  m shows all of it  ")
"""Cells of what stands behind a sentence of which there is more."""


_AT_ONCE: Final = 500
"""Open actions up to which all is read within a tenth of a second; more are read beside the screen's loop."""


class _Found(NamedTuple):
    """What is read of the open actions: all of them, whichever are shown."""

    lanes: Sequence[Lane]
    late: Mapping[str, int]
    """By owner, how many would end after they are due."""
    load: Mapping[str, Any]


class _Moving(NamedTuple):
    """An action as the person sees it, and the start that it would have."""

    chosen: Selection
    start: int

    @property
    def number(self) -> int:
        return int(self.chosen.ids[0][1:])

    def request(self, *, preview: bool) -> Request:
        options = {"start_at": self.start, **({"preview": True} if preview else {})}
        return Request("reschedule", self.chosen.ids, options, self.chosen.expect)


class TimelineScreen(FilteringScreen):
    """Screen 3."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("act", "timeline", "view", "everywhere")]
    AUTO_FOCUS = "#lanes"
    scopes = ("list", "rows", "act", "timeline", "view", "everywhere")
    filtered = ("lanes",)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.lanes = LanesList(session.desk.timeline_rows, id="lanes")
        self.lanes.changed = session.changed.actions
        self.load = LoadHeat(session.keys.first("open"), id="load")
        self.load.when_empty = ("Nobody is loaded as an owner, and nobody has an open action.",)
        self._found: _Found | None = None
        self._read_as_of: tuple[object, ...] = ()
        """What that was read by besides the journal's last entry: the minute and the days."""
        self._entry: int | None = None
        self._filtered_by = ""
        """What the lanes were filtered by last."""
        self._rereading = Rereading()
        self._moving: _Moving | None = None
        """A start that is looked at and not taken yet."""

    def compose(self) -> ComposeResult:
        self.set_class(self.app.size.height < _TABS_BELOW, "-tabs")
        self.add_class("-pane-lanes")
        yield from frame.head(self.session)
        yield TabLine(_TITLES, self.session.keys.of("next_pane"))
        yield self.lanes
        yield self.load
        yield from frame.foot(self.session, self.app.size)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height < _TABS_BELOW, "-tabs")
        self.update()

    # content --------------------------------------------------------------------------------------------------------

    def pieces(self) -> Iterator[None]:
        session, text = self.session, self.filters["lanes"]
        entry, done = session.desk.done_since(self._entry)
        days = days_in(self.app.size.width)
        as_of = session.present.minute, days
        if done or as_of != self._read_as_of:
            yield from self.read_header()
            for pane in self.query(LineList):
                pane.present = session.present
            numbers = session.desk.timeline()
            find = partial(_find, days=days)
            yield
            if len(numbers) <= _AT_ONCE and not self._rereading.is_under_way:
                self._found = find(session.desk)
                yield
                self._show_load()
                self._show_lanes(text)
            else:
                self.run_worker(self._rereading.read(partial(self._find_aside, find)), exit_on_error=False)
        if text != self._filtered_by:
            self._show_lanes(text)
        self._entry, self._read_as_of = entry, as_of
        self.show_header()

    async def _find_aside(self, find: Callable[[Desk], _Found]) -> None:
        try:
            self._found = await self.session.commands.run_aside(find)
            self._show_load()
            self._show_lanes(self.filters["lanes"])
        except OffplanError as error:
            self._read_as_of = ()
            self.refuse(error)

    def _show_load(self) -> None:
        """The load is that of all actions, whatever is shown of them above."""
        if self._found is not None:
            self.load.show_load(self._found.load, self._found.late)
        # No more lines than owners, and never more than a third.
        most = max(4, self.app.size.height // 3)
        self.load.styles.height = "1fr" if self.has_class("-tabs") else min(len(self.load.owners) + 3, most)

    def _show_lanes(self, text: str) -> None:
        """Those that a filter leaves, once they are read. Raises BadInput for one that cannot be read."""
        session = self.session
        chosen = {number for number, _, _ in session.desk.timeline(text)} if text else ()
        if self._found is None:
            return
        every = self._found.lanes
        self.lanes.title = f"Timeline /{text}" if text else "Timeline"
        self.lanes.when_empty = empty.no_match(session, text) if text else empty.no_action(session)
        self.lanes.out_of = len(every) if text else 0
        self.lanes.show_lanes([lane for lane in every if lane.number in chosen] if text else every)
        self._filtered_by = text

    # another start --------------------------------------------------------------------------------------------------

    def action_shift(self, step: int) -> None:
        """Move the start that the action under the cursor would have, and show what follows."""
        number = self.lanes.current
        lane = None if number is None else self.lanes.lane(number)
        if self.focused is not self.lanes or lane is None:
            self.say("the cursor is on no action")
            return
        begin = self._moving.start if self._moving is not None else lane.start_at
        start = begin + step * STEPS[self.lanes.zoom]
        # Its present start may have passed already; nothing else can be asked for than from now on.
        earliest = -(-self.session.present.now // MINUTE) * MINUTE
        self._ask(self._preview(_Moving(self.selection(), max(start, earliest))))

    async def _preview(self, moving: _Moving) -> None:
        if self.refuses_to_write():
            return
        try:
            outcome = await self.session.commands.carry_out(moving.request(preview=True))
        except OffplanError as error:
            self.refuse(error)
            return
        moved = {change.id: cells.instant(change.now) for change in outcome.changes if cells.is_time(change.now)}
        self._moving = moving
        self.show_keys()
        self.lanes.show_ghosts({int(id_[1:]): at for id_, at in moved.items()})
        first = sorted(outcome.changes, key=lambda change: change.id != moving.chosen.ids[0])
        keys = self.session.keys
        does, leaves = keys.first("open"), keys.first("back")

        def told(changes: Iterable[str]) -> str:
            said = "; ".join([*changes, *outcome.notes]) or "nothing moves"
            present = self.session.present
            return cells.with_local_times(f"{does} does it, {leaves} leaves it: {said}", present.now, present.zone)

        whole = told(f"{change.id} {change.was} → {change.now}" for change in first)
        # Where there is no room for both times of the first, the one that is asked for.
        short = told(f"{change.id} → {change.now}" for change in first)
        needed = safe.width_of([(whole.split(";")[0], "")]) + _MORE
        self.say(whole, "notice", brief="" if needed <= self.app.size.width else short)

    async def _move(self, moving: _Moving) -> None:
        self._stand_still()
        await self.carry(moving.request(preview=False))

    def _stand_still(self) -> bool:
        """Let go of a start that was only looked at; whether there was one."""
        had, self._moving = self._moving is not None, None
        self.lanes.show_ghosts({})
        self.show_keys()
        return had

    def action_filter(self) -> None:
        self._see_lanes()
        super().action_filter()

    def show_keys(self) -> None:
        """Besides, while a start is only looked at, the keys that settle it."""
        if self._moving is None or self.is_typed_in:
            super().show_keys()
            return
        keys = self.session.keys
        settle = {"open": "does it", "back": "leaves it", "move_earlier": "earlier", "move_later": "later"}
        self.query_one(KeyLine).show((), [(keys.first(id_), does) for id_, does in settle.items()])

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        if event.list is self.lanes and self._moving is not None and self.lanes.current != self._moving.number:
            self._stand_still()
            self.say("")

    def action_back(self) -> None:
        if self._stand_still():
            self.say("left as it was")
        elif not self.step_back():
            self.action_leave()

    # keys -----------------------------------------------------------------------------------------------------------

    def action_zoom(self, step: int) -> None:
        self._see_lanes()
        self.lanes.move_axis(zoom=step)

    def action_pan(self, step: int) -> None:
        self._see_lanes()
        self.lanes.move_axis(cells=step * max(1, self.lanes.size.width // 4), home=step == 0)

    def action_next_pane(self, step: int) -> None:
        focused = self.focused.id if self.focused is not None else None
        place = _PANES.index(focused) if focused in _PANES else 0
        self.choose_tab((place + step) % len(_PANES))

    def _see_lanes(self) -> None:
        """Where one pane is shown at a time, have the lanes in sight whose axis is moved, or that are narrowed down."""
        if self.has_class("-tabs") and self.focused is not self.lanes:
            self.bring_to_front(self.lanes)

    def bring_to_front(self, pane: LineList) -> None:
        for name in _PANES:
            self.set_class(name == pane.id, f"-pane-{name}")
        self.query_one(TabLine).choose(_PANES.index(str(pane.id)))
        super().bring_to_front(pane)

    def choose_tab(self, index: int) -> None:
        self.bring_to_front((self.lanes, self.load)[index])

    def acted_on(self) -> LineList | None:
        return self.lanes if self.focused is self.lanes else None

    def ids_under(self, pane: str, text: str) -> Sequence[int]:
        return [number for number, _, _ in self.session.desk.timeline(text)]

    def candidates(self) -> list[str]:
        return [f"A{number}" for number in self.lanes.ids]

    def action_open(self) -> None:
        if self._moving is not None:
            self._ask(self._move(self._moving))
            return
        owner = self.load.owner
        if self.focused is self.load and owner is not None:
            self.app.push_screen(TextScreen(f"Load of {owner['id']}", _load_lines(owner), self.session.keys))
        else:
            super().action_open()

    def action_leave(self) -> None:
        self.action_view("desk")


def _find(desk: Desk, *, days: int) -> _Found:
    lanes = desk.lanes()
    late = Counter(lane.owner for lane in lanes if lane.slack_minutes < 0)
    return _Found(lanes, late, desk.owner_load(days, MOST_NAMED))


def _load_lines(owner: Mapping[str, Any]) -> list[Pieces]:
    """The numbers behind an owner's line: minutes of each day, what is planned on it, and what to hand on to whom."""
    head = f"{'day':<12}{'working':>9}{'planned':>9}{'due':>9}{'too much':>10}  actions"
    lines: list[Pieces] = [[(str(owner["name"]), "bold")], [(head, "quiet")]]
    if not owner["known"]:
        lines.insert(1, [("The plan does not have this owner any more: hand everything on.", "warning")])
    for day in owner["days"]:
        sizes = [_hours(day[f"{name}_minutes"]) for name in ("capacity", "planned", "due", "over")]
        name = cells.named_day(date.fromisoformat(day["day"]))
        line = f"{name:<12}{sizes[0]:>9}{sizes[1]:>9}{sizes[2]:>9}{sizes[3]:>10}  {_named(day)}"
        lines.append([(line, "bad" if day["over_minutes"] else "plain")])
    if owner["handovers"]:
        lines += [[], [("What to hand on", "heading")]]
    for each in owner["handovers"]:
        takers = ", ".join(f"{taker['owner']} ({_hours(taker['free_minutes'])} free)" for taker in each["to"])
        to = f"to {takers}" if takers else "nobody of its function has the time"
        lines.append(
            [(f"{safe.cut_words(each['title'], 40)} {each['action']}, {_hours(each['minutes'])}: {to}", "plain")]
        )
    if further := owner["further_handovers"]:
        lines.append([(f"and {cells.number(further)} more: offplan report load --json", "quiet")])
    return lines


def _named(day: Mapping[str, Any]) -> str:
    further = day["further_actions"]
    return " ".join([*day["actions"], *([f"and {cells.number(further)} more"] if further else [])])


def _hours(minutes: int) -> str:
    return f"{cells.number(round(minutes / 60, 1))} h" if minutes else "–"
