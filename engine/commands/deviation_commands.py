"""What people do to deviations, and to deviations and actions alike: each function carries out one command.

What only actions take is in engine.commands.action_commands; a response and its actions as a whole are
engine.commands.responses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.commands import action_commands, responses
from engine.commands.approving import Cost
from engine.deviations import closing, merging
from engine.deviations.command_context import (
    CommandContext,
    Row,
    cleaned,
    known_owner,
    note_same_owner,
    reason_of,
    require_future,
    require_in_queue,
)
from engine.deviations.moves import move_deviation, write
from engine.intake import worklist
from engine.storage.journal import Entry
from engine.values.clock import iso
from engine.values.errors import BadInput, Refused
from engine.values.ids import Reference
from engine.vocabulary import lifecycle
from engine.vocabulary.model import DISMISSALS

_OF_THE_END: Final = ("outcome", "cost_minor", "cost_currency")


def acknowledge(context: CommandContext, ids: Sequence[str], *, to: str | None) -> None:
    """Deviations get an owner and are acknowledged; an action is accepted by its owner, or by `to`."""
    for reference, row in context.rows(ids, "deviation", "action"):
        if reference.table == "deviation":
            owner = known_owner(context, to or context.actor)
            _deviation(context, reference, row, "ack", {"owner": owner})
        else:
            responses.require_running(context, reference, row)
            if to is None:
                action_commands.require_needs(context, reference, row)
                action_commands.move(context, reference, row, "accept")
            else:
                action_commands.hand_on(context, reference, row, known_owner(context, to))


def assign(context: CommandContext, ids: Sequence[str], *, to: str) -> None:
    """Another owner for deviations (the state stays) or actions (a ready one counts as accepted, a blocked one
    waits)."""
    owner = known_owner(context, to)
    for reference, row in context.rows(ids, "deviation", "action"):
        if reference.table == "action":
            responses.require_running(context, reference, row)
            action_commands.hand_on(context, reference, row, owner)
        elif row["state"] not in lifecycle.SLOT_STATES:
            raise Refused(f"{reference.id} is {row['state']}: it has ended; reopen it first")
        elif row["owner"] == owner:
            note_same_owner(context, reference, owner)
        else:
            write(context.connection, context.writer, "deviation", row, {"owner": owner}, action="assign")
            context.changed(reference.id, row["owner"], owner)


def snooze(context: CommandContext, ids: Sequence[str], *, until: int, reason: str | None) -> None:
    """Deviations stay out of the queue until an instant."""
    require_future(context, until)
    why = None if reason is None else reason_of(reason, "leave it out, or say why")
    for reference, row in context.rows(ids, "deviation"):
        require_in_queue(reference, row["state"], "snoozed")
        values = {"snoozed_until": until}
        write(context.connection, context.writer, "deviation", row, values, action="snooze", reason=why)
        context.changed(reference.id, row["state"], f"snoozed until {iso(until)}")


def dismiss(context: CommandContext, ids: Sequence[str], *, reason: str, category: str) -> None:
    """Deviations are not worth acting on; `category` of model.DISMISSALS says of which sort."""
    if category not in DISMISSALS:
        raise BadInput("as", f"{category!r} is no sort of dismissal", f"write one of {', '.join(DISMISSALS)}")
    _end_deviations(context, ids, "dismiss", reason, {"dismissed_as": category})


def resolve(
    context: CommandContext,
    ids: Sequence[str],
    *,
    reason: str,
    outcome: str | None = None,
    cost: Cost | None = None,
) -> None:
    """Deviations are settled: why, what came of it, and what it cost in all."""
    said: dict[str, Any] = {}
    if outcome is not None:
        said["outcome"] = cleaned(outcome, "outcome", "a text", "leave it out, or say what came of it")
    if cost is not None:
        said |= {"cost_minor": cost.minor, "cost_currency": cost.currency}
    _end_deviations(context, ids, "resolve", reason, said)


def contain(context: CommandContext, ids: Sequence[str], *, reason: str | None) -> None:
    """No further harm comes of deviations from now on, though they are not over."""
    why = None if reason is None else reason_of(reason, "leave it out, or say why")
    for reference, row in context.rows(ids, "deviation"):
        require_in_queue(reference, row["state"], "contained")
        if row["contained_at"] is not None:
            raise Refused(f"{reference.id} is contained since {iso(row['contained_at'])}")
        values = {"contained_at": context.now}
        write(context.connection, context.writer, "deviation", row, values, action="contain", reason=why)
        context.changed(reference.id, row["state"], "contained")


def close(context: CommandContext, ids: Sequence[str], *, reason: str | None) -> None:
    """Resolved deviations are done with, after their review. Raises Refused while actions of a response are open."""
    why = None if reason is None else reason_of(reason, "leave it out, or say what was learnt")
    for reference, row in context.rows(ids, "deviation"):
        closing.require_nothing_open(context, reference)
        _deviation(context, reference, row, "close", {}, why)


def reopen(context: CommandContext, ids: Sequence[str], *, reason: str) -> None:
    """Take an end back. A deviation is judged anew, since its breach may be over by now."""
    why = reason_of(reason)
    for reference, row in context.rows(ids, "deviation", "action"):
        if reference.table == "action":
            action_commands.reopen(context, reference, row, why)
        else:
            require_free_slot(context, row)
            cleared = dict.fromkeys(("reason", "dismissed_severity", "dismissed_as", "clear_since", *_OF_THE_END))
            _deviation(context, reference, row, "reopen", cleared, why)
            worklist.touch(context.connection, row)


def comment(context: CommandContext, ids: Sequence[str], *, text: str) -> None:
    """A remark in the history; the rows stay as they are."""
    remark = cleaned(text, "comment", "a text", "write what others should know, such as 'ACME called'")
    for reference, row in context.rows(ids, "deviation", "action", "response"):
        context.writer.write(Entry("comment", reference.table, reference.id, {}, {}, reason=remark))
        context.changed(reference.id, row["state"], row["state"])


def require_free_slot(context: CommandContext, row: Mapping[str, Any]) -> None:
    """Raises Refused when a newer episode of the same kind and subject holds the place that this one would take."""
    states = ", ".join(f"'{state}'" for state in lifecycle.SLOT_STATES)
    newer = context.connection.execute(
        f"SELECT id FROM deviation WHERE subject_id = ? AND subject_type = ? AND kind = ? AND state IN ({states})"
        " AND id != ?",
        (row["subject_id"], row["subject_type"], row["kind"], row["id"]),
    ).fetchone()
    if newer:
        raise Refused(f"D{row['id']} cannot come back: D{newer[0]} is its new episode; work on that one")


def _deviation(
    context: CommandContext,
    reference: Reference,
    row: Row,
    event: str,
    changes: Mapping[str, Any],
    reason: str | None = None,
) -> None:
    state = move_deviation(context.connection, context.writer, context.now, row, event, reason=reason, changes=changes)
    context.changed(reference.id, row["state"], state)


def _end_deviations(
    context: CommandContext, ids: Sequence[str], event: str, reason: str, said: Mapping[str, Any]
) -> None:
    why = reason_of(reason)
    for reference, row in context.rows(ids, "deviation"):
        changes = {"reason": why, **said}
        if event == "dismiss":
            changes["dismissed_severity"] = row["severity"]
        else:
            closing.require_mandatory_done(context.connection, [reference])
        _deviation(context, reference, row, event, changes, why)
        closing.note_open_actions(context, reference)
        # What was merged into it may stand on its own now, and what is put aside may have a date to come back.
        merging.touch(context.connection, reference.number)
        worklist.touch(context.connection, row)
