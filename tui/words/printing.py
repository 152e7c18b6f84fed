"""What commands print: one JSON document, tables, sentences, and progress while a person waits.

Plain text only: no markup and no escape codes, so a pipe gets what a terminal shows. Data is cleaned again here.
"""

from __future__ import annotations

import json
import re
import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from engine.values.clock import SECOND, Clock, SystemClock, iso
from engine.values.text import clean
from engine.vocabulary.model import Page

# JSON escapes the lower control characters by itself; these it would print.
_ACTS_ON_A_TERMINAL: Final = re.compile("[\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

WIDEST = 60
"""Cells that one column of a table takes at most; what is longer ends in an ellipsis."""


def document(value: Any) -> None:
    """The one JSON document of a `--json` command, on one line."""
    # Where stdout cannot carry every character, JSON's own escapes can.
    ascii_only = (sys.stdout.encoding or "ascii").lower().replace("-", "") != "utf8"
    text = json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, separators=(",", ":"))
    print(_ACTS_ON_A_TERMINAL.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def page_document(page: Page) -> dict[str, Any]:
    """A list as the contract has it: now, total, items."""
    return {"now": iso(page.now), "total": page.total, "items": list(page.items)}


def say(args: Namespace, *lines: str) -> None:
    """Lines of a command's answer on stdout: nothing with --quiet or --json."""
    if not (args.quiet or args.json):
        for line in lines:
            print(clean(line))


def note(args: Namespace, *lines: str) -> None:
    """Lines beside the answer, on stderr; nothing with --quiet."""
    if not args.quiet:
        for line in lines:
            print(clean(line), file=sys.stderr)


def answer(args: Namespace, value: Mapping[str, Any], *lines: str) -> None:
    """What a command has to say: the document with --json, else the lines."""
    if args.json:
        document(value)
    else:
        say(args, *lines)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table whose columns are as wide as what stands in them, at most WIDEST; the last is never cut."""
    cleaned = [[clean(cell) for cell in row] for row in rows]
    last = len(headings) - 1
    shown = [
        [cell if index == last else shortened(cell, WIDEST) for index, cell in enumerate(row)]
        for row in [list(headings), *cleaned]
    ]
    widths = [max(cells(row[index]) for row in shown) for index in range(len(headings))]
    return ["  ".join(padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in shown]


def cells(text: str) -> int:
    """How many terminal cells a cleaned text takes: as the screens count them."""
    if text.isascii():
        return len(text)
    # Most lists have no such text, and need not wait for the tables of widths.
    from rich.cells import cell_len

    return cell_len(text)


def shortened(text: str, width: int) -> str:
    """The text in at most `width` cells, with an ellipsis where something is missing."""
    if cells(text) <= width:
        return text
    kept = ""
    for character in text:
        if cells(kept + character) > width - 1:
            break
        kept += character
    return kept + "…"


def padded(text: str, width: int) -> str:
    """The text with blanks behind it, up to `width` cells."""
    return text + " " * (width - cells(text))


class Progress:
    """One line on stderr that says how far long work is, at most once a second, and only on a terminal."""

    def __init__(self, args: Namespace, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._wanted = not args.quiet and sys.stderr.isatty()
        self._next = self._clock.now() + SECOND
        self._width = 0

    def show(self, line: str) -> None:
        """Write the line over the one before, unless the last is less than a second old."""
        now = self._clock.now()
        if not self._wanted or now < self._next:
            return
        self._next = now + SECOND
        text = clean(line)
        print(f"\r{padded(text, max(self._width, cells(text)))}", end="", file=sys.stderr, flush=True)
        self._width = cells(text)

    def end(self) -> None:
        """Take the line away again."""
        if self._width:
            print(f"\r{' ' * self._width}\r", end="", file=sys.stderr, flush=True)
            self._width = 0
