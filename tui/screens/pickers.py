"""Screens that ask for one thing: a choice from a list, a yes before a danger, the keys of this place.

They fill the screen: a translucent box over a live one would be repainted with every signal that comes in.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.screen import Screen

from engine.values.errors import OffplanError
from tui.keys import bindings
from tui.keys.key_map import KeyMap
from tui.keys.key_table import LISTS
from tui.terminal.safe import Pieces, plain, wrap
from tui.widgets.drawn_list import GUTTER
from tui.widgets.footer import StatusLine
from tui.widgets.line_list import LineList
from tui.widgets.one_line import NarrowingLine
from tui.widgets.page_list import ChoiceList, PageLine, PageList
from tui.widgets.too_small import TooSmall

_MOST_CHOICES: Final = 8
"""Lines that choices take at most above their preview."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: `id` is the answer, `pieces` its line."""

    id: str
    pieces: Pieces


class Picker(Screen[str | None]):
    """Choose one line; typing narrows them down to those that hold all typed words."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("choice")]
    scopes = ("choice",)
    beneath: ClassVar[tuple[str, ...]] = LISTS
    """Scopes of keys that a person has moved and that hold here where nothing else has them."""

    def __init__(
        self, title: str, choices: Sequence[Choice], keys: KeyMap, *, seen: Callable[[str], None] | None = None
    ) -> None:
        """`keys` are those in force, here as in the other dialogs; `seen` is told of each choice that the cursor is
        put on, after the first."""
        super().__init__()
        self._keys = keys
        self._seen = seen
        self._last_seen = choices[0].id if choices else None
        self._title = title
        self._choices = choices
        self._shown: Sequence[Choice] = choices

    def compose(self) -> ComposeResult:
        yield NarrowingLine("type to narrow down", self._narrow, self.action_take)
        # Letters go to the line above it, whatever moves the focus.
        yield ChoiceList(can_focus=False)
        yield StatusLine()
        yield TooSmall(self.app.size, self._keys.first("quit"))

    def on_mount(self) -> None:
        self.set_focus(self.query_one(NarrowingLine))
        keys = self._keys
        moves = f"{keys.first('choice_up')}, {keys.first('choice_down')} move"
        takes, leaves = (keys.first("choice_take"), "takes it"), (keys.first("choice_leave"), "back")
        self.query_one(StatusLine).tell((("", moves), takes, leaves), "quiet")
        self._narrow("")

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        self._see()

    def _see(self) -> None:
        """Tell of the choice under the cursor, once."""
        current = self.query_one(ChoiceList).current
        if self._seen is None or current is None or not self._shown:
            return
        if self._shown[current].id != self._last_seen:
            self._last_seen = self._shown[current].id
            self._seen(self._last_seen)

    def action_take(self) -> None:
        chosen = self.query_one(ChoiceList).current
        if chosen is not None and self._shown:
            self.dismiss(self._shown[chosen].id)

    def action_open(self) -> None:
        self.action_take()

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        self._shown = [
            choice for choice in self._choices if all(word in plain(choice.pieces).casefold() for word in words)
        ]
        lines = self.query_one(ChoiceList)
        lines.title = self._title
        nothing = PageLine([("No line has these words; letters are text here, so take some away.", "quiet")])
        lines.show_lines([PageLine(choice.pieces) for choice in self._shown] or [nothing])
        lines.go_to(0)
        self._see()

    def action_move(self, rows: int) -> None:
        self.query_one(ChoiceList).action_move(rows)

    def action_page(self, pages: int) -> None:
        self.query_one(ChoiceList).action_page(pages)

    def action_give_up(self) -> None:
        self.dismiss(None)


class _Lines(Screen[Answer]):
    """Lines, and below them what can be done here."""

    look: ClassVar[str] = "quiet"

    def __init__(self, title: str, lines: Sequence[Pieces | PageLine], keys: KeyMap) -> None:
        super().__init__()
        self._keys = keys
        self._title = title
        self._lines = [line if isinstance(line, PageLine) else PageLine(line) for line in lines]

    def compose(self) -> ComposeResult:
        yield PageList()
        yield StatusLine()
        yield TooSmall(self.app.size, self._keys.first("quit"))

    def on_mount(self) -> None:
        page = self.query_one(PageList)
        page.title = self._title
        page.show_lines(self._lines)
        self.set_focus(page)
        self.query_one(StatusLine).tell(self.says(self._keys), self.look)

    @abstractmethod
    def says(self, keys: KeyMap) -> Sequence[tuple[str, str]]:
        """Keys, and what they do here."""


class Confirm(_Lines[bool]):
    """Shows what a command will do and to which ids, before it does it."""

    look = "bold"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("yes")]
    scopes = ("list", "yes")

    def says(self, keys: KeyMap) -> Sequence[tuple[str, str]]:
        no = keys.either("no").split(" ", 1)
        return (keys.first("yes"), "does it"), (no[0], " ".join((*no[1:], "leaves everything as it is")))

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)


class TextScreen(_Lines[str | None]):
    """Lines to read, such as the keys of this place."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("reading")]
    scopes: ClassVar[tuple[str, ...]] = ("list", "reading")

    def says(self, keys: KeyMap) -> Sequence[tuple[str, str]]:
        return ((keys.first("text_leave"), "back"),)

    def action_leave(self) -> None:
        self.dismiss(None)


class PreviewPicker(Screen[str | None]):
    """Choose one line and see below what it would give; `enter` takes what is seen."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("preview")]
    scopes = ("list", "preview")
    beneath: ClassVar[tuple[str, ...]] = ("rows",)

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        preview: Callable[[str, int], Sequence[Pieces]],
        keys: KeyMap,
        *,
        takes: str = "starts it",
        bar: str = "",
    ) -> None:
        """`preview` says in so many cells what a choice would give, `takes` what the key does that takes it; `bar`
        why it cannot be taken."""
        super().__init__()
        self._keys = keys
        self._bar = bar
        self._takes = takes
        self._title = title
        self._choices = choices
        self._preview = preview
        self._seen: tuple[int, int] | None = None
        """The choice that is shown below, and in how many cells."""

    def compose(self) -> ComposeResult:
        yield ChoiceList(id="choices")
        yield PageList(id="preview")
        yield StatusLine()
        yield TooSmall(self.app.size, self._keys.first("quit"))

    def on_mount(self) -> None:
        choices = self.query_one("#choices", ChoiceList)
        choices.title = self._title
        # No more lines than choices: the preview is what takes the room.
        choices.styles.height = min(len(self._choices), _MOST_CHOICES) + 2
        choices.show_lines([PageLine(choice.pieces) for choice in self._choices])
        self.set_focus(choices)
        keys = self._keys
        takes = ("", self._bar) if self._bar else (keys.first("preview_take"), self._takes)
        moves = (keys.first("preview_next"), "to the preview")
        self.query_one(StatusLine).tell((takes, moves, (keys.first("preview_leave"), "back")), "bold")
        # It has the whole width once it is laid out: shown with the first frame, not with the next one.
        self._show_preview(self.app.size.width - self.query_one("#preview", PageList).gutter.width)

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._show_preview_as_laid_out)

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        if event.list.id == "choices":
            self._show_preview_as_laid_out()

    def _show_preview_as_laid_out(self) -> None:
        self._show_preview(self.query_one("#preview", PageList).size.width)

    def _show_preview(self, width: int) -> None:
        current = self.query_one("#choices", ChoiceList).current
        if current is not None and width > 0 and self._seen != (current, width):
            self._seen = current, width
            preview = self.query_one("#preview", PageList)
            preview.title = "What it would give"
            try:
                lines = self._preview(self._choices[current].id, width - GUTTER)
            except OffplanError as fault:
                lines, self._seen = [[(line, "bad")] for line in wrap(str(fault), width - GUTTER)], None
            preview.show_lines([PageLine(line) for line in lines])

    def action_open(self) -> None:
        current = self.query_one("#choices", ChoiceList).current
        if current is not None:
            self.dismiss(self._choices[current].id)

    def action_give_up(self) -> None:
        self.dismiss(None)
