"""What people do to actions: each command that only actions take, and what those that deviations take too do to one.

States move only through engine.deviations.moves; what one action's new state means for the others is
engine.commands.following.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.actions import needs
from engine.commands import following, publishing, responses, settling
from engine.deviations.command_context import CommandContext, Row, note_same_owner, reason_of, require_future
from engine.deviations.moves import move_action, move_deviation
from engine.values.errors import Refused
from engine.values.ids import Reference
from engine.vocabulary import lifecycle
from engine.vocabulary.terms import Terms


def start(context: CommandContext, ids: Sequence[str]) -> None:
    """Actions begin, and their deviations are responding."""
    for reference, row in running(context, ids):
        require_needs(context, reference, row)
        move(context, reference, row, "start", changes={"reason": None, "waiting_until": None})
        _begin_deviation(context, row)


def wait(context: CommandContext, ids: Sequence[str], *, reason: str, until: int | None) -> None:
    """Actions wait on somebody outside."""
    why = reason_of(reason, "say on whom and for what, such as 'ACME calls back'")
    if until is not None:
        require_future(context, until)
    for reference, row in running(context, ids):
        require_needs(context, reference, row)
        move(context, reference, row, "wait", why, {"reason": why, "waiting_until": until})


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
        _begin_deviation(context, row)
        present = context.row(reference)
    ended = {"reason": why, "waiting_until": None, **(changes or {})}
    values = publishing.published(context.connection, context.now, present, ended)
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
            move(context, reference, row, "cancel", why, {"reason": why})
            following.follow(context, context.row(reference))


def block(context: CommandContext, ids: Sequence[str], *, reason: str) -> None:
    """Actions cannot go on. The reason marks them: finished needs do not release them again by themselves."""
    why = reason_of(reason, "say what stands in the way, such as 'no budget yet'")
    for reference, row in running(context, ids):
        move(context, reference, row, "block", why, {"reason": why})


def move(
    context: CommandContext,
    reference: Reference,
    row: Row,
    event: str,
    reason: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """One event of an action that a person said."""
    state = move_action(context.connection, context.writer, context.now, row, event, reason=reason, changes=changes)
    context.changed(reference.id, row["state"], state)


def hand_on(context: CommandContext, reference: Reference, row: Row, owner: str) -> None:
    """Another owner for an action; the one that it has already accepts it, if that is still to be done."""
    if row["owner"] == owner and lifecycle.ACTION[row["state"]].get("assign") == row["state"]:
        note_same_owner(context, reference, owner)
        return
    state = move_action(context.connection, context.writer, context.now, row, "assign", changes={"owner": owner})
    was, now = (row["state"], state) if row["owner"] == owner else (row["owner"], owner)
    context.changed(reference.id, was, now)


def reopen(context: CommandContext, reference: Reference, row: Row, why: str) -> None:
    """Take an end back: done goes back to work, failed is tried again, in doubt was not done, blocked by hand is
    ready again."""
    events = {"done": "reopen", "failed": "retry", "unknown": "confirm_not_done", "blocked": "needs_done"}
    event = events.get(row["state"], "reopen")
    changes: dict[str, Any] = {"reason": None}
    if event == "needs_done":
        require_needs(context, reference, row, by_hand=False)
        settled = settling.changes(context, row)
        if settled is None:
            following.follow(context, context.row(reference))
            return
        changes |= settled
    if row["chosen"] is not None:
        changes |= {"chosen": None, "decision": None}
    if event == "retry":
        changes |= {"attempt": row["attempt"] + 1, "failure": None}
    responses.require_running(context, reference, row, reopening=True)
    move(context, reference, row, event, why, changes)
    needs.hold_back(context, row)


def running(context: CommandContext, ids: Sequence[str]) -> Iterator[tuple[Reference, Row]]:
    """The actions that ids name; raises Refused at one whose response does not run any more."""
    for reference, row in context.rows(ids, "action"):
        responses.require_running(context, reference, row)
        yield reference, row


def _begin_deviation(context: CommandContext, action: Mapping[str, Any]) -> None:
    """The first start of an action moves the deviations that it answers, unless that has recovered or ended
    meanwhile."""
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


def _end_actions(context: CommandContext, ids: Sequence[str], event: str, reason: str) -> None:
    why = reason_of(reason)
    for reference, row in running(context, ids):
        move(context, reference, row, event, why, {"reason": why})
        following.follow(context, context.row(reference))
