"""Owners' replies: signals of kind `reply` that move actions, as their owners would at the desk.

A reply names an action, shows the token that its hand-off gave (engine.actions.messages), and says one word. It goes
through the same commands, transition table and journal as a person's, with the owner as who acts and the signal as
where from, each in a transaction of its own. What is said again changes nothing; what cannot be is refused, and shows
with its source, on the signal's page and in `check`.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from engine.actions import messages
from engine.commands import action_commands, completing, deviation_commands
from engine.deviations.command_context import CommandContext, Row, fetch
from engine.storage.journal import Writer, canonical
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.validation import oddities
from engine.validation.reply_checks import answers
from engine.values.errors import Refused
from engine.values.ids import Reference, parse

if TYPE_CHECKING:
    from engine.vocabulary.planning import Planner

_SO_ALREADY: Final[Mapping[str, tuple[str, ...]]] = {
    "accepted": ("assigned", "in_progress", "waiting", "done"),
    "started": ("in_progress",),
    "done": ("done",),
    "failed": ("failed",),
}
"""By word, the states in which it says nothing that is not so already."""


def carry_out(connection: sqlite3.Connection, now: int, signal: int, planner: Planner | None = None) -> None:
    """Do what a reply says, inside the caller's transaction.

    Raises Refused, NotFound or BadInput for one that cannot be: then nothing of the transaction may stay.
    """
    row = rows(connection, "SELECT * FROM signal WHERE id = ?", (signal,))[0]
    detail = json.loads(row["detail"])
    reference = parse(detail["action"], "action")
    action = fetch(connection, reference)
    _require_token(connection, action, detail["token"])
    origin = canonical({"signal": f"S{signal}", "source": row["source"]})
    writer = Writer(connection, at=now, actor=action["owner"], origin=origin)
    context = CommandContext(connection, writer, now, actor=action["owner"], expect={}, planner=planner)
    word = row["status"]
    if action["state"] in _SO_ALREADY.get(word, ()):
        said = f"{reference.id} was {action['state']} already"
    else:
        _COMMANDS[word](context, reference, action, detail)
        said = f"{reference.id}: {action['state']} → {context.row(reference)['state']}"
    connection.execute(
        "UPDATE reply SET state = 'taken', action_id = ?, said = ?, at = ? WHERE signal_id = ?",
        (reference.number, said, now, signal),
    )


def refuse(connection: sqlite3.Connection, now: int, signal: int, why: str) -> None:
    """Note that a reply was not carried out, and why; its source shows it."""
    row = rows(connection, "SELECT source, detail, status FROM signal WHERE id = ?", (signal,))[0]
    connection.execute("UPDATE reply SET state = 'refused', said = ?, at = ? WHERE signal_id = ?", (why, now, signal))
    about = json.loads(row["detail"])["action"]
    oddities.note(connection, now, row["source"], "refused_reply", 1, f"S{signal}, {about} {row['status']}: {why}")


def _require_token(connection: sqlite3.Connection, action: Row, said: str) -> None:
    """Raises Refused for a token that is not the present one of an action: one of before, or of nowhere."""
    secret, given = messages.secret_of(connection), said.strip().lower()
    reference = Reference("action", action["id"])
    if secret is not None:
        present = messages.token(secret, action["id"], action["owner"], action["attempt"])
        if hmac.compare_digest(present.encode(), given.encode()):
            return
    told = connection.execute(
        "SELECT content FROM handoff WHERE id IN (SELECT handoff_id FROM handoff_action WHERE action_id = ?)",
        (action["id"],),
    ).fetchall()
    for (content,) in told:
        for each in json.loads(content)["actions"]:
            if each["id"] == reference.id and hmac.compare_digest(each["token"].encode(), given.encode()):
                raise Refused(
                    f"{reference.id} is {action['owner']}'s by now, or tried anew: this token holds no longer"
                )
    raise Refused(f"this token is of no hand-off of {reference.id}: copy it from there")


def _accept(context: CommandContext, reference: Reference, action: Row, detail: Mapping[str, Any]) -> None:
    deviation_commands.acknowledge(context, [reference.id], to=None)


def _start(context: CommandContext, reference: Reference, action: Row, detail: Mapping[str, Any]) -> None:
    action_commands.start(context, [reference.id])


def _wait(context: CommandContext, reference: Reference, action: Row, detail: Mapping[str, Any]) -> None:
    if action["state"] == "waiting" and (action["reason"], action["waiting_until"]) == (
        detail.get("reason"),
        detail.get("until"),
    ):
        return
    if action["state"] == "ready":
        # Who waits for somebody else with it has accepted it.
        deviation_commands.acknowledge(context, [reference.id], to=None)
    elif action["state"] == "waiting":
        action_commands.start(context, [reference.id])
    action_commands.wait(context, [reference.id], reason=detail.get("reason", ""), until=detail.get("until"))


def _done(context: CommandContext, reference: Reference, action: Row, detail: Mapping[str, Any]) -> None:
    given = [f"{name}={_typed(value)}" for name, value in (answers(detail) or {}).items()]
    completing.done(context, [reference.id], reason=detail.get("reason"), given=given)


def _typed(value: object) -> str:
    """A value of JSON as a person types the same answer."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _fail(context: CommandContext, reference: Reference, action: Row, detail: Mapping[str, Any]) -> None:
    action_commands.fail(context, [reference.id], reason=detail.get("reason", ""))


_COMMANDS: Final[Mapping[str, Callable[[CommandContext, Reference, Row, Mapping[str, Any]], None]]] = {
    "accepted": _accept,
    "started": _start,
    "waiting": _wait,
    "done": _done,
    "failed": _fail,
}
