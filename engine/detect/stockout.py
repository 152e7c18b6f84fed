"""stockout: projected stock of an item at a site goes under zero inside the horizon.

The projection is engine.detect.projection's. One deviation per item and site: its first window inside `horizon_days`,
with the worst quantity of that window. Without a stock reading, and for one in a unit that nothing else is in, there is
no verdict.
"""

from __future__ import annotations

from typing import Final

from engine.detect import projection, survival
from engine.detect.measures import bounds, shown
from engine.facts.subjects import StockFacts
from engine.values.clock import iso
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "stockout"
DEFAULTS: Final = {"horizon_days": 28.0, "remedy_days": 3.0, **bounds(0, 3, 7)}
"""`horizon_days` that the projection looks ahead; bounds in days that the stockout lasts."""


def judge(facts: StockFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    if not projection.comparable(facts):
        return None
    window = projection.first_window(facts, 0.0, tolerance["horizon_days"])
    if window is None:
        return None
    missing, uom = -window.worst, window.uom
    lasting = f"for {window.days} {'day' if window.days == 1 else 'days'}" if window.ends else "to the horizon's end"
    return projection.finding(
        KIND,
        facts,
        window,
        missing,
        tolerance,
        floor=0.0,
        summary=f"{shown(missing)} {uom or 'units'} short, {lasting}",
        severity=tolerance.severity(window.days),
        planned={"quantity": 0.0, "uom": uom},
        gap={"quantity": window.worst, "uom": uom, "days": float(window.days)},
        need_at=window.start_at,
        terms=[
            Term("under zero from", iso(window.start_at), "UTC", "first demand that is not covered"),
            Term("lasts", window.days, "days", "until projected stock is back, or to the horizon"),
            survival.term(facts, tolerance["horizon_days"]),
        ],
    )


def wake_at(facts: StockFacts, tolerance: Tolerance, now: int) -> int | None:
    """The next day, while anything is expected to move."""
    return projection.wake_at(facts)
