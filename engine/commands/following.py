"""What one action's new state means for the others: steps that it releases or stops, and the end of its response.

An end that does not satisfy a need goes by `on_fail` of the step that waits for it: block (it stays blocked), continue
(it counts as satisfied, see engine.actions.needs), abort (the response is called off). Steps that nobody works on
begin, and mostly end, as soon as they are ready.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.actions import needs
from engine.commands import publishing, settling
from engine.deviations.command_context import CommandContext, Row, fetch
from engine.deviations.moves import move_action, write
from engine.storage.store import as_json, rows
from engine.values.clock import MINUTE, iso, parse_instant
from engine.values.errors import Refused
from engine.values.ids import Reference
from engine.vocabulary import lifecycle
from engine.vocabulary.terms import Terms


def follow(context: CommandContext, action: Mapping[str, Any]) -> None:
    """Carry an action's new state on: release or stop the steps that need it, and end the response with its last."""
    if action["state"] in (*lifecycle.ACTION_CLOSED_STATES, "failed"):
        unmet = needs.is_unmet(action)
        for number in [row["id"] for row in needs.needing(context, action, "blocked")]:
            waiting = context.row(Reference("action", number))
            if waiting["state"] != "blocked":
                # A step before it ended at once, and took this one along.
                continue
            if unmet and waiting["on_fail"] == "abort" and needs.is_lost(context.connection, waiting):
                response = context.row(Reference("response", action["response_id"]))
                because = f"A{action['id']} {action['state']}, which A{waiting['id']} needs"
                cancel(context, response, because)
                context.notes.append(f"R{response['id']} was called off: {because}")
                return
            if release(context, waiting):
                continue
            if unmet and waiting["on_fail"] != "continue" and needs.is_lost(context.connection, waiting):
                context.notes.append(
                    f"A{waiting['id']} {waiting['title']} stays blocked: it needs A{action['id']}; skip or cancel it"
                )
    _end_if_complete(context, action["response_id"])


def release(context: CommandContext, waiting: Row) -> bool:
    """Make a blocked action ready if its needs are met, and go on with what follows from that; whether they were.

    What needs one that is left out by its own condition goes on in its place.
    """
    if not needs.are_met(context.connection, waiting):
        return False
    changes = settling.changes(context, waiting)
    if changes is not None:
        _move(context, waiting, "needs_done", changes)
        arrive(context, waiting["id"])
        return True
    present = context.row(Reference("action", waiting["id"]))
    if present["state"] == "blocked":
        return False
    follow(context, present)
    return True


def arrive(context: CommandContext, number: int) -> None:
    """Begin an action that nobody works on, if it is ready: `set` is done at once, `wait` waits for its time.

    One that has to be approved waits for that first.
    """
    action = context.row(Reference("action", number))
    if action["state"] != "ready" or action["kind"] not in ("set", "wait"):
        return
    if action["approval"] != "null" and action["approved_at"] is None:
        return
    until = _until(Terms.load(action["terms"]), context.now) if action["kind"] == "wait" else None
    _move(context, action, "start")
    action = context.row(Reference("action", number))
    if until is not None and until > context.now:
        _move(context, action, "wait", {"waiting_until": until, "reason": f"until {iso(until)}"})
        return
    complete(context, action)


def complete(context: CommandContext, action: Row) -> None:
    """End an action that nobody works on, and go on with what needs it."""
    changes = {"waiting_until": None, "reason": None}
    _move(context, action, "complete", publishing.published(context.connection, context.now, action, changes))
    follow(context, context.row(Reference("action", action["id"])))


def cancel(context: CommandContext, response: Row, reason: str) -> None:
    """Call off a running response: every open action of it, and the response itself. Raises Refused when it ended."""
    subject = f"R{response['id']}"
    if response["state"] != "running":
        raise Refused(f"{subject} is {response['state']}: there is nothing to call off")
    for action in _actions(context, response["id"], *lifecycle.ACTION_OPEN_STATES):
        move_action(
            context.connection, context.writer, context.now, action, "cancel", reason=reason, changes={"reason": reason}
        )
        context.changed(f"A{action['id']}", action["state"], "cancelled")
    present = context.row(Reference("response", response["id"]))
    _end(context, present, "cancelled", "cancel", reason)


def action_states(context: CommandContext, response: int) -> list[str]:
    """The states of a response's actions."""
    found = context.connection.execute("SELECT state FROM action WHERE response_id = ?", (response,))
    return [row[0] for row in found]


def _until(terms: Terms, now: int) -> int:
    """When a `wait` step is over: its `until`, else its `minutes` from now."""
    until = terms.effect.get("until")
    if isinstance(until, int):
        return until
    if until is not None:
        return parse_instant(str(until), "until")
    return now + int(terms.effect.get("minutes", 0)) * MINUTE


def _move(context: CommandContext, action: Row, event: str, changes: Mapping[str, Any] | None = None) -> None:
    state = move_action(context.connection, context.writer, context.now, action, event, changes=changes)
    context.changed(f"A{action['id']}", action["state"], state)


def _actions(context: CommandContext, response: int, *states: str) -> list[Row]:
    return rows(
        context.connection,
        "SELECT * FROM action WHERE response_id = ? AND state IN (SELECT value FROM json_each(?)) ORDER BY position",
        (response, as_json(states)),
    )


def _end_if_complete(context: CommandContext, response: int) -> None:
    states = action_states(context, response)
    row = fetch(context.connection, Reference("response", response))
    if row["state"] == "running" and all(state in lifecycle.ACTION_CLOSED_STATES for state in states):
        # A response of which nothing was done or judged unneeded was called off, and may be tried again.
        ended = "cancelled" if all(state == "cancelled" for state in states) else "done"
        _end(context, row, ended, "complete" if ended == "done" else "cancel", None)


def _end(context: CommandContext, response: Row, state: str, action: str, reason: str | None) -> None:
    values = {"state": state, "closed_at": context.now}
    write(context.connection, context.writer, "response", response, values, action=action, reason=reason)
    context.changed(f"R{response['id']}", response["state"], state)
    begin_next(context, response)


def begin_next(context: CommandContext, ended: Row) -> None:
    """Begin the response that waits for this one; one that was called off while it waited leaves its place in the
    queue."""
    for number in [
        row["id"] for row in rows(context.connection, "SELECT id FROM response WHERE waits_for = ?", (ended["id"],))
    ]:
        following = fetch(context.connection, Reference("response", number))
        write(
            context.connection, context.writer, "response", following, {"waits_for": ended["waits_for"]}, action="begin"
        )
        if following["state"] != "running":
            continue
        for waiting in _actions(context, number, "blocked"):
            if json.loads(waiting["needs"]) == []:
                release(context, waiting)
