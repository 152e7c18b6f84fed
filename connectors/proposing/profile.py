"""What the cells of a column look like: dates of which format, numbers with which decimal sign, or words.

Guesses for a proposal only; at run time nothing is guessed. Where two readings fit alike, the cells that do not tell
them apart are doubts for a person to settle.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from connectors.formats.blocks import Cell
from connectors.mapping.converters import Convert, decimal_reader, text_of
from connectors.proposing.header_words import NULL_WORDS
from connectors.values import dates
from connectors.values.faults import Fault

_DAYS: Final = (
    "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%y", "%d-%b-%Y",
    "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
)  # fmt: skip
DATE_FORMATS: Final = ("iso", *_DAYS, *(f"{day} %H:%M" for day in _DAYS), *(f"{day} %H:%M:%S" for day in _DAYS))
_MOSTLY: Final = 0.8
"""Share of the filled cells that must fit before a column counts as dates or numbers, unless its name says so."""
_DIGITS: Final = re.compile(r"\d")
_COMMA: Final = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+-?")
_POINT: Final = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)\.\d+-?")
_GROUP: Final = re.compile(r"[+-]?\d{1,3}[.,]\d{3}-?")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A cell, or a column where `line` is None, that a person should look at."""

    column: str
    line: int | None
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One column of a sample."""

    nulls: tuple[str, ...]
    """Words in it that stand for nothing."""
    date: str | None
    """Its date format."""
    number: bool
    decimal: str | None
    """Its decimal sign, where a cell tells."""
    empty: int
    """How many of its cells say nothing."""
    unique: bool
    """Every cell is filled and stands there once."""
    doubts: tuple[Doubt, ...]


def profile(name: str, cells: Sequence[Cell], lines: Sequence[int], share: float = _MOSTLY) -> Profile:
    """What a column's cells say of it: dates or numbers where at least that share of the filled ones are."""
    texts = [text_of(cell).strip() for cell in cells]
    nulls = tuple(sorted({text for text in texts if text.lower() in NULL_WORDS}))
    filled = {text: line for text, line in zip(reversed(texts), reversed(lines), strict=True) if text}
    for word in nulls:
        del filled[word]
    counts = Counter(text for text in texts if text in filled)
    empty = sum(not text or text in nulls for text in texts)
    unique = not empty and len(filled) == len(texts)
    if any(isinstance(cell, date) for cell in cells):
        return Profile(nulls, "excel", number=False, decimal=None, empty=empty, unique=unique, doubts=())
    form, doubts = _date_format(name, filled, counts, share)
    if form is not None:
        return Profile(nulls, form, number=False, decimal=None, empty=empty, unique=unique, doubts=doubts)
    number, decimal, doubts = _number(name, filled, counts, share)
    return Profile(nulls, None, number, decimal, empty, unique, doubts)


def _date_format(
    name: str, filled: dict[str, int], counts: Counter[str], share: float
) -> tuple[str | None, tuple[Doubt, ...]]:
    fits = {form: _fitting(dates.reader(form, "UTC"), filled) for form in DATE_FORMATS if _could_be(form, filled)}
    best = max(fits, key=lambda form: len(fits[form]), default=None)
    if best is None or not _mostly(fits[best], counts, share):
        return None, ()
    doubts = [
        Doubt(name, line, text, f"it is no date of the form {best}")
        for text, line in filled.items()
        if text not in fits[best]
    ]
    rivals = [form for form in fits if form != best and len(fits[form]) == len(fits[best])]
    for rival in rivals[:1]:
        read, other = dates.reader(best, "UTC"), dates.reader(rival, "UTC")
        doubts += [
            Doubt(name, filled[text], text, f"read as {best}; {rival} would fit as well")
            for text in sorted(fits[best] & fits[rival], key=filled.__getitem__)
            if read(text) != other(text)
        ]
    return best, tuple(doubts)


def _mostly(fitting: Iterable[str], counts: Counter[str], share: float) -> bool:
    """Whether these texts make up that share of the filled cells."""
    return bool(counts) and sum(counts[text] for text in fitting) >= share * counts.total()


def _could_be(form: str, filled: dict[str, int]) -> bool:
    """Whether one of the first cells with digits fits a format: trying all formats on all cells would be slow."""
    sample = [text for text in filled if _DIGITS.search(text)][:20]
    return bool(_fitting(dates.reader(form, "UTC"), sample))


def _fitting(read: Convert, texts: Iterable[str]) -> set[str]:
    found = set()
    for text in texts:
        try:
            read(text)
        except Fault:
            continue
        found.add(text)
    return found


def _number(
    name: str, filled: dict[str, int], counts: Counter[str], share: float
) -> tuple[bool, str | None, tuple[Doubt, ...]]:
    comma = sum(bool(_COMMA.fullmatch(text)) and not _GROUP.fullmatch(text) for text in filled)
    point = sum(bool(_POINT.fullmatch(text)) and not _GROUP.fullmatch(text) for text in filled)
    decimal = "," if comma > point else "."
    read = decimal_reader(decimal, "." if decimal == "," else ",")
    numbers = _fitting(read, filled)
    if not _mostly(numbers, counts, share):
        return False, None, ()
    doubts = [Doubt(name, line, text, "it is not a number") for text, line in filled.items() if text not in numbers]
    if not comma and not point:
        doubts += [
            Doubt(name, line, text, f"read as {'thousands' if ',' in text else 'a decimal sign'}; it may be the other")
            for text, line in filled.items()
            if _GROUP.fullmatch(text)
        ]
    return True, decimal if comma or point else None, tuple(doubts)
