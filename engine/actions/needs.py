"""What the steps of a response wait for: an action is released when its needs are met, and held back when one is not.

A need is satisfied by `done`. One that was failed (and is not tried again), skipped or cancelled goes by `on_fail` of
the step that waits for it: only `continue` takes it as satisfied. With `join` some of the needs are enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.deviations import timers
from engine.deviations.command_context import CommandContext, Row
from engine.deviations.moves import move_action
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json, rows
from engine.vocabulary.terms import Terms

UNMET: Final = ("failed", "skipped", "cancelled")
"""Ends of an action that satisfy a need only where `on_fail` says `continue`."""


def needing(context: CommandContext, action: Mapping[str, Any], *states: str) -> list[Row]:
    """The actions of the same response that need this one and are in one of `states`, in their order."""
    return rows(
        context.connection,
        "SELECT * FROM action WHERE response_id = ? AND state IN (SELECT value FROM json_each(?))"
        " AND EXISTS (SELECT 1 FROM json_each(needs) WHERE value = ?) ORDER BY position",
        (action["response_id"], as_json(states), action["step"]),
    )


def are_met(connection: sqlite3.Connection, waiting: Row) -> bool:
    """Whether nothing holds a blocked action back any more; a person who blocked it, giving a reason, does."""
    return waiting["reason"] is None and not open_needs(connection, waiting)


def hold_back(context: CommandContext, reopened: Mapping[str, Any]) -> None:
    """Block again, without a reason, what was released by an action that is open again, unless it has begun."""
    for released in needing(context, reopened, "ready", "assigned"):
        if open_needs(context.connection, released):
            state = move_action(context.connection, context.writer, context.now, released, "block")
            context.changed(f"A{released['id']}", released["state"], state)


def open_needs(connection: sqlite3.Connection, action: Mapping[str, Any]) -> list[str]:
    """The actions that still stand in the way of one that has not begun, as `A3 title`, or the response that its own
    waits for; none once enough are done."""
    before = connection.execute(
        "SELECT 'R' || before.id FROM response JOIN response AS before ON before.id = response.waits_for"
        " WHERE response.id = ? AND before.state = 'running'",
        (action["response_id"],),
    ).fetchone()
    if before is not None:
        return [f"{before[0]} to end"]
    needed = _needed(connection, action)
    waiting = [each for each in needed if not _satisfies(each, action)]
    if len(needed) - len(waiting) >= _enough(action, len(needed)):
        return []
    return [f"A{each['id']} {each['title']}" for each in waiting]


def is_lost(connection: sqlite3.Connection, action: Mapping[str, Any]) -> bool:
    """Whether so many of an action's needs ended without satisfying it that it cannot be released any more."""
    needed = _needed(connection, action)
    possible = sum(_satisfies(each, action) or not is_unmet(each) for each in needed)
    return possible < _enough(action, len(needed))


def is_unmet(action: Mapping[str, Any]) -> bool:
    """Whether an action has ended without being done; a failed one that is tried again by itself has not."""
    return action["state"] in UNMET and not timers.retries(action, Terms.load(action["terms"]))


def _needed(connection: sqlite3.Connection, action: Mapping[str, Any]) -> list[Row]:
    return rows(
        connection,
        "SELECT id, title, state, attempt, failure, terms FROM action"
        " WHERE response_id = ? AND step IN (SELECT value FROM json_each(?)) ORDER BY position",
        (action["response_id"], action["needs"]),
    )


def _satisfies(need: Mapping[str, Any], action: Mapping[str, Any]) -> bool:
    if need["state"] not in UNMET:
        return bool(need["state"] == "done")
    return Terms.load(need["terms"]).left_out or (action["on_fail"] == "continue" and is_unmet(need))


def _enough(action: Mapping[str, Any], needs: int) -> int:
    join = Terms.load(action["terms"]).join
    return needs if join is None else min(join, needs)
