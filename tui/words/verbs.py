"""How a verb of the command table reaches the Desk: the method that carries it out, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from engine.desk import Desk
from engine.vocabulary.model import Outcome

_METHODS: Final[Mapping[str, str]] = {
    "silence add": "silence",
    "silence change": "change_silence",
    "silence end": "end_silences",
    "handoffs confirm": "confirm_handoffs",
    "handoffs resend": "resend_handoffs",
}
"""Methods whose name is not the verb."""
_LONGEST_NUMBER: Final = 18
"""Digits that SQLite counts to; what is longer is no number of a command or a version."""
_NAMES_NOTHING: Final = frozenset({"silence add", "replan"})
"""Verbs that make something, or are about everything, instead of acting on what ids name."""


def method_of(verb: str) -> str:
    """The name of the Desk's method that carries a verb out."""
    return _METHODS.get(verb, verb)


def carry_out(
    desk: Desk, verb: str, ids: Sequence[str], options: Mapping[str, Any], expect: Mapping[str, int] | None
) -> Outcome:
    """Do it. Raises OffplanError with the sentence to show."""
    command: Callable[..., Outcome] = getattr(desk, method_of(verb))
    return command(**options) if verb in _NAMES_NOTHING else command(ids, expect=expect, **options)


def undo(desk: Desk, what: str | None) -> Outcome:
    """Take back a command by its number, the last one on an object by its id, or the last one. Raises OffplanError."""
    return desk.undo(int(what)) if what is not None and is_number(what) else desk.undo(about=what)


def redo(desk: Desk, what: str | None) -> Outcome:
    """Take back an undo by its number, or the last one. Raises OffplanError."""
    if what is not None and not is_number(what):
        # argparse costs 10 ms that the first paint must not pay.
        from tui.words.arguments import UsageError

        raise UsageError(f"redo {what}: this is no command's number; histories show the numbers as txn")
    return desk.redo(None if what is None else int(what))


def is_number(text: str) -> bool:
    """Whether a typed word is the number of a command, or of a version."""
    return text.isdecimal() and len(text) <= _LONGEST_NUMBER
