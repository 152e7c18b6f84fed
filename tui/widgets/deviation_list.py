"""Deviations as a table of chosen columns, in groups under headings where a person wants them so."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from tui.terminal import cells, safe
from tui.terminal.cells import Column, Present
from tui.terminal.safe import Piece, Pieces
from tui.widgets.deviation_columns import USUAL, ranked
from tui.widgets.measured import fitted
from tui.widgets.queue import QueueList, Sizes, hidden_by, short_forms, sized
from tui.widgets.row_window import Row

if TYPE_CHECKING:
    from engine.reading.arranging import Arrangement, Group

_MORE: Final[Mapping[str, Callable[[Row, Present], str]]] = {
    "value_at_risk": lambda row, present: cells.money(row["value_at_risk"]),
    "summary": lambda row, present: cells.with_local_times(row["summary"], present.now, present.zone),
    "item": lambda row, present: row["item"] or "",
    "site": lambda row, present: row["site"] or "",
    "party": lambda row, present: row["party"] or "",
    "need_at": lambda row, present: cells.relative(row["need_at"], present.now),
    "opened_at": lambda row, present: cells.relative(row["opened_at"], present.now),
    "response": lambda row, present: row["response"] or "",
    "hidden_by": hidden_by,
    "flaps": lambda row, present: str(row["flaps"] or ""),
}


@lru_cache(maxsize=32)
def columns(names: tuple[str, ...], sizes: Sizes, width: int) -> tuple[Column, ...]:
    """The named columns in `width` cells, in their order; where there is little room long words give way first, then
    the columns from the last named on, the subject never."""
    whole = tuple(sized(column, sizes) for column in ranked(names))
    return fitted(whole, short_forms(whole, sizes), width)


class DeviationList(QueueList):
    """All that a filter leaves, arranged."""

    def __init__(self, fetch: Callable[[Sequence[int]], Sequence[Row]], *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(lambda numbers: self._rows_and_headings(fetch, numbers), id=id)
        self.columns: tuple[str, ...] = USUAL
        """Names of the columns, in their order."""
        self._arrangement: Arrangement | None = None
        self._grouped_by = ""
        self._headings: dict[Any, int] = {}
        """The number of each group's heading, by what the group shares: it stays while the list lives."""
        self._members: dict[int, Sequence[int]] = {}
        self._groups: dict[int, Group] = {}
        self._folded: set[int] = set()

    def show_arranged(self, arrangement: Arrangement, grouped_by: str) -> None:
        """Take the list anew, with a heading above each group; folded groups stay folded."""
        regrouped = grouped_by != self._grouped_by
        if regrouped:
            self._headings, self._folded, self._grouped_by = {}, set(), grouped_by
        self._arrangement, self._members, self._groups = arrangement, {}, {}
        first, shown = 0, arrangement.ids
        if arrangement.groups:
            shown = []
            for group in arrangement.groups:
                heading = self._headings.setdefault(group.value, -1 - len(self._headings))
                self._groups[heading] = group
                self._members[heading] = arrangement.ids[first : first + group.size]
                shown.append(heading)
                if heading not in self._folded:
                    shown += self._members[heading]
                first += group.size
        self.show(shown)
        if regrouped:
            # From the top: the heading of the first group stands above the row that was the first.
            self._scroll(0)
            self._keep_in_sight()

    def fold(self) -> bool:
        """Fold or unfold the group whose heading is under the cursor; false where there is none."""
        if self._arrangement is None or self.current not in self._groups:
            return False
        self._folded ^= {self.current}
        self.show_arranged(self._arrangement, self._grouped_by)
        return True

    def members(self, number: int) -> Sequence[int]:
        return self._members.get(number, (number,))

    def action_mark(self) -> None:
        if self.current in self._folded:
            self.fold()
        super().action_mark()

    def look(self) -> Hashable:
        return super().look(), self.columns

    def _columns(self, width: int) -> tuple[Column, ...]:
        return columns(self.columns, self._sizes, width)

    def draw(self, row: Row, width: int) -> Pieces:
        if "group" in row:
            return _heading(row, width)
        shown = self._columns(width)
        values = {**self._values(row, shown, width), **self._more(row)}
        return safe.columns(shown, {column.name: values[column.name] for column in shown}, width)

    def _more(self, row: Row) -> dict[str, Piece]:
        return {name: (read(row, self.present), "plain") for name, read in _MORE.items()}

    def _rows_and_headings(
        self, fetch: Callable[[Sequence[int]], Sequence[Row]], numbers: Sequence[int]
    ) -> Sequence[Row]:
        headings = [self._heading_row(number) for number in numbers if number in self._groups]
        return [*headings, *fetch([number for number in numbers if number >= 0])]

    def _heading_row(self, number: int) -> Row:
        group = self._groups[number]
        return {
            "id": str(number),
            "group": f"{self._grouped_by} {'(none)' if group.value is None else cells.any_value(group.value)}",
            "says": f"{group.size} · {cells.money(group.exposure)}",
            "mark": "▸" if number in self._folded else "▾",
        }


def _heading(row: Row, width: int) -> Pieces:
    words = safe.cut(f"{row['mark']} {row['group']}", max(0, width - len(row["says"]) - 2))
    return [(words, "bold"), (f"  {row['says']}", "quiet")]
