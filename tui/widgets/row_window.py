"""The rows of a list that are in sight or a screen away, and which of them have changed; no Textual here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from engine.values.ids import TABLES
from tui.keys.offering import brief

Row = Mapping[str, Any]
Fetch = Callable[[Sequence[int]], Sequence[Row]]

_LETTERS: Final = "".join(TABLES)
"""What public ids begin with."""
_MOST_ROWS: Final = 200
"""Rows that are kept of what was walked through; each takes some kilobytes."""
_PIECE: Final = 1_000
"""Rows that are read at once to keep little of each."""


class RowWindow:
    """Fetches rows by id and keeps those of the last windows."""

    def __init__(self, fetch: Fetch, watched: Sequence[str] = ()) -> None:
        """`fetch` answers rows in the contract's JSON for numbers; rows that are gone may be missing.

        Rows at hand whose `watched` fields are others when they are read again stand in `moved`.
        """
        self._fetch = fetch
        self._watched = watched
        self.moved: set[int] = set()
        self.fetch_brief = fetch
        """What rows out of sight are read by that are to be kept: all that tui.keys.offering.brief asks of them."""
        self._rows: dict[int, Row] = {}
        self._kept: dict[int, Row] = {}
        """Of numbers that are wanted wherever the window is what commands have to know, as it was last shown."""
        self._alike: Counter[int] = Counter()
        """How many of them are the same object, by its identity."""
        self.unlike_kept: Sequence[Row] = ()
        """What they are, each once: the same sequence while there are no others."""
        self._revisions: dict[int, int] = {}
        """Of the rows at hand; counted over all of them, so that a row which comes again has a new one."""
        self._counted = 0

    def get(self, number: int) -> Row | None:
        return self._rows.get(number)

    def has(self, numbers: Iterable[int]) -> bool:
        """Whether all these rows are at hand."""
        return all(number in self._rows for number in numbers)

    def seen(self, number: int) -> Row | None:
        """The row as it was last shown, or what commands have to know of it as it was when it was to be kept."""
        return self._rows.get(number) or self._kept.get(number)

    def keep(self, numbers: Collection[int]) -> None:
        """Hold what commands have to know of these rows as well, in the window or not; those that were not shown are
        read now.

        Of a hundred thousand whole rows would take 550 MiB.
        """
        unknown = [number for number in numbers if self.seen(number) is None]
        self._hold({number: row for number in numbers if (row := self.seen(number)) is not None})
        for first in range(0, len(unknown), _PIECE):
            self._hold(_by_number(self.fetch_brief, unknown[first : first + _PIECE]))

    def let_go(self, numbers: Iterable[int]) -> None:
        """Hold these rows no more than others."""
        for number in numbers:
            if number in self._kept:
                self._count(self._kept.pop(number), -1)

    def _hold(self, rows: Mapping[int, Row]) -> None:
        """Take what is to be known of rows from what they say now."""
        for number, row in rows.items():
            known, before = brief(row), self._kept.get(number)
            if known is not before:
                self._kept[number] = known
                self._count(known, 1)
                if before is not None:
                    self._count(before, -1)

    def _count(self, known: Row, more: int) -> None:
        self._alike[id(known)] += more
        if more > 0 and self._alike[id(known)] == 1:
            self.unlike_kept = [*self.unlike_kept, known]
        elif not self._alike[id(known)]:
            del self._alike[id(known)]
            self.unlike_kept = [each for each in self.unlike_kept if each is not known]

    def revision(self, number: int) -> int:
        """Changes whenever the row's content does: part of the key of a cached line."""
        return self._revisions.get(number, 0)

    def load(self, window: Sequence[int], *, refetch: bool) -> set[int]:
        """Have the rows of the window at hand; the numbers of those that are new or differ.

        With `refetch` all are read again and those outside the window are forgotten.
        """
        wanted = window if refetch else [number for number in window if number not in self._rows]
        before = self._rows
        fetched = _by_number(self._fetch, wanted)
        changed = {number for number, row in fetched.items() if before.get(number) != row}
        self.moved = {
            number
            for number in changed & before.keys()
            if any(before[number].get(name) != fetched[number].get(name) for name in self._watched)
        }
        if refetch or len(before) > _MOST_ROWS:
            self._rows = {number: before[number] for number in window if number in before and not refetch}
            self._revisions = {number: self._revisions[number] for number in {*self._rows, *fetched} & before.keys()}
        self._rows.update(fetched)
        self._hold({number: fetched[number] for number in changed & self._kept.keys()})
        for number in changed:
            self._counted += 1
            self._revisions[number] = self._counted
        return changed


def _by_number(fetch: Fetch, numbers: Sequence[int]) -> dict[int, Row]:
    return {int(str(row["id"]).lstrip(_LETTERS)): row for row in fetch(numbers)} if numbers else {}
