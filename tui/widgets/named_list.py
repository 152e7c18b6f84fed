"""Lists of things that have names in place of numbers: sources, playbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tui.widgets.line_list import LineList
from tui.widgets.row_window import Row


class NamedList(LineList):
    """Rows by `name`; a number stands for a name as long as the list lives."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(lambda numbers: [self._found[number] for number in numbers if number in self._found], id=id)
        self._numbers: dict[str, int] = {}
        self._found: Mapping[int, Row] = {}

    def show_named(self, found: Sequence[Mapping[str, Any]]) -> None:
        """Take the rows anew, in this order."""
        numbers = [self._numbers.setdefault(row["name"], len(self._numbers)) for row in found]
        self._found = {number: {**row, "id": str(number)} for number, row in zip(numbers, found, strict=True)}
        self.show(numbers)

    def id_of(self, number: int) -> str:
        return str(self.named(number)["name"])

    def named(self, number: int) -> Row:
        """The row that a number stands for."""
        return self._found[number]
