"""The lines in sight of a list, drawn: ids in order, a window of rows, cached strips.

What a row looks like belongs to the subclasses; what rows there are, and where the cursor goes, to
tui.widgets.line_list.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar, Final

from textual.cache import LRUCache
from textual.scroll_view import ScrollView
from textual.strip import Strip

from engine.values.ids import public_id
from tui.terminal import safe
from tui.terminal.cells import Present
from tui.terminal.composing import keep_lines
from tui.terminal.safe import Piece, Pieces
from tui.widgets.row_window import Fetch, Row, RowWindow

GUTTER: Final = 2
"""Cells left of a row: the cursor's bar, and the mark or the sign that somebody else has changed it."""
_KEPT_STRIPS: Final = 128
"""Drawn lines that are kept, some screens full; each carries caches of Textual's and takes some 5 kB."""


class DrawnList(ScrollView, can_focus=True):
    """The lines of a list as the screen shows them.

    A subclass says how a row is drawn (`draw`), what stands above the rows (`heading`) and what besides the row changes
    the look (`look`): all of that is in the key of the strip cache.
    """

    kind = ""
    """What the rows are: deviation, action, signal; empty where that differs by row."""
    watched: ClassVar[Sequence[str]] = ()
    """Fields that only others change: a row at hand with another value of one is marked as changed."""

    def __init__(self, fetch: Fetch, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        keep_lines(self)
        self._rows = RowWindow(fetch, self.watched)
        self.present = Present(0, "UTC")
        """The instant and zone that times are shown for."""
        self.ids: Sequence[int] = ()
        self.cursor = 0
        """Index of the row under the cursor."""
        self.marks: set[int] = set()
        self.changed: set[int] = set()
        """Rows that somebody else has changed; a key that puts the cursor on one, or takes it off one, takes it out."""
        self.is_read = False
        """Whether it was ever said what rows there are: until then nothing says that there are none."""
        self._when_empty: Sequence[str] = ()
        self._labels: Mapping[int, str] = {}
        """Letters that stand before rows, by number: those of jump mode."""
        self._strips: LRUCache[Hashable, Strip] = LRUCache(_KEPT_STRIPS)

    @abstractmethod
    def draw(self, row: Row, width: int) -> Pieces:
        """One row in `width` cells."""

    def heading(self, width: int) -> Pieces:
        """The line above the rows, for a subclass that has one."""
        return ()

    def below(self, width: int) -> Pieces:
        """What the lines under the last row show."""
        return ()

    def look(self) -> Hashable:
        """What besides a row's content changes the look of all rows; the minute does, as times are relative."""
        return self.present.minute

    def look_of(self, number: int) -> Hashable:
        """The same for one row."""
        return None

    @property
    def when_empty(self) -> Sequence[str]:
        """What stands in the place of the rows where there are none: sentences, each on a line of its own or on
        several."""
        return self._when_empty

    @when_empty.setter
    def when_empty(self, sentences: Sequence[str]) -> None:
        if tuple(sentences) != self._when_empty:
            self._when_empty = tuple(sentences)
            if not self.ids:
                self.refresh()

    @property
    def top(self) -> int:
        """Lines above the rows."""
        return 0 if type(self).heading is DrawnList.heading else 1

    @property
    def rows_in_sight(self) -> int:
        """Rows that fit on the screen; before the first layout as many as the terminal has lines."""
        return max(1, (self.size.height or self.app.size.height) - self.top)

    @property
    def current(self) -> int | None:
        """The id under the cursor."""
        return self.ids[self.cursor] if self.cursor < len(self.ids) else None

    @property
    def at_cursor(self) -> int | None:
        """The object under the cursor; None on a heading, whose number is negative."""
        return self.current if self.current is not None and self.current >= 0 else None

    def id_of(self, number: int) -> str:
        """The id of a row, as commands name it."""
        return public_id(self.kind, number)

    def row(self, number: int) -> Row | None:
        """The row with this id, if it has been in sight."""
        return self._rows.get(number)

    def know_marked_by(self, fetch_brief: Fetch) -> None:
        """Read rows that are marked and are out of sight by this, which answers less of each."""
        self._rows.fetch_brief = fetch_brief

    def seen(self, number: int) -> Row | None:
        """The row as the person saw it last, or as it was when it was marked."""
        return self._rows.seen(number)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        top = self.top
        if y < top:
            return safe.strip([(" " * GUTTER, "plain"), *self.heading(width - GUTTER)], width)
        index = self.scroll_offset.y + y - top
        if index >= len(self.ids):
            shown = self.is_read and not self.ids
            said = [line for each in self._when_empty for line in safe.wrap(each, width - GUTTER)] if shown else []
            inside = [(said[y - top], "quiet")] if y - top < len(said) else self.below(width - GUTTER)
            return safe.strip([(" " * GUTTER, "plain"), *inside], width)
        return self._row_strip(index, width)

    def forget_lines(self) -> None:
        """Keep no drawn line."""
        self._strips.clear()
        self._styles_cache.clear()

    def _row_strip(self, index: int, width: int) -> Strip:
        number = self.ids[index]
        at_cursor, marked, label = index == self.cursor, number in self.marks, self._labels.get(number)
        changed = number in self.changed
        state = (at_cursor, self.has_focus and at_cursor, marked, changed, label)
        key = (number, self._rows.revision(number), state, width, self.look(), self.look_of(number))
        cached = self._strips.get(key)
        if cached is not None:
            return cached
        row = self._rows.get(number)
        if row is None:
            return safe.strip([("  …", "quiet")], width)
        over = "cursor" if self.has_focus and at_cursor else None
        left = (safe.fit(label, GUTTER), "label") if label else _gutter(at_cursor, marked, changed)
        made = safe.strip([left, *self.draw(row, width - GUTTER)], width, over)
        self._strips[key] = made
        return made

    @property
    def numbers_in_sight(self) -> Sequence[int]:
        """The ids of the rows that can be seen."""
        return self.ids[self.scroll_offset.y : self.scroll_offset.y + self.rows_in_sight]

    def index_at(self, line: int) -> int | None:
        """The place in the list of the row on a line inside the borders; None where no row is."""
        index = self.scroll_offset.y + line - self.top
        return index if self.top <= line < self.size.height and index < len(self.ids) else None

    def label(self, labels: Mapping[int, str]) -> None:
        """Put letters before rows, or take all away."""
        self._labels = labels
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()


def _gutter(at_cursor: bool, marked: bool, changed: bool) -> Piece:
    """The bar of the cursor, then `*` for a mark or `~` for a change by somebody else.

    A marked row that was changed has its `~` in the place of the bar; under the cursor there is no room for it.
    """
    first = "▌" if at_cursor else "~" if changed and marked else " "
    second = "*" if marked else "~" if changed else " "
    return first + second, "notice" if changed else "bold"
