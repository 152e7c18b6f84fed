"""What several detectors measure in the same way: severities' bounds, whole days late, open value, and their terms."""

from __future__ import annotations

import math

from engine.facts.line_state import LineState
from engine.facts.subjects import Line, LineFacts
from engine.values.clock import DAY, HOUR, iso_or_none
from engine.values.days import Days
from engine.vocabulary.model import Term
from engine.vocabulary.slip import Slip


def bounds(medium: float, high: float, critical: float) -> dict[str, float]:
    """The sizes from which a departure has each severity above low, as parameters of a kind."""
    return {"medium": medium, "high": high, "critical": critical}


def days_late(state: LineState, planned_at: int, instant: int, days: Days) -> float:
    """Days from a promise to an instant that breaks it: of a day whole days of the desk, else with two decimals."""
    if state.until_at is None:
        return round((instant - planned_at) / DAY, 2)
    # A promised day can belong to another zone than the desk's, and end within one of the desk's days.
    return float(max(1, days.between(planned_at, instant)))


def slip_of_days(facts: LineFacts, days: float) -> Slip:
    """What consumers feel of a line that comes so many days late."""
    line, planned_at = facts.line, facts.line.planned_at or 0
    if facts.line.until_at is None:
        return Slip(line.id, line.planned_at, delay=int(days * DAY))
    # By the calendar, so that a change of the clocks makes no day longer.
    return Slip(line.id, line.planned_at, delay=facts.days.later(planned_at, int(days)) - planned_at)


def slip_of_absence(facts: LineFacts, now: int) -> Slip:
    """What consumers feel of a line that is not there: it comes now at the earliest, or on the later day that was
    announced."""
    expected_at = now if facts.eta is None else max(now, facts.eta)
    return slip_of_days(facts, days_late(facts.state(), facts.line.planned_at or now, expected_at, facts.days))


def slip_of_quantity(facts: LineFacts, missing: float) -> Slip:
    """What consumers feel of a line that lacks `missing` of what is open of it."""
    quantity = facts.line.quantity or 0.0
    still = quantity - min(quantity, facts.received())
    return Slip(facts.line.id, facts.line.planned_at, missing=min(1.0, missing / still) if still > 0 else 1.0)


def slip_of_all(line: Line) -> Slip:
    """What consumers would feel if nothing of a line came, where nobody says how much later or less it will be."""
    return Slip(line.id, line.planned_at, missing=1.0, supposed=True)


def in_days(span: int) -> float:
    """A span as days with two decimals; by up to an hour off a whole day, which a change of the clocks makes, that
    day."""
    whole = round(span / DAY)
    return float(whole) if whole and abs(span - whole * DAY) <= HOUR else round(span / DAY, 2)


def tidy(number: float) -> float:
    """A quantity without the dust of floating point: at most six decimals."""
    return round(number, 6)


def percent_over(part: float, whole: float) -> float | None:
    """The smallest per cent of a whole, to six decimals, that holds a part; None where no tolerance is so large."""
    return math.ceil(round(100e6 * part / whole, 3)) / 1e6 if 0 < part < 1e7 * whole else None


def shown(quantity: float) -> str:
    """A quantity as a summary says it: one decimal at most, three digits where it is under one, never an exponent."""
    if 0 < abs(quantity) < 1:
        return f"{quantity:.3f}".rstrip("0").rstrip(".")
    return f"{quantity:,.1f}".removesuffix(".0")


def open_share(facts: LineFacts) -> float:
    """The share of a line that has not come in, from 0 to 1."""
    quantity = facts.line.quantity
    if not quantity:
        return 0.0 if facts.receipts else 1.0
    return min(1.0, max(0.0, (quantity - facts.received()) / quantity))


def share_of_value(facts: LineFacts, share: float) -> int | None:
    """`share` of the line's own value in minor units."""
    return None if facts.line.value_minor is None else round(facts.line.value_minor * share)


def promise_terms(facts: LineFacts) -> list[Term]:
    """What the plan promises: the day or the instant, and the quantity."""
    line = facts.line
    terms = [Term("planned", iso_or_none(line.planned_at), "UTC", line.source)]
    if line.until_at is not None:
        terms.append(Term("promise kept before", iso_or_none(line.until_at), "UTC", line.source))
    if line.quantity is not None:
        terms.append(Term("planned quantity", line.quantity, line.uom or "", line.source))
    return terms


def value_terms(
    facts: LineFacts, share: float, what: str, how: str = "quantity missing ÷ planned quantity"
) -> list[Term]:
    """How the value at risk follows from the value of the line; `what` names the share, `how` says what it is."""
    line = facts.line
    if line.value_minor is None:
        return [Term("value of the line", None, "", f"{line.source} states none")]
    unit = f"{line.currency or 'no currency'}, minor units"
    return [
        Term("value of the line", line.value_minor, unit, line.source),
        Term(what, tidy(share), "share", how),
        Term("value at risk", share_of_value(facts, share), unit, f"value of the line × {what}"),
    ]
