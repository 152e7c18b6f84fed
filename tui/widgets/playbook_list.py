"""The playbooks as a list: lint state, whether each applies to the deviation at hand, and what it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tui import safe
from tui.cells import Column
from tui.playbook_rows import lint_state
from tui.safe import Pieces
from tui.widgets.line_list import LineList
from tui.widgets.row_window import Row

_COLUMNS: Final = (
    Column("lint", "lint", 11, 1),
    Column("applies", "applies", 7, 1),
    Column("name", "playbook", 24, 0),
    Column("version", "v", 3, 5, align="right"),
    Column("steps", "steps", 5, 6, align="right"),
    Column("tests", "tests", 5, 7, align="right"),
    Column("functions", "who", 24, 4, words=True),
    Column("title", "title", 20, 2, flex=True, words=True),
)


class PlaybookList(LineList):
    """Playbooks by id, files that give none on top; a number stands for an id as long as the list lives."""

    kind = "playbook"
    title = "Playbooks"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(lambda numbers: [self._found[number] for number in numbers if number in self._found], id=id)
        self._numbers: dict[str, int] = {}
        self._found: Mapping[int, Row] = {}
        self.when_empty: Sequence[str] = ()

    def show_playbooks(self, found: Sequence[Mapping[str, Any]]) -> None:
        """Take the playbooks anew."""
        numbers = [self._numbers.setdefault(row["name"], len(self._numbers)) for row in found]
        self._found = {number: {**row, "id": str(number)} for number, row in zip(numbers, found, strict=True)}
        self.show(numbers)

    def playbook(self, number: int) -> Row:
        """The playbook that a number stands for."""
        return self._found[number]

    def empty(self) -> Sequence[str]:
        return self.when_empty

    def heading(self, width: int) -> Pieces:
        return safe.columns(_COLUMNS, {column.name: (column.title, "quiet") for column in _COLUMNS}, width)

    def draw(self, row: Row, width: int) -> Pieces:
        applies = {True: ("✓ yes", "good"), False: ("– no", "quiet"), None: ("", "plain")}[row["matches"]]
        off = not row["enabled"] and row["version"] is not None
        values = {
            "lint": lint_state(row),
            "applies": ("off", "warning") if off else applies,
            "name": (row["name"], "bold"),
            "version": (str(row["version"] or ""), "quiet"),
            "steps": (str(row["steps"] or ""), "plain"),
            "tests": (str(row["tests"] or ""), "quiet"),
            "functions": (", ".join(row["functions"]), "quiet"),
            "title": (row["title"], "plain"),
        }
        return safe.columns(_COLUMNS, values, width)
