"""Lines of text with a cursor: a deviation's page, the detail beside the queue, a preview, help. Some stand for an
object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.terminal.safe import Pieces
from tui.widgets.line_list import LineList
from tui.widgets.row_window import Row


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line; `target` is the id of the object that it stands for, at the version shown."""

    pieces: Pieces
    target: str | None = None
    version: int | None = None
    section: str | None = None
    """The name of the section that this line is the heading of."""


class PageList(LineList):
    """Shows lines; the cursor stays on the object that it is on when the lines change."""

    takes_marks = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(self._from_memory, id=id)
        self.lines: Sequence[PageLine] = ()

    def _from_memory(self, ids: Sequence[int]) -> Sequence[Row]:
        return [{"id": str(index), "pieces": self.lines[index].pieces} for index in ids]

    @property
    def line(self) -> PageLine | None:
        """The line under the cursor."""
        return self.lines[self.cursor] if self.cursor < len(self.lines) else None

    def show_lines(self, lines: Sequence[PageLine]) -> None:
        """Take the lines anew."""
        before = self.line
        self.lines = lines
        self.show(list(range(len(lines))))
        if (
            before is not None
            and before.target is not None
            and (self.line is None or self.line.target != before.target)
        ):
            targets = [line.target for line in lines]
            if before.target in targets:
                self.go_to(targets.index(before.target))

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

    def draw(self, row: Row, width: int) -> Pieces:
        pieces: Pieces = row["pieces"]
        return pieces


class ChoiceList(PageList):
    """Lines of which one is chosen."""
