"""The actions on a time axis: one line an action, owners together, the present as a vertical line."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from engine.values.clock import DAY, HOUR, instant_of
from tui.terminal import cells, safe, theme
from tui.terminal.cells import Present
from tui.terminal.safe import Pieces
from tui.widgets.drawn_list import GUTTER
from tui.widgets.line_list import LineList
from tui.widgets.row_window import Fetch, Row

_SPANS: Final = (12 * HOUR, DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 84 * DAY)
_STEPS: Final = (HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY)
_TICK_CELLS: Final = 9
LANE: Final = 24
"""Cells for the owner and the function."""
_IDS_FROM: Final = 112
"""Cells of a line from which an action's id stands before its title: those of a terminal of 120 columns."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Instants to cells: `width` cells from `start`, `span` microseconds long; the present is a fifth from the left."""

    start: int
    span: int
    width: int

    @classmethod
    def around(cls, now: int, due: Sequence[int], width: int) -> Axis:
        """The smallest span that shows nine of ten due times, from a fifth of it in the past."""
        ahead = sorted(max(0, at - now) for at in due)
        wanted = ahead[len(ahead) * 9 // 10] * 5 // 4 if ahead else DAY
        span = next((span for span in _SPANS if span >= wanted), _SPANS[-1])
        start = now - span // 5
        return cls(start - start % HOUR, span, width)

    def cell(self, at: int) -> int:
        """The cell of an instant; below 0 or from `width` on it lies outside."""
        return (at - self.start) * self.width // self.span

    def ticks(self, zone: str, marked: int) -> list[tuple[int, str]]:
        """Cells and labels: days where a day begins, hours between them, never closer than a label is wide.

        A label that would lie under the cell `marked` is left out: half a time reads as another one.
        """
        step = next((step for step in _STEPS if step * self.width >= _TICK_CELLS * self.span), _STEPS[-1])
        moment = cells.local(self.start, zone).replace(minute=0, second=0, microsecond=0)
        if step >= DAY:
            # Weeks are marked where they begin.
            moment = moment.replace(hour=0) - timedelta(days=moment.weekday() if step >= 7 * DAY else 0)
        else:
            moment = moment.replace(hour=moment.hour - moment.hour % (step // HOUR))
        ticks: list[tuple[int, str]] = []
        free = 0
        while (cell := self.cell(instant_of(moment))) < self.width:
            label = f"{moment:%a} {moment.day}" if moment.hour == 0 or step >= DAY else f"{moment:%H:%M}"
            if cell >= free and cell + len(label) <= self.width and not cell <= marked < cell + len(label):
                ticks.append((cell, label))
                free = cell + len(label) + 1
            moment += timedelta(microseconds=step)
        return ticks


class TimelineList(LineList):
    """Open actions, owner by owner."""

    kind = "action"
    title = "Actions"

    def __init__(self, fetch: Fetch, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(fetch, id=id)
        self._first: set[int] = set()
        self._due = array("q")
        self._axes: dict[tuple[int, int], Axis] = {}
        """Axes by the present and the width: one is asked for with every line."""

    def show_actions(self, actions: Sequence[tuple[int, str, int]], owners: Sequence[Mapping[str, Any]]) -> None:
        """Take number, owner and due time of the open actions anew, and what each owner has on the desk."""
        self._due = array("q", (due for _, _, due in actions))
        self._axes = {}
        self._first = set()
        before = None
        for number, owner, _ in actions:
            if owner != before:
                self._first.add(number)
                before = owner
        busy = sorted((owner for owner in owners if owner["load"]), key=lambda owner: (-owner["load"], owner["id"]))
        self.note = " · ".join(f"{owner['id']} {owner['load']}{' !' if owner['overdue'] else ''}" for owner in busy[:6])
        self.show([number for number, _, _ in actions])
        self.refresh_lines(0)

    def look(self) -> Hashable:
        return (self.present.minute, self._axis(self.size.width - GUTTER))

    def look_of(self, number: int) -> Hashable:
        return number in self._first

    def _axis(self, width: int) -> Axis:
        place = (self.present.now, width)
        if place not in self._axes:
            self._axes = {place: Axis.around(self.present.now, self._due, max(10, width - LANE))}
        return self._axes[place]

    def heading(self, width: int) -> Pieces:
        axis = self._axis(width)
        line = [" "] * axis.width
        now = axis.cell(self.present.now)
        for cell, label in axis.ticks(self.present.zone, now):
            if cell >= 0:
                line[cell : cell + len(label)] = label
        return [
            (" " * LANE, "plain"),
            ("".join(line[:now]), "quiet"),
            ("▼", "bold"),
            ("".join(line[now + 1 :]), "quiet"),
        ]

    def below(self, width: int) -> Pieces:
        axis = self._axis(width)
        return [(" " * LANE, "plain"), (_blank(0, axis.width, axis.cell(self.present.now)), "quiet")]

    def draw(self, row: Row, width: int) -> Pieces:
        first = int(row["id"][1:]) in self._first
        lane = safe.fit(f"{row['owner']} {row['function']}", LANE - 1) + " "
        return [
            (lane, "bold" if first else "quiet"),
            *bar(row, self._axis(width), self.present, name=width >= _IDS_FROM),
        ]


def bar(row: Row, axis: Axis, present: Present, *, name: bool) -> Pieces:
    """An action's line on the axis: the bar by state, a mark at the due time, the title after it, the present as │.

    With `name` its id stands before the title: commands and messages speak of it by that.
    What is overdue has a !, and what would be late as things stand a ›, before it; see also `signs`.
    A title that has no room after its bar stands before it; one without room at all ends in …
    """
    mark, fill, style = theme.ACTION_SHAPE.get(row["state"], ("?", "?", "plain"))
    first = min(max(0, axis.cell(cells.instant(row["start_at"]))), axis.width - 1)
    due = cells.instant(row["due_at"])
    last = min(max(first, axis.cell(due)), axis.width - 1)
    drawn = fill * (last - first) + ("▸" if axis.cell(due) >= axis.width else "┫")
    late = " !" if row["overdue"] else " ›" if _in_jeopardy(row) else ""
    label = f"{mark}{late}{signs(row)} {row['id'] + ' ' if name else ''}{row['title']}"
    after = axis.width - last - 2
    now_cell = axis.cell(present.now)
    if safe.width_of([(label, style)]) <= after or after >= first:
        label = safe.cut_words(label, max(0, after))
        return [
            (_blank(0, first, now_cell), "quiet"),
            (drawn, style),
            (_blank(last + 1, last + 2, now_cell), "quiet"),
            (label, "bad" if late else "plain"),
            (_blank(last + 2 + safe.width_of([(label, style)]), axis.width, now_cell), "quiet"),
        ]
    label = safe.cut_words(label, max(0, first - 1))
    size = safe.width_of([(label, style)])
    return [
        (_blank(0, first - 1 - size, now_cell), "quiet"),
        (label, "bad" if late else "plain"),
        (_blank(first - 1, first, now_cell), "quiet"),
        (drawn, style),
        (_blank(last + 1, axis.width, now_cell), "quiet"),
    ]


def signs(row: Row) -> str:
    """What of an action asks for somebody, as signs before its title.

    » a move that its owner has to agree to; ✉✗ a message about it that failed, ✉? one that may not have arrived.
    """
    message = {"failed": " ✉✗", "unknown": " ✉?"}.get(row["undelivered"] or "", "")
    return (" »" if row["proposed_at"] else "") + message


def _in_jeopardy(row: Row) -> bool:
    """Whether an action would end after its due time or the decide-by, as things stand."""
    found = row.get("jeopardy")
    return found is not None and bool(found["late_minutes"] or found["past_decide_by_minutes"])


def _blank(start: int, end: int, now_cell: int) -> str:
    """Blanks from a cell up to another, with the line of the present where it passes."""
    if start <= now_cell < end:
        return " " * (now_cell - start) + "│" + " " * (end - now_cell - 1)
    return " " * max(0, end - start)
