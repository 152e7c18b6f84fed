"""What stands on a screen as plain values: rows of runs of cells, each with the look that a terminal gives it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final, NamedTuple

from rich.color import ANSI_COLOR_NAMES, Color
from rich.style import Style
from textual.strip import Strip

SIXTEEN: Final = tuple(ANSI_COLOR_NAMES)[:16]
"""The names of a terminal's own colours, by number."""
KINDS: Final = ("bold", "dim", "italic", "underline", "strike", "reverse")


class Look(NamedTuple):
    """How a cell is drawn: colours as `default`, one of the sixteen, `color` with a number, or six hexadecimal digits;
    and what else is on, in the order of KINDS."""

    ink: str
    paper: str
    kinds: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Its name, which a style sheet can have: `ink-red-on-default-bold`."""
        return "-".join(("ink", self.ink, "on", self.paper, *self.kinds))

    @classmethod
    def named(cls, name: str) -> Look:
        _, ink, _, paper, *kinds = name.split("-")
        return cls(ink, paper, tuple(kinds))

    @classmethod
    def of(cls, style: Style | None) -> Look:
        seen = style or Style()
        return cls(_name(seen.color), _name(seen.bgcolor), tuple(kind for kind in KINDS if getattr(seen, kind)))


class Run(NamedTuple):
    """Cells beside each other that are drawn alike; a text takes as many as Rich's `cell_len` says."""

    text: str
    look: Look


Rows = list[list[Run]]


def rows(strips: Iterable[Strip]) -> Rows:
    """What stands on a screen, row by row; neighbours that look alike are one run."""
    found = []
    for strip in strips:
        segments = ((segment.text, Look.of(segment.style)) for segment in strip if segment.text)
        runs = groupby(segments, lambda segment: segment[1])
        found.append([Run("".join(text for text, _ in same), look) for look, same in runs])
    return found


def _name(colour: Color | None) -> str:
    if colour is None or colour.is_default:
        return "default"
    if colour.number is None:
        return colour.get_truecolor().hex.removeprefix("#")
    return SIXTEEN[colour.number] if colour.number < len(SIXTEEN) else f"color{colour.number}"
