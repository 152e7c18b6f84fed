"""The rows of a list that are in sight or a screen away, and which of them have changed; no Textual here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from engine.values.ids import TABLES

Row = Mapping[str, Any]
Fetch = Callable[[Sequence[int]], Sequence[Row]]

_LETTERS: Final = "".join(TABLES)
"""What public ids begin with."""
_MOST_ROWS: Final = 2_000
"""Rows that are kept of what was walked through; each takes some kilobytes."""


class RowWindow:
    """Fetches rows by id and keeps those of the last windows."""

    def __init__(self, fetch: Fetch, watched: Sequence[str] = ()) -> None:
        """`fetch` answers rows in the contract's JSON for numbers; rows that are gone may be missing.

        Rows at hand whose `watched` fields are others when they are read again stand in `moved`.
        """
        self._fetch = fetch
        self._watched = watched
        self.moved: set[int] = set()
        self._rows: dict[int, Row] = {}
        self._kept: dict[int, Row] = {}
        """Rows as they were last shown, of numbers that are wanted wherever the window is."""
        self._revisions: dict[int, int] = {}
        """Of the rows at hand; counted over all of them, so that a row which comes again has a new one."""
        self._counted = 0

    def get(self, number: int) -> Row | None:
        return self._rows.get(number)

    def has(self, numbers: Iterable[int]) -> bool:
        """Whether all these rows are at hand."""
        return all(number in self._rows for number in numbers)

    def seen(self, number: int) -> Row | None:
        """The row as it was last shown, or as it was when it was to be kept."""
        return self._rows.get(number) or self._kept.get(number)

    def keep(self, numbers: Collection[int]) -> None:
        """Hold the rows of these numbers, in the window or not; those that were not shown are read now."""
        unknown = [number for number in numbers if self.seen(number) is None]
        read = self._read(unknown)
        self._kept = {number: row for number in numbers if (row := self.seen(number) or read.get(number)) is not None}

    def _read(self, numbers: Sequence[int]) -> dict[int, Row]:
        return {int(str(row["id"]).lstrip(_LETTERS)): row for row in self._fetch(numbers)} if numbers else {}

    def revision(self, number: int) -> int:
        """Changes whenever the row's content does: part of the key of a cached line."""
        return self._revisions.get(number, 0)

    def load(self, window: Sequence[int], *, refetch: bool) -> set[int]:
        """Have the rows of the window at hand; the numbers of those that are new or differ.

        With `refetch` all are read again and those outside the window are forgotten.
        """
        wanted = window if refetch else [number for number in window if number not in self._rows]
        before = self._rows
        fetched = self._read(wanted)
        changed = {number for number, row in fetched.items() if before.get(number) != row}
        self.moved = {
            number
            for number in changed & before.keys()
            if any(before[number].get(name) != fetched[number].get(name) for name in self._watched)
        }
        if refetch or len(before) > _MOST_ROWS:
            self._kept = {number: before.get(number, row) for number, row in self._kept.items()}
            self._rows = {number: before[number] for number in window if number in before and not refetch}
            self._revisions = {number: self._revisions[number] for number in {*self._rows, *fetched} & before.keys()}
        self._rows.update(fetched)
        for number in changed:
            self._counted += 1
            self._revisions[number] = self._counted
        return changed
