"""Words that are looked for in lines of text: which lines have them all, and those lines with the words lit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tui.terminal.safe import Piece, Pieces, plain

Sought = Sequence[re.Pattern[str]]
"""Words to look for, however they are written."""


def sought(text: str) -> Sought:
    """The words of what was typed."""
    return [re.compile(re.escape(word), re.IGNORECASE) for word in text.split()]


def has(pieces: Pieces, words: Sought) -> bool:
    """Whether a line has all the words; none has no words."""
    text = plain(pieces)
    return bool(words) and all(word.search(text) for word in words)


def lit(pieces: Pieces, words: Sought) -> Pieces:
    """A line that has all the words with every place where one stands in a style of its own."""
    if not has(pieces, words):
        return pieces
    text = plain(pieces)
    spans = [match.span() for word in words for match in word.finditer(text)]
    return [*_lit(pieces, {at for start, end in spans for at in range(start, end)})]


def _lit(pieces: Pieces, places: set[int]) -> Iterator[Piece]:
    began = 0
    for text, style in pieces:
        start = 0
        for end in range(1, len(text) + 1):
            here = began + start in places
            if end == len(text) or (began + end in places) != here:
                yield text[start:end], "found" if here else style
                start = end
        began += len(text)
