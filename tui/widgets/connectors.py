"""Lines between bars in cells: from the end of what is needed down or up to the beginning of what waits for it.
Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

Cells = dict[int, dict[int, tuple[str, bool]]]
"""By row and cell the character, and whether it belongs to the bar under the cursor."""

_ARMS: Final = {"│": 0b0101, "─": 0b1010, "┐": 0b1100, "┘": 0b1001, "└": 0b0011, "┌": 0b0110}
"""Which arms a character has: left, down, right, up."""
_JOINED: Final = {
    **{arms: character for character, arms in _ARMS.items()},
    0b0111: "├", 0b1101: "┤", 0b1110: "┬", 0b1011: "┴", 0b1111: "┼",
}  # fmt: skip
_HEAD: Final = "▶"


class Bar(NamedTuple):
    """Where a bar lies: its row, its first cell, and the cell after its last one."""

    row: int
    first: int
    end: int


def drawn(
    bars: Mapping[int, Bar], pairs: Sequence[tuple[int, int]], rows: range, width: int, current: int | None
) -> Cells:
    """The lines in some rows of so many cells; lines that cross are joined, those of `current` are drawn last.

    `pairs` are the keys in `bars` of what is needed and of what waits for it.
    """
    found: Cells = {}
    for strong in (False, True):
        for needed, waits in pairs:
            if (current in (needed, waits)) is strong:
                _line(found, bars[needed], bars[waits], rows, width, strong=strong)
    return found


def _line(found: Cells, start: Bar, end: Bar, rows: range, width: int, *, strong: bool) -> None:
    """From the cell after the first bar to the row of the second one, and there along to its beginning."""
    down = end.row > start.row
    column = start.end
    between = range(start.row + 1, end.row) if down else range(end.row + 1, start.row)
    _put(found, start.row, column, "┐" if down else "┘", rows, width, strong=strong)
    for row in range(max(between.start, rows.start), min(between.stop, rows.stop)):
        _put(found, row, column, "│", rows, width, strong=strong)
    head = end.first - 1
    if head > column:
        _put(found, end.row, column, "└" if down else "┌", rows, width, strong=strong)
        for cell in range(max(column + 1, 0), min(head, width)):
            _put(found, end.row, cell, "─", rows, width, strong=strong)
    if head >= column:
        _put(found, end.row, head, _HEAD, rows, width, strong=strong)


def _put(found: Cells, row: int, cell: int, character: str, rows: range, width: int, *, strong: bool) -> None:
    if row not in rows or not 0 <= cell < width:
        return
    line = found.setdefault(row, {})
    there = line.get(cell)
    if there is not None:
        strong = strong or there[1]
        character = _HEAD if _HEAD in (there[0], character) else _JOINED[_ARMS_OF[there[0]] | _ARMS_OF[character]]
    line[cell] = (character, strong)


_ARMS_OF: Final = {character: arms for arms, character in _JOINED.items()}
