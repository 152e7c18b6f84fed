"""demand_shift: actual demand of an item at a site leaves what was expected: a spike or a drop.

Where a forecast bucket holds the latest statement, the statistic is actual ÷ forecast of that bucket, and the breach is
a difference of more than `percent`. Without one it is the robust z of the latest day that has statements against the
days before it, 0.6745 × (actual − median) ÷ MAD, with the median and the median absolute deviation (MAD) of the last 52
of them (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993); a MAD of zero is replaced by 0.8453 × the mean
absolute deviation, their equivalent for a normal distribution. It needs `periods` earlier days, and both the difference
from the median in per cent and the z must be exceeded. A bucket or day that is not over yet can only be a spike. A
period without any statement is unknown, not zero. Only what is in the unit of the latest statement is compared.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from engine.clock import iso
from engine.detect.measures import bounds
from engine.facts import Bucket, Demand, StockFacts, same_unit
from engine.model import Finding, Term
from engine.tolerance import Tolerance

KIND: Final = "demand_shift"
DEFAULTS: Final = {"percent": 25.0, "deviations": 3.5, "periods": 8.0, "remedy_days": 5.0, **bounds(50, 100, 200)}
"""`percent` and `deviations` (robust z) that pass, `periods` of history that are needed; bounds in per cent of demand."""

_LOOK_BACK: Final = 52
_NORMAL_MAD: Final = 0.6745
"""MAD of the standard normal distribution."""
_MEAN_TO_MEDIAN: Final = 0.8453
"""MAD ÷ mean absolute deviation of a normal distribution: 0.6745 ÷ 0.7979."""


class _Comparison(NamedTuple):
    start: int
    end: int
    actual: float
    expected: float
    uom: str | None
    signals: Sequence[int]
    deviations: float | None
    """The robust z; None where a forecast is the yardstick."""
    terms: Sequence[Term]


def judge(facts: StockFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    found = _compare(facts, tolerance)
    if found is None or found.expected <= 0 or (now < found.end and found.actual < found.expected):
        return None
    difference = round(found.actual - found.expected, 6)
    percent = round(100 * difference / found.expected, 2)
    if abs(percent) <= tolerance["percent"]:
        return None
    if found.deviations is not None and abs(found.deviations) <= tolerance["deviations"]:
        return None
    word, statistic = ("spike" if difference > 0 else "drop"), "forecast"
    if found.deviations is not None:
        statistic = f"median (robust z {found.deviations:.1f})"
    worth = facts.unit_value(found.uom)
    currency = None if worth is None else worth.currency
    value = None if worth is None else round(abs(difference) * worth.minor)
    return Finding(
        kind=KIND,
        summary=f"{word}: {percent:+.0f} % against the {statistic}",
        severity=tolerance.severity(abs(percent)),
        planned={"quantity": round(found.expected, 6), "at": iso(found.start)},
        observed={"quantity": round(found.actual, 6), "at": iso(found.start)},
        gap={"percent": percent, "quantity": difference},
        terms=[
            *found.terms,
            Term("difference", percent, "%", "(actual − expected) ÷ expected × 100"),
            Term("tolerance", tolerance["percent"], "%", tolerance.source("percent")),
            Term("value at risk", value, f"{currency or 'no currency'}, minor units", "difference × unit value"),
        ],
        value_minor=value,
        currency=currency,
        need_at=None,
        occurred_at=found.start,
        signals=found.signals,
        item=facts.item,
        site=facts.site,
        party=facts.party,
    )


def wake_at(facts: StockFacts, tolerance: Tolerance, now: int) -> int | None:
    """When the latest bucket or day is over, and a drop can be told."""
    found = _compare(facts, tolerance)
    return found.end if found is not None and found.end > now else None


def _compare(facts: StockFacts, tolerance: Tolerance) -> _Comparison | None:
    if not facts.history:
        return None
    latest = facts.history[-1]
    history = [demand for demand in facts.history if same_unit(latest.uom, demand.uom)]
    terms = []
    if len(history) < len(facts.history):
        source = f"demand in another unit than S{latest.signal}'s {latest.uom or ''}"
        terms.append(Term("not counted", len(facts.history) - len(history), "statements", source))
    for bucket in facts.forecasts:
        if bucket.start <= latest.at < bucket.end and same_unit(latest.uom, bucket.uom):
            return _with_forecast(history, bucket, terms)
    return _with_history(facts, history, tolerance, terms)


def _with_forecast(history: Sequence[Demand], bucket: Bucket, terms: Sequence[Term]) -> _Comparison:
    uom = history[-1].uom or bucket.uom
    inside = [demand for demand in history if bucket.start <= demand.at < bucket.end and same_unit(uom, demand.uom)]
    actual = math.fsum(demand.quantity for demand in inside)
    terms = [
        Term("actual", round(actual, 6), uom or "", _named(inside)),
        Term("expected", bucket.quantity, uom or "", bucket.source),
        *terms,
    ]
    signals = [demand.signal for demand in inside]
    return _Comparison(bucket.start, bucket.end, actual, bucket.quantity, uom, signals, None, terms)


def _with_history(
    facts: StockFacts, history: Sequence[Demand], tolerance: Tolerance, terms: Sequence[Term]
) -> _Comparison | None:
    by_day: dict[int, list[Demand]] = defaultdict(list)
    for demand in history:
        by_day[demand.day].append(demand)
    *earlier, latest_day = sorted(by_day)
    earlier = earlier[-_LOOK_BACK:]
    if len(earlier) < max(2, tolerance["periods"]):
        return None
    past = [math.fsum(demand.quantity for demand in by_day[day]) for day in earlier]
    latest, uom = by_day[latest_day], history[-1].uom
    actual, median = math.fsum(demand.quantity for demand in latest), statistics.median(past)
    distances = [abs(quantity - median) for quantity in past]
    spread = statistics.median(distances) or _MEAN_TO_MEDIAN * statistics.fmean(distances)
    # Without any spread every difference is beyond every limit; a large number keeps it printable.
    deviations = _NORMAL_MAD * (actual - median) / spread if spread else math.copysign(999.0, actual - median)
    terms = [
        Term("actual", round(actual, 6), uom or "", _named(latest)),
        Term("expected", round(median, 6), uom or "", f"median of the {len(past)} periods before"),
        Term("median absolute deviation", round(spread, 6), uom or "", "of the same periods"),
        Term("robust z", round(deviations, 2), "", "0.6745 × (actual − expected) ÷ median absolute deviation"),
        Term("tolerance", tolerance["deviations"], "robust z", tolerance.source("deviations")),
        *terms,
    ]
    signals = [demand.signal for demand in latest]
    end = facts.days.after(latest_day)
    return _Comparison(latest[0].at, end, actual, median, uom, signals, deviations, terms)


def _named(demands: Sequence[Demand]) -> str:
    shown = ", ".join(f"S{demand.signal}" for demand in demands[:5])
    return shown if len(demands) <= 5 else f"{shown} and {len(demands) - 5} more"
