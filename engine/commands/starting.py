"""Whether a response may start now: not twice with one playbook, not in its cooldown, and beside others only as its
concurrency allows.

The one place for it. What a playbook says of it comes with the plan (engine.vocabulary.planning.Start).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from engine.deviations.command_context import CommandContext, Row
from engine.deviations.moves import write
from engine.storage.store import rows
from engine.values.clock import MINUTE, iso
from engine.values.errors import Refused
from engine.values.ids import Reference
from engine.values.text import clean
from engine.vocabulary.planning import ResponsePlan


class Permit(NamedTuple):
    """How a response may start."""

    waits_for: int | None = None
    """The response that has to end before its first actions are ready."""
    joins: Row | None = None
    """The running response that answers the deviation too: no other one is made."""


def permit(context: CommandContext, deviation: Row, answer: ResponsePlan) -> Permit:
    """Decide for one deviation and the plan that was made for it. Raises Refused, naming what stands in the way."""
    reference = Reference("deviation", deviation["id"])
    if answer.start.shadow:
        raise Refused(
            f"playbook {answer.playbook} is in shadow mode: it shows what it would do (playbook dry-run {reference.id}"
            f" --playbook {answer.playbook}), and starts nothing; choose another, or set mode: active"
        )
    _refuse_repetition(context, reference, answer)
    _refuse_cooldown(context, reference, deviation, answer)
    return _beside_others(context, reference, answer)


def require_sole(context: CommandContext, response: Mapping[str, object]) -> None:
    """Raises Refused when another response with the same playbook has taken the place of one that is to run again."""
    deviation, number = response["deviation_id"], response["id"]
    other = _same_playbook(context, deviation, response["playbook"], response["playbook_version"], but=number)
    if other is not None:
        mend = f"cancel R{other['id']} first" if other["state"] == "running" else "reopen one of its actions instead"
        raise Refused(
            f"R{number} cannot run again: R{other['id']} ({other['state']}) answers D{deviation}"
            f" with {response['playbook']} too; {mend}"
        )


def join(context: CommandContext, deviation: Row, response: Row) -> None:
    """Let a running response answer one deviation more."""
    subject, reference = f"R{response['id']}", f"D{deviation['id']}"
    present = context.row(Reference("deviation", deviation["id"]))
    write(context.connection, context.writer, "deviation", present, {"joined": response["id"]}, action="join")
    context.changed(reference, None, f"answered by {subject} too")
    context.notes.append(f"{reference} is answered by {subject}, which runs for D{response['deviation_id']} already")


def _refuse_repetition(context: CommandContext, reference: Reference, answer: ResponsePlan) -> None:
    former = _same_playbook(context, reference.number, answer.playbook, answer.version)
    if former is None or (former["state"] != "running" and answer.start.repeats):
        return
    number = former["id"]
    if former["state"] == "running":
        raise Refused(
            f"{reference.id} is already answered with {answer.playbook}: R{number}, run by {former['owner']};"
            " work on that one, or cancel it first"
        )
    raise Refused(
        f"{reference.id} was answered with {answer.playbook} already: R{number} is done;"
        " reopen one of its actions, or name another playbook"
    )


def _same_playbook(
    context: CommandContext, deviation: object, playbook: object, version: object, *, but: object = 0
) -> Row | None:
    """The response that keeps one with this playbook from running: it runs, or had the same version and is done."""
    found = rows(
        context.connection,
        # Two parts: `OR` would look through all responses.
        "SELECT * FROM response WHERE id IN (SELECT id FROM response WHERE deviation_id = ?1 AND state != 'cancelled'"
        " UNION SELECT joined FROM deviation WHERE id = ?1)"
        " AND playbook = ?2 AND state != 'cancelled' AND (state = 'running' OR playbook_version = ?3) AND id != ?4"
        " ORDER BY state = 'running' DESC, id",
        (deviation, playbook, version, but),
    )
    return found[0] if found else None


def _refuse_cooldown(context: CommandContext, reference: Reference, deviation: Row, answer: ResponsePlan) -> None:
    if not answer.start.cooldown_minutes:
        return
    since = context.now - answer.start.cooldown_minutes * MINUTE
    former = context.connection.execute(
        "SELECT 'R' || response.id, 'D' || deviation.id, response.created_at FROM deviation"
        " JOIN response ON response.deviation_id = deviation.id"
        " WHERE subject_id = ? AND subject_type = ? AND kind = ? AND playbook = ? AND response.state != 'cancelled'"
        " AND response.created_at > ? ORDER BY response.created_at DESC LIMIT 1",
        (deviation["subject_id"], deviation["subject_type"], deviation["kind"], answer.playbook, since),
    ).fetchone()
    if former is not None:
        again = iso(former[2] + answer.start.cooldown_minutes * MINUTE)
        subject = clean(f"{deviation['subject_type']} {deviation['subject_id']}")
        raise Refused(
            f"{reference.id}: {answer.playbook} answered {deviation['kind']} of {subject} at {iso(former[2])} ({former[0]}"
            f" for {former[1]}), and cools down until {again}; name another playbook, or respond after that"
        )


def _beside_others(context: CommandContext, reference: Reference, answer: ResponsePlan) -> Permit:
    if answer.start.key is None:
        return Permit()
    running = rows(
        context.connection,
        "SELECT * FROM response WHERE playbook = ? AND start_key = ? AND state = 'running' ORDER BY id DESC LIMIT 1",
        (answer.playbook, answer.start.key),
    )
    if not running:
        return Permit()
    other = running[0]
    if answer.start.on_conflict == "queue":
        return Permit(waits_for=other["id"])
    if answer.start.on_conflict == "join":
        return Permit(joins=other)
    raise Refused(
        f"{reference.id}: {answer.playbook} runs once at a time for {answer.start.key}: R{other['id']} for"
        f" D{other['deviation_id']} is running; work on that one, or name another playbook"
    )
