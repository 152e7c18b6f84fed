"""Inputs of one line: they answer in the keystroke itself, so that the key after `enter` is not text any more.

No blinking cursor. That of the prompt completes with `tab`, walks through earlier lines and is left with `esc`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.events import Paste
from textual.widgets import Input

from engine.values.text import clean
from tui.keys import bindings
from tui.widgets.question import Question


class TextLine(Input):
    """An input that says at once what changed and what was given, without messages that arrive later."""

    def __init__(self, placeholder: str = "") -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False, compact=True)
        self.cursor_blink = False

    def changed(self, text: str) -> None:
        """Takes the cleaned text after every letter."""

    def given(self, text: str) -> None:
        """Takes the cleaned line at `enter`."""

    def validate_value(self, value: str) -> str:
        """As it is drawn, so harmless: what is pasted, or stands there to be mended, comes from outside."""
        return clean(value)

    def watch_value(self, value: str) -> None:
        self.changed(value)

    def on_paste(self, event: Paste) -> None:
        # Textual takes the first line, and the rest is lost without a word.
        event.prevent_default()
        event.stop()
        self.replace(" ".join(event.text.splitlines()), *self.selection)

    async def action_submit(self) -> None:
        self.given(self.value.strip())


class NarrowingLine(TextLine):
    """The words that narrow down a list of choices."""

    def __init__(self, placeholder: str, changed: Callable[[str], None], given: Callable[[], None]) -> None:
        super().__init__(placeholder)
        self._changed = changed
        self._given = given

    def changed(self, text: str) -> None:
        self._changed(text)

    def given(self, text: str) -> None:
        self._given()


class OneLine(TextLine):
    """The prompt's line: it belongs to one question after the other."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("line")]

    def __init__(self, answer: Callable[[str | None], None]) -> None:
        """`answer` takes the cleaned line, or None when the person leaves it."""
        super().__init__()
        self._answer = answer
        self._question: Question | None = None
        self._place = 0

    def take(self, question: Question) -> None:
        """Begin a question: its text stands in the line."""
        self._question = None
        self.value = question.text
        self.cursor_position = len(self.value)
        self._question = question
        self._place = len(question.history)

    def changed(self, text: str) -> None:
        if self._question is not None and self._question.changed is not None:
            self._question.changed(text)

    def given(self, text: str) -> None:
        if self._question is not None and (self._question.accepts is None or self._question.accepts(text)):
            self._answer(text)

    def action_give_up(self) -> None:
        self._answer(None)

    def action_complete(self) -> None:
        """Put the common beginning of all completions; a single one with a blank after it, unless a value has to
        follow."""
        question = self._question
        if question is None or question.complete is None:
            return
        found = list(question.complete(self.value))
        if found:
            before, blank, word = self.value.rpartition(" ")
            common = _common(found) if len(found) > 1 or found[0].endswith("=") else found[0] + " "
            self.value = before + blank + (common if len(common) >= len(word) else word)
            self.cursor_position = len(self.value)
        if question.suggest is not None:
            question.suggest(" ".join(found[:12]) if len(found) > 1 else "")

    def action_earlier(self, step: int) -> None:
        if self._question is None:
            return
        history = self._question.history
        self._place = max(0, min(len(history), self._place + step))
        self.value = history[self._place] if self._place < len(history) else self._question.text
        self.cursor_position = len(self.value)


def _common(words: Sequence[str]) -> str:
    """The longest beginning that all words share."""
    first, last = min(words), max(words)
    length = next(
        (index for index, letter in enumerate(first) if index >= len(last) or last[index] != letter), len(first)
    )
    return first[:length]
