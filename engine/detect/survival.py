"""How long an item at a site lasts: the projected stock of each day, and the days until it is gone without further
supply.

Time to survive (after Simchi-Levi and others 2015, Interfaces 45(5) 375-390, for one item without alternates): stock on
hand ÷ demand, walked day by day since demand is not even. What came after the stock was counted is there; what is still
to come is not. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from engine.detect import projection
from engine.facts.subjects import StockFacts
from engine.vocabulary.model import Term


def levels(facts: StockFacts, horizon_days: float) -> Iterator[tuple[int, float]]:
    """Number of days from today and the projected stock at its end, for each day on which something moves."""
    if facts.reading is None:
        return
    total = facts.reading.quantity
    by_day = projection.movements(facts, facts.reading, int(horizon_days))
    for index in sorted(by_day):
        total += math.fsum(flow.quantity for flow in by_day[index])
        yield index, round(total, 6)


def days(facts: StockFacts, horizon_days: float) -> float | None:
    """Days until stock goes under zero if nothing more comes, at most the horizon; None without a stock reading."""
    if facts.reading is None:
        return None
    if facts.reading.quantity < 0:
        return 0.0
    there = replace(facts, flows=[flow for flow in facts.flows if flow.quantity <= 0 or flow.arrived])
    gone = next((index for index, level in levels(there, horizon_days) if level < 0), None)
    return float(int(horizon_days) if gone is None else gone)


def term(facts: StockFacts, horizon_days: float) -> Term:
    """The time to survive as an explanation says it."""
    lasts = days(facts, horizon_days)
    at_most = f", at most the {int(horizon_days)} days looked ahead" if lasts == int(horizon_days) else ""
    return Term("time to survive", lasts, "days", f"on hand less demand, without any further supply{at_most}")
