"""Deciding: one option of a decision step is chosen, and what was known of all of them is kept with the choice.

The action's `decision` holds the whole comparison as it stood (engine.options.comparing), who chose what and why; so
does the journal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.commands import action_commands, following
from engine.commands.approving import Cost, require_approved
from engine.deviations.command_context import CommandContext, reason_of
from engine.deviations.moves import move_action, write
from engine.options import comparing
from engine.options.weighing import spoken
from engine.storage.journal import canonical
from engine.storage.store import as_json, rows
from engine.values.clock import iso
from engine.values.errors import BadInput, Refused
from engine.values.ids import Reference
from engine.values.money import units
from engine.vocabulary.terms import Terms


def decide(context: CommandContext, ids: Sequence[str], *, option: str, reason: str) -> None:
    """Choose an option in decisions, and complete them. Raises Refused for what is no decision between options, and
    BadInput for an option that it does not have."""
    why = reason_of(reason, "say what made it the better one, such as 'the customer pays half'")
    for reference, row in action_commands.running(context, ids):
        known = comparing.of_action(context.connection, row, context.now)
        if known is None:
            raise Refused(f"{reference.id} is no decision between options; complete it with done")
        if row["chosen"] is not None and row["state"] == "done":
            raise Refused(f"{reference.id} is decided: {row['chosen']}; reopen it to decide again")
        named = [each["id"] for each in known["options"]]
        if option not in named:
            raise BadInput("option", f"{option!r} is none of {reference.id}", f"its options are {', '.join(named)}")
        (taken,) = (each for each in known["options"] if each["id"] == option)
        cost = _cost(taken)
        require_approved(context, reference, row, cost)
        decision = {
            **known, "chosen": option, "reason": why, "decided_by": context.actor, "decided_at": iso(context.now)
        }  # fmt: skip
        values: dict[str, Any] = {"chosen": option, "decision": canonical(decision)}
        if cost is not None:
            values |= {"cost_minor": cost.minor, "cost_currency": cost.currency}
        left_out = _leave_out(context, reference, row, option)
        action_commands.complete(context, reference, row, f"{option}: {why}", values)
        for each in left_out:
            following.follow(context, context.row(each))
        _stamp(context, row, option, why)
        context.notes.extend(_notes(known, option))


def _leave_out(
    context: CommandContext, reference: Reference, action: Mapping[str, Any], option: str
) -> list[Reference]:
    """Skip the steps that only other options ask for, unless somebody has begun them; they are what is returned."""
    choices = Terms.load(action["terms"]).options
    wanted = {step for each in choices if each["id"] == option for step in each.get("steps", ())}
    others = {step for each in choices for step in each.get("steps", ())} - wanted
    found = rows(
        context.connection,
        "SELECT * FROM action WHERE response_id = ? AND state IN ('blocked', 'ready', 'assigned')"
        " AND step IN (SELECT value FROM json_each(?)) ORDER BY position",
        (action["response_id"], as_json(sorted(others))),
    )
    reason = f"{reference.id} chose {option}"
    for row in found:
        state = move_action(
            context.connection, context.writer, context.now, row, "skip", reason=reason, changes={"reason": reason}
        )
        context.changed(f"A{row['id']}", row["state"], state)
    return [Reference("action", row["id"]) for row in found]


def _cost(option: Mapping[str, Any]) -> Cost | None:
    """What an option costs, which decides whether it has to be approved; None where that is not known."""
    shown = option["cost"]
    return None if shown is None else Cost(round(shown["amount"] * units(shown["currency"])), shown["currency"])


def _stamp(context: CommandContext, action: Mapping[str, Any], option: str, why: str) -> None:
    """The first choice is when the deviation was decided."""
    deviation = context.row(Reference("deviation", action["deviation_id"]))
    if deviation["decided_at"] is None:
        values = {"decided_at": context.now}
        reason = f"{option}: {why}"
        write(context.connection, context.writer, "deviation", deviation, values, action="decide", reason=reason)


def _notes(known: Mapping[str, Any], option: str) -> list[str]:
    """What the person should hear of a choice that the figures speak against."""
    (chosen,) = (each for each in known["options"] if each["id"] == option)
    if chosen["dominated_by"] is not None:
        return [
            f"{spoken(option)} is nowhere better than {spoken(chosen['dominated_by'])} by the figures of this decision"
        ]
    if known["winner"] not in (None, option):
        return [f"by its weights {spoken(known['winner'])} scores better than {spoken(option)}"]
    return []
