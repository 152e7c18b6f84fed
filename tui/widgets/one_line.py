"""The input of the prompt: no blinking cursor, `tab` completes, arrows walk through earlier lines, `esc` leaves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from engine.text import clean
from tui.widgets.prompt import Question


class OneLine(Input):
    """An input without a blinking cursor, whose tab completes and whose arrows walk through the history."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", show=False, id="prompt.complete"),
        Binding("up", "earlier(-1)", show=False, id="prompt.earlier"),
        Binding("down", "earlier(1)", show=False, id="prompt.later"),
        Binding("escape", "give_up", show=False, id="prompt.give_up"),
    ]

    def __init__(self, question: Question, answer: Callable[[str | None], None]) -> None:
        """`answer` takes the cleaned line, or None when the person leaves it."""
        super().__init__(value=question.text, select_on_focus=False, compact=True)
        self.cursor_blink = False
        self._question = question
        self._answer = answer
        self._place = len(question.history)

    def action_complete(self) -> None:
        """Put the common beginning of all completions; a single one with a blank after it."""
        if self._question.complete is None:
            return
        found = list(self._question.complete(self.value))
        if found:
            before, blank, word = self.value.rpartition(" ")
            common = found[0] + " " if len(found) == 1 else _common(found)
            self.value = before + blank + (common if len(common) >= len(word) else word)
            self.cursor_position = len(self.value)
        if self._question.suggest is not None:
            self._question.suggest(" ".join(found[:12]) if len(found) > 1 else "")

    def action_earlier(self, step: int) -> None:
        history = self._question.history
        self._place = max(0, min(len(history), self._place + step))
        self.value = history[self._place] if self._place < len(history) else self._question.text
        self.cursor_position = len(self.value)

    def action_give_up(self) -> None:
        self._answer(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._answer(clean(event.value).strip())

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._question.changed is not None:
            self._question.changed(clean(event.value))


def _common(words: Sequence[str]) -> str:
    """The longest beginning that all words share."""
    first, last = min(words), max(words)
    length = next(
        (index for index, letter in enumerate(first) if index >= len(last) or last[index] != letter), len(first)
    )
    return first[:length]
