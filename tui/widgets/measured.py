"""How wide the texts of the rows at hand are: what columns are made as wide as. Each row is measured once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tui.widgets.row_window import Row


class Measured:
    """The widest text of each measured column, over rows that come and go."""

    def __init__(self, widths: Callable[[Row], tuple[int, ...]], least: tuple[int, ...]) -> None:
        """`widths` says the cells that a row's texts take, `least` what a column has whatever stands in it."""
        self._widths = widths
        self._least = least
        self._known: dict[int, tuple[Row, tuple[int, ...]]] = {}
        """What was measured of the rows of the last call, by number; a row that is another object is another row."""

    def widest(self, rows: Iterable[tuple[int, Row]]) -> tuple[int, ...]:
        """The cells that each column needs for these rows, by number."""
        before, self._known = self._known, {}
        for number, row in rows:
            known = before.get(number)
            self._known[number] = known if known is not None and known[0] is row else (row, self._widths(row))
        return tuple(map(max, zip(self._least, *(sizes for _, sizes in self._known.values()), strict=True)))
