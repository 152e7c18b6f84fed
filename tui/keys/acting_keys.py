"""Keys that act on the marked rows, or on the one under the cursor."""

from __future__ import annotations

from typing import Final

from tui.keys.key import Key
from tui.keys.offering import (
    Asked,
    asks_for_a_response,
    has_a_proposal,
    may,
    may_be_decided,
    may_be_done,
    may_be_given,
    may_be_over,
    waits_for_approval,
)
from tui.keys.request import SNOOZED

_DEVIATION: Final = frozenset({"deviation"})
_ACTION: Final = frozenset({"action"})
_BOTH: Final = _DEVIATION | _ACTION


def _act(
    verb: str, key: str, title: str, tooltip: str, kinds: frozenset[str], *, footer: int = 0, where: Asked | None = None
) -> Key:
    return Key(verb, (key,), title, tooltip, "act", f"act('{verb}')", kinds, footer, writes=True, where=where)


ACTING_KEYS: Final[tuple[Key, ...]] = (
    _act(
        "ack",
        "a",
        "ack",
        "Acknowledge: you have seen it and own it; an action is accepted.",
        _BOTH,
        footer=2,
        where=may("ack", "accept"),
    ),
    _act(
        "assign",
        "o",
        "owner",
        "Give it to somebody; their present load is shown.",
        _BOTH,
        footer=4,
        where=may_be_given,
    ),
    _act(
        "respond",
        "r",
        "respond",
        "Choose a playbook, see owners and dates, start the response.",
        _DEVIATION,
        footer=3,
        where=asks_for_a_response,
    ),
    _act("start", "s", "start", "Start the action.", _ACTION, footer=2, where=may("start", "resume")),
    _act("done", "d", "done", "The action is done.", _ACTION, footer=3, where=may_be_done),
    _act(
        "decide",
        "D",
        "decide",
        "Choose an option of a decision, with every sum in view; says why.",
        _ACTION,
        footer=3,
        where=may_be_decided,
    ),
    _act(
        "approve",
        "A",
        "approve",
        "Approve the action, where it needs that before it can be done.",
        _ACTION,
        footer=3,
        where=waits_for_approval,
    ),
    _act("agree", "Y", "agree to move", "Agree to the move that is proposed.", _ACTION, footer=1, where=has_a_proposal),
    _act(
        "keep",
        "L",
        "leave it there",
        "Leave the action where it is, whatever move is proposed.",
        _ACTION,
        footer=1,
        where=has_a_proposal,
    ),
    _act("wait", "w", "wait", "The action waits for somebody; says for what.", _ACTION),
    _act("fail", "f", "fail", "The action failed; says why.", _ACTION, footer=5, where=may("fail")),
    _act("skip", "x", "skip", "Leave the action out; says why.", _ACTION, footer=6, where=may("skip")),
    _act("cancel", "X", "cancel", "Cancel the action; says why.", _ACTION),
    _act("block", "b", "block", "Put the action back to blocked; says why.", _ACTION),
    _act("snooze", "S", "snooze", f"Hide it from the queue until a time; {{filter}}{SNOOZED} shows it.", _DEVIATION),
    _act(
        "dismiss",
        "x",
        "dismiss",
        "Out of the queue for good: lived with, noise, a duplicate or wrong data; says why.",
        _DEVIATION,
        footer=6,
        where=may("dismiss"),
    ),
    _act(
        "resolve",
        "R",
        "resolve",
        "It is over; says why, and if you like what came of it and what it cost.",
        _DEVIATION,
        footer=3,
        where=may_be_over,
    ),
    _act("comment", "c", "comment", "Write something down about it.", _BOTH),
    Key(
        "silence",
        ("M",),
        "silence",
        "Keep the like of it out of the queue for a while; shows what that hides, says why.",
        "act",
        "silence",
        _DEVIATION,
        writes=True,
    ),
    Key("undo", ("z",), "undo", "Undo your last command.", "act", "undo", footer=9, writes=True),
    Key("redo", ("Z",), "redo", "Do again what undo took back.", "act", "redo", writes=True),
    Key(
        "unsent",
        ("!",),
        "unsent",
        "What you answered about a row that others changed meanwhile: shows what changed, and sends it after a yes.",
        "act",
        "unsent",
        writes=True,
    ),
    Key("copy", ("y",), "copy id", "Send the id to your own clipboard.", "act", "copy"),
    Key("explain", ("e",), "explain", "Why it ranks here: every term with its source.", "act", "explain", _DEVIATION),
)
"""Keys that act, for tui.keys.key_table."""
