"""A list of any length that only works on the lines in sight: where the cursor is, what is marked, what the borders
say.

What rows there are belongs to whoever calls `show`; how they are drawn is tui.widgets.drawn_list. Nothing here knows
the desk. The cursor stays on its id when the list changes, and on its line of the screen.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.events import Resize
from textual.geometry import Region, Size
from textual.message import Message

from engine.values.errors import StoreUnusable
from tui.keys import bindings
from tui.terminal import safe
from tui.widgets.chosen_rows import ChosenRows
from tui.widgets.row_window import Fetch
from tui.widgets.too_small import is_too_small
from tui.words.named_ids import marked

_BESIDE_TEXT: Final = 4
"""Cells of a border, between its corners, that its text leaves to the line and a blank at each end."""
RESTS: Final = 0.1
"""Seconds without a move after which the cursor rests on its row."""
_SOON: Final = 0.02
"""Seconds: a frame has left by then, and the next press of a key that is held has not come."""


class LineList(ChosenRows):
    """The base of every list on the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("list", "rows")]

    takes_marks: ClassVar[bool] = True
    """Whether rows can be marked: those of lists of objects, not lines of text."""

    class Marked(Message):
        """Other rows are marked than before."""

    class Unmarked(Message):
        """Somebody wanted to mark rows where there are none to mark."""

    @dataclass
    class Unread(Message):
        """Rows that came into sight could not be read."""

        fault: StoreUnusable

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        list: LineList
        by_hand: bool = True
        """Whether the person moved it; otherwise the list has changed."""

        def can_replace(self, message: Message) -> bool:
            """Of a burst only the last matters."""
            return isinstance(message, type(self)) and message.list is self.list and message.by_hand >= self.by_hand

    title = ""

    def __init__(self, fetch: Fetch, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(fetch, id=id)
        self.note = ""
        """What the lower border says besides the position."""
        self.found = ""
        """What it says of the lines that have what is looked for."""
        self.out_of = 0
        """How many rows there are without the filter; 0 where there is none, or where it looks elsewhere too."""
        self._last_mark = 0
        self._reads_soon = False
        self._changed_in_sight: set[int] = set()
        """Rows in sight that are drawn as changed by somebody else."""

    def show(self, ids: Sequence[int], *, follow: bool = False) -> None:
        """Take the list anew. The cursor stays on its id and line; with `follow` a cursor on top stays on top."""
        if not self.is_read:
            self.is_read = True
            self.refresh()
        # Tens of thousands of numbers in several lists: eight bytes each, where a list of them needs forty.
        ids = ids if isinstance(ids, range) else array("q", ids)
        if ids != self.ids:
            kept, offset = self.current, self.cursor - self.scroll_offset.y
            stay_on_top = follow and self.cursor == 0
            self.ids = ids
            # A range knows its members; a million of them as a set would take a moment and 60 MB.
            present = ids if isinstance(ids, range) or not self.marks else set(ids)
            self.change_marks((), [number for number in self.marks if number not in present])
            if stay_on_top or kept is None:
                self.cursor = 0
            elif kept in present:
                self.cursor = ids.index(kept)
            self.cursor = max(0, min(self.cursor, len(ids) - 1))
            wanted = 0 if stay_on_top else max(0, self.cursor - offset)
            # A list that fits shows all of it, from the top: Textual scrolls no further than its end.
            self._resize_virtual()
            self._scroll(wanted)
            self._keep_in_sight()
            self.refresh()
            if kept != self.current:
                self.post_message(self.Moved(self, by_hand=False))
        self._load(refetch=True)
        self.describe()

    def _window(self, screens: float = 1) -> Sequence[int]:
        """The ids of the rows in sight and of so many screens either side."""
        rows, first = self.rows_in_sight, round(self.scroll_target_y)
        more = round(screens * rows)
        return self.ids[max(0, first - more) : first + rows + more]

    def _load(self, *, refetch: bool = False) -> None:
        """Fetch the rows in sight and a screen either side, and draw those that changed."""
        changed = self._rows.load(self._window(), refetch=refetch)
        self.changed |= self._rows.moved
        marked = self.changed.intersection(self.numbers_in_sight)
        changed |= marked ^ self._changed_in_sight
        self._changed_in_sight = marked
        for index in range(self.scroll_offset.y, min(len(self.ids), self.scroll_offset.y + self.rows_in_sight)):
            if self.ids[index] in changed:
                self.refresh_lines(index + self.top)

    def _load_in_sight(self) -> None:
        """The same where the cursor or the scroll brings others into sight: rows that cannot be read stay away."""
        try:
            self._load()
        except StoreUnusable as fault:
            self.post_message(self.Unread(fault))

    def _resize_virtual(self) -> None:
        # The width stays: one that followed the size would have everything laid out and painted twice.
        self.virtual_size = Size(1, len(self.ids) + self.top)

    def describe(self) -> None:
        """What the borders say: the title, where the cursor is; which rows are marked, or else the note."""
        of = f" of {self.out_of}" if self.out_of else ""
        position = f"{self.cursor + 1}/{len(self.ids)}{of}" if self.ids else f"0{of}" if of else ""
        above = f"▲ {self.scroll_offset.y} above" if self.scroll_offset.y else ""
        room = self.size.width - _BESIDE_TEXT
        if self.marks:
            # Room for the place at its longest: what is marked stays as it stands while the cursor moves.
            most = f" · {len(self.ids)}/{len(self.ids)}{of}"
            most += f" · ▲ {len(self.ids)} above" if len(self.ids) > self.rows_in_sight else ""
            ids, left = [self.id_of(number) for number in self.chosen[: max(0, room)]], room - len(most)
            parts = [marked(ids, len(self.marks), left), above, position]
        else:
            parts = [self.found, above, self.note, position]
            if self.note and self.size.width and len(" · ".join(part for part in parts if part)) > room:
                parts.remove(self.note)
        below = " · ".join(part for part in parts if part)
        # Past Textual's own setters, which draw the whole list again for one changed letter.
        for name, text, line in (("_border_title", self.title, -1), ("_border_subtitle", below, self.size.height)):
            if getattr(self, name) is None or getattr(self, name).plain != text:
                setattr(self, name, safe.content(text))
                self.refresh(Region(-1, line, self.size.width + 2, 1))

    def on_resize(self, event: Resize) -> None:
        if is_too_small(self.app.size):
            # Nobody sees it: it comes back as it was.
            return
        self._resize_virtual()
        self._keep_in_sight()
        self._load_in_sight()
        self.describe()

    def on_focus(self) -> None:
        self.refresh_lines(self.cursor + self.top)
        self.post_message(self.Moved(self))

    def on_blur(self) -> None:
        self.refresh_lines(self.cursor + self.top)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self._rows.has(self.numbers_in_sight):
            self._load_soon()
        else:
            self._load_in_sight()
        self.describe()

    def _load_soon(self) -> None:
        """Read the rows a screen away while nobody waits for them: the key that scrolls is to be painted first."""
        if not self._reads_soon and not self._rows.has(self._window(0.5)):
            self._reads_soon = True
            self.set_timer(_SOON, self._read_ahead)

    def _read_ahead(self) -> None:
        self._reads_soon = False
        self._load_in_sight()

    def go_to(self, index: int) -> None:
        """Put the cursor on a row by its place in the list."""
        new = max(0, min(len(self.ids) - 1, index))
        if new == self.cursor or not self.ids:
            return
        old, self.cursor = self.cursor, new
        self.changed -= {self.ids[old], self.ids[new]}
        if not self._keep_in_sight():
            for line in (old, new):
                self.refresh_lines(line + self.top)
            self.describe()
        self.post_message(self.Moved(self))

    def _scroll(self, first: int) -> None:
        # Forced: whether a list may scroll is otherwise decided at its last layout, which may be older than its rows.
        self.scroll_to(y=first, animate=False, force=True)

    def _keep_in_sight(self) -> bool:
        """Scroll where the cursor is out of sight; whether all lines were drawn anew for it."""
        first = self.scroll_offset.y
        wanted = min(max(first, self.cursor - self.rows_in_sight + 1), self.cursor)
        if wanted != first:
            self._scroll(wanted)
        return self.scroll_offset.y != first

    def action_move(self, rows: int) -> None:
        self.go_to(self.cursor + rows)

    def action_page(self, pages: float) -> None:
        """Turn the page, or half of it, and the cursor with it: it stays on its line of the screen."""
        rows = int(pages * self.rows_in_sight)
        first = max(0, min(self.scroll_offset.y + rows, len(self.ids) - self.rows_in_sight))
        self.go_to(self.cursor + rows)
        self._scroll(first)
        self._keep_in_sight()

    def roll(self, rows: int) -> None:
        """Scroll, and take the cursor along only where its row would go out of sight."""
        last = self.rows_in_sight - 1
        first = max(0, min(self.scroll_offset.y + rows, len(self.ids) - 1 - last))
        if first != self.scroll_offset.y:
            self._scroll(first)
            self.go_to(min(max(self.cursor, first), first + last))

    def action_jump(self, index: int) -> None:
        self.go_to(index % max(1, len(self.ids)))

    def action_mark(self) -> None:
        if not self.takes_marks:
            self.post_message(self.Unmarked())
        elif self.current is not None:
            members = set(self.members(self.current))
            # A group of which some are marked is marked as a whole first.
            marked, unmarked = (set[int](), members) if members <= self.marks else (members - self.marks, set[int]())
            self.change_marks(marked, unmarked, self.cursor if members == {self.current} else None)
            self._last_mark = self.cursor
            if len(members) > 1:
                self.refresh()
            self.refresh_lines(self.cursor + self.top)
            self.action_move(1)
            self._say_marks()

    def action_mark_range(self) -> None:
        first, last = sorted((self._last_mark, self.cursor))
        self._mark(self.marks | {number for number in self.ids[first : last + 1] if number >= 0})

    def action_mark_all(self) -> None:
        self._mark({number for number in self.ids if number >= 0})

    def members(self, number: int) -> Sequence[int]:
        """What a mark on a row marks: the row; under a heading of a grouped list all that belong to it."""
        return (number,)

    def unmark(self) -> bool:
        """Take all marks away; whether there were any."""
        had = bool(self.marks)
        self._mark(set())
        return had

    def take_marks(self, numbers: Set[int]) -> None:
        """Take the marks of these rows away."""
        self._mark(self.marks - numbers)

    def _mark(self, marks: set[int]) -> None:
        if marks and not self.takes_marks:
            self.post_message(self.Unmarked())
        elif marks != self.marks:
            self.change_marks(marks - self.marks, self.marks - marks)
            self.refresh()
            self._say_marks()

    def _say_marks(self) -> None:
        self.describe()
        self.post_message(self.Marked())
