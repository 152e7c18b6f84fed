"""A report's sections as lines of a screen: headings, sentences, and tables that fit. A row leads to the object it
names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Final

from tui.terminal import safe
from tui.terminal.safe import Pieces
from tui.widgets.page_list import PageLine, is_target
from tui.words.documents import Section

_BELOW: Final = "     "
"""Before what stands below a row."""
_LEAST: Final = 20
"""Cells that a column of words keeps however narrow the screen is; what is shorter is never cut."""


def section_lines(sections: Iterable[Section], width: int, *, whole: bool = False) -> list[PageLine]:
    """All sections, one below the other, in so many cells. With `whole` nothing is cut and no column left out: what is
    too long goes on below, in its column, and what has no room beside the others below its row."""
    lines: list[PageLine] = []
    for section in sections:
        lines += [PageLine([])] if lines else []
        for number, line in enumerate(safe.wrap(section.title, width)):
            lines.append(PageLine([(line, "heading")], section=section.title if number == 0 else None))
        for sentence in section.sentences:
            lines += [PageLine([(line, "plain")]) for line in safe.wrap(sentence, width)]
        if section.rows:
            widths = _fitted([section.headings, *section.rows], width)
            left_out = section.headings[len(widths) :]
            if left_out and not whole:
                words = f"On a wider screen also: {', '.join(left_out)}."
                lines += [PageLine([(line, "quiet")]) for line in safe.wrap(words, width)]
            lines.append(PageLine(_row(section.headings, widths, "quiet")))
            for row in section.rows:
                told = _whole_row(section.headings, row, widths, width) if whole else [_row(row, widths, "plain")]
                lines += [PageLine(pieces, target=_target(row)) for pieces in told]
        lines += [PageLine([(command, "key")]) for command in section.commands]
    return lines


def _fitted(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """The widths of a table's columns: as wide as what stands in them; where that is too much the widest give way, then
    the last go."""
    widths = [max(safe.width_of([(cell, "")]) for cell in column) for column in zip(*rows, strict=True)]
    while _whole(widths) > width and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    while _whole(widths) > width and len(widths) > 1:
        widths.pop()
    return widths


def _whole(widths: Sequence[int]) -> int:
    return sum(widths) + 2 * (len(widths) - 1)


def _row(cells: Sequence[str], widths: Sequence[int], style: str) -> Pieces:
    shown = [(safe.fit(safe.cut_words(cell, size), size), style) for cell, size in zip(cells, widths, strict=False)]
    return [piece for each in shown for piece in (each, ("  ", "plain"))][:-1]


def _whole_row(headings: Sequence[str], row: Sequence[str], widths: Sequence[int], width: int) -> list[Pieces]:
    """A row on as many lines as it needs."""
    cells = [safe.wrap(cell, size) for cell, size in zip(row, widths, strict=False)]
    lines = [_row(part, widths, "plain") for part in zip_longest(*cells, fillvalue="")]
    left_out = zip(headings[len(widths) :], row[len(widths) :], strict=True)
    rest = ", ".join(f"{heading} {cell}" for heading, cell in left_out if cell not in ("", "–"))
    return [*lines, *([(f"{_BELOW}{line}", "plain")] for line in safe.wrap(rest, width - len(_BELOW)) if line)]


def _target(row: Sequence[str]) -> str | None:
    return row[0] if row and is_target(row[0]) else None
