"""The projected stock of an item at a site, day by day, and the first window in which it is under a floor.

    projected(day) = on hand + supply due up to that day − demand due up to that day

Movements of one day are netted; what is past due counts today. Where a forecast bucket exists, its demand is
max(orders in it, forecast that remains): the excess of the forecast over the orders is spread evenly over the bucket's
remaining days. The walk is a function of today's date, so a verdict can change by time alone only when a day begins.
After R1 of frePPLe (`src/model/problems_buffer.cpp`): a window opens at the first level under the floor, keeps the
worst, and closes when the level is back. Pure.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from engine.clock import DAY, iso
from engine.facts import Bucket, Flow, StockFacts
from engine.model import Term

_LISTED: Final = 40
"""Movements that an explanation lists one by one; further ones are summed up."""


class Window(NamedTuple):
    """A stretch of days on which projected stock is under the floor."""

    start_at: int
    """When the need was, or is: the first stated demand of the day that goes under, or the time of the reading."""
    days: int
    """Its length; up to the horizon where it does not end before."""
    ends: bool
    worst: float
    worst_day: int
    flows: Sequence[Flow]
    """Every movement up to the worst day."""


def first_window(facts: StockFacts, floor: float, horizon_days: float) -> Window | None:
    """The first window under `floor` from now to the horizon; None without one, and without a stock reading."""
    if facts.reading is None:
        return None
    horizon = int(horizon_days)
    by_day: dict[int, list[Flow]] = defaultdict(list)
    for flow in (*facts.flows, *_forecast_excess(facts, horizon)):
        index = _index(facts, flow.day)
        if index <= horizon:
            by_day[index].append(flow)
    level = facts.reading.quantity
    # The reading itself is compared as it is; sums of movements carry the dust of floating point.
    window = _Open(0, facts.reading.at, level) if level < floor else None
    floor = round(floor, 6)
    passed: list[Flow] = []
    for index in sorted(by_day):
        passed += by_day[index]
        level = round(level + math.fsum(flow.quantity for flow in by_day[index]), 6)
        if level < floor and window is None:
            window = _Open(index, min(flow.at for flow in by_day[index] if flow.quantity < 0), level)
        elif level >= floor and window is not None:
            return window.closed(facts, passed, index)
        if window is not None:
            window.lower(index, level)
    return window.closed(facts, passed, None, horizon) if window else None


class _Open:
    """A window while the walk is inside it."""

    def __init__(self, first: int, start_at: int, level: float) -> None:
        self._first, self._start_at = first, start_at
        self._worst, self._worst_index = level, first

    def lower(self, index: int, level: float) -> None:
        if level < self._worst:
            self._worst, self._worst_index = level, index

    def closed(self, facts: StockFacts, passed: Iterable[Flow], end: int | None, horizon: int = 0) -> Window:
        last = horizon + 1 if end is None else end
        worst_day = facts.today + self._worst_index * DAY
        return Window(
            start_at=self._start_at,
            days=max(1, last - self._first),
            ends=end is not None,
            worst=self._worst,
            worst_day=worst_day,
            flows=[flow for flow in passed if _index(facts, flow.day) <= self._worst_index],
        )


def wake_at(facts: StockFacts) -> int | None:
    """When the projection can change by time alone: at the next day, or when a target or statement comes into force."""
    if facts.reading is None or not (facts.flows or facts.forecasts):
        return None
    return facts.tomorrow


def terms(facts: StockFacts, window: Window) -> list[Term]:
    """The arithmetic from the reading down to the worst level."""
    reading = facts.reading
    if reading is None:
        return []
    unit = reading.uom or ""
    found = [Term("on hand", reading.quantity, unit, f"S{reading.signal} at {iso(reading.at)}")]
    for flow in window.flows[:_LISTED]:
        what = "supply" if flow.quantity > 0 else "demand"
        found.append(Term(f"{what} {iso(flow.at)}", round(flow.quantity, 6), unit, flow.source))
    rest = window.flows[_LISTED:]
    if rest:
        total = round(math.fsum(flow.quantity for flow in rest), 6)
        found.append(Term(f"{len(rest)} further movements", total, unit, "open lines up to that day"))
    found.append(
        Term("worst projected stock", window.worst, unit, f"on hand + movements up to {iso(window.worst_day)}")
    )
    return found


def signals(facts: StockFacts, window: Window) -> list[int]:
    """The signals that the projection rests on: the reading, and those that moved a date or a quantity."""
    found = [] if facts.reading is None else [facts.reading.signal]
    for flow in window.flows:
        found += flow.signals
    return sorted(set(found))


def value_of(facts: StockFacts, quantity: float) -> tuple[int | None, list[Term]]:
    """The value of a missing quantity in minor units, and how it comes about."""
    if facts.unit_value is None:
        return None, [Term("unit value", None, "", f"neither the item {facts.item} nor its lines state one")]
    unit = f"{facts.currency or 'no currency'}, minor units"
    value = round(quantity * facts.unit_value)
    return value, [
        Term("unit value", round(facts.unit_value, 6), unit, facts.unit_value_source),
        Term("value at risk", value, unit, "missing quantity × unit value"),
    ]


def _forecast_excess(facts: StockFacts, horizon: int) -> list[Flow]:
    found: list[Flow] = []
    for bucket in facts.forecasts:
        start = max(bucket.start, facts.today)
        if bucket.end <= start or bucket.start >= facts.today + (horizon + 1) * DAY:
            continue
        remaining = bucket.quantity * (bucket.end - start) / (bucket.end - bucket.start)
        # An order that is past due is asked for today.
        orders = [flow for flow in facts.flows if flow.order and start <= max(flow.at, facts.today) < bucket.end]
        ordered = -math.fsum(flow.quantity for flow in orders)
        if remaining > ordered:
            found += _spread(facts, bucket, start, remaining - ordered)
    return found


def _spread(facts: StockFacts, bucket: Bucket, start: int, quantity: float) -> Iterable[Flow]:
    """`quantity` as demand in equal measure from `start` to the bucket's end, one movement a day."""
    first, last = (start - facts.today) // DAY, (bucket.end - 1 - facts.today) // DAY
    for index in range(first, last + 1):
        begins = max(start, facts.today + index * DAY)
        ends = min(bucket.end, facts.today + (index + 1) * DAY)
        share = (ends - begins) / (bucket.end - start)
        source = f"{bucket.source}: remaining forecast − orders"
        yield Flow(begins, facts.today + index * DAY, -quantity * share, source, (), order=False)


def _index(facts: StockFacts, day: int) -> int:
    # A day with a change of the clocks has 23 or 25 hours, so the nearest whole number is meant.
    return round((day - facts.today) / DAY)
