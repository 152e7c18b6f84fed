"""How a verb of the command table reaches the Desk: the method that carries it out, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from engine.desk import Desk
from engine.model import Outcome

_METHODS: Final[Mapping[str, str]] = {
    "silence add": "silence",
    "silence change": "change_silence",
    "silence end": "end_silences",
    "handoffs confirm": "confirm_handoffs",
    "handoffs resend": "resend_handoffs",
}
"""Methods whose name is not the verb."""
_NAMES_NOTHING: Final = frozenset({"silence add", "replan"})
"""Verbs that make something, or are about everything, instead of acting on what ids name."""


def carry_out(
    desk: Desk, verb: str, ids: Sequence[str], options: Mapping[str, Any], expect: Mapping[str, int] | None
) -> Outcome:
    """Do it. Raises OffplanError with the sentence to show."""
    command: Callable[..., Outcome] = getattr(desk, _METHODS.get(verb, verb))
    return command(**options) if verb in _NAMES_NOTHING else command(ids, expect=expect, **options)
