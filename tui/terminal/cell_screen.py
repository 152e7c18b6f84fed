"""The screen as cells: what the terminal shows, what it should show, and the frame that leads from one to the other.

Textual repaints regions; most cells in them are the same as before. What it draws is laid here, over what was laid
before, and a frame says only what differs from what the terminal was sent. Frames may be left out: the next one leads
to the newest screen all the same. Pure: no application, no driver.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import compress, count
from operator import is_not
from typing import Final, NamedTuple
from unicodedata import category

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

from tui.terminal.cell_writer import BLANK, Cell, CellWriter, Row, cell, simplest

Span = tuple[int, int, Strip]
"""Column, line, and what is drawn from there."""

_STEPS: Final = (1, -1, 2, -2, 3, -3)
"""How far lines may have moved to be found again."""
_SCROLLED: Final = 6
"""Lines that must have moved before a scroll is thought of."""
_CLEARLY: Final = 2
"""How many times the cells of another frame make one the longer one for certain: a cell takes some two to four
bytes."""
_MOST_CELLS: Final = 50_000
"""Looks of characters that are kept; text from outside can bring ever new ones."""
_MOST_STRIPS: Final = 128
"""Drawn lines whose cells are kept: some screens full."""
UNKNOWN: Final = "\ufffd"
"""Drawn for what this Python's Unicode does not know."""
_INVISIBLE: Final = "\xad\u200c\u200d"
"""What ordinary words need, though nothing is printed for it."""


class Scroll(NamedTuple):
    """Lines that the terminal is to move."""

    top: int
    bottom: int
    step: int
    """By how many lines they move up, or down where it is negative."""
    columns: tuple[int, int] | None
    """The first and the last column to move of each; None: all."""


class _Look(dict[str, Cell]):
    """All cells that are drawn with the same codes: one object for each, so that rows compare by identity."""

    def __init__(self, codes: str) -> None:
        super().__init__()
        self.codes = codes
        if not codes:
            self[BLANK.text] = BLANK

    def __missing__(self, text: str) -> Cell:
        made = self[text] = cell(text, self.codes)
        return made


class CellScreen:
    """A screen of `width` by `height` cells. Nothing is known of what the terminal shows until the first frame."""

    def __init__(self, width: int, height: int, colours: ColorSystem) -> None:
        self.width = width
        self.height = height
        self._colours = colours
        self._shown = self._blank(height)
        self._wanted = self._blank(height)
        self._dirty: set[int] = set()
        self._known = False
        self.has_sides = False
        """Whether the terminal can move part of its lines: a list beside other panes."""
        self.cursor = (0, 0)
        """Where the last frame left the cursor."""
        self._looks: dict[str, _Look] = {}
        self._laid: dict[int, tuple[Strip, Row]] = {}
        """Strips by their identity, and their cells."""

    def _blank(self, lines: int) -> list[Row]:
        return [[BLANK] * self.width for _ in range(lines)]

    @property
    def pending(self) -> bool:
        """Whether the terminal may not show yet what it should."""
        return bool(self._dirty) or not self._known

    def forget(self) -> None:
        """The terminal may show anything: the next frame begins by erasing it."""
        self._known = False

    def lay(self, spans: Iterable[Span]) -> None:
        """Take what was drawn."""
        for x, y, strip in spans:
            if 0 <= y < self.height and 0 <= x < self.width:
                self._put(self._wanted[y], x, self._cells_of(strip)[: self.width - x])
                self._dirty.add(y)

    @staticmethod
    def _put(row: Row, start: int, cells: Row) -> None:
        end = start + len(cells)
        # Half of a wide character that was there is none.
        if start and cells and not row[start].text:
            row[start - 1] = BLANK
        if end < len(row) and not row[end].text:
            row[end] = BLANK
        row[start:end] = cells

    def _cells_of(self, strip: Strip) -> Row:
        """The cells of a strip; of one that was laid lately they are at hand: a list that scrolls lays its lines
        again."""
        laid = self._laid.get(id(strip))
        if laid is None or laid[0] is not strip:
            if len(self._laid) >= _MOST_STRIPS:
                self._laid.clear()
            laid = self._laid[id(strip)] = strip, self._cells(strip)
        return laid[1]

    def _cells(self, strip: Strip) -> Row:
        cells: Row = []
        for text, style, control in strip:
            if control or not text:
                continue
            look = self._look(style)
            if text.isascii() and text.isprintable():
                cells += [look[character] for character in text]
                continue
            for character, width in _characters(text):
                if width:
                    cells += [look[character], *[look[""]] * (width - 1)]
                elif cells:
                    # What takes no cell belongs to the character before it, which may be wide.
                    place = len(cells) - (1 if cells[-1].text else 2)
                    cells[place] = cell(cells[place].text + character, cells[place].codes)
        return cells

    def _look(self, style: Style | None) -> _Look:
        codes = ""
        if style is not None:
            # Textual keeps the codes on the style; by them, since styles also carry where each segment came from.
            codes = style._ansi if style._ansi is not None else Strip.render_ansi(style, self._colours)
        look = self._looks.get(codes)
        if look is None:
            if sum(map(len, self._looks.values())) > _MOST_CELLS:
                self._looks.clear()
            look = self._looks[codes] = _Look(simplest(codes))
        return look

    def frame(self, cursor: tuple[int, int]) -> str:
        """What brings the terminal from what it shows to what it should show, with its cursor at column and line.

        From here on that is what it shows: the frame must be sent.
        """
        erased = not self._known
        if erased:
            self._shown, self._known = self._blank(self.height), True
            self._dirty.update(range(self.height))
        changed = {y: row for y in sorted(self._dirty) if (row := self._wanted[y]) != self._shown[y]}
        self._dirty.clear()
        if not erased and not changed and cursor == self.cursor:
            return ""
        self.cursor = cursor
        move = None if erased else self._move(changed)
        if move is None:
            text = _written(changed, self._shown, cursor, erased=erased)
        else:
            text = self._shorter(changed, cursor, move)
        for y, row in changed.items():
            self._shown[y] = row.copy()
        return text

    def _shorter(self, changed: Mapping[int, Row], cursor: tuple[int, int], move: Scroll) -> str:
        """The frame that draws what changed, or the one in which the terminal moves the lines of a region first."""
        lines = {**changed, **{y: self._wanted[y] for y in range(move.top, move.bottom + 1)}}
        scrolled = self._scrolled(move)
        cells, cells_moved = _differing(changed, self._shown), _differing(lines, scrolled)
        # To write a frame takes far longer than to count its cells: both are written only where it may be either.
        frames = []
        if cells_moved < _CLEARLY * cells:
            frames.append(_written(lines, scrolled, cursor, scroll=move))
        if cells < _CLEARLY * cells_moved:
            frames.append(_written(changed, self._shown, cursor))
        return min(frames, key=len)

    def _scrolled(self, move: Scroll) -> list[Row]:
        """What the terminal shows after it has moved the lines of a region."""
        top, bottom, step, columns = move
        before, new = self._shown[top : bottom + 1], self._blank(abs(step))
        region = before[step:] + new if step > 0 else new + before[:step]
        if columns is not None:
            left, right = columns[0], columns[1] + 1
            region = [old[:left] + moved[left:right] + old[right:] for old, moved in zip(before, region, strict=True)]
        return [*self._shown[:top], *region, *self._shown[bottom + 1 :]]

    def _move(self, changed: Mapping[int, Row]) -> Scroll | None:
        """The region that moved, where most of what changed is found there.

        Only the columns that changed are compared: beside a list there may be a pane that stood still.
        """
        if len(changed) < _SCROLLED:
            return None
        columns = [x for y, row in changed.items() for x in _ends(self._shown[y], row)]
        left, right = min(columns), max(columns) + 1
        old = {y: row[left:right] for y, row in enumerate(self._shown[min(changed) : max(changed) + 1], min(changed))}
        new = {y: row[left:right] for y, row in changed.items()}
        for step in _STEPS:
            found = [y for y, row in new.items() if old.get(y + step) == row]
            if len(found) >= max(_SCROLLED, len(changed) // 2):
                top, bottom = min(found[0], found[0] + step), max(found[-1], found[-1] + step)
                return Scroll(top, bottom, step, self._sides(top, bottom, left, right))
        return None

    def _sides(self, top: int, bottom: int, left: int, right: int) -> tuple[int, int] | None:
        """The first and the last column to move of those that changed, up to `right`; None for all."""
        rows = self._shown[top : bottom + 1]
        # What a terminal makes of a wide character of which it moves one half, nobody knows.
        while any(not row[left].text for row in rows):
            left -= 1
        while right < self.width and any(not row[right].text for row in rows):
            right += 1
        if not self.has_sides or right - left in (1, self.width):
            return None
        return left, right - 1


def _written(
    lines: Mapping[int, Row],
    shown: Sequence[Row],
    cursor: tuple[int, int],
    *,
    erased: bool = False,
    scroll: Scroll | None = None,
) -> str:
    """The frame that makes a terminal that shows `shown`, once it has erased or scrolled, show these lines."""
    writer = CellWriter()
    if erased:
        writer.erase_all()
    if scroll is not None:
        writer.scroll(*scroll)
    for y, row in lines.items():
        writer.line(y, shown[y], row)
    writer.put_cursor(*cursor)
    return writer.text()


def _differing(lines: Mapping[int, Row], shown: Sequence[Row]) -> int:
    """How many cells these lines change of a screen."""
    return sum(sum(map(is_not, shown[y], row)) for y, row in lines.items())


def _ends(old: Row, new: Row) -> tuple[int, int]:
    """The first and the last column in which two lines differ, which do."""
    first = next(compress(count(), map(is_not, old, new)))
    return first, len(new) - 1 - next(compress(count(), map(is_not, reversed(old), reversed(new))))


@lru_cache(maxsize=256)
def _characters(text: str) -> tuple[tuple[str, int], ...]:
    """What a person takes for one character, and the cells of each. No control passes, whoever let it come so far."""
    spans, _ = split_graphemes(text)
    found: list[tuple[str, int]] = []
    for start, end, width in spans:
        character = "".join(_passed(each) for each in text[start:end])
        if character in ("", UNKNOWN):
            found += [_character(character or " ", 1), *[_character(" ", 1)] * (width - 1)][:width]
        else:
            found.append(_character(character, width))
    return tuple(found)


@lru_cache(maxsize=1024)
def _character(text: str, width: int) -> tuple[str, int]:
    """One pair for all places where a character stands: a few hundred texts are some ten thousand of them."""
    return text, width


def _passed(character: str) -> str:
    if character.isprintable() or character in _INVISIBLE:
        return character
    kind = category(character)
    # Nobody knows how many cells a terminal takes for what it has not heard of.
    return UNKNOWN if kind == "Cn" else character if kind == "Co" else ""
