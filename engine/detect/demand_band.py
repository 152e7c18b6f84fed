"""The actual demand of an item at a site, period by period, beside the band that demand_shift lets pass. Pure.

The band is that of the spike and the drop (engine.detect.demand_shift): around a forecast by `percent`; without one
around the median of the days, where both `percent` and the robust z have to be exceeded, so the wider of the two.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Final, NamedTuple

from engine.detect import demand_shift
from engine.detect.drift import NORMAL_MAD, Period
from engine.facts.subjects import StockFacts, same_unit
from engine.vocabulary.tolerance import Tolerance

MOST: Final = 53
"""Periods: those that demand_shift looks back on, and the latest."""


class Banded(NamedTuple):
    """One period: what was asked for, what was expected, and between what it may lie."""

    start: int
    end: int
    actual: float
    expected: float
    low: float
    high: float


def banded(facts: StockFacts, tolerance: Tolerance) -> list[Banded]:
    """The last periods with statements, oldest first; empty without demand, or without anything to expect."""
    if not facts.history:
        return []
    latest = facts.history[-1]
    history = [demand for demand in facts.history if same_unit(latest.uom, demand.uom)]
    # The present period counts as well: it may be a spike already.
    if any(bucket.start <= latest.at < bucket.end for bucket in facts.forecasts):
        periods = demand_shift.buckets(facts, history, math.inf)[-MOST:]
        share = tolerance["percent"] / 100
        return [_banded(each, each.expected, share * each.expected) for each in periods]
    periods = demand_shift.days(facts, history, math.inf)[-MOST:]
    return _around_median(periods, tolerance)


def _around_median(periods: Sequence[Period], tolerance: Tolerance) -> list[Banded]:
    past = [period.actual for period in periods[:-1]]
    if len(past) < max(2, tolerance["periods"]):
        return []
    median = statistics.median(past)
    spread = demand_shift.spread_of(past, median)
    width = max(tolerance["percent"] / 100 * median, tolerance["deviations"] * spread / NORMAL_MAD)
    return [_banded(each, median, width) for each in periods]


def _banded(period: Period, expected: float, width: float) -> Banded:
    low, high = max(0.0, expected - width), expected + width
    return Banded(period.start, period.end, period.actual, *(round(value, 6) for value in (expected, low, high)))
