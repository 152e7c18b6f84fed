"""overdue: the planned date and the grace have passed, and nothing says that the line arrived in full.

It begins at the end of the promised day (or at the promised instant) + `grace_days`, whatever newer date somebody
announces: that is late_supply's subject. "In full" leaves out at most `percent` of the planned quantity; a line without
a planned quantity has arrived with its first receipt. Closed and cancelled lines are not watched.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from engine.detect.measures import (
    bounds,
    open_share,
    promise_terms,
    share_of_value,
    slip_of_absence,
    value_terms,
)
from engine.facts.line_state import LineState
from engine.facts.subjects import LineFacts
from engine.values.clock import DAY, iso, iso_or_none
from engine.values.days import Days
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "overdue"
DEFAULTS: Final = {"grace_days": 1.0, "percent": 5.0, "remedy_days": 2.0, **bounds(3, 7, 14)}
"""`grace_days` of 24 hours, `percent` of the quantity that may be missing from "in full"; bounds in days past due."""


class Overdue(NamedTuple):
    """A promise that is past and was not kept."""

    size: float
    """Whole days past due."""


def measure(state: LineState, tolerance: Tolerance, days: Days, now: int) -> Overdue | None:
    """How long the line is past due at `now`, where that is a breach."""
    due_end = state.due_end
    if due_end is None or state.planned_at is None or now < _begins_at(due_end, tolerance):
        return None
    if not _awaited(state, tolerance):
        return None
    return Overdue(float(days.between(due_end, now)))


def judge(facts: LineFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    line, due_end, past = facts.line, facts.due_end, measure(facts.state(), tolerance, facts.days, now)
    if past is None or due_end is None:
        return None
    days = past.size
    share = open_share(facts)
    terms = [
        *promise_terms(facts),
        Term(
            "received",
            facts.received(),
            line.uom or "",
            ", ".join(move.said for move in facts.receipts) or "no signal",
        ),
        Term("grace", tolerance["grace_days"], "days", tolerance.source("grace_days")),
        Term("overdue from", iso(_begins_at(due_end, tolerance)), "UTC", "end of the promise + grace"),
        Term("past due", days, "days", "now − end of the promise, whole days"),
        *value_terms(facts, share, "open share"),
    ]
    return Finding(
        kind=KIND,
        summary=f"{'not' if share == 1 else 'only partly'} arrived, {_ago(days)} past due",
        severity=tolerance.severity(days),
        planned={"at": iso_or_none(line.planned_at)},
        observed={"received": facts.received()},
        gap={"days": days},
        terms=terms,
        value_minor=share_of_value(facts, share),
        currency=line.currency,
        need_at=line.planned_at,
        occurred_at=due_end,
        signals=[move.signal for move in facts.receipts],
        item=line.item,
        site=line.site,
        party=line.party,
        origin=line.origin,
        slip=slip_of_absence(facts, now),
    )


def wake_at(facts: LineFacts, tolerance: Tolerance, now: int) -> int | None:
    """When the line becomes overdue; while it is, when the next whole day is over."""
    due_end = facts.due_end
    if due_end is None or not _awaited(facts.state(), tolerance):
        return None
    begins_at = _begins_at(due_end, tolerance)
    return begins_at if now < begins_at else facts.days.later(due_end, facts.days.between(due_end, now) + 1)


def _awaited(state: LineState, tolerance: Tolerance) -> bool:
    return state.open and (not state.receipts or state.full_at(1 - tolerance["percent"] / 100) is None)


def _begins_at(due_end: int, tolerance: Tolerance) -> int:
    return due_end + int(tolerance["grace_days"] * DAY)


def _ago(days: float) -> str:
    return "less than a day" if days < 1 else f"{days:g} {'day' if days == 1 else 'days'}"
