"""One line of text from the person: a reason, a filter, a command. `esc` leaves it, `enter` gives it.

All letters are text here; keys are commands again once the line is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from tui.keys.key_map import KeyMap
from tui.terminal import safe
from tui.terminal.safe import Pieces
from tui.widgets.line import Line
from tui.widgets.question import Question

if TYPE_CHECKING:
    from tui.widgets.one_line import OneLine


_ROOM: Final = 24
"""Cells that are left to what is typed, however long the question is."""


def label_room(width: int) -> int:
    """Cells that a question and the blanks around it may take before its line, on a screen of so many."""
    return max(_ROOM, width - _ROOM)


class _Label(Line):
    """The words before the line, as many as leave it room."""

    text = ""

    def pieces(self, width: int) -> Pieces:
        return [(self.text if safe.width_of([(self.text, "bold")]) <= width else f" {self.short(width)} ", "bold")]

    def short(self, width: int) -> str:
        return safe.cut_words(self.text.strip(), width - 2)


class Prompt(Horizontal):
    """Asks one question at a time, at the bottom of the screen."""

    class Listening(Message):
        """Keys that were held back can be taken: a line is open, or nothing is being asked any more."""

    def __init__(self) -> None:
        super().__init__()
        self._answer: asyncio.Future[str | None] | None = None
        self._line: OneLine | None = None
        self._asked: Question | None = None
        self.unread = ""
        """The question that is asked, where it does not fit before its line; else what it says below it."""

    def compose(self) -> ComposeResult:
        yield _Label()

    @property
    def is_modal(self) -> bool:
        """Keys that the open line does not know are not looked up on the screen behind it."""
        return True

    @property
    def is_open(self) -> bool:
        """Whether a line has the focus and waits for its end."""
        return self._answer is not None and not self._answer.done()

    def keys(self, map_: KeyMap) -> Sequence[tuple[str, str]]:
        """The keys that end or help the open line, with what they do; none where none is open."""
        if not self.is_open or self._asked is None:
            return ()
        completes = [(map_.first("line_complete"), "completes")] if self._asked.complete is not None else []
        earlier = [(map_.first("line_earlier"), "earlier ones")] if self._asked.history else []
        take, leave = map_.first("line_take"), map_.first("line_leave")
        return [(take, "takes the line"), *completes, *earlier, (leave, "leaves it")]

    async def ask(self, question: Question) -> str | None:
        """The cleaned line, or None when the person left it. Focus goes back to where it was.

        One question at a time: who asks holds the keys back until the line is open (TellingScreen.takes_keys).
        """
        line = await self._one_line()
        label = self.query_one(_Label)
        label.text = f" {question.label} "
        size, room = safe.width_of([(label.text, "bold")]), label_room(self.app.size.width)
        label.styles.width = min(size, room)
        self.unread = question.label if size > room else question.says
        label.refresh()
        before = self.screen.focused
        line.take(question)
        self._asked = question
        self.add_class("-asking")
        # Not widget.focus(), which waits for its turn: the next key is this line's.
        self.screen.set_focus(line)
        self._answer = asyncio.get_running_loop().create_future()
        self.post_message(self.Listening())
        try:
            return await self._answer
        finally:
            self._answer = None
            self.remove_class("-asking")
            self.screen.set_focus(before)

    async def _one_line(self) -> OneLine:
        """The input, made at the first question and kept: its modules cost what the first paint must not pay."""
        if self._line is None:
            from tui.widgets.one_line import OneLine

            line = OneLine(self._settle)
            await self.mount(line)
            self._line = line
        return self._line

    def _settle(self, text: str | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(text)
