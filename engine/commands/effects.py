"""Effects outside the desk, of steps `notify` and `http`: begun durably before they happen, recorded after (table
effect).

Who carries an effect out (connectors) asks `due`, commits `begin`, does it, and commits `finish`. What was begun and
not finished when the process died is settled by `recover`, by the step's `side_effect` (docs/states.md): `none` and
`idempotent` are carried out again with the same key, `once` makes the action `unknown`, and a person says whether it
happened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.commands import following, publishing
from engine.commands.approving import WAITS
from engine.deviations.command_context import CommandContext
from engine.deviations.moves import move_action
from engine.storage.journal import Entry, canonical
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json, rows
from engine.values.errors import Refused
from engine.values.ids import Reference, parse
from engine.vocabulary.terms import SYSTEM, Terms

OUTCOMES: Final = ("done", "failed", "doubt")
"""How an effect may end; in doubt it is what a crash would have left."""


class Effect(NamedTuple):
    """One effect that is to be carried out, or carried out again."""

    action: str
    """The public id of its action."""
    kind: str
    """notify or http."""
    attempt: int
    """From 1; a failed step that is tried again has the next."""
    key: str
    """The idempotency key: the same for every attempt."""
    side_effect: str
    """Of terms.SIDE_EFFECTS."""
    effect: Mapping[str, Any]
    """As terms.Terms.effect: of notify `to` and `message`, of http `channel` and `body`."""
    owner: str
    """Of the action."""
    again: bool
    """It was begun before, and may have happened; false again once a person has said that it did not."""
    asks: bool = False
    """Its step takes values from what is answered."""


_DUE: Final = (
    "SELECT action.*, effect.state AS effect_state FROM action JOIN response ON response.id = response_id"
    " LEFT JOIN effect ON effect.action_id = action.id AND effect.attempt = action.attempt"
    " WHERE action.kind IN ('notify', 'http') AND response.state = 'running'"
    " AND ((action.state IN ('ready', 'assigned') AND (effect.state IS NULL OR effect.state = 'unknown'))"
    " OR (action.state = 'in_progress' AND effect.state = 'again'))"
    f" AND NOT {WAITS}"
)


def due(connection: sqlite3.Connection, actions: Sequence[int] | None = None) -> list[Effect]:
    """What is to be carried out now (of some actions), in the order in which it became ready: approved, of running
    responses."""
    among = "" if actions is None else " AND action.id IN (SELECT value FROM json_each(:actions))"
    found = rows(connection, f"{_DUE}{among} ORDER BY action.state_at, action.id", {"actions": as_json(actions or ())})
    return [_effect(row) for row in found]


def begin(context: CommandContext, action: str) -> Effect:
    """Record that an effect begins; the caller commits this before it does anything outside.

    Raises Refused for an action whose effect is not to be carried out now: somebody else began it, or it has moved on.
    """
    reference = parse(action, "action")
    found = rows(context.connection, f"{_DUE} AND action.id = ?", (reference.number,))
    if not found:
        state = context.row(reference)["state"]
        raise Refused(f"{reference.id} is {state}: its effect is not to be carried out now; ask again what is due")
    row = found[0]
    effect = _effect(row)
    context.connection.execute(
        "INSERT INTO effect(action_id, attempt, key, state, begun_at) VALUES (?, ?, ?, 'begun', ?)"
        " ON CONFLICT DO UPDATE SET state = 'begun', begun_at = excluded.begun_at",
        (reference.number, effect.attempt, effect.key, context.now),
    )
    if row["state"] != "in_progress":
        present = context.row(reference)
        state = move_action(context.connection, context.writer, context.now, present, "start")
        context.changed(reference.id, present["state"], state)
    return effect


def finish(
    context: CommandContext,
    action: str,
    attempt: int,
    outcome: str,
    reason: str | None = None,
    answer: object = None,
    failure: str | None = None,
) -> bool:
    """Record how an effect that was begun ended; false when it is not open any more: `recover` or a person settled it.

    `done` completes the action, with the values that its step takes from `answer`, the JSON that the called system
    gave; `failed` fails it with `reason` and with `failure`, of terms.FAILURES (it is tried again as its step says),
    and of `doubt` see `recover`.
    """
    reference = parse(action, "action")
    if outcome == "doubt":
        return _in_doubt(context, reference.number, attempt, reason or "whether it happened is not known")
    taken = context.connection.execute(
        "UPDATE effect SET state = ?, ended_at = ? WHERE action_id = ? AND attempt = ? AND state = 'begun'",
        (outcome, context.now, reference.number, attempt),
    )
    if not taken.rowcount:
        return False
    row = context.row(reference)
    if row["state"] != "in_progress":
        # A person has ended it meanwhile: what became of the effect is told, and changes nothing.
        words = f"its effect ended: {outcome}" + (f" ({reason})" if reason else "")
        context.writer.write(Entry("effect", "action", reference.id, {}, {}, reason=words))
        return True
    event, terms = "fail", Terms.load(row["terms"])
    if outcome == "done":
        event = "complete"
        given, lacking = publishing.picked(terms, answer)
        reason = "; ".join(filter(None, (reason, *lacking))) or None
    elif row["attempt"] <= terms.retry_count and terms.retry_when and failure not in terms.retry_when:
        only = " or ".join(word.replace("_", " ") for word in terms.retry_when)
        reason = "; ".join(filter(None, (reason, f"it is tried again by itself only after {only}")))
    changes: dict[str, Any] = {"reason": reason, "failure": failure}
    if outcome == "done":
        changes["answers"] = canonical({**json.loads(row["answers"]), **given})
        changes = publishing.published(context.connection, context.now, row, changes)
    state = move_action(context.connection, context.writer, context.now, row, event, reason=reason, changes=changes)
    context.changed(reference.id, row["state"], state)
    following.follow(context, context.row(reference))
    return True


def recover(context: CommandContext) -> list[str]:
    """Settle what was begun by a process that is gone; the ids of the actions that a person has to look at.

    Only for who is alone in carrying effects out, before it begins any itself.
    """
    begun = context.connection.execute(
        "SELECT action_id, attempt FROM effect WHERE state = 'begun' ORDER BY begun_at, action_id"
    ).fetchall()
    reason = "the process that carried its effect out ended before it could say whether it happened"
    for number, attempt in begun:
        _in_doubt(context, number, attempt, reason)
    present = [context.row(Reference("action", number)) for number, _ in begun]
    return [f"A{row['id']}" for row in present if row["state"] == "unknown"]


def _in_doubt(context: CommandContext, number: int, attempt: int, reason: str) -> bool:
    row = context.row(Reference("action", number))
    once = Terms.load(row["terms"]).side_effect == "once"
    taken = context.connection.execute(
        "UPDATE effect SET state = ?, ended_at = ? WHERE action_id = ? AND attempt = ? AND state = 'begun'",
        ("unknown" if once else "again", context.now if once else None, number, attempt),
    )
    if not taken.rowcount:
        return False
    if once and row["state"] == "in_progress":
        move_action(
            context.connection, context.writer, context.now, row, "crash", reason=reason, changes={"reason": reason}
        )
        context.changed(f"A{number}", row["state"], "unknown")
    else:
        context.writer.write(Entry("again", "action", f"A{number}", {}, {}, reason=reason))
    return True


def _effect(row: Mapping[str, Any]) -> Effect:
    terms = Terms.load(row["terms"])
    key = terms.idempotency_key or ":".join(filter(None, (f"R{row['response_id']}", row["step"], terms.item)))
    return Effect(
        action=f"A{row['id']}",
        kind=row["kind"],
        attempt=row["attempt"],
        key=key,
        side_effect=terms.side_effect,
        effect=terms.effect,
        owner=row["owner"],
        again=row["effect_state"] == "again",
        asks=any(source.startswith(SYSTEM) for source in terms.publish.values()),
    )
