"""For which rows the footer offers a key; a row that is not known has no fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.vocabulary import lifecycle

Asked = Callable[[Mapping[str, Any]], bool]

_EVENTS: Final = {**lifecycle.DEVIATION, **lifecycle.ACTION}
"""What may happen in each state of a deviation or an action, which have none in common."""


def may(*events: str) -> Asked:
    """Whether one of these events has a place in the row's state; where that is not known, it may have."""

    def asked(row: Mapping[str, Any]) -> bool:
        state = row.get("state")
        return state not in _EVENTS or not _EVENTS[state].keys().isdisjoint(events)

    return asked


def is_decision(row: Mapping[str, Any]) -> bool:
    """Whether there may be options to choose from: all but what is known to be of another kind."""
    return bool(row.get("kind", "decision") == "decision")


def waits_for_approval(row: Mapping[str, Any]) -> bool:
    """Whether somebody has to approve it, from some cost on or always, and has not."""
    return bool(row.get("approval")) and not row.get("approved_at")


def has_a_proposal(row: Mapping[str, Any]) -> bool:
    """Whether another start is proposed for it."""
    return bool(row.get("proposed_at"))
