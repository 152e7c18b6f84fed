"""The projected stock of an item at a site, day by day, and the windows in which it is under a floor or over a ceiling.

    projected(day) = on hand + supply due up to that day − demand due up to that day

Movements of one day are netted; what is past due counts today. Only what is in the reading's unit is counted, and what
is left out is said. Where a forecast bucket exists, its demand is max(orders in it, forecast that remains): the excess
of the forecast over the orders is spread evenly over the bucket's remaining days. The walk is a function of today's
date, so a verdict can change by time alone only when a day begins. After R1 of frePPLe
(`src/model/problems_buffer.cpp`): a window opens at the first level beyond the bound, keeps the worst, and closes when
the level is back. Pure.
"""

from __future__ import annotations

import math
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from engine.facts.subjects import Bucket, Flow, Reading, StockFacts, same_unit
from engine.values.clock import iso
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

_LISTED: Final = 40
"""Movements that an explanation lists one by one; further ones are summed up."""
_LEFT_OUT: Final = 5
"""Movements in other units that an explanation names; further ones are counted."""


class Window(NamedTuple):
    """A stretch of days on which projected stock is under a floor, or over a ceiling."""

    reading: Reading
    start_at: int
    """The first stated movement that leads there on the day that it begins, or the time of the reading."""
    days: int
    """Its length; up to the horizon where it does not end before."""
    ends: bool
    worst: float
    """The level farthest from the bound."""
    worst_day: int
    flows: Sequence[Flow]
    """Every movement up to the worst day."""

    @property
    def uom(self) -> str | None:
        return self.reading.uom


def comparable(facts: StockFacts) -> bool:
    """Whether the reading's unit is that of anything else that is known of the place, or nothing else is known."""
    if facts.reading is None:
        return False
    units = [*(flow.uom for flow in facts.flows), *(bucket.uom for bucket in facts.forecasts)]
    if facts.target is not None:
        units.append(facts.target.uom)
    return not units or any(same_unit(facts.reading.uom, unit) for unit in units)


def first_window(facts: StockFacts, floor: float, horizon_days: float) -> Window | None:
    """The first window under `floor` from now to the horizon; None without one, and without a stock reading."""
    return next(_windows(facts, floor, horizon_days, operator.lt), None)


def lowest(facts: StockFacts, floor: float, horizon_days: float) -> float:
    """The lowest level under `floor` from now to the horizon, in whichever window; `floor` without one."""
    return min((window.worst for window in _windows(facts, floor, horizon_days, operator.lt)), default=floor)


def highest(facts: StockFacts, ceiling: float, horizon_days: float) -> float:
    """The highest level over `ceiling` from now to the horizon, in whichever window; `ceiling` without one."""
    return max((window.worst for window in _windows(facts, ceiling, horizon_days, operator.gt)), default=ceiling)


def first_window_over(facts: StockFacts, ceiling: float, horizon_days: float, days: float) -> Window | None:
    """The first window over `ceiling` that lasts at least `days`, or to the horizon; None as for `first_window`."""
    windows = _windows(facts, ceiling, horizon_days, operator.gt)
    return next((window for window in windows if window.days >= days), None)


def movements(facts: StockFacts, reading: Reading, horizon: int) -> dict[int, list[Flow]]:
    """By day from today (0) to the horizon, all that moves and is in the reading's unit."""
    flows = [flow for flow in facts.flows if same_unit(reading.uom, flow.uom)]
    by_day: dict[int, list[Flow]] = defaultdict(list)
    for flow in (*flows, *_forecast_excess(facts, reading, flows, horizon)):
        index = facts.days.between(facts.today, flow.day)
        if index <= horizon:
            by_day[index].append(flow)
    return by_day


def _windows(
    facts: StockFacts, bound: float, horizon_days: float, beyond: Callable[[float, float], bool]
) -> Iterator[Window]:
    """The windows whose levels are `beyond` the bound, in the order of time."""
    reading = facts.reading
    if reading is None:
        return
    horizon, by_day = int(horizon_days), movements(facts, reading, int(horizon_days))
    level = total = reading.quantity
    # The reading itself is compared as it is; sums of movements carry the dust of floating point.
    window = _Open(0, reading.at, level) if beyond(level, bound) else None
    bound = round(bound, 6)
    passed: list[tuple[int, Flow]] = []
    for index in sorted(by_day):
        passed += ((index, flow) for flow in by_day[index])
        total += math.fsum(flow.quantity for flow in by_day[index])
        level = round(total, 6)
        if beyond(level, bound) and window is None:
            window = _Open(index, min(flow.at for flow in by_day[index] if beyond(flow.quantity, 0)), level)
        elif not beyond(level, bound) and window is not None:
            yield window.closed(facts, reading, passed, index)
            window = None
        if window is not None and beyond(level, window.worst):
            window.worst, window.worst_index = level, index
    if window is not None:
        yield window.closed(facts, reading, passed, None, horizon)


class _Open:
    """A window while the walk is inside it."""

    def __init__(self, first: int, start_at: int, level: float) -> None:
        self._first, self._start_at = first, start_at
        self.worst, self.worst_index = level, first

    def closed(
        self,
        facts: StockFacts,
        reading: Reading,
        passed: Iterable[tuple[int, Flow]],
        end: int | None,
        horizon: int = 0,
    ) -> Window:
        last = horizon + 1 if end is None else end
        return Window(
            reading=reading,
            start_at=self._start_at,
            days=max(1, last - self._first),
            ends=end is not None,
            worst=self.worst,
            worst_day=facts.days.later(facts.today, self.worst_index),
            flows=[flow for index, flow in passed if index <= self.worst_index],
        )


def _because_of(facts: StockFacts, window: Window, floor: float, horizon_days: float) -> list[tuple[str, str]]:
    """Kind and reference of the supply lines that make a window by coming later or less than planned.

    None does, where there would be a window all the same if all of them kept to the plan.
    """
    flows = list(facts.flows)
    for slip in facts.slips:
        if slip.expected in flows:
            flows.remove(slip.expected)
        flows.append(slip.planned)
    if not facts.slips or first_window(replace(facts, flows=flows), floor, horizon_days) is not None:
        return []
    return [(slip.kind, slip.ref) for slip in facts.slips if slip.planned.day <= window.worst_day]


def wake_at(facts: StockFacts) -> int | None:
    """When the projection can change by time alone: at the next day, while anything is expected to move."""
    if facts.reading is None or not (facts.flows or facts.forecasts):
        return None
    return facts.days.after(facts.today)


def finding(
    kind: str,
    facts: StockFacts,
    window: Window,
    quantity: float,
    tolerance: Tolerance,
    *,
    floor: float | None,
    summary: str,
    severity: str,
    planned: Mapping[str, Any],
    gap: Mapping[str, Any],
    terms: Sequence[Term],
    need_at: int | None,
) -> Finding:
    """What a detector says about a window; `quantity` is what is at risk, `terms` are the kind's own.

    `floor` is what it is under; None where it is over something, which supply that comes later or less cannot make.
    """
    value, currency, value_terms = _value_of(facts, quantity, window.uom)
    return Finding(
        kind=kind,
        summary=summary,
        severity=severity,
        planned=planned,
        observed={"quantity": window.worst, "uom": window.uom, "at": iso(window.worst_day)},
        gap=gap,
        terms=[
            *_terms(facts, window),
            *terms,
            Term("horizon", tolerance["horizon_days"], "days", tolerance.source("horizon_days")),
            *value_terms,
        ],
        value_minor=value,
        currency=currency,
        need_at=need_at,
        occurred_at=None,
        signals=sorted({window.reading.signal, *(signal for flow in window.flows for signal in flow.signals)}),
        item=facts.item,
        site=facts.site,
        party=facts.party,
        because=() if floor is None else _because_of(facts, window, floor, tolerance["horizon_days"]),
    )


def _terms(facts: StockFacts, window: Window) -> Iterator[Term]:
    """The arithmetic from the reading down to the worst level, and what could not be counted."""
    reading, unit = window.reading, window.uom or ""
    yield Term("on hand", reading.quantity, unit, f"S{reading.signal} at {iso(reading.at)}")
    for flow in window.flows[:_LISTED]:
        what = "supply" if flow.quantity > 0 else "demand"
        yield Term(f"{what} {iso(flow.at)}", round(flow.quantity, 6), unit, flow.source)
    rest = window.flows[_LISTED:]
    if rest:
        total = round(math.fsum(flow.quantity for flow in rest), 6)
        yield Term(f"{len(rest)} further movements", total, unit, "open lines up to that day")
    yield Term("worst projected stock", window.worst, unit, f"on hand + movements up to {iso(window.worst_day)}")
    others: list[Flow | Bucket] = [*facts.flows, *facts.forecasts]
    left_out = [stated for stated in others if not same_unit(reading.uom, stated.uom)]
    for stated in left_out[:_LEFT_OUT]:
        quantity = round(abs(stated.quantity), 6)
        yield Term("not counted", quantity, stated.uom or "", f"{stated.source}; stock is in {unit}")
    if left_out[_LEFT_OUT:]:
        yield Term("not counted", len(left_out) - _LEFT_OUT, "further", f"in another unit; stock is in {unit}")


def _value_of(facts: StockFacts, quantity: float, uom: str | None) -> tuple[int | None, str | None, list[Term]]:
    """The value of a quantity in minor units, their currency, and how it comes about."""
    worth = facts.unit_value(uom)
    if worth is None:
        source = f"neither the item {facts.item} nor its lines state one" + (f" of {uom}" if uom else "")
        return None, None, [Term("unit value", None, "", source)]
    unit = f"{worth.currency or 'no currency'}, minor units"
    value = round(quantity * worth.minor)
    return (
        value,
        worth.currency,
        [
            Term("unit value", round(worth.minor, 6), unit, worth.source),
            Term("value at risk", value, unit, f"{round(quantity, 6):.12g} {uom or 'units'} × unit value"),
        ],
    )


def _forecast_excess(facts: StockFacts, reading: Reading, flows: Sequence[Flow], horizon: int) -> Iterator[Flow]:
    end = facts.days.later(facts.today, horizon + 1)
    for bucket in facts.forecasts:
        start = max(bucket.start, facts.today)
        if bucket.end <= start or bucket.start >= end or not same_unit(reading.uom, bucket.uom):
            continue
        remaining = bucket.quantity * (bucket.end - start) / (bucket.end - bucket.start)
        # An order that is past due is asked for today.
        orders = [flow for flow in flows if flow.order and start <= max(flow.at, facts.today) < bucket.end]
        ordered = -math.fsum(flow.quantity for flow in orders)
        if remaining > ordered:
            yield from _spread(facts, bucket, start, remaining - ordered)


def _spread(facts: StockFacts, bucket: Bucket, start: int, quantity: float) -> Iterator[Flow]:
    """`quantity` as demand in equal measure from `start` to the bucket's end, one movement a day."""
    source = f"{bucket.source}: remaining forecast − orders"
    begins = start
    while begins < bucket.end:
        ends = min(bucket.end, facts.days.after(begins))
        share = (ends - begins) / (bucket.end - start)
        yield Flow(begins, facts.days.start(begins), -quantity * share, source, (), order=False, uom=bucket.uom)
        begins = ends
