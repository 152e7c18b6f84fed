"""below_target: stock of an item at a site is, or is projected to fall, under its inventory target.

The same walk as stockout, against the target's quantity instead of zero; both kinds may be open at once. What is
missing must be more than `quantity` and more than `percent` of the target. With nothing but a reading, a target and
neither of them it is exactly `on hand < target`. Without a stock reading or a target, and where these are in different
units, there is no verdict.
"""

from __future__ import annotations

from typing import Final

from engine.detect import projection
from engine.detect.measures import bounds, percent_over, shown, tidy
from engine.facts.subjects import StockFacts, same_unit
from engine.values.clock import iso
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "below_target"
DEFAULTS: Final = {"quantity": 0.0, "percent": 0.0, "horizon_days": 28.0, "remedy_days": 5.0, **bounds(25, 50, 100)}
"""`quantity` and `percent` under the target that pass, `horizon_days` that the projection looks ahead; bounds in per
cent under the target."""


def judge(facts: StockFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    target, reading = facts.target, facts.reading
    if target is None or reading is None or not same_unit(target.uom, reading.uom):
        return None
    passing = max(tolerance["quantity"], target.quantity * tolerance["percent"] / 100)
    floor, horizon = target.quantity - passing, tolerance["horizon_days"]
    window = projection.first_window(facts, floor, horizon)
    if window is None:
        return None
    missing = tidy(target.quantity - window.worst)
    percent = round(100 * missing / target.quantity, 2) if target.quantity > 0 else 100.0
    most = tidy(target.quantity - projection.lowest(facts, floor, horizon))
    uom = window.uom or target.uom
    return projection.finding(
        KIND,
        facts,
        window,
        missing,
        tolerance,
        floor=floor,
        summary=f"{shown(window.worst)} of {shown(target.quantity)} {uom or 'units'}, {percent:.0f} % under target",
        severity=tolerance.severity(percent),
        planned={"quantity": target.quantity, "uom": uom},
        gap={"quantity": -missing, "uom": uom, "percent": -percent},
        need_at=window.start_at,
        terms=[
            Term("target", target.quantity, target.uom or "", target.source),
            Term("missing", missing, uom or "", "target − worst projected stock"),
            Term("tolerance", tolerance["quantity"], uom or "", tolerance.source("quantity")),
            Term("tolerance", tolerance["percent"], "% of the target", tolerance.source("percent")),
            Term(
                "under target from",
                iso(window.start_at),
                "UTC",
                "first movement that leads under what passes, or the reading",
            ),
        ],
    )._replace(farthest={"quantity": most, "percent": percent_over(most, target.quantity)})


def wake_at(facts: StockFacts, tolerance: Tolerance, now: int) -> int | None:
    """The next day, while anything is expected to move."""
    return projection.wake_at(facts)
