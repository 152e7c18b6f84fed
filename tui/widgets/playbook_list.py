"""The playbooks as a list: lint state, whether each applies to the deviation at hand, and what it is for."""

from __future__ import annotations

from typing import Final

from tui.terminal import safe
from tui.terminal.cells import Column
from tui.terminal.safe import Pieces
from tui.widgets.named_list import NamedList
from tui.widgets.playbook_rows import lint_state
from tui.widgets.row_window import Row

_COLUMNS: Final = (
    Column("lint", "lint", 11, 1),
    Column("applies", "applies", 7, 1),
    Column("name", "playbook", 26, 0),
    Column("version", "v", 3, 5, align="right"),
    Column("steps", "steps", 5, 6, align="right"),
    Column("tests", "tests", 5, 7, align="right"),
    Column("functions", "who", 24, 4, words=True),
    Column("title", "title", 20, 2, flex=True, words=True),
)
_WITH_FUNCTIONS: Final = 130
"""Cells from which it stands beside a playbook who is asked: its title is worth more."""
_NARROW: Final = tuple(column for column in _COLUMNS if column.name != "functions")


class PlaybookList(NamedList):
    """Playbooks by id, files that give none on top."""

    kind = "playbook"
    title = "Playbooks"

    def heading(self, width: int) -> Pieces:
        shown = _COLUMNS if width >= _WITH_FUNCTIONS else _NARROW
        return safe.columns(shown, {column.name: (column.title, "quiet") for column in shown}, width)

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
        return safe.columns(_COLUMNS if width >= _WITH_FUNCTIONS else _NARROW, values, width)
