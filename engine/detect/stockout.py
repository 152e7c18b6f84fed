"""stockout: projected stock of an item at a site goes under zero inside the horizon.

The projection is engine.detect.projection's. One deviation per item and site: its first window inside `horizon_days`,
with the worst quantity of that window. Without a stock reading there is no verdict.
"""

from __future__ import annotations

from typing import Final

from engine.clock import iso
from engine.detect import projection
from engine.detect.measures import shown
from engine.facts import StockFacts
from engine.model import Finding, Term
from engine.tolerance import Tolerance

KIND: Final = "stockout"


def judge(facts: StockFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    window = projection.first_window(facts, 0.0, tolerance["horizon_days"])
    if window is None or facts.reading is None:
        return None
    missing, uom = -window.worst, facts.reading.uom
    value, value_terms = projection.value_of(facts, missing)
    lasting = f"for {window.days} {'day' if window.days == 1 else 'days'}" if window.ends else "to the horizon's end"
    return Finding(
        kind=KIND,
        summary=f"{shown(missing)} {uom or 'units'} short, {lasting}",
        severity=tolerance.severity(window.days),
        planned={"quantity": 0.0, "uom": uom},
        observed={"quantity": window.worst, "uom": uom, "at": iso(window.worst_day)},
        gap={"quantity": window.worst, "uom": uom, "days": float(window.days)},
        terms=[
            *projection.terms(facts, window),
            Term("under zero from", iso(window.start_at), "UTC", "first demand that is not covered"),
            Term("lasts", window.days, "days", "until projected stock is back, or to the horizon"),
            Term("horizon", tolerance["horizon_days"], "days", tolerance.source("horizon_days")),
            *value_terms,
        ],
        value_minor=value,
        currency=facts.currency,
        need_at=window.start_at,
        occurred_at=None,
        signals=projection.signals(facts, window),
        item=facts.item,
        site=facts.site,
        party=facts.party,
    )


def wake_at(facts: StockFacts, tolerance: Tolerance, now: int) -> int | None:
    """The next day, while anything is expected to move."""
    return projection.wake_at(facts)
