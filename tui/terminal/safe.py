"""The one place where text becomes something that Textual draws: cleaned, without markup, cut to its cells.

Drawing code hands over pieces, pairs of text and style name (tui.terminal.theme); nobody else builds a Segment, Strip
or Content from data. Textual parses markup in plain strings, so a widget is never given one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip

from engine.values.text import clean
from tui.terminal import theme
from tui.terminal.cells import Column, layout

_HAS_DIGITS: Final = re.compile(r"\d")
_NUMBER: Final = re.compile(r"[+−-]?[\d.,]*\d")

Piece = tuple[str, str]
"""A text and the name of its style in tui.terminal.theme.STYLES."""
Pieces = Sequence[Piece]


def fit(text: str, width: int, align: str = "left") -> str:
    """The text in exactly `width` terminal cells; what is longer is cut as `cut` does, what is shorter is padded."""
    text = cut(text, width)
    blank = " " * (width - cell_len(text))
    return blank + text if align == "right" else text + blank


def cut(text: str, width: int) -> str:
    """The text in at most `width` terminal cells; what is longer ends in …, and never inside of a number, date or id.

    Only a word of letters is cut in its middle, and one that is alone: half of it says more than nothing.
    """
    text = clean(text)
    if cell_len(text) <= width:
        return text
    return _up_to(text, width - 1) + "…" if width > 0 else ""


def _up_to(text: str, width: int) -> str:
    """What of a text stands in its first cells, without a number, date or id of which only a part would."""
    kept = set_cell_size(text, width)
    before, blank, word = kept.rpartition(" ")
    rest = text[len(kept) :].partition(" ")[0]
    if blank and word and _HAS_DIGITS.search(word + rest) and (rest or _NUMBER.fullmatch(word)):
        kept = before
    while (found := kept.rstrip().rpartition(" "))[1] and _NUMBER.fullmatch(found[2]):
        kept = found[0]
    return kept


def strip(pieces: Pieces, width: int, over: str | None = None) -> Strip:
    """One line of exactly `width` cells; `over` names a style that replaces those of all pieces (the cursor)."""
    segments: list[Segment] = []
    room = width
    for text, style in pieces:
        if room <= 0:
            break
        shown = cut(text, room)
        segments.append(Segment(shown, theme.style(over or style)))
        room -= cell_len(shown)
    if room > 0:
        segments.append(Segment(" " * room, theme.style(over or "plain")))
    return Strip(segments, width)


def content(text: str) -> Content:
    """Text for a border title or a Static."""
    return Content(clean(text))


def joined(cells: Pieces) -> list[Piece]:
    """Cells as few pieces: neighbours of one style are one."""
    return [("".join(text for text, _ in alike), style) for style, alike in groupby(cells, itemgetter(1))]


def plain(pieces: Pieces) -> str:
    """The text alone."""
    return "".join(text for text, _ in pieces)


def width_of(pieces: Pieces) -> int:
    """The terminal cells that pieces take when nothing is cut."""
    return sum(cell_len(clean(text)) for text, _ in pieces)


def wrap(text: str, width: int, *, whole: bool = False) -> list[str]:
    """The text in lines of at most `width` cells, broken at blanks; a longer word has a line of its own and ends in …

    `whole`: such a word goes on in the next lines instead, as a path does that somebody has to read.
    """
    lines: list[str] = []
    line = ""
    for word in clean(text).split():
        longer = f"{line} {word}" if line else word
        if line and cell_len(longer) > width:
            lines.append(line)
            longer = word
        while whole and cell_len(longer) > width:
            head = set_cell_size(longer, width).rstrip()
            lines.append(head)
            longer = longer[max(1, len(head)) :]
        line = longer
    return [cut(each, width) for each in ([*lines, line] if line else lines)]


def fold(text: str, width: int) -> list[str]:
    """A line of a table or a list with its blanks; what does not fit in `width` cells, at least 8, goes on below,
    indented."""
    text, lines = clean(text).rstrip(), []
    indent = min(len(text) - len(text.lstrip()), width // 4)
    while cell_len(text) > width:
        head = set_cell_size(text, width).rstrip()
        blank = len(head) if text[len(head) : len(head) + 1] == " " else head.rfind(" ")
        end = blank if blank > indent + 2 else max(1, len(head))
        lines.append(text[:end].rstrip())
        text = " " * (indent + 2) + text[end:].lstrip()
    return [*lines, text]


def cut_words(text: str, width: int) -> str:
    """The text in at most `width` cells; what is longer loses whole words at its end and ends in …

    A number goes with the word behind it: of 300 EA or 18 Mar the number alone would say something else. Titles and
    sentences are cut so.
    """
    text = clean(text)
    if cell_len(text) <= width:
        return text
    words = text.split(" ")
    while words and (cell_len(" ".join(words)) > width - 2 or _NUMBER.fullmatch(words[-1])):
        words.pop()
    return cut(" ".join([*words, "…"]), width)


def columns(columns: Sequence[Column], values: Mapping[str, Piece], width: int) -> list[Piece]:
    """A row of a table: each column that fits in its cells, one blank between them."""
    pieces: list[Piece] = []
    for column, size in layout(columns, width):
        text, style = values[column.name]
        shown = cut_words(text, size) if column.words else text
        pieces += [(" ", "plain"), (fit(shown, size, column.align), style)]
    return pieces[1:]
