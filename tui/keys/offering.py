"""For which rows the footer offers a key: what the row's state allows. A row that is not known has no fields.

The key does what the desk answers, whether it was offered or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from engine.vocabulary import lifecycle

Row = Mapping[str, Any]
Asked = Callable[[Row], bool]

_EVENTS: Final = {**lifecycle.DEVIATION, **lifecycle.ACTION}
"""What may happen in each state of a deviation or an action, which have none in common."""
_SAID: Final = ("version", "state", "response_state")
_WHETHER: Final = ("response", "choices", "approved_at", "proposed_at", "held")
"""Fields of which only counts whether there is anything in them."""


def brief(row: Row) -> Row:
    """What a command has to know of a row, its version, and what the functions here ask of it: the same object for all
    rows of which that is the same, since a hundred thousand may be marked."""
    said = tuple((name, row[name]) for name in _SAID if name in row)
    whether = tuple((name, bool(row[name])) for name in _WHETHER if name in row)
    limit = (row["approval"].get("amount"),) if row.get("approval") else None
    return _brief(said + whether, limit)


@lru_cache(maxsize=4096)
def _brief(said: tuple[tuple[str, Any], ...], limit: tuple[Any] | None) -> Row:
    return dict(said) if limit is None else {**dict(said), "approval": {"amount": limit[0]}}


def may(*events: str) -> Asked:
    """Whether one of these events leads the row to another state; where its own is not known, one may."""

    def asked(row: Row) -> bool:
        state = row.get("state")
        if state not in _EVENTS:
            return True
        leads = any(_EVENTS[state].get(event) not in (None, state) for event in events)
        return leads and _is_live(row)

    return asked


def _is_live(row: Row) -> bool:
    """Whether anything can happen to it still: to an action only while its response runs."""
    return row.get("state") in lifecycle.DEVIATION or row.get("response_state", "running") == "running"


_may_complete: Final = may("start", "complete")


def may_be_given(row: Row) -> bool:
    """Whether it can have another owner: a deviation that has not ended, an action that is open and not in doubt."""
    state = row.get("state")
    given = state not in _EVENTS or state in lifecycle.SLOT_STATES or "assign" in _EVENTS[state]
    return given and _is_live(row)


def asks_for_a_response(row: Row) -> bool:
    """Whether it stands in the queue and nothing answers it: beside a response another playbook is the exception."""
    state = row.get("state")
    return (state not in _EVENTS or state in lifecycle.QUEUE_STATES) and not row.get("response")


def may_be_over(row: Row) -> bool:
    """Whether all that was to be done about it has ended, and somebody has to say what came of it."""
    ended = row.get("response_state") == "done" and row.get("state") in lifecycle.QUEUE_STATES
    return row.get("state") not in _EVENTS or row.get("state") == "recovered" or ended


def may_be_done(row: Row) -> bool:
    """Whether it can be said to be done: not a choice, which is decided, and not what has to be approved first."""
    return _may_complete(row) and not row.get("choices") and not waits_for_approval(row)


def may_be_decided(row: Row) -> bool:
    """Whether there may be options to choose from; a limit to what may be chosen without approval is no bar."""
    unlimited = waits_for_approval(row) and row["approval"].get("amount") is None
    return bool(row.get("choices", True)) and _may_complete(row) and not unlimited


def waits_for_approval(row: Row) -> bool:
    """Whether somebody has to approve it, from some cost on or always, and has not."""
    is_over = row.get("state") in lifecycle.ACTION_CLOSED_STATES
    return bool(row.get("approval")) and not row.get("approved_at") and not is_over


def has_a_proposal(row: Row) -> bool:
    """Whether another start is proposed for it."""
    return bool(row.get("proposed_at")) and may_be_moved(row)


def may_be_moved(row: Row) -> bool:
    """Whether it has a start to choose still."""
    state = row.get("state")
    is_open = state not in _EVENTS or state in lifecycle.ACTION_UNBEGUN_STATES
    return is_open and _is_live(row)


def has_held_records(row: Row) -> bool:
    """Whether there is anything in quarantine to try again: a held record itself, or what a source has there."""
    return bool(row.get("held", True))
