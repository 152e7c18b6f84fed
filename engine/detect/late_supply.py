"""late_supply: a supply line is expected, or came, later than planned by more than the tolerance.

The date compared is the arrival where the line has arrived in full, else the date last stated by an `eta` or a
`confirmation`. A promised day is kept by anything before its end; the lateness of a day-promise is whole days of the
desk's calendar, that of an instant days with two decimals. "In full" leaves out at most `percent` of the planned
quantity. Breach: the promise is broken and the days late are more than `days`. A line that arrived late is a fact: it
is reported as done. Closed and cancelled lines are not watched. Once the announced date is past as well, customers wait
until now at least: what it puts at risk grows by the day, while the days late stay those that were announced.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from engine.detect.measures import (
    bounds,
    days_late,
    in_days,
    open_share,
    promise_terms,
    share_of_value,
    slip_of_absence,
    value_terms,
)
from engine.facts.line_state import LineState
from engine.facts.subjects import LineFacts
from engine.values.clock import iso, iso_or_none
from engine.values.days import Days
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.slip import Slip
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "late_supply"
DEFAULTS: Final = {"days": 1.0, "percent": 5.0, "remedy_days": 3.0, **bounds(3, 7, 14)}
"""`days` late that pass, `percent` of the quantity that may be missing from "in full"; bounds in days late."""


class Late(NamedTuple):
    """A broken promise."""

    size: float
    """Days late."""
    at: int
    """When the line arrived, or is expected."""
    arrived: bool


def measure(state: LineState, tolerance: Tolerance, days: Days, now: int) -> Late | None:
    """How late the line is at `now`, where that is a breach."""
    arrived_at = state.full_at(1 - tolerance.values["percent"] / 100) if state.receipts else None
    at = state.eta if arrived_at is None else arrived_at
    if at is None or state.planned_at is None or not state.open:
        return None
    due_end = state.due_end
    if due_end is None or at < due_end:
        return None
    size = days_late(state, state.planned_at, at, days)
    return None if size <= tolerance.values["days"] else Late(size, at, arrived_at is not None)


def judge(facts: LineFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    line, late = facts.line, measure(facts.state(), tolerance, facts.days, now)
    if late is None:
        return None
    days = late.size
    signals: list[int | None]
    slip = None if late.arrived else slip_of_absence(facts, now)
    if late.arrived:
        signals, share, word = [move.signal for move in facts.receipts], 1.0, "arrived"
        value = value_terms(facts, share, "late share", "all of it came late")
    else:
        signals, share, word = [facts.eta_signal], open_share(facts), "expected"
        value = value_terms(facts, share, "open share")
    known = [signal for signal in signals if signal is not None]
    terms = [
        *promise_terms(facts),
        Term(word, iso(late.at), "UTC", ", ".join(f"S{signal}" for signal in known)),
        Term("late", days, "days", f"{word} − planned"),
        Term("tolerance", tolerance["days"], "days", tolerance.source("days")),
        *([] if slip is None else _passed(slip, late, now)),
        *value,
    ]
    return Finding(
        kind=KIND,
        summary=f"{word} {days:g} {'day' if days == 1 else 'days'} late",
        severity=tolerance.severity(days),
        planned={"at": iso_or_none(line.planned_at)},
        observed={word: iso(late.at)},
        gap={"days": days},
        terms=terms,
        value_minor=share_of_value(facts, share),
        currency=line.currency,
        need_at=line.planned_at,
        occurred_at=late.at if late.arrived else None,
        signals=known,
        item=line.item,
        site=line.site,
        party=line.party,
        origin=line.origin,
        done=late.arrived,
        slip=slip,
    )


def wake_at(facts: LineFacts, tolerance: Tolerance, now: int) -> int | None:
    """Time alone opens and ends nothing. Once the announced date is past, customers wait another day with each day."""
    due_end = facts.due_end
    if facts.eta is None or due_end is None or facts.eta < due_end or not facts.open:
        return None
    if facts.receipts and facts.state().full_at(1 - tolerance["percent"] / 100) is not None:
        return None
    return facts.days.later(due_end, facts.days.between(due_end, max(now, facts.eta)) + 1)


def _passed(slip: Slip, late: Late, now: int) -> list[Term]:
    """That the announced date is past as well, where it is."""
    waited = in_days(slip.delay or 0)
    if now <= late.at or waited <= late.size:
        return []
    return [
        Term("at the earliest", iso(now), "UTC", "now, since it did not come when it was expected"),
        Term("late by then", waited, "days", "at the earliest − planned"),
    ]
