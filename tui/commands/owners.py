"""One sentence instead of many where no owner is loaded: every role of a playbook is without a person for that
reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.desk import Desk

NOBODY: Final = (
    "no owners are loaded, so nobody could be named: load owners first (`offplan load FILE --as owner`),"
    " or `offplan assign` the actions"
)
_OF_A_ROLE: Final = "role "
"""How a planner's warning about a role without an owner begins."""


def none_loaded(desk: Desk) -> bool:
    """Whether the plan knows nobody who could own an action."""
    return not any(owner["functions"] for owner in desk.owners())


def notes_for_people(desk: Desk, notes: Sequence[str]) -> list[str]:
    """The notes of a response; where nobody is loaded, that once in place of a sentence for each role."""
    others = [note for note in notes if not note.startswith(_OF_A_ROLE)]
    return [*others, NOBODY] if len(others) < len(notes) and none_loaded(desk) else list(notes)
