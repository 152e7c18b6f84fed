"""Values beside their labels, as lines of a page."""

from __future__ import annotations

from typing import Final

from tui.terminal import safe
from tui.terminal.safe import Pieces
from tui.widgets.page_list import PageLine

LABEL: Final = 16
"""Cells of a label."""


def pair(label: str, value: str, style: str = "plain") -> Pieces:
    """A value beside its label."""
    return [(safe.fit(label, LABEL), "quiet"), (value, style)]


def wrapped(label: str, text: str, width: int) -> list[PageLine]:
    """A sentence beside its label, on as many lines as it takes."""
    lines = safe.wrap(text, max(10, width - LABEL)) or [""]
    return [PageLine(pair(label if index == 0 else "", line)) for index, line in enumerate(lines)]
