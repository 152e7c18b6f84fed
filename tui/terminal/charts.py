"""Charts in cells: levels over days, values in a band, bars of counts. Numbers in, lines out; no data is read here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from tui.terminal import cells
from tui.terminal.safe import Pieces, joined

_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
SOLID: Final = "▆"
_REST: Final = "▂"
"""What bars are made of: lower than a line, so that bars that are as long as each other do not become one."""
_AXIS: Final = 9
"""Cells left of a chart, for the numbers of its scale."""
Style = str
Grid = list[list[tuple[str, Style]]]


def levels(values: Sequence[float], width: int, rows: int, *, bound: float, over: bool) -> list[Pieces]:
    """Columns of `values` around zero in so many rows; those beyond `bound` are told apart, and the bound is a line."""
    per = max(1, (width - _AXIS) // max(1, len(values)))
    values = values[: (width - _AXIS) // per]
    top, bottom = max(0.0, bound, *values), min(0.0, bound, *values)
    scale = _Scale(top, bottom, rows)
    grid: Grid = [[(" ", "quiet")] * (per * len(values)) for _ in range(rows)]
    line = scale.row(bound)
    for cell in range(per * len(values)):
        grid[line][cell] = ("┄", "quiet")
    for column, value in enumerate(values):
        beyond = value > bound if over else value < bound
        for row, character in scale.column(value):
            for cell in range(column * per, column * per + max(1, per - 1)):
                # Told apart without colour as well.
                shade = "▒" if beyond and value >= 0 else character
                grid[row][cell] = (shade, "bad" if beyond else "good")
    return _with_scale(grid, scale, bound)


def band(points: Sequence[tuple[float, float, float]], width: int, rows: int) -> list[Pieces]:
    """Columns of (low, value, high): the band as a field, the value as a mark that says on which side of it it lies."""
    per = max(1, min(4, (width - _AXIS) // max(1, len(points))))
    points = points[-((width - _AXIS) // per) :]
    scale = _Scale(max(max(high, value) for _, value, high in points), 0.0, rows)
    grid: Grid = [[(" ", "quiet")] * (per * len(points)) for _ in range(rows)]
    for column, (low, value, high) in enumerate(points):
        for row in range(scale.row(high), scale.row(low) + 1):
            for cell in range(column * per, column * per + per):
                grid[row][cell] = ("░", "quiet")
        mark, style = ("▲", "bad") if value > high else ("▼", "bad") if value < low else ("●", "good")
        grid[scale.row(value)][column * per + (per - 1) // 2] = (mark, style)
    return _with_scale(grid, scale, None)


def bars(rows: Sequence[tuple[str, int, int, bool]], width: int) -> list[Pieces]:
    """A bar for each (label, count, part of it, whether it is marked): the part high, the rest low."""
    most = max((count for _, count, _, _ in rows), default=0)
    label = max((len(text) for text, *_ in rows), default=0)
    room = max(8, width - label - 18)
    lines: list[Pieces] = []
    for text, count, part, marked in rows:
        size, solid = (round(room * number / most) if most else 0 for number in (count, part))
        size = max(size, 1) if count else 0
        lines.append(
            [
                (f"{text:>{label}} ", "bold" if marked else "plain"),
                (SOLID * solid, "notice"),
                (_REST * (size - solid), "quiet"),
                (f" {count}" if count else "", "plain"),
                ("  ◀ this one" if marked else "", "bad"),
            ]
        )
    return lines


class _Scale:
    """Values to rows; the first row is on top, and zero lies between two rows."""

    def __init__(self, top: float, bottom: float, rows: int) -> None:
        below = 0 if bottom >= 0 else max(1, min(rows - 1, round(rows * -bottom / (top - bottom))))
        self._above = rows - below
        self._unit = max(top / self._above, -bottom / below if below else 0.0) or 1.0
        self.rows = rows
        self.top, self.bottom = self._unit * self._above, -self._unit * below

    def row(self, value: float) -> int:
        """The row in which a value lies; zero in the one above it."""
        place = (self.top - value) / self._unit
        return max(0, min(self.rows - 1, int(place) if value < 0 else math.ceil(place) - 1))

    def column(self, value: float) -> list[tuple[int, str]]:
        """The cells of a column from zero to a value, by row: in eighths of a cell above zero, in halves below."""
        size = abs(value) / self._unit
        found = []
        for step in range(self.rows):
            filled = min(1.0, size - step)
            if filled <= 0:
                break
            row = self._above - 1 - step if value >= 0 else self._above + step
            if 0 <= row < self.rows:
                eighth = _EIGHTHS[max(1, min(8, round(filled * 8)))]
                found.append((row, eighth if value >= 0 else "█" if filled > 0.5 else "▀"))
        return found


def _with_scale(grid: Grid, scale: _Scale, bound: float | None) -> list[Pieces]:
    """The rows with the numbers of the scale at their left: its ends, zero and the bound."""
    named = {scale.rows - 1: scale.bottom, 0: scale.top, scale.row(0.0): 0.0}
    if bound is not None:
        named[scale.row(bound)] = bound
    lines: list[Pieces] = []
    for row, line in enumerate(grid):
        number = _short(named[row]) if row in named else ""
        lines.append([(f"{number:>{_AXIS - 2}} ┤" if number else f"{'':>{_AXIS - 2}} │", "quiet"), *joined(line)])
    return lines


def _short(value: float) -> str:
    """A number in at most seven cells."""
    return cells.compact(round(value, 1) if abs(value) < 1000 else round(value))


def under(marks: Mapping[int, str], count: int, width: int) -> Pieces:
    """The line under a chart of `count` columns: words where columns are named, none cut or on top of another."""
    per = max(1, (width - _AXIS) // max(1, count))
    line, free = [" "] * max(0, width - _AXIS), 0
    for column in sorted(marks):
        text = marks[column]
        place = min(column * per, len(line) - len(text))
        if place >= free and column * per < len(line):
            line[place : place + len(text)] = text
            free = place + len(text) + 1
    return [(" " * _AXIS, "plain"), ("".join(line).rstrip(), "quiet")]


def marked(first: int, last: int, count: int, width: int) -> Pieces:
    """A line under the columns from one to another of a chart of `count` columns."""
    per = max(1, (width - _AXIS) // max(1, count))
    begin, end = first * per, min(last + 1, count) * per
    return [(" " * (_AXIS + begin), "plain"), ("━" * max(0, min(end, width - _AXIS) - begin), "bad")]
