"""Which rows of a list are chosen: the marked ones, or else the one under the cursor; and what is shown of them."""

from __future__ import annotations

from collections.abc import Sequence

from tui.keys.offering import brief
from tui.widgets.drawn_list import DrawnList
from tui.widgets.row_window import Fetch, Row


class ChosenRows(DrawnList):
    """What a command is about: asked with every key, so looked for once as long as nothing changes."""

    def __init__(self, fetch: Fetch, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(fetch, id=id)
        self._marked: tuple[Sequence[int], set[int], list[int]] = ((), set(), [])
        """Ids, marks, and which of the ids are marked."""
        self._chosen_rows: tuple[list[int], Sequence[Row]] | None = None
        """The marked ids and what is shown of them, until one of these rows is another."""

    @property
    def chosen(self) -> list[int]:
        """The marked ids in the order of the list, else the one under the cursor."""
        if not self.marks:
            return [] if self.at_cursor is None else [self.at_cursor]
        # Looked for once: whoever changes marks or ids puts others in their place.
        ids, marks, found = self._marked
        if ids is not self.ids or marks is not self.marks:
            found = [number for number in self.ids if number in self.marks]
            self._marked = self.ids, self.marks, found
        return found

    @property
    def chosen_rows(self) -> Sequence[Row]:
        """What commands have to know of the chosen ids, as far as that is known, the same once: of marks the same
        object while nothing changes."""
        chosen = self.chosen
        if not self.marks:
            return [row for number in chosen if (row := self.seen(number)) is not None]
        if self._chosen_rows is None or self._chosen_rows[0] is not chosen:
            seen = (brief(row) for number in chosen if (row := self.seen(number)) is not None)
            self._chosen_rows = chosen, list({id(row): row for row in seen}.values())
        return self._chosen_rows[1]
