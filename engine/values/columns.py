"""Rows kept by column, for thousands of them at once: whole numbers take eight bytes each, as objects thirty-two."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import starmap
from typing import Any, Generic, TypeVar, overload

Row = TypeVar("Row", bound=tuple[Any, ...])


class Columns(Sequence[Row], Generic[Row]):
    """A sequence of named tuples, each made when it is asked for."""

    def __init__(self, row: Callable[..., Row], kinds: str, rows: Iterable[Row] = ()) -> None:
        """`kinds` has a letter for each field of `row`: `q` for whole numbers of up to 64 bits, `o` for all else."""
        self._row = row
        self._kinds = kinds
        self._columns: list[Any] = [array("q") if kind == "q" else [] for kind in kinds]
        for each in rows:
            self.append(each)

    def append(self, row: Row) -> None:
        """Add one behind the last."""
        for column, value in zip(self._columns, row, strict=True):
            column.append(value)

    def __len__(self) -> int:
        return len(self._columns[0])

    def __iter__(self) -> Iterator[Row]:
        return starmap(self._row, zip(*self._columns, strict=True))

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Columns[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Columns[Row]:
        if isinstance(index, slice):
            return self._picked(range(*index.indices(len(self))))
        return self._row(*(column[index] for column in self._columns))

    def ordered(self, *fields: int) -> Columns[Row]:
        """The same rows in ascending order of these fields, named by place, the first one first."""
        order = list(range(len(self)))
        for field in reversed(fields):
            order.sort(key=self._columns[field].__getitem__)
        return self._picked(order)

    def _picked(self, places: Iterable[int]) -> Columns[Row]:
        return Columns(self._row, self._kinds, (self[place] for place in places))
