"""The actions of one owner in one response as one channel sees them: what it is to know, beside what it knows.

Which actions are told at all, and what of them is worth a new message, is said here. When a group is looked at, and
what becomes of the look, is engine.handoffs.outbox.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from engine.actions import messages
from engine.handoffs.routing import Channel
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.values.clock import DAY
from engine.vocabulary.terms import PEOPLES

Row = dict[str, Any]

_TOLD: Final = ("ready", "assigned", "in_progress", "waiting", "unknown", "failed")
ACTIONS: Final = (
    "SELECT action.*, response.playbook, response.title AS response_title, response.state AS response_state,"
    " deviation.kind AS deviation_kind, deviation.severity, subject_type, subject_id, deviation.summary, deviation.item,"
    " deviation.site, deviation.party, deviation.need_at, deviation.decide_by"
    " FROM action JOIN response ON response.id = action.response_id JOIN deviation ON deviation.id = action.deviation_id"
)


@dataclass(slots=True)
class Group:
    """The actions of one owner in one response as one channel sees them."""

    channel: Channel
    owner: str
    response: int
    ledger: Row | None
    members: Mapping[int, Row]
    """All actions of the response."""
    is_open: dict[int, str] = field(default_factory=dict)
    """Actions that the channel is to know of, as it is told of them."""

    @property
    def known_open(self) -> dict[int, tuple[str, int]]:
        """What it was told is open: each as it was told, with its sequence number."""
        said = json.loads(self.ledger["open"]) if self.ledger else {}
        return {int(number): (digest, sequence) for number, (digest, sequence) in said.items()}

    @property
    def known_ended(self) -> dict[int, int]:
        """What it knew and does not any more, with the sequence numbers."""
        said = json.loads(self.ledger["ended"]) if self.ledger else {}
        return {int(number): sequence for number, sequence in said.items()}


def groups_of(
    channel: Channel,
    response: int,
    members: Mapping[int, Row],
    takers: Mapping[int, Sequence[str]],
    ledgers: Sequence[Row],
) -> Iterable[Group]:
    """The groups of a response for a channel, one for each owner: those that it knows, and those that it is to know.

    `takers` are the channels that each action goes to. An action that a channel knows stays with it when routes change.
    """
    groups = {row["owner"]: Group(channel, row["owner"], response, row, members) for row in ledgers}
    for number, action in members.items():
        if not _is_told(channel, action):
            continue
        owner = action["owner"]
        group = groups.get(owner)
        if channel.name not in takers[number] and (group is None or number not in group.known_open):
            continue
        if group is None:
            group = groups[owner] = Group(channel, owner, response, None, members)
        group.is_open[number] = _as_told(channel, action)
    return groups.values()


def _is_told(channel: Channel, action: Mapping[str, Any]) -> bool:
    if action["response_state"] != "running" or action["kind"] not in PEOPLES:
        return False
    return action["state"] in _TOLD or (channel.blocked and action["state"] == "blocked")


def _as_told(channel: Channel, action: Mapping[str, Any]) -> str:
    """What of an action is worth a new message when it changes: that it may begin, when it is due, and its start.

    A channel that has the plan hears of every move; the others of one to another day, since open work is planned anew
    often.
    """
    begins = "waits" if action["state"] == "blocked" else "ready"
    start = action["start_at"] if channel.blocked else f"day {action['start_at'] // DAY}"
    return f"{action['attempt']} {begins} {start} {action['due_at']}"


def facts_of(action: Mapping[str, Any]) -> dict[str, str | None]:
    """What a route can ask of an action (routing.FIELDS)."""
    said = {name: action[name] for name in ("owner", "function", "role", "playbook", "step")}
    said |= {name: action[name] for name in ("severity", "item", "site", "party")}
    return {
        **said,
        "kind": action["deviation_kind"],
        "subject": action["subject_id"],
        **{name: "true" if action[name] else "false" for name in ("mandatory", "critical")},
    }


def facts(connection: sqlite3.Connection, action: int) -> dict[str, str | None]:
    """What a route can ask of one action, which is there."""
    return facts_of(rows(connection, f"{ACTIONS} WHERE action.id = ?", (action,))[0])


def wants_to_hear(channel: Channel, owner: str, action: Mapping[str, Any]) -> bool:
    """Whether a channel is told that an action ended for an owner."""
    if channel.ended == "called_off":
        return bool(action["owner"] != owner or action["state"] != "done")
    return channel.ended == "all"


def next_sequence(
    number: int, digest: str, known_open: Mapping[int, tuple[str, int]], known_ended: Mapping[int, int]
) -> int:
    """How often an action has changed for a channel: 0 for one that is new to it."""
    if number in known_open:
        before, sequence = known_open[number]
        return sequence if before == digest else sequence + 1
    return known_ended[number] + 1 if number in known_ended else 0


def change(group: Group, number: int, digest: str) -> str:
    """How an action stands to what the channel was told of it, in a word of engine.actions.messages."""
    before = group.known_open.get(number)
    if before is None:
        return messages.NEW
    return messages.SAME if before[0] == digest else messages.CHANGED
