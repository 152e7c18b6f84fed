"""Lines of text with a cursor: a deviation's page, the detail beside the queue, a preview, help. Some stand for an
object."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from tui.terminal import found
from tui.terminal.safe import Pieces
from tui.widgets.line_list import LineList
from tui.widgets.row_window import Row

_ID: Final = re.compile(r"[DARSQL][1-9][0-9]*")


def is_target(text: str) -> bool:
    """Whether a text is the id, as lists write it, of an object that a line can stand for."""
    return _ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line; `target` is the id of the object that it stands for, at the version shown."""

    pieces: Pieces
    target: str | None = None
    version: int | None = None
    section: str | None = None
    """The name of the section that this line is the heading of."""


class PageList(LineList):
    """Shows lines; what is read stays where it is on the screen when lines come and go above it."""

    takes_marks = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(self._from_memory, id=id)
        self.lines: Sequence[PageLine] = ()
        self.elsewhere: Sequence[PageLine] = ()
        """Lines of the same text that are not shown now: a search finds them too."""
        self.sought = ""
        """What is looked for."""
        self._words: found.Sought = ()

    def _from_memory(self, ids: Sequence[int]) -> Sequence[Row]:
        return [{"id": str(index), "pieces": self.lines[index].pieces} for index in ids]

    @property
    def line(self) -> PageLine | None:
        """The line under the cursor."""
        return self.lines[self.cursor] if self.cursor < len(self.lines) else None

    def show_lines(self, lines: Sequence[PageLine]) -> None:
        """Take the lines anew."""
        place, on_screen = _place_of(self.lines, self.cursor, lines), self.cursor - self.scroll_offset.y
        self.lines = lines
        self._count()
        self.show(range(len(lines)))
        if place is not None and place != self.cursor:
            self.go_to(place)
            self._scroll(max(0, place - on_screen))

    def go_to_section(self, name: str) -> bool:
        """Put the cursor on a section's heading; whether there is one."""
        place = next((index for index, line in enumerate(self.lines) if line.section == name), None)
        if place is None:
            return False
        self.go_to(place)
        self._scroll(place)
        return True

    def go_to_next_section(self, step: int) -> None:
        """To the next heading, or the one before, and round; the first line counts as one."""
        places = sorted({0, *(at for at, line in enumerate(self.lines) if line.section is not None)})
        here = max(index for index, place in enumerate(places) if place <= self.cursor)
        self.go_to(places[(here + step) % len(places)])

    def seek(self, text: str) -> None:
        """Light these words wherever a line has them all, and say in the border how many lines do; none: no more."""
        if text != self.sought:
            self.sought, self._words = text, found.sought(text)
            self._count()
            self.refresh()
            self.describe()

    def hits(self, lines: Sequence[PageLine]) -> list[int]:
        """The places of the lines that have what is looked for."""
        return [at for at, line in enumerate(lines) if found.has(line.pieces, self._words)]

    def _count(self) -> None:
        lines = len(self.hits(self.lines)) + len(self.hits(self.elsewhere)) if self._words else 0
        self.found = f"/{self.sought}: {lines} {'line' if lines == 1 else 'lines'}" if self._words else ""

    def look_of(self, number: int) -> Hashable:
        return self.sought

    def draw(self, row: Row, width: int) -> Pieces:
        return found.lit(row["pieces"], self._words)


class ChoiceList(PageList):
    """Lines of which one is chosen."""

    def __init__(self, *, id: str | None = None, can_focus: bool = True) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self.can_focus = can_focus


def _place_of(before: Sequence[PageLine], cursor: int, lines: Sequence[PageLine]) -> int | None:
    """Where the line under the cursor stands among lines that were read anew; None where its section is gone.

    It is the one of the same object, else one that says the same in its section, else what is as far down in there.
    """
    if cursor >= len(before):
        return None
    line, section = before[cursor], _section_at(before, cursor)
    began, begins = _span(before, section)[0], _span(lines, section)
    wanted = begins[0] + cursor - began
    here: Sequence[int] = range(*begins)
    same = [at for at in range(len(lines)) if line.target is not None and lines[at].target == line.target]
    found = [at for at in same if at in here] or same or [at for at in here if lines[at].pieces == line.pieces]
    if found:
        return min(found, key=lambda at: abs(at - wanted))
    return min(wanted, begins[1] - 1) if here else None


def _section_at(lines: Sequence[PageLine], place: int) -> str | None:
    """The section that a line belongs to; None above the first one."""
    return next((line.section for line in reversed(lines[: place + 1]) if line.section is not None), None)


def _span(lines: Sequence[PageLine], section: str | None) -> tuple[int, int]:
    """The first line of a section and the one behind its last; of one that is not there, nothing."""
    begins = {line.section: at for at, line in reversed([*enumerate(lines)]) if line.section is not None}
    first = 0 if section is None else begins.get(section, len(lines))
    return first, min((at for at in begins.values() if at > first), default=len(lines))
