"""What a message to an owner says, as plain JSON values: frozen when it is made, so that a repeat says the same.

The token beside each action is what a reply has to show (engine.handoffs.replies): it holds for one owner and one
attempt, so who has an action no longer cannot move it. How a channel writes all this down is connectors.outbox.
"""

from __future__ import annotations

import json
import secrets
from base64 import b32encode
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from engine.storage.sqlite import sqlite3
from engine.storage.store import set_meta
from engine.values.clock import iso, iso_or_none
from engine.vocabulary import settings
from engine.vocabulary.lifecycle import OPEN_ACTION
from engine.vocabulary.planning import Owner

SECRET: Final = "handoff_secret"
"""Where meta keeps what tokens and keys are made from."""
NEW, CHANGED, SAME = "new", "changed", "same"
"""How an action stands to what the channel was told before."""


def secret_of(connection: sqlite3.Connection) -> bytes | None:
    """The desk's own secret, from which tokens and keys are made; None before the first hand-off."""
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (SECRET,)).fetchone()
    return None if found is None else bytes.fromhex(found[0])


def made_secret(connection: sqlite3.Connection) -> bytes:
    """The same, made where there is none yet: inside a write transaction."""
    known = secret_of(connection)
    if known is None:
        known = secrets.token_bytes(32)
        set_meta(connection, SECRET, known.hex())
    return known


def token(secret: bytes, action: int, owner: str, attempt: int) -> str:
    """What proves that a reply about an action comes from whom it was handed to: 16 letters and digits."""
    return _digest(secret, f"token {action} {attempt} {owner}", 10)


def key(secret: bytes, handoff: int) -> str:
    """By what a receiver knows a repeat of a message: 32 letters and digits, of no other desk."""
    return _digest(secret, f"handoff {handoff}", 20)


def uid(secret: bytes, action: int, owner: str) -> str:
    """By what a calendar knows the entry of an action of an owner."""
    return f"A{action}-{_digest(secret, f'uid {action} {owner}', 10)}@offplan"


def _digest(secret: bytes, text: str, size: int) -> str:
    return b32encode(blake2b(text.encode(), key=secret, digest_size=size).digest()).decode("ascii").lower()


def content(
    connection: sqlite3.Connection,
    now: int,
    *,
    secret: bytes,
    reason: str,
    owner: Owner,
    open_actions: Sequence[tuple[Mapping[str, Any], str, int]],
    ended: Sequence[tuple[Mapping[str, Any], int]],
) -> dict[str, Any]:
    """A message about actions of one response: the open ones, each with its change and its sequence number, and the
    ended.

    Rows are those of engine.handoffs.outbox; at least one is given.
    """
    first = open_actions[0][0] if open_actions else ended[0][0]
    return {
        **_frame(connection, now, reason, owner, first),
        "actions": [_open(connection, secret, action, change, sequence) for action, change, sequence in open_actions],
        "ended": [_ended(secret, owner.id, action, sequence) for action, sequence in ended],
    }


def notice(
    connection: sqlite3.Connection, now: int, *, owner: Owner, action: Mapping[str, Any], text: str
) -> dict[str, Any]:
    """A message of a step's own words; it names no action, since there is nothing to answer."""
    said = {"step": f"A{action['id']}", "title": action["title"], "message": text}
    return {**_frame(connection, now, "notice", owner, action), **said, "actions": [], "ended": []}


def offer(
    connection: sqlite3.Connection, now: int, *, owner: Owner, action: Mapping[str, Any], text: str
) -> dict[str, Any]:
    """A message to the owner of a response whose deviation is over; `action` is one of those that it is about."""
    said = {"title": f"Over by itself: {action['response_title']}", "message": text}
    return {**_frame(connection, now, "offer", owner, action), **said, "actions": [], "ended": []}


def without_tokens(content: Mapping[str, Any]) -> dict[str, Any]:
    """A message as others than its owner may see it."""
    actions = [
        {name: value for name, value in action.items() if name != "token"} for action in content.get("actions", ())
    ]
    return {**content, "actions": actions}


def _frame(
    connection: sqlite3.Connection, now: int, reason: str, owner: Owner, row: Mapping[str, Any]
) -> dict[str, Any]:
    desk = settings.current(connection)
    return {
        "reason": reason,
        "desk": desk["name"],
        "zone": desk["zone"],
        "at": iso(now),
        "owner": {"id": owner.id, "name": owner.name, "email": owner.email},
        "response": {"id": f"R{row['response_id']}", "title": row["response_title"], "playbook": row["playbook"]},
        "deviation": _deviation(row),
    }


def _deviation(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": f"D{row['deviation_id']}",
        "kind": row["deviation_kind"],
        "severity": row["severity"],
        "subject": {"type": row["subject_type"], "id": row["subject_id"]},
        "summary": row["summary"],
        "item": row["item"],
        "site": row["site"],
        "party": row["party"],
        "need_at": iso_or_none(row["need_at"]),
        "decide_by": iso_or_none(row["decide_by"]),
    }


def _open(
    connection: sqlite3.Connection, secret: bytes, action: Mapping[str, Any], change: str, sequence: int
) -> dict[str, Any]:
    waits_for = connection.execute(
        "SELECT title FROM action WHERE response_id = ? AND step IN (SELECT value FROM json_each(?))"
        f" AND {OPEN_ACTION} ORDER BY position",
        (action["response_id"], action["needs"]),
    )
    return {
        "id": f"A{action['id']}",
        "change": change,
        "sequence": sequence,
        "uid": uid(secret, action["id"], action["owner"]),
        "token": token(secret, action["id"], action["owner"], action["attempt"]),
        "title": action["title"],
        "instructions": action["instructions"],
        "function": action["function"],
        "role": action["role"],
        "state": action["state"],
        "start_at": iso(action["start_at"]),
        "due_at": iso(action["due_at"]),
        "due_because": action["due_because"],
        "duration_minutes": action["duration_minutes"],
        "mandatory": bool(action["mandatory"]),
        "form": json.loads(action["terms"]).get("form", []),
        "waits_for": [title for (title,) in waits_for] if action["state"] == "blocked" else [],
    }


def _ended(secret: bytes, owner: str, action: Mapping[str, Any], sequence: int) -> dict[str, Any]:
    handed_on = action["owner"] != owner
    return {
        "id": f"A{action['id']}",
        "sequence": sequence,
        "uid": uid(secret, action["id"], owner),
        "title": action["title"],
        "state": "handed on" if handed_on else action["state"],
        "reason": None if handed_on else action["reason"],
        "start_at": iso(action["start_at"]),
        "due_at": iso(action["due_at"]),
    }
