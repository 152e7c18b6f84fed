"""logistics: something holds a line on its way: customs, papers, the carrier, an omitted port, dwell, a broken
condition.

It judges the last event of a line on each topic (engine.facts.events), by its word or by a code of a standard that
speaks for logistics: what customs released can still be out of its temperature. Each holds until an event of its topic
clears it, its source takes it back, or the line is closed or has arrived in full. Dwell that says how long (`quantity`)
and how long it may (`limit`, in the same unit; hours without one) is a breach from more than `hours` over that; dwell
that does not say is one. The size is the grade of the word, 1 to 4. The value at risk is that of what is still open of
the line.
"""

from __future__ import annotations

from typing import Final

from engine.detect.event_measures import Breach, finding, goes_on, grade_terms, words_of
from engine.detect.measures import bounds, open_share, shown, tidy
from engine.facts.event_facts import EventFacts
from engine.facts.events import Event, standing
from engine.values.units import convert
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "logistics"
DEFAULTS: Final = {"hours": 0.0, "remedy_days": 2.0, **bounds(2, 3, 4)}
"""`hours` of dwell over the limit that pass; bounds in grades of event words."""


def judge(facts: EventFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    if not goes_on(facts):
        return None
    share = 1.0 if facts.line is None else open_share(facts.line)
    found = (_breach(event, share, tolerance) for event in standing(facts.events, KIND))
    return finding(KIND, facts, [breach for breach in found if breach is not None], tolerance)


def wake_at(facts: EventFacts, tolerance: Tolerance, now: int) -> int | None:
    """Time alone changes nothing: how long something stands is said by its source."""
    return None


def _breach(event: Event, share: float, tolerance: Tolerance) -> Breach | None:
    over = _hours_over(event) if event.word == "dwell" else None
    if over is None:
        return Breach(event, event.grade, {}, _summary(event), None, share, grade_terms(event))
    if over <= tolerance["hours"]:
        return None
    terms = [
        Term("stands", event.quantity, event.uom or "hours", f"S{event.signal}"),
        Term("limit", event.limit, event.uom or "hours", f"S{event.signal}"),
        Term("over the limit", over, "hours", "stands − limit"),
        Term("tolerance", tolerance["hours"], "hours", tolerance.source("hours")),
        *grade_terms(event),
    ]
    return Breach(event, event.grade, {"hours": over}, f"dwell {shown(over)} h over its limit", None, share, terms)


def _hours_over(event: Event) -> float | None:
    """By how much a dwell that is said in time is over its limit; None where it is not said so."""
    if event.quantity is None or event.limit is None:
        return None
    over = convert(event.quantity - event.limit, event.uom, "HUR")
    return None if over is None else tidy(over)


def _summary(event: Event) -> str:
    if event.quantity is None:
        return words_of(event)
    said = f"{shown(event.quantity)} {event.uom or ''}".rstrip()
    return f"{words_of(event)}: {said}" + (f", limit {shown(event.limit)}" if event.limit is not None else "")
