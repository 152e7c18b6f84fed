"""demand_shift: actual demand of an item at a site leaves what was expected: a spike, a drop, or a drift.

Where a forecast bucket holds the latest statement, the statistic is actual ÷ forecast of that bucket, and the breach is
a difference of more than `percent`. Without one it is the robust z of the latest day that has statements against the
days before it, 0.6745 × (actual − median) ÷ MAD, with the median and the median absolute deviation (MAD) of the last 52
of them (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993); a MAD of zero is replaced by 0.8453 × the mean
absolute deviation, their equivalent for a normal distribution. It needs `periods` earlier days, and both the difference
from the median in per cent and the z must be exceeded. A bucket or day that is not over yet can only be a spike. A
period without any statement is unknown, not zero. Only what is in the unit of the latest statement is compared.

Where the latest period is neither, the last ones together may be a drift (engine.detect.drift): against their
forecasts, or against the median of the periods before them. It needs `periods` of these as well.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from engine.detect import drift
from engine.detect.drift import NORMAL_MAD, Period
from engine.detect.measures import bounds
from engine.facts.subjects import Bucket, Demand, StockFacts, same_unit
from engine.values.clock import iso
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "demand_shift"
DEFAULTS: Final = {
    "percent": 25.0,
    "deviations": 3.5,
    "periods": 8.0,
    **drift.DEFAULTS,
    "remedy_days": 5.0,
    **bounds(50, 100, 200),
}
"""`percent` and `deviations` (robust z) that pass, `periods` of history that are needed, those of a drift; bounds in
per cent of demand."""

_LOOK_BACK: Final = 52
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
    return _jump(facts, tolerance, now) or _drift(facts, tolerance, now)


def _jump(facts: StockFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """A spike or a drop in the latest period."""
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
    return _finding(
        facts,
        found,
        difference,
        summary=f"{word}: {percent:+.0f} % against the {statistic}",
        severity=tolerance.severity(abs(percent)),
        gap={"percent": percent, "quantity": difference},
        terms=[
            *found.terms,
            Term("difference", percent, "%", "(actual − expected) ÷ expected × 100"),
            Term("tolerance", tolerance["percent"], "%", tolerance.source("percent")),
        ],
    )


def _drift(facts: StockFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """A run of periods that together left what was expected, each of them by less than a spike or a drop."""
    length, least = int(tolerance["drift_periods"]), int(max(2, tolerance["periods"]))
    # Most places are told apart here: there are not enough statements for as many periods.
    if length < 1 or len(facts.history) < length + least:
        return None
    latest = facts.history[-1]
    history = [demand for demand in facts.history if same_unit(latest.uom, demand.uom)]
    by_forecast = any(bucket.start <= latest.at < bucket.end for bucket in facts.forecasts)
    periods = buckets(facts, history, now) if by_forecast else days(facts, history, now)
    before, run = periods[:-length][-_LOOK_BACK:], periods[-length:]
    if len(before) < least:
        return None
    yardstick = "their forecasts"
    if not by_forecast:
        median = statistics.median(period.actual for period in before)
        if median <= 0:
            return None
        before, run = ([period._replace(expected=median) for period in part] for part in (before, run))
        yardstick = f"the median of the {len(before)} periods before"
    found = drift.find(before, run, tolerance)
    if found is None:
        return None
    expected, actual = (math.fsum(getattr(period, name) for period in run) for name in ("expected", "actual"))
    signals = [signal for period in run for signal in period.signals]
    compared = _Comparison(run[0].start, run[-1].end, actual, expected, latest.uom, signals, None, ())
    difference, uom = round(actual - expected, 6), latest.uom or ""
    limits = [
        Term("tolerance", tolerance[name], unit, tolerance.source(name))
        for name, unit in (("drift_periods", "periods"), ("drift_percent", "%"), ("cusum", ""))
    ]
    return _finding(
        facts,
        compared,
        difference,
        summary=f"drift: {found.percent:+.0f} % over {length} periods (CUSUM {found.cusum:.1f})",
        severity=tolerance.severity(abs(found.percent)),
        gap={"drift_percent": found.percent, "quantity": difference},
        terms=[
            Term("actual", round(actual, 6), uom, f"the last {length} periods, from {iso(run[0].start)}"),
            Term("expected", round(expected, 6), uom, yardstick),
            Term("drift", found.percent, "%", "(actual − expected) ÷ expected × 100, all periods on one side"),
            Term("spread", found.spread, "%", f"median of |error| of the {len(before)} periods before ÷ 0.6745"),
            Term("CUSUM", found.cusum, "", "s = max(0, s + min(|error| ÷ spread, 3) − 0.5), period by period"),
            *limits,
        ],
    )


def _finding(
    facts: StockFacts,
    found: _Comparison,
    difference: float,
    *,
    summary: str,
    severity: str,
    gap: Mapping[str, float],
    terms: Sequence[Term],
) -> Finding:
    worth = facts.unit_value(found.uom)
    currency = None if worth is None else worth.currency
    value = None if worth is None else round(abs(difference) * worth.minor)
    return Finding(
        kind=KIND,
        summary=summary,
        severity=severity,
        planned={"quantity": round(found.expected, 6), "at": iso(found.start)},
        observed={"quantity": round(found.actual, 6), "at": iso(found.start)},
        gap=gap,
        terms=[
            *terms,
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
    spread = spread_of(past, median)
    # Without any spread every difference is beyond every limit; a large number keeps it printable.
    deviations = NORMAL_MAD * (actual - median) / spread if spread else math.copysign(999.0, actual - median)
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


def spread_of(past: Sequence[float], median: float) -> float:
    """The median absolute deviation of some periods, or where that is zero what stands in its place."""
    distances = [abs(quantity - median) for quantity in past]
    return statistics.median(distances) or _MEAN_TO_MEDIAN * statistics.fmean(distances)


def days(facts: StockFacts, history: Sequence[Demand], now: float) -> list[Period]:
    """The days that are over and have statements, oldest first; what is expected of them the caller knows."""
    by_day: dict[int, list[Demand]] = defaultdict(list)
    for demand in history:
        by_day[demand.day].append(demand)
    spans = ((day, facts.days.after(day), by_day[day]) for day in sorted(by_day))
    return [_period(start, end, inside, 0.0) for start, end, inside in spans if end <= now]


def buckets(facts: StockFacts, history: Sequence[Demand], now: float) -> list[Period]:
    """The forecast's buckets that are over and have statements, oldest first."""
    periods = []
    times = [demand.at for demand in history]
    for bucket in sorted(facts.forecasts):
        inside = history[bisect_left(times, bucket.start) : bisect_left(times, bucket.end)]
        if inside and bucket.end <= now and bucket.quantity > 0 and same_unit(history[-1].uom, bucket.uom):
            periods.append(_period(bucket.start, bucket.end, inside, bucket.quantity))
    return periods


def _period(start: int, end: int, inside: Sequence[Demand], expected: float) -> Period:
    actual = math.fsum(demand.quantity for demand in inside)
    return Period(start, end, actual, expected, [demand.signal for demand in inside])


def _named(demands: Sequence[Demand]) -> str:
    shown = ", ".join(f"S{demand.signal}" for demand in demands[:5])
    return shown if len(demands) <= 5 else f"{shown} and {len(demands) - 5} more"
