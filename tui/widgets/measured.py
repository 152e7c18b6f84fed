"""How wide columns are: as wide as the texts of the rows at hand, each measured once, and narrower where room is
short."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tui.terminal.cells import Column
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


def fitted(columns: Sequence[Column], shorter: Sequence[Column], width: int) -> tuple[Column, ...]:
    """The columns, in their order, in the forms in which they fit into `width` cells with one blank between them.

    `shorter` are short forms of some of them, by name. What has the largest rank gives way first: a column goes, a
    short form takes the place of the whole one. Whatever fits again once larger things went comes back.
    """
    shown = {column.name: column for column in columns}
    gave: list[Column] = []
    # One that is as wide as the whole would only drive others out.
    narrower = [form for form in shorter if form.name in shown and form.width < shown[form.name].width]
    for step in sorted((*narrower, *columns), key=lambda step: -step.rank):
        if step.rank == 0 or _cells(shown) <= width:
            break
        if step not in columns and step.name in shown:
            gave.append(shown[step.name])
            shown[step.name] = step
        elif step.name in shown and len(shown) > 1:
            gave.append(shown.pop(step.name))
    for form in reversed(gave):
        again = {**shown, form.name: form}
        if _cells(again) <= width:
            shown = again
    return tuple(shown[column.name] for column in columns if column.name in shown)


def _cells(shown: Mapping[str, Column]) -> int:
    return sum(column.width + 1 for column in shown.values()) - 1
