"""unconfirmed: an expected confirmation or departure of a supply line did not come in its time.

    answer      any `eta` or `confirmation`, due `confirm_days` after the plan first had the line, or
                `confirm_before_days` before its planned date, whichever is earlier; goods that left or came are one too
    departure   `shipped` of a shipment or a transfer, due `ship_grace_days` after planned date − duration of its lane

Silence says something only where an answer is usual, so each of the three is watched where its parameter is over 0, and
the defaults are 0: a rule says which parties, sites or kinds of items answer. The first that is missing is the finding.
Without a lane from the line's origin no departure is expected. Closed and cancelled lines are not watched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from engine.detect.measures import (
    bounds,
    open_share,
    promise_terms,
    share_of_value,
    slip_of_all,
    value_terms,
)
from engine.facts.subjects import LineFacts
from engine.values.clock import DAY, iso
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "unconfirmed"
DEFAULTS: Final = {
    "confirm_days": 0.0,
    "confirm_before_days": 0.0,
    "ship_grace_days": 0.0,
    "remedy_days": 3.0,
    **bounds(2, 5, 10),
}
"""Days of 24 hours until an answer or a departure is missed, 0: not watched; bounds in days of silence beyond."""

WATCHES: Final = ("confirm_days", "confirm_before_days", "ship_grace_days")
"""Any of these over 0 needs LineFacts.known_since and LineFacts.lane_days."""

_LEAVES: Final = ("shipment", "transfer_order")


class _Expected(NamedTuple):
    at: int
    """From when it is missed."""
    what: str
    term: Term
    """How `at` comes about."""


def judge(facts: LineFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    missed = _first(facts, tolerance)
    if missed is None or now < missed.at:
        return None
    line, share = facts.line, open_share(facts)
    days = float(facts.days.between(missed.at, now))
    return Finding(
        kind=KIND,
        summary=f"no {missed.what}, expected {'today' if days < 1 else _ago(days)}",
        severity=tolerance.severity(days),
        planned={"at": iso(missed.at), missed.what: "expected"},
        observed={missed.what: None},
        gap={"days": days},
        terms=[
            *promise_terms(facts),
            missed.term,
            Term(f"{missed.what} expected by", iso(missed.at), "UTC", missed.term.name),
            Term("silent", days, "days", "now − expected by, whole days"),
            *value_terms(facts, share, "open share"),
        ],
        value_minor=share_of_value(facts, share),
        currency=line.currency,
        need_at=line.planned_at,
        occurred_at=missed.at,
        signals=(),
        item=line.item,
        site=line.site,
        party=line.party,
        origin=line.origin,
        slip=slip_of_all(line),
    )


def wake_at(facts: LineFacts, tolerance: Tolerance, now: int) -> int | None:
    """When the next answer or departure is missed; while one is, when the next whole day of silence is over."""
    missed = _first(facts, tolerance)
    if missed is None:
        return None
    return missed.at if now < missed.at else facts.days.later(missed.at, facts.days.between(missed.at, now) + 1)


def _first(facts: LineFacts, tolerance: Tolerance) -> _Expected | None:
    """What is still expected of the line and is, or will be, missed first."""
    if not facts.open or facts.receipts or facts.departures:
        return None
    expected = [*_departure(facts, tolerance)]
    if not facts.answered:
        expected += _answer(facts, tolerance)
    return min(expected, key=lambda each: each.at, default=None)


def _answer(facts: LineFacts, tolerance: Tolerance) -> Iterator[_Expected]:
    days, before = tolerance["confirm_days"], tolerance["confirm_before_days"]
    if days > 0 and facts.known_since is not None:
        term = Term("confirm within", days, "days", f"{tolerance.source('confirm_days')}, since the plan had the line")
        yield _Expected(facts.known_since + int(days * DAY), "confirmation", term)
    if before > 0 and facts.line.planned_at is not None:
        term = Term("confirm before", before, "days", f"{tolerance.source('confirm_before_days')}, before planned")
        yield _Expected(facts.line.planned_at - int(before * DAY), "confirmation", term)


def _departure(facts: LineFacts, tolerance: Tolerance) -> Iterator[_Expected]:
    grace, planned_at = tolerance["ship_grace_days"], facts.line.planned_at
    if grace > 0 and facts.lane_days is not None and planned_at is not None and facts.line.kind in _LEAVES:
        source = f"planned − {facts.lane_days:g} days of the lane + {tolerance.source('ship_grace_days')}"
        at = planned_at - int(facts.lane_days * DAY) + int(grace * DAY)
        yield _Expected(at, "departure", Term("leave within", grace, "days", source))


def _ago(days: float) -> str:
    return f"{days:g} {'day' if days == 1 else 'days'} ago"
