"""When time alone does something to an action: its timers, armed and disarmed with every change of its row (table
timer).

What an action waits for follows from its row and its frozen terms alone, so an undo arms again what a command disarmed.
What happens when a timer fires is engine.commands.firing. A timer's `generation` rises whenever it is armed, disarmed
or fired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.deviations import escalating
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.values.clock import DAY, MINUTE
from engine.vocabulary.terms import PEOPLES, Escalation, Terms

KINDS: Final = ("accept", "wait", "retry", "overdue")
"""Nobody has accepted it in time; the time until which it waits is over; it is tried again; its due time has passed."""
REMIND_EVERY: Final = DAY
"""How often an action that stays overdue is reminded of; reminders that nobody could fire meanwhile are one."""
_REMINDED: Final = ("ready", "assigned", "in_progress", "waiting", "unknown", "failed")


class Timer(NamedTuple):
    """One timer of an action."""

    id: int
    kind: str
    due_at: int | None
    generation: int
    fired_at: int | None
    held: int


def follow(connection: sqlite3.Connection, action: Mapping[str, Any]) -> None:
    """Make the timers of an action those that its row (as it stands now) asks for."""
    present = {
        row[1]: Timer(*row)
        for row in connection.execute(
            "SELECT id, kind, due_at, generation, fired_at, held FROM timer WHERE subject = ?", (action["id"],)
        )
    }
    fired = {kind: timer.fired_at for kind, timer in present.items()}
    terms = Terms.load(action["terms"])
    asked = wanted(action, terms, fired, lambda: arrivals(connection, action))
    held = _next_step(action, terms) is not None and "accept" not in asked
    for kind in KINDS:
        due_at, timer = asked.get(kind), present.get(kind)
        if timer is None and due_at is not None:
            connection.execute(
                "INSERT INTO timer(due_at, kind, subject, generation) VALUES (?, ?, ?, 1)", (due_at, kind, action["id"])
            )
        elif timer is not None and timer.due_at != due_at:
            connection.execute(
                "UPDATE timer SET due_at = ?, generation = generation + 1 WHERE id = ?", (due_at, timer.id)
            )
        if kind == "accept" and timer is not None and bool(timer.held) != held:
            connection.execute("UPDATE timer SET held = ? WHERE id = ?", (held, timer.id))


def look_again(connection: sqlite3.Connection) -> None:
    """Arm the escalation chains that were held until more signals come in, where enough have come."""
    query = "SELECT action.* FROM timer INDEXED BY timer_held CROSS JOIN action ON action.id = subject WHERE held"
    for action in rows(connection, query):
        follow(connection, action)


def arrivals(connection: sqlite3.Connection, action: Mapping[str, Any]) -> list[int]:
    """When the signals came in that the deviation of an action rests on, in order."""
    query = (
        "SELECT received_at FROM deviation_signal JOIN signal ON signal.id = signal_id WHERE deviation_id = ?"
        " ORDER BY received_at"
    )
    return [at for (at,) in connection.execute(query, (action["deviation_id"],))]


def wanted(
    action: Mapping[str, Any],
    terms: Terms,
    fired: Mapping[str, int | None],
    arrivals: Callable[[], Sequence[int]],
) -> dict[str, int]:
    """When each kind of timer of an action is due, of those that it has; `fired` is when each fired last, and
    `arrivals` reads when the deviation's signals came in, where a chain asks for them."""
    state, asked = action["state"], {}
    if state == "ready" and terms.kind in PEOPLES:
        asked["accept"] = _accept_at(action, terms, fired.get("accept"), arrivals)
    if state == "waiting" and _is_new(action["waiting_until"], fired.get("wait")):
        asked["wait"] = action["waiting_until"]
    if retries(action, terms):
        asked["retry"] = _since(action) + terms.retry_delay_minutes * MINUTE
    if state in _REMINDED and (terms.kind in PEOPLES or state in ("unknown", "failed")):
        asked["overdue"] = _remind_at(action["due_at"], fired.get("overdue"))
    return {kind: due_at for kind, due_at in asked.items() if due_at is not None}


def retries(action: Mapping[str, Any], terms: Terms) -> bool:
    """Whether a failed action is made ready again by itself."""
    if action["state"] != "failed" or action["attempt"] > terms.retry_count:
        return False
    return not terms.retry_when or action["failure"] in terms.retry_when


def accept_by(action: Mapping[str, Any], terms: Terms) -> int | None:
    """Until when somebody has to have accepted an action; None where nothing was said, or where it is not asked for."""
    if action["state"] != "ready" or terms.kind not in PEOPLES or terms.ack_within_minutes is None:
        return None
    return _asked_since(action) + terms.ack_within_minutes * MINUTE


def _next_step(action: Mapping[str, Any], terms: Terms) -> Escalation | None:
    """The step of the escalation chain that an action waits for; None where it waits for none."""
    done = int(action["escalation"])
    waits = action["state"] == "ready" and terms.kind in PEOPLES and done < len(terms.escalations)
    return terms.escalations[done] if waits else None


def first_look(action: Mapping[str, Any], step: Escalation) -> int:
    """When the next step of an action's chain is looked at first."""
    return escalating.first_look(step, _asked_since(action))


def _accept_at(
    action: Mapping[str, Any], terms: Terms, fired_at: int | None, arrivals: Callable[[], Sequence[int]]
) -> int | None:
    """When the next owner of the chain is asked; after the last one, when it is said that nobody is left."""
    step = _next_step(action, terms)
    if step is not None:
        first = first_look(action, step)
        # What comes in until then counts as well, so nothing is held before it was looked at.
        return escalating.goes_on(step, first, arrivals()) if fired_at is not None and fired_at >= first else first
    done = int(action["escalation"])
    patience = terms.ack_within_minutes
    if patience is None and terms.escalations:
        patience = terms.escalations[-1].after_minutes
    if patience is None or done > len(terms.escalations):
        return None
    return _asked_since(action) + patience * MINUTE


def _asked_since(action: Mapping[str, Any]) -> int:
    return max(_since(action), int(action["escalated_at"] or 0))


def _since(action: Mapping[str, Any]) -> int:
    return int(action["state_at"])


def _remind_at(due_at: int, fired_at: int | None) -> int:
    if fired_at is None or fired_at < due_at:
        return due_at
    return due_at + ((fired_at - due_at) // REMIND_EVERY + 1) * REMIND_EVERY


def _is_new(at: int | None, fired_at: int | None) -> bool:
    return at is not None and (fired_at is None or fired_at < at)
