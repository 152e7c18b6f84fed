"""Taking back what was done: reversal steps as new actions. What of it is offered is engine.actions.offers.

A playbook says which step takes another back (`Terms.reverse`); it was planned with the response, and becomes an action
when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.actions import reversals
from engine.commands import following, responses
from engine.deviations.command_context import CommandContext, reason_of
from engine.storage.store import rows
from engine.values.errors import Refused
from engine.values.ids import Reference
from engine.vocabulary.terms import Terms


def reverse(context: CommandContext, ids: Sequence[str], *, reason: str) -> None:
    """Done actions are taken back: the step that reverses each becomes an action, and its response runs again.

    Raises Refused for one that is not done, has no such step, or was taken back already.
    """
    why = reason_of(reason, "say why, such as 'the supplier delivers in time after all'")
    for reference, row in context.rows(ids, "action"):
        if row["state"] != "done":
            raise Refused(f"{reference.id} is {row['state']}: only what is done is taken back; cancel calls it off")
        step = Terms.load(row["terms"]).reverse
        response = context.row(Reference("response", row["response_id"]))
        planned = reversals.load(response["reversals"]).get(step or "")
        if planned is None:
            raise Refused(f"{reference.id} has no step that takes it back; comment says what was done instead")
        there = rows(
            context.connection,
            "SELECT id FROM action WHERE response_id = ? AND step = ?",
            (row["response_id"], step),
        )
        if there:
            raise Refused(f"{reference.id} is taken back by A{there[0]['id']} already")
        later = context.now - response["created_at"]
        moved = replace(planned, start_at=planned.start_at + later, due_at=planned.due_at + later, needs=())
        responses.require_running(context, reference, row, reopening=True)
        deviation = Reference("deviation", row["deviation_id"])
        number = responses.append_action(context, response["id"], deviation, moved, f"takes {reference.id} back: {why}")
        context.changed(reference.id, "done", f"taken back by A{number}")
        following.arrive(context, number)
