"""Which rows of a list are chosen: the marked ones, or else the one under the cursor; and what is shown of them.

A hundred thousand may be marked: a key that marks one more costs what that one does.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Sequence

from tui.widgets.drawn_list import DrawnList
from tui.widgets.row_window import Fetch, Row


class ChosenRows(DrawnList):
    """What a command is about: asked with every key."""

    def __init__(self, fetch: Fetch, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(fetch, id=id)
        self._in_order: tuple[array[int], list[int]] | None = None
        """The places in the list of what is marked, and its ids; None: to be looked for."""

    @property
    def chosen(self) -> Sequence[int]:
        """The marked ids in the order of the list, else the one under the cursor."""
        if not self.marks:
            return [] if self.at_cursor is None else [self.at_cursor]
        if self._in_order is None:
            places = array("q", (place for place, number in enumerate(self.ids) if number in self.marks))
            self._in_order = places, [self.ids[place] for place in places]
        return self._in_order[1]

    @property
    def unlike_rows(self) -> Sequence[Row]:
        """What commands have to know of the chosen ids, as far as that is known, the same once: of marks the same
        object while nothing changes."""
        if not self.marks:
            return [row for number in self.chosen if (row := self.seen(number)) is not None]
        return self._rows.unlike_kept

    def change_marks(self, marked: Collection[int], unmarked: Collection[int], place: int | None = None) -> None:
        """Mark rows, and take the marks of others away; `place` is that of the one row that either is about."""
        self.marks.update(marked)
        self.marks.difference_update(unmarked)
        self._rows.keep(marked)
        self._rows.let_go(unmarked)
        if place is None:
            self._in_order = None
        elif self._in_order is not None:
            places, numbers = self._in_order
            at = bisect_left(places, place)
            end = at + len(unmarked)
            places[at:end], numbers[at:end] = array("q", [place] * len(marked)), marked
