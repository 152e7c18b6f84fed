"""Lanes of work on a time axis: bars by owner, what waits for what as lines between them, slack, the present.

Which actions there are and when they stand is the Desk's answer (engine.schedule.lanes); tui.screens.timeline moves the
axis.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Mapping, Sequence
from itertools import chain, groupby
from operator import attrgetter
from typing import Final

from engine.schedule.lanes import Lane
from engine.values.clock import DAY, HOUR, MINUTE
from tui.terminal import cells, safe, theme
from tui.terminal.safe import Pieces
from tui.widgets import connectors
from tui.widgets.drawn_list import GUTTER
from tui.widgets.line_list import LineList
from tui.widgets.row_window import Fetch, Row
from tui.widgets.timeline import Axis, signs

ZOOMS: Final = (("hour", 15 * MINUTE), ("day", 2 * HOUR), ("week", 12 * HOUR))
"""Names of the zooms, and how long a cell of each is."""
STEPS: Final = (HOUR, DAY, 7 * DAY)
"""By how much an action is moved at each zoom."""
_WIDE: Final = 110
"""Cells of a line from which the function stands beside the owner."""


class LanesList(LineList):
    """Open actions, owner by owner, on an axis that can be zoomed and moved."""

    kind = "action"
    title = "Timeline"

    def __init__(self, fetch: Fetch, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(fetch, id=id)
        self.lanes: Sequence[Lane] = ()
        self.zoom = 1
        """Place in ZOOMS."""
        self.pan = 0
        """By how much the axis is moved from where the present is a fifth from its left, in microseconds."""
        self.ghosts: Mapping[int, int] = {}
        """Actions that would be moved, and the starts that they would have."""
        self._first: frozenset[int] = frozenset()
        self._index: Mapping[int, int] = {}
        """Places in `lanes` by number."""
        self._needed, self._waiting = array("q"), array("q")
        """Places of what is needed and of what waits for it."""
        self._drawn: tuple[Hashable, connectors.Cells] = (None, {})

    def show_lanes(self, lanes: Sequence[Lane]) -> None:
        """Take the open actions anew, by owner and start."""
        self.lanes = lanes
        numbers = [lane.number for lane in lanes]
        self._index = {number: index for index, number in enumerate(numbers)}
        self._first = frozenset(next(of_owner).number for _, of_owner in groupby(lanes, attrgetter("owner")))
        self._needed, self._waiting = array("q"), array("q")
        for index, lane in enumerate(lanes):
            places = [self._index[need] for need in lane.needs if need in self._index]
            self._needed.extend(places)
            self._waiting.extend(index for _ in places)
        self._drawn = (None, {})
        self._say_zoom()
        self.show(numbers)
        self.refresh()

    def lane(self, number: int) -> Lane | None:
        """That of an action, if it is shown."""
        index = self._index.get(number)
        return None if index is None else self.lanes[index]

    def move_axis(self, *, zoom: int = 0, cells: int = 0, home: bool = False) -> None:
        """Zoom in (-1) or out (1), move by so many cells, or put the present back to its place."""
        self.zoom = max(0, min(len(ZOOMS) - 1, self.zoom + zoom))
        self.pan = 0 if home else self.pan + cells * ZOOMS[self.zoom][1]
        self._say_zoom()
        self.refresh()

    def _say_zoom(self) -> None:
        self.note = f"by {ZOOMS[self.zoom][0]}"
        self.describe()

    def show_ghosts(self, starts: Mapping[int, int]) -> None:
        """Draw where actions would begin; the axis moves where that of the one under the cursor would be out of
        sight."""
        self.ghosts = starts
        at = None if self.current is None else starts.get(self.current)
        if at is not None:
            axis = self.axis
            cell = axis.cell(at)
            if not 0 <= cell < axis.width - 4:
                self.move_axis(cells=cell - axis.width // 2)
        self.refresh()

    def go_to(self, index: int) -> None:
        super().go_to(index)
        # The lines of the action under the cursor are drawn over labels.
        self.refresh()

    def look(self) -> Hashable:
        return (self.present.minute, self.zoom, self.pan)

    def look_of(self, number: int) -> Hashable:
        index = self._index.get(number)
        if index is None:
            return None
        lines = tuple(self._lines().get(index, {}).items())
        return self.lanes[index], number in self._first, self.ghosts.get(number), lines

    # the axis -------------------------------------------------------------------------------------------------------

    def _left(self, width: int) -> tuple[int, int]:
        """Cells for the owner, and for owner, slack and mark together."""
        lane = 24 if width >= _WIDE else 11
        return lane, lane + 9

    @property
    def axis(self) -> Axis:
        """The axis as it is drawn now."""
        width = max(1, self.size.width - GUTTER)
        return self._axis(width)

    def _axis(self, width: int) -> Axis:
        size = ZOOMS[self.zoom][1]
        count = max(10, width - self._left(width)[1])
        start = self.present.now - count // 5 * size + self.pan
        return Axis(start - start % size, count * size, count)

    def heading(self, width: int) -> Pieces:
        axis, left = self._axis(width), self._left(width)[1]
        line = [" "] * axis.width
        now = axis.cell(self.present.now)
        for cell, label in axis.ticks(self.present.zone, now):
            if cell >= 0:
                line[cell : cell + len(label)] = label
        if 0 <= now < axis.width:
            line[now] = "▼"
        head = safe.fit("owner", left - 9) + safe.fit("slack", 6, "right") + "   "
        return [(head, "quiet"), ("".join(line), "quiet")]

    def below(self, width: int) -> Pieces:
        axis = self._axis(width)
        now = axis.cell(self.present.now)
        line = [" "] * axis.width
        if 0 <= now < axis.width:
            line[now] = "│"
        return [(" " * self._left(width)[1], "plain"), ("".join(line), "quiet")]

    # rows -----------------------------------------------------------------------------------------------------------

    def _lines(self) -> connectors.Cells:
        """The cells of the dependency lines in sight, by row."""
        axis = self.axis
        top = self.scroll_offset.y
        key = (axis, top, self.rows_in_sight, self.current)
        if key != self._drawn[0]:
            rows = range(top, top + self.rows_in_sight)
            pairs = [
                (need, index)
                for need, index in zip(self._needed, self._waiting, strict=True)
                if min(need, index) < rows.stop and max(need, index) >= rows.start
            ]
            bars = {index: connectors.Bar(index, *span(axis, self.lanes[index])) for index in {*chain(*pairs)}}
            current = None if self.current is None else self._index.get(self.current)
            self._drawn = (key, connectors.drawn(bars, pairs, rows, axis.width, current))
        return self._drawn[1]

    def draw(self, row: Row, width: int) -> Pieces:
        number = int(row["id"][1:])
        lane = self.lane(number)
        if lane is None:
            return [(safe.fit(safe.cut_words(row["title"], width), width), "quiet")]
        size, left = self._left(width)
        who = f"{row['owner']} {row['function']}" if size > 20 else row["owner"]
        slack = cells.span(lane.slack_minutes * MINUTE) if lane.slack_minutes else "0m"
        slack_style = "bad" if lane.slack_minutes < 0 else "warning" if lane.slack_minutes == 0 else "quiet"
        return [
            (safe.fit(who, size - 1) + " ", "bold" if number in self._first else "quiet"),
            (safe.fit(slack, 5, "right"), slack_style),
            (" ◆ " if lane.critical else "   ", "bold"),
            (" " * (left - size - 8), "plain"),
            *self._bar(row, lane, self._axis(width)),
        ]

    def _bar(self, row: Row, lane: Lane, axis: Axis) -> Pieces:
        mark, fill, style = theme.ACTION_SHAPE.get(row["state"], ("?", "?", "plain"))
        style = "bad" if lane.slack_minutes < 0 and style == "quiet" else style
        canvas = Canvas(axis.width)
        canvas.put(axis.cell(self.present.now), "│", "quiet")
        first, last = span(axis, lane)
        due = axis.cell(lane.due_at)
        for cell in range(last, due):
            canvas.put(cell, "·", "quiet")
        for cell, (character, strong) in self._lines().get(self._index[lane.number], {}).items():
            canvas.put(cell, character, "notice" if strong else "quiet")
        for cell in range(first, last):
            canvas.put(cell, fill, style)
        canvas.put(due, "┫", "bad" if due < last else "plain")
        if lane.number in self.ghosts:
            shift = axis.cell(self.ghosts[lane.number]) - axis.cell(lane.start_at)
            for cell in range(first + shift, last + shift):
                canvas.put(cell, "▚", "warning")
            first, last = min(first, first + shift), max(last, last + shift)
        if first < 0:
            canvas.put(0, "◂", style)
        if max(last, due + 1) > axis.width:
            canvas.put(axis.width - 1, "▸", style)
        late = " !" if row["overdue"] else ""
        label = f"{mark}{late}{signs(row)} {row['id']} {row['title']}"
        return canvas.with_label(label, "bad" if late else "plain", first, last, due)


def span(axis: Axis, lane: Lane) -> tuple[int, int]:
    """The first cell of a lane's bar and the one after its last; at least one cell is drawn."""
    first = axis.cell(lane.start_at)
    return first, max(first + 1, axis.cell(lane.end_at))


class Canvas:
    """One line of cells, each with one character; a label goes where it has room."""

    def __init__(self, width: int) -> None:
        self._cells: list[tuple[str, str]] = [(" ", "quiet")] * width

    def put(self, cell: int, character: str, style: str) -> None:
        """Draw over what is there; outside of the line nothing is drawn."""
        if 0 <= cell < len(self._cells):
            self._cells[cell] = (character, style)

    def with_label(self, text: str, style: str, first: int, last: int, due: int) -> Pieces:
        """The line with a label: after the due time, else over the slack before it, else before the bar; where it has
        most.

        Lines of the action under the cursor cut the label, all others pass behind it.
        """
        width, wanted = len(self._cells), safe.width_of([(text, style)])
        behind = min(max(last, due + 1, 0) + 1, width)
        rooms = [(behind, self._free(behind, width)), (max(last, 0) + 1, self._free(max(last, 0) + 1, min(due, width)))]
        begin, room = max(rooms, key=lambda each: min(each[1], wanted))
        before = max(0, min(first - 1, width - 2))
        if min(room, wanted) < min(before, wanted):
            shown = safe.cut_words(text, before)
            begin = before - safe.width_of([(shown, style)])
        else:
            shown = safe.cut_words(text, room)
        end = begin + safe.width_of([(shown, style)])
        return [*self._pieces(0, begin), (shown, style), *self._pieces(end, width)]

    def _free(self, start: int, end: int) -> int:
        """The cells from `start` on that a label may take, up to `end` or a line that cuts it."""
        strong = (cell for cell in range(start, end) if self._cells[cell][1] == "notice")
        return max(0, next(strong, end) - start)

    def _pieces(self, start: int, end: int) -> list[tuple[str, str]]:
        return safe.joined(self._cells[start:end])
