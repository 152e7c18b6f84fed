"""below_target: stock of an item at a site is, or is projected to fall, under its inventory target.

The same walk as stockout, against the target's quantity instead of zero; both kinds may be open at once. With nothing
but a reading and a target it is exactly `on hand < target`. Without a stock reading or a target there is no verdict.
"""

from __future__ import annotations

from typing import Final

from engine.clock import iso
from engine.detect import projection
from engine.detect.measures import shown
from engine.facts import StockFacts
from engine.model import Finding, Term
from engine.tolerance import Tolerance

KIND: Final = "below_target"


def judge(facts: StockFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    target, reading = facts.target, facts.reading
    if target is None or reading is None:
        return None
    window = projection.first_window(facts, target.quantity, tolerance["horizon_days"])
    if window is None:
        return None
    missing = round(target.quantity - window.worst, 6)
    percent = round(100 * missing / target.quantity, 2) if target.quantity > 0 else 100.0
    uom = reading.uom or target.uom
    value, value_terms = projection.value_of(facts, missing)
    return Finding(
        kind=KIND,
        summary=f"{shown(window.worst)} of {shown(target.quantity)} {uom or 'units'}, {percent:.0f} % under target",
        severity=tolerance.severity(percent),
        planned={"quantity": target.quantity, "uom": uom},
        observed={"quantity": window.worst, "uom": uom, "at": iso(window.worst_day)},
        gap={"quantity": -missing, "uom": uom, "percent": -percent},
        terms=[
            *projection.terms(facts, window),
            Term("target", target.quantity, target.uom or "", target.source),
            Term("missing", missing, uom or "", "target − worst projected stock"),
            Term(
                "under target from", iso(window.start_at), "UTC", "first movement that leads under it, or the reading"
            ),
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
