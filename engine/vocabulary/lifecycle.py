"""The states of a deviation and of an action: one transition table each, and the function that reads it.

Only the tables decide what may follow what; nothing writes a state except through `next_state`. Silenced, overdue,
flapping and suppressed are computed by whoever asks, never stored as a state. Sources of the tables: docs/states.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.values.errors import Refused

Table = Mapping[str, Mapping[str, str]]

RETURN: Final = "(the state it left)"
"""As a next state: a recovered deviation that fires again goes back to where it was."""
NEW_EPISODE: Final = "(a new episode)"
"""As a next state: the row stays as it is, and a new row begins the next episode."""

SLOT_STATES: Final = ("candidate", "open", "acknowledged", "responding", "recovered")
"""States that hold the one place that a (kind, subject) has."""
QUEUE_STATES: Final = ("open", "acknowledged", "responding")
"""States that stand in the queue and ask for something."""
QUEUE_SQL: Final = ", ".join(f"'{state}'" for state in QUEUE_STATES)
"""The same, as what SQL looks for: `state IN (...)`."""
DEVIATION_STATES: Final = (*SLOT_STATES, "resolved", "closed", "dismissed", "merged", "discarded")

DEVIATION: Final[Table] = {
    "candidate": {"fire": "candidate", "confirm": "open", "clear": "discarded", "dismiss": "discarded"},
    "open": {
        "fire": "open",
        "ack": "acknowledged",
        "start": "responding",
        "clear": "recovered",
        "resolve": "resolved",
        "merge": "merged",
        "dismiss": "dismissed",
    },
    "acknowledged": {
        "fire": "acknowledged",
        "ack": "acknowledged",
        "start": "responding",
        "clear": "recovered",
        "resolve": "resolved",
        "merge": "merged",
        "dismiss": "dismissed",
    },
    "responding": {
        "fire": "responding",
        "ack": "responding",
        "start": "responding",
        "clear": "recovered",
        "resolve": "resolved",
        "merge": "merged",
        "dismiss": "dismissed",
    },
    "recovered": {
        "fire": RETURN,
        "quiet": "resolved",
        "resolve": "resolved",
        "merge": "merged",
        "dismiss": "dismissed",
    },
    "resolved": {"fire": NEW_EPISODE, "close": "closed", "reopen": RETURN},
    "closed": {"fire": NEW_EPISODE},
    "dismissed": {"reopen": RETURN},
    "merged": {"fire": NEW_EPISODE},
    "discarded": {"fire": NEW_EPISODE},
}

DEVIATION_STAMPS: Final[Mapping[str, tuple[str, ...]]] = {
    "open": ("opened_at",),
    "acknowledged": ("opened_at", "acknowledged_at"),
    "responding": ("opened_at", "acknowledged_at", "responded_at"),
    "recovered": ("opened_at", "recovered_at"),
    "resolved": ("opened_at", "recovered_at", "resolved_at"),
    "closed": ("opened_at", "recovered_at", "resolved_at", "closed_at"),
    "dismissed": ("closed_at",),
    "merged": ("closed_at",),
    "discarded": ("closed_at",),
}
"""The stamps that reaching a state sets where they are still empty: a jump stamps every time that it skips."""

ACTION_STATES: Final = (
    "blocked", "ready", "assigned", "in_progress", "waiting", "unknown", "failed", "done", "skipped", "cancelled"
)  # fmt: skip
ACTION_OPEN_STATES: Final = ("blocked", "ready", "assigned", "in_progress", "waiting", "unknown", "failed")
ACTION_UNBEGUN_STATES: Final = ("blocked", "ready", "assigned", "failed")
"""States in which an action has a start to choose."""
ACTION_CLOSED_STATES: Final = ("done", "skipped", "cancelled")
"""States in which an action asks for nothing any more; the index `action_open` has the same words."""
OPEN_ACTION: Final = "action.state NOT IN ('done', 'skipped', 'cancelled')"
"""As SQL: the action is open."""

ACTION: Final[Table] = {
    "blocked": {
        "needs_done": "ready",
        "assign": "blocked",
        "fail": "failed",
        "skip": "skipped",
        "cancel": "cancelled",
    },
    "ready": {
        "accept": "assigned",
        "assign": "assigned",
        "escalate": "ready",
        "start": "in_progress",
        "block": "blocked",
        "fail": "failed",
        "skip": "skipped",
        "cancel": "cancelled",
    },
    "assigned": {
        "assign": "assigned",
        "start": "in_progress",
        "wait": "waiting",
        "block": "blocked",
        "fail": "failed",
        "skip": "skipped",
        "cancel": "cancelled",
    },
    "in_progress": {
        "assign": "in_progress",
        "wait": "waiting",
        "complete": "done",
        "fail": "failed",
        "skip": "skipped",
        "cancel": "cancelled",
        "crash": "unknown",
    },
    "waiting": {
        "assign": "waiting",
        "resume": "in_progress",
        "start": "in_progress",
        "complete": "done",
        "fail": "failed",
        "skip": "skipped",
        "cancel": "cancelled",
    },
    "unknown": {
        "complete": "done",
        "confirm_not_done": "ready",
        "fail": "failed",
        "skip": "skipped",
        "cancel": "cancelled",
    },
    "failed": {"retry": "ready", "skip": "skipped", "cancel": "cancelled"},
    "done": {"reopen": "in_progress"},
    "skipped": {},
    "cancelled": {},
}

ACTION_STAMPS: Final[Mapping[str, tuple[str, ...]]] = {
    "ready": ("ready_at",),
    "assigned": ("ready_at", "assigned_at"),
    "in_progress": ("ready_at", "assigned_at", "started_at"),
    "done": ("ready_at", "assigned_at", "started_at", "done_at"),
    "skipped": ("done_at",),
    "cancelled": ("done_at",),
}


_DEVIATION_COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "ack": ("ack", "respond", "snooze"),
    "dismiss": ("dismiss", "assign"),
    "resolve": ("resolve",),
    "merge": ("merge",),
    "reopen": ("reopen",),
}
"""The commands that a person can give wherever the table has an event; the other events are detection's."""
_ONWARD: Final = ("done", "start", "ack", "respond", "resolve", "wait")
"""Commands that get the work on, which a refusal names first: of a long one only the beginning may have room."""
_ACTION_COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "accept": ("ack",),
    "assign": ("assign",),
    "start": ("start", "done"),
    "wait": ("wait",),
    "resume": ("start",),
    "complete": ("done",),
    "confirm_not_done": ("reopen",),
    "retry": ("reopen",),
    "reopen": ("reopen",),
    "block": ("block",),
    "fail": ("fail",),
    "skip": ("skip",),
    "cancel": ("cancel",),
}


def spoken(subject_type: str, event: str) -> str:
    """An event as people name it: the command that asks for it, else its own name."""
    if event == "needs_done":
        return "release"
    commands = _DEVIATION_COMMANDS if subject_type == "deviation" else _ACTION_COMMANDS
    return commands.get(event, (event,))[0]


def next_state(table: Table, state: str, event: str, subject: str) -> str:
    """The state that `event` leads to from `state`; RETURN and NEW_EPISODE are for the caller to carry out.

    Raises Refused with the commands that are possible when the table has no such cell; `subject` is the id to name.
    """
    following = table[state].get(event)
    if following is None:
        commands = _DEVIATION_COMMANDS if table is DEVIATION else _ACTION_COMMANDS
        asked = spoken("deviation" if table is DEVIATION else "action", event)
        found = {command for other in table[state] for command in commands.get(other, ())}
        possible = [*(command for command in _ONWARD if command in found), *sorted(found - {*_ONWARD})]
        if possible:
            raise Refused(f"{subject} is {state}: {asked} is not possible, only {', '.join(possible)}")
        raise Refused(f"{subject} is {state}: {asked} is not possible; only undo brings back what has ended so")
    return following
