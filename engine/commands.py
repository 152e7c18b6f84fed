"""What people do to deviations and actions: each function carries out one command inside one transaction.

States move only through engine.moves; a response and its actions as a whole are engine.responses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from engine import closing, following, lifecycle, merging, needs, responses, worklist
from engine.approving import Cost
from engine.clock import LATEST, iso
from engine.command_context import CommandContext, Row, cleaned, known_owner, reason_of, require_in_queue
from engine.errors import BadInput, Refused
from engine.ids import Reference
from engine.journal import Entry
from engine.model import DISMISSALS
from engine.moves import move_action, move_deviation, write
from engine.terms import Terms

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
                _action(context, reference, row, "accept")
            else:
                _hand_on(context, reference, row, known_owner(context, to))


def assign(context: CommandContext, ids: Sequence[str], *, to: str) -> None:
    """Another owner for deviations (the state stays) or actions (a ready one counts as accepted, a blocked one waits)."""
    owner = known_owner(context, to)
    for reference, row in context.rows(ids, "deviation", "action"):
        if reference.table == "action":
            responses.require_running(context, reference, row)
            _hand_on(context, reference, row, owner)
        elif row["state"] not in lifecycle.SLOT_STATES:
            raise Refused(f"{reference.id} is {row['state']}: it has ended; reopen it first")
        elif row["owner"] == owner:
            _note_same_owner(context, reference, owner)
        else:
            write(context.connection, context.writer, "deviation", row, {"owner": owner}, action="assign")
            context.changed(reference.id, row["owner"], owner)


def start(context: CommandContext, ids: Sequence[str]) -> None:
    """Actions begin, and their deviations are responding."""
    for reference, row in running(context, ids):
        require_needs(context, reference, row)
        _action(context, reference, row, "start", changes={"reason": None, "waiting_until": None})
        begin_deviation(context, row)


def wait(context: CommandContext, ids: Sequence[str], *, reason: str, until: int | None) -> None:
    """Actions wait on somebody outside."""
    why = reason_of(reason, "say on whom and for what, such as 'ACME calls back'")
    if until is not None:
        _require_future(context, until)
    for reference, row in running(context, ids):
        _action(context, reference, row, "wait", why, {"reason": why, "waiting_until": until})


def complete(
    context: CommandContext, reference: Reference, row: Row, why: str | None, changes: Mapping[str, Any] | None = None
) -> None:
    """Carry an action to its end, starting it where that was not done; `changes` are further columns to write with it.

    Raises Refused where it still needs others.
    """
    present = row
    if row["state"] in ("blocked", "ready", "assigned"):
        require_needs(context, reference, row)
        move_action(context.connection, context.writer, context.now, row, "start")
        begin_deviation(context, row)
        present = context.row(reference)
    values = {"reason": why, "waiting_until": None, **(changes or {})}
    state = move_action(
        context.connection, context.writer, context.now, present, "complete", reason=why, changes=values
    )
    context.changed(reference.id, row["state"], state)
    following.follow(context, context.row(reference))


def fail(context: CommandContext, ids: Sequence[str], *, reason: str) -> None:
    """Actions did not work out."""
    _end_actions(context, ids, "fail", reason)


def skip(context: CommandContext, ids: Sequence[str], *, reason: str) -> None:
    """Actions are not needed."""
    _end_actions(context, ids, "skip", reason)


def cancel(context: CommandContext, ids: Sequence[str], *, reason: str) -> None:
    """Actions, or whole responses, are called off."""
    why = reason_of(reason)
    for reference, row in context.rows(ids, "action", "response"):
        if reference.table == "response":
            following.cancel(context, row, why)
        else:
            _action(context, reference, row, "cancel", why, {"reason": why})
            following.follow(context, context.row(reference))


def block(context: CommandContext, ids: Sequence[str], *, reason: str) -> None:
    """Actions cannot go on. The reason marks them: finished needs do not release them again by themselves."""
    why = reason_of(reason, "say what stands in the way, such as 'no budget yet'")
    for reference, row in running(context, ids):
        _action(context, reference, row, "block", why, {"reason": why})


def snooze(context: CommandContext, ids: Sequence[str], *, until: int, reason: str | None) -> None:
    """Deviations stay out of the queue until an instant."""
    _require_future(context, until)
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
            _reopen_action(context, reference, row, why)
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


def _action(
    context: CommandContext,
    reference: Reference,
    row: Row,
    event: str,
    reason: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    state = move_action(context.connection, context.writer, context.now, row, event, reason=reason, changes=changes)
    context.changed(reference.id, row["state"], state)


def _hand_on(context: CommandContext, reference: Reference, row: Row, owner: str) -> None:
    """Another owner for an action; the one that it has already accepts it, if that is still to be done."""
    if row["owner"] == owner and lifecycle.ACTION[row["state"]].get("assign") == row["state"]:
        _note_same_owner(context, reference, owner)
        return
    state = move_action(context.connection, context.writer, context.now, row, "assign", changes={"owner": owner})
    was, now = (row["state"], state) if row["owner"] == owner else (row["owner"], owner)
    context.changed(reference.id, was, now)


def _note_same_owner(context: CommandContext, reference: Reference, owner: str) -> None:
    context.notes.append(f"{reference.id} is {owner}'s already: nothing was changed")


def _end_actions(context: CommandContext, ids: Sequence[str], event: str, reason: str) -> None:
    why = reason_of(reason)
    for reference, row in running(context, ids):
        _action(context, reference, row, event, why, {"reason": why})
        following.follow(context, context.row(reference))


def _end_deviations(
    context: CommandContext, ids: Sequence[str], event: str, reason: str, said: Mapping[str, Any]
) -> None:
    why = reason_of(reason)
    for reference, row in context.rows(ids, "deviation"):
        changes = {"reason": why, **said}
        if event == "dismiss":
            changes["dismissed_severity"] = row["severity"]
        else:
            closing.require_mandatory_done(context, reference)
        _deviation(context, reference, row, event, changes, why)
        closing.note_open_actions(context, reference)
        # What was merged into it may stand on its own now, and what is put aside may have a date to come back.
        merging.touch(context.connection, reference.number)
        worklist.touch(context.connection, row)


def _reopen_action(context: CommandContext, reference: Reference, row: Row, why: str) -> None:
    """Done goes back to work, failed is tried again, in doubt was not done, blocked by hand is ready again."""
    events = {"done": "reopen", "failed": "retry", "unknown": "confirm_not_done", "blocked": "needs_done"}
    event = events.get(row["state"], "reopen")
    changes: dict[str, Any] = {"reason": None}
    if event == "needs_done":
        require_needs(context, reference, row, by_hand=False)
    if row["chosen"] is not None:
        changes |= {"chosen": None, "decision": None}
    if event == "retry":
        changes["attempt"] = row["attempt"] + 1
    responses.require_running(context, reference, row, reopening=True)
    _action(context, reference, row, event, why, changes)
    needs.hold_back(context, row)


def running(context: CommandContext, ids: Sequence[str]) -> Iterator[tuple[Reference, Row]]:
    """The actions that ids name; raises Refused at one whose response does not run any more."""
    for reference, row in context.rows(ids, "action"):
        responses.require_running(context, reference, row)
        yield reference, row


def begin_deviation(context: CommandContext, action: Mapping[str, Any]) -> None:
    """The first start of an action moves the deviations that it answers, unless that has recovered or ended meanwhile."""
    joined = context.connection.execute(
        "SELECT id FROM deviation WHERE joined = ?", (action["response_id"],)
    ).fetchall()
    for number in (action["deviation_id"], *(each for (each,) in joined)):
        row = context.row(Reference("deviation", number))
        if row["state"] in ("open", "acknowledged"):
            move_deviation(context.connection, context.writer, context.now, row, "start")


def require_needs(context: CommandContext, reference: Reference, row: Row, *, by_hand: bool = True) -> None:
    """Raises Refused for a blocked action, naming what it waits for."""
    if row["state"] != "blocked":
        return
    open_needs = needs.open_needs(context.connection, row)
    if open_needs:
        raise Refused(f"{reference.id} is blocked: it needs {', '.join(open_needs)} first")
    if by_hand:
        raise Refused(f"{reference.id} is blocked ({row['reason']}); reopen it first")


def require_decided(reference: Reference, row: Mapping[str, Any]) -> None:
    """Raises Refused for a decision between options that is to be completed without a choice."""
    choices = Terms.load(row["terms"]).options
    if choices and row["chosen"] is None:
        named = ", ".join(["nothing", *(str(each["id"]) for each in choices)])
        raise Refused(f"{reference.id} asks for a choice; use decide with --option, one of {named}")


def _require_future(context: CommandContext, until: int) -> None:
    if until <= context.now:
        raise BadInput("until", f"{iso(until)} is not after now ({iso(context.now)})", "name a later time, such as +2h")
    if until >= LATEST:
        raise BadInput("until", f"{iso(until)} lies outside the years 1900 to 2199", "correct the year")
