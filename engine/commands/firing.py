"""Timers that are due: each is taken once, in due order, in the transaction of what it does (engine.deviations.timers
arms them).

* accept: the next owner of the escalation chain is asked, or an entry says that the chain is held until more signals
  come in; after the last one an entry says that the chain is exhausted.
* wait: a `wait` step is over; of a person's action an entry says that what it waits for has not come.
* retry: a failed action is ready again, with the next attempt.
* overdue: an entry reminds of an action whose due time has passed, once a day at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from engine.commands import following
from engine.deviations import escalating, timers
from engine.deviations.command_context import CommandContext, Row
from engine.deviations.moves import move_action, write
from engine.master import network
from engine.storage.journal import Entry
from engine.values.clock import iso
from engine.values.ids import Reference
from engine.vocabulary.lifecycle import QUEUE_STATES
from engine.vocabulary.terms import Escalation, Terms

AT_A_TIME: Final = 500
"""Timers of one transaction."""


def fire_due(context: CommandContext) -> int:
    """Fire up to AT_A_TIME timers that are due, the earliest first; returns how many did something."""
    due = context.connection.execute(
        "SELECT id, generation FROM timer WHERE due_at <= ? ORDER BY due_at, id LIMIT ?", (context.now, AT_A_TIME)
    ).fetchall()
    return sum(fire(context, number, generation) for number, generation in due)


def fire(context: CommandContext, number: int, generation: int) -> bool:
    """Fire one timer, if it is due and still of this generation; whether it was.

    What an earlier timer set off may have armed it anew, or disarmed it: then it does nothing.
    """
    taken = context.connection.execute(
        "UPDATE timer SET due_at = NULL, fired_at = ?1, generation = generation + 1"
        " WHERE id = ?2 AND generation = ?3 AND due_at <= ?1 RETURNING kind, subject",
        (context.now, number, generation),
    ).fetchone()
    if taken is None:
        return False
    kind, subject = taken
    reference = Reference("action", subject)
    action = context.row(reference)
    if context.row(Reference("response", action["response_id"]))["state"] == "running":
        _FIRE[kind](context, action)
        timers.follow(context.connection, context.row(reference))
    return True


def _accept(context: CommandContext, action: Row) -> None:
    chain, done = Terms.load(action["terms"]).escalations, action["escalation"]
    changes = {"escalation": done + 1, "escalated_at": context.now}
    if done == len(chain):
        reason = f"nobody has accepted it, and nobody is left to ask after {action['owner']}"
        write(context.connection, context.writer, "action", action, changes, action="exhausted", reason=reason)
        context.changed(f"A{action['id']}", action["owner"], "nobody is left to ask")
        return
    if not _goes_on(context, action, chain[done]):
        return
    owner, because = _next_owner(context, action, chain[done])
    reason = f"{action['owner']} did not accept it in time; {because}"
    changes |= {"owner": owner, "owner_because": because}
    move_action(context.connection, context.writer, context.now, action, "escalate", reason=reason, changes=changes)
    context.changed(f"A{action['id']}", action["owner"], owner)


def _goes_on(context: CommandContext, action: Row, step: Escalation) -> bool:
    """Whether enough signals came in for the next owner to be asked; an entry says so where not."""
    first = timers.first_look(action, step)
    at = escalating.goes_on(step, first, timers.arrivals(context.connection, action))
    if at is None and step.above is not None:
        above = step.above
        asked = f"more than {above.signals} signals within {above.within_minutes} min"
        _tell(context, action, "hold", f"{step.owner} is asked only once {asked} come in about the deviation")
    return at is not None and at <= context.now


def _next_owner(context: CommandContext, action: Row, step: Escalation) -> tuple[str, str]:
    """Who is asked now, and why: the person of the chain, else that person's fallback, else who has it already."""
    people = network.owner_ids(context.connection)
    if not people or step.owner in people:
        return step.owner, step.because
    if step.fallback in people:
        return str(step.fallback), f"in place of {step.owner}, who is no owner of the plan any more"
    return action["owner"], f"{step.owner} is no owner of the plan any more, and nobody is in that place"


def _wait(context: CommandContext, action: Row) -> None:
    if action["kind"] == "wait":
        following.complete(context, action)
        return
    until = iso(action["waiting_until"])
    _tell(context, action, "wait_over", f"it waited until {until} ({action['reason']}), which has passed")


def _retry(context: CommandContext, action: Row) -> None:
    changes = {"attempt": action["attempt"] + 1, "reason": None, "failure": None}
    of = Terms.load(action["terms"]).retry_count + 1
    reason = f"attempt {action['attempt'] + 1} of {of}"
    state = move_action(
        context.connection, context.writer, context.now, action, "retry", reason=reason, changes=changes
    )
    context.changed(f"A{action['id']}", action["state"], state)
    following.arrive(context, action["id"])


def _overdue(context: CommandContext, action: Row) -> None:
    deviation = context.row(Reference("deviation", action["deviation_id"]))
    if deviation["state"] in QUEUE_STATES:
        _tell(context, action, "overdue", f"it was due {iso(action['due_at'])}, and is {action['state']}")


def _tell(context: CommandContext, action: Row, event: str, words: str) -> None:
    """An entry about an action whose row stays as it is."""
    context.writer.write(Entry(event, "action", f"A{action['id']}", {}, {}, reason=words))
    context.changed(f"A{action['id']}", action["state"], event)


_FIRE: Final[Mapping[str, Callable[[CommandContext, Row], None]]] = {
    "accept": _accept,
    "wait": _wait,
    "retry": _retry,
    "overdue": _overdue,
}
