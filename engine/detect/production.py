"""production: a plant makes less than planned, or a line stands still.

It judges the last reports of output, yield and capacity of a production order or a resource, and whether the line runs
(engine.facts.events). A report is a breach when `quantity` is under `expected` by more than `percent`. A line that is
down is one when it has been so for `hours`. Each holds until a later report keeps to the plan, the line is up, the
source takes it back, or the order is closed or complete. The size is per cent under plan; a line that stands gives
nothing, 100 %.
"""

from __future__ import annotations

from typing import Final

from engine.detect.event_measures import Breach, finding, goes_on, quantity_gap
from engine.detect.measures import bounds, shown, tidy
from engine.facts.event_facts import EventFacts
from engine.facts.events import Event, standing
from engine.values.clock import HOUR, iso
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "production"
DEFAULTS: Final = {"percent": 5.0, "hours": 0.0, "remedy_days": 1.0, **bounds(10, 25, 50)}
"""`percent` under plan and `hours` of a stop that pass; bounds in per cent under plan."""


def judge(facts: EventFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    if not goes_on(facts):
        return None
    found = (
        _stop(event, tolerance, now) if event.word == "down" else _shortfall(event, tolerance)
        for event in standing(facts.events, KIND)
    )
    return finding(KIND, facts, [breach for breach in found if breach is not None], tolerance)


def wake_at(facts: EventFacts, tolerance: Tolerance, now: int) -> int | None:
    """When a stop has lasted longer than it may."""
    stops = (event for event in standing(facts.events, KIND) if event.word == "down")
    return min((at for at in (_counts_from(stop, tolerance) for stop in stops) if at > now), default=None)


def _counts_from(stop: Event, tolerance: Tolerance) -> int:
    return _began(stop) + int(tolerance["hours"] * HOUR)


def _began(stop: Event) -> int:
    return stop.as_of if stop.occurred_at is None else stop.occurred_at


def _stop(event: Event, tolerance: Tolerance, now: int) -> Breach | None:
    if now < _counts_from(event, tolerance):
        return None
    terms = [
        Term("stands since", iso(_began(event)), "UTC", f"S{event.signal}"),
        Term("tolerance", tolerance["hours"], "hours", tolerance.source("hours")),
        Term("under plan", 100.0, "%", "what stands gives nothing"),
    ]
    return Breach(event, 100.0, {}, "stands still", None, 1.0, terms)


def _shortfall(event: Event, tolerance: Tolerance) -> Breach | None:
    made, expected = event.quantity, event.expected
    if made is None or not expected or expected < 0:
        return None
    missing = tidy(expected - made)
    percent = tidy(100 * missing / expected)
    if percent <= tolerance["percent"]:
        return None
    unit = event.uom or ""
    terms = [
        Term("expected", expected, unit, f"S{event.signal}"),
        Term(event.word, made, unit, f"S{event.signal}"),
        Term("missing", missing, unit, f"expected − {event.word}"),
        Term("under plan", percent, "%", "missing ÷ expected × 100"),
        Term("tolerance", tolerance["percent"], "%", tolerance.source("percent")),
    ]
    summary = f"{event.word} {percent:.0f} % under plan ({shown(made)} of {shown(expected)} {event.uom or 'units'})"
    gap = quantity_gap(missing, expected, event.uom)
    return Breach(event, percent, gap, summary, missing, min(1.0, percent / 100), terms)
