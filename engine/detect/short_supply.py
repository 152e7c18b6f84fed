"""short_supply: less of a supply line is coming, or came, than planned, by more than the tolerance.

The quantity compared is the one that the latest `eta` or `confirmation` with a quantity promises. Once goods came and
both the plan's date and the last announced date are past, it is what was received. Breach: the missing quantity is more
than `quantity` and more than `percent` of the plan. A line without a planned quantity, and quantities in a unit that
does not convert, cannot be compared. Closed and cancelled lines are not watched.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from engine.detect.measures import bounds, promise_terms, share_of_value, shown, slip_of_quantity, tidy, value_terms
from engine.facts.line_state import LineState
from engine.facts.subjects import LineFacts
from engine.values.clock import iso_or_none
from engine.values.days import Days
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "short_supply"
DEFAULTS: Final = {"quantity": 0.0, "percent": 5.0, "remedy_days": 5.0, **bounds(10, 25, 50)}
"""`quantity` and `percent` of the plan that may be missing; bounds in per cent short."""


class Short(NamedTuple):
    """What is missing of a line."""

    size: float
    """In per cent of the plan."""
    missing: float
    """In the line's unit."""
    expected: float
    """What is left to go by: what was promised, or came."""
    by: str
    """promised or received."""


def measure(state: LineState, tolerance: Tolerance, days: Days, now: int) -> Short | None:
    """How much of the line is missing at `now`, where that is a breach."""
    limits, planned, promised = tolerance.values, state.quantity, state.promised
    if not planned or not state.open or (promised is None and not state.receipts):
        return None
    received = state.received() if state.receipts else 0.0
    settled_at = _settled_at(state, days) if state.receipts else None
    if settled_at is not None and now >= settled_at:
        expected, by = received, "received"
    elif promised is not None:
        # What came in already cannot be taken back by a smaller promise.
        expected, by = max(promised, received), "promised"
    else:
        return None
    missing = tidy(planned - expected)
    if missing <= 0 or missing <= limits["quantity"]:
        return None
    percent = tidy(100 * missing / planned)
    if percent <= limits["percent"]:
        return None
    return Short(percent, missing, expected, by)


def judge(facts: LineFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    line, planned, short = facts.line, facts.line.quantity, measure(facts.state(), tolerance, facts.days, now)
    if short is None or not planned:
        return None
    percent, missing, expected, word = short
    signals: list[int | None]
    if word == "received":
        signals, said = [move.signal for move in facts.receipts], ", ".join(move.said for move in facts.receipts)
    else:
        signals, said = [facts.promised_signal], facts.promised_said
    terms = [
        *promise_terms(facts),
        Term(word, tidy(expected), line.uom or "", said),
        Term("missing", missing, line.uom or "", f"planned quantity − {word}"),
        Term("missing share", percent, "%", "missing ÷ planned quantity × 100"),
        Term("tolerance", tolerance["quantity"], line.uom or "", tolerance.source("quantity")),
        Term("tolerance", tolerance["percent"], "%", tolerance.source("percent")),
        *value_terms(facts, missing / planned, "missing share of one"),
    ]
    return Finding(
        kind=KIND,
        summary=f"{shown(missing)} {line.uom or 'units'} of {shown(planned)} missing ({percent:.0f} %)",
        severity=tolerance.severity(percent),
        planned={"quantity": planned, "uom": line.uom, "at": iso_or_none(line.planned_at)},
        observed={"quantity": tidy(expected), "uom": line.uom, "by": word},
        gap={"quantity": -missing, "uom": line.uom, "percent": -percent},
        terms=terms,
        value_minor=share_of_value(facts, missing / planned),
        currency=line.currency,
        need_at=line.planned_at,
        occurred_at=None,
        signals=[signal for signal in signals if signal is not None],
        item=line.item,
        site=line.site,
        party=line.party,
        origin=line.origin,
        slip=slip_of_quantity(facts, missing),
    )


def wake_at(facts: LineFacts, tolerance: Tolerance, now: int) -> int | None:
    """When a partial receipt begins to count as all that came."""
    settled_at = _settled_at(facts.state(), facts.days) if facts.receipts and facts.open else None
    return settled_at if settled_at is not None and settled_at > now else None


def _settled_at(state: LineState, days: Days) -> int | None:
    """When the plan's date and the announced date (its whole day, where the plan speaks of days) are both past."""
    due_end = state.due_end
    if state.eta is None or due_end is None:
        return due_end
    return max(due_end, state.eta if state.until_at is None else days.later(state.eta, 1))
