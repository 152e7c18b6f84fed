"""What the steps of a response wait for: an action is released when its needs are met, and held back when one is not.

A need is satisfied by `done`. One that was failed, skipped or cancelled goes by `on_fail` of the step that waits for
it: only `continue` takes it as satisfied.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from engine.command_context import CommandContext, Row
from engine.moves import move_action
from engine.sqlite import sqlite3
from engine.store import rows

UNMET: Final = ("failed", "skipped", "cancelled")
"""Ends of an action that satisfy a need only where `on_fail` says `continue`."""


def needing(context: CommandContext, action: Mapping[str, Any], *states: str) -> list[Row]:
    """The actions of the same response that need this one and are in one of `states`, in their order."""
    return rows(
        context.connection,
        "SELECT * FROM action WHERE response_id = ? AND state IN (SELECT value FROM json_each(?))"
        " AND EXISTS (SELECT 1 FROM json_each(needs) WHERE value = ?) ORDER BY position",
        (action["response_id"], json.dumps(states), action["step"]),
    )


def release(context: CommandContext, waiting: Row) -> bool:
    """Make a blocked action ready if its needs are satisfied; not one that a person blocked, giving a reason."""
    if waiting["reason"] is not None or open_needs(context.connection, waiting):
        return False
    state = move_action(context.connection, context.writer, context.now, waiting, "needs_done")
    context.changed(f"A{waiting['id']}", "blocked", state)
    return True


def hold_back(context: CommandContext, reopened: Mapping[str, Any]) -> None:
    """Block again, without a reason, what was released by an action that is open again, unless it has begun."""
    for released in needing(context, reopened, "ready", "assigned"):
        if open_needs(context.connection, released):
            state = move_action(context.connection, context.writer, context.now, released, "block")
            context.changed(f"A{released['id']}", released["state"], state)


def open_needs(connection: sqlite3.Connection, action: Mapping[str, Any]) -> list[str]:
    """The actions that still stand in the way of one that has not begun, as `A3 title`."""
    steps = json.loads(action["needs"])
    satisfied = ("done", *UNMET) if action["on_fail"] == "continue" else ("done",)
    needed = connection.execute(
        "SELECT id, title, state FROM action WHERE response_id = ? AND step IN (SELECT value FROM json_each(?))"
        " ORDER BY position",
        (action["response_id"], json.dumps(steps)),
    )
    return [f"A{number} {title}" for number, title, state in needed if state not in satisfied]
