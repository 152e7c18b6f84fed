"""One line of text from the person: a reason, a filter, a command. `esc` leaves it, `enter` gives it.

All letters are text here; keys are commands again once the line is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from tui.safe import Pieces
from tui.widgets.line import Line


@dataclass(frozen=True)
class Question:
    """What is asked: the words before the line, what stands in it, and who wants to know of every letter."""

    label: str
    text: str = ""
    changed: Callable[[str], None] | None = None
    complete: Callable[[str], Sequence[str]] | None = None
    """What the last word can become; `tab` takes it."""
    suggest: Callable[[str], None] | None = None
    """Where the possible completions are shown."""
    history: Sequence[str] = field(default_factory=tuple)
    """Earlier lines, oldest first: up and down."""


class _Label(Line):
    """The words before the line."""

    text = ""

    def pieces(self, width: int) -> Pieces:
        return [(self.text, "bold")]


class Prompt(Horizontal):
    """Asks one question at a time, at the bottom of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self._answer: asyncio.Future[str | None] | None = None
        self._question = Question("")

    def compose(self) -> ComposeResult:
        yield _Label()

    async def ask(self, question: Question) -> str | None:
        """The cleaned line, or None when the person left it. Focus goes back to where it was."""
        before: Widget | None = self.screen.focused
        self._question = question
        label = self.query_one(_Label)
        label.text = f" {question.label} "
        label.styles.width = len(label.text)
        label.refresh()
        # The input's modules cost what the first paint must not pay.
        from tui.widgets.one_line import OneLine

        line = OneLine(question, answer=self._settle)
        await self.mount(line)
        self.add_class("-asking")
        line.focus()
        self._answer = asyncio.get_running_loop().create_future()
        try:
            return await self._answer
        finally:
            self._answer = None
            self.remove_class("-asking")
            await line.remove()
            if before is not None:
                before.focus()

    def _settle(self, text: str | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(text)
