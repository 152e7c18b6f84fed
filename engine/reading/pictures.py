"""What can be drawn of a deviation: projected stock, demand in its band, how the supplier and the lane kept promises.

Plain JSON values for one page, asked when it is opened. Only reads; what a front end draws of it is its own business.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, Final

from engine import detect
from engine.detect import demand_band, projection, survival, tolerance_rules
from engine.deviations.command_context import fetch
from engine.facts.subjects import StockFacts
from engine.reading import item_site
from engine.storage.sqlite import sqlite3
from engine.values import ids
from engine.values.clock import iso
from engine.values.days import Days
from engine.vocabulary import settings
from engine.vocabulary.model import SUPPLY_KINDS

_STOCK_KINDS: Final = ("stockout", "below_target", "excess")
LATE_BY: Final = (-14, -7, -2, 0, 1, 3, 7, 14, 28)
"""Where the groups of arrivals begin, in days after the promise; before the first lies everything earlier."""
_SAMPLE: Final = 5000
"""The last arrivals that are counted."""
_LINE: Final = (
    "SELECT party, coalesce(origin, '') || '>' || coalesce(site, '') FROM plan_line"
    " WHERE kind = ? AND ref = ? AND to_version IS NULL"
)
_ARRIVALS: Final = "SELECT promised_at, arrived_at, lane = :lane FROM outcome WHERE party = :party ORDER BY arrived_at DESC LIMIT :most"


def of(connection: sqlite3.Connection, now: int, text: str) -> dict[str, Any]:
    """`stock`, `demand` and `arrivals` of a deviation, each null where there is nothing of the kind. Raises
    NotFound."""
    deviation = fetch(connection, ids.parse(text, "deviation"))
    stock = demand = None
    if deviation["item"] and deviation["site"]:
        facts = item_site.facts_of(connection, now, deviation["item"], deviation["site"])
        stock = _stock(connection, facts, deviation)
        demand = _demand(connection, facts) if deviation["kind"] == "demand_shift" else None
    return {"stock": stock, "demand": demand, "arrivals": _arrivals(connection, deviation)}


# stock ----------------------------------------------------------------------------------------------------------------


def _stock(connection: sqlite3.Connection, facts: StockFacts, deviation: Mapping[str, Any]) -> dict[str, Any] | None:
    """The level at the end of each day up to the horizon, the target, and the first window beyond the bound that the
    deviation's kind compares with: zero unless it is about a target."""
    if facts.reading is None or not (facts.flows or facts.forecasts or deviation["kind"] in _STOCK_KINDS):
        return None
    kind = deviation["kind"] if deviation["kind"] in _STOCK_KINDS else detect.stockout.KIND
    horizon = int(tolerance_rules.load(connection).of(kind, facts.subject())["horizon_days"])
    target = facts.target
    bound, over = 0.0, kind == "excess"
    if target is not None and kind != "stockout":
        bound = target.quantity if not over or target.maximum is None else target.maximum
    if over:
        window = projection.first_window_over(facts, bound, horizon, 0)
    else:
        window = projection.first_window(facts, bound, horizon)
    moved = dict(survival.levels(facts, horizon))
    level, levels = facts.reading.quantity, []
    for index in range(horizon + 1):
        level = moved.get(index, level)
        levels.append(level)
    return {
        "item": facts.item,
        "site": facts.site,
        "uom": facts.reading.uom,
        "on_hand": facts.reading.quantity,
        "counted_at": iso(facts.reading.at),
        "from": iso(facts.today),
        "levels": levels,
        "bound": bound,
        "over": over,
        "target": None if target is None else target.quantity,
        "window": None if window is None else _window(facts, window),
    }


def _window(facts: StockFacts, window: projection.Window) -> dict[str, Any]:
    start = facts.days.start(window.start_at)
    return {
        "from_day": max(0, facts.days.between(facts.today, start)),
        "days": window.days,
        "ends": window.ends,
        "worst": window.worst,
        "worst_day": facts.days.between(facts.today, window.worst_day),
    }


# demand ---------------------------------------------------------------------------------------------------------------


def _demand(connection: sqlite3.Connection, facts: StockFacts) -> dict[str, Any] | None:
    """Each period's actual demand beside the band that passes."""
    found = demand_band.banded(facts, tolerance_rules.load(connection).of("demand_shift", facts.subject()))
    if not found:
        return None
    return {
        "item": facts.item,
        "site": facts.site,
        "uom": facts.history[-1].uom,
        "periods": [{**each._asdict(), "start": iso(each.start), "end": iso(each.end)} for each in found],
    }


# arrivals -------------------------------------------------------------------------------------------------------------


def _arrivals(connection: sqlite3.Connection, deviation: Mapping[str, Any]) -> dict[str, Any] | None:
    """How many lines of the supplier arrived how many days after their promise, in all and on this line's lane."""
    line = connection.execute(_LINE, (deviation["subject_type"], deviation["subject_id"])).fetchone()
    party, lane = line or (deviation["party"], None)
    if not party:
        return None
    days = Days(settings.current(connection)["zone"])
    counts = [[0, 0] for _ in range(len(LATE_BY) + 1)]
    late = total = 0
    for promised, arrived, same_lane in connection.execute(_ARRIVALS, {"party": party, "lane": lane, "most": _SAMPLE}):
        # A promise ends as the day after it begins; what comes on the day itself is 0 days late.
        by = days.between(days.start(promised - 1), days.start(arrived))
        group = counts[bisect_right(LATE_BY, by)]
        group[0] += 1
        group[1] += same_lane or 0
        total, late = total + 1, late + (arrived >= promised)
    if not total:
        return None
    gap = json.loads(deviation["gap"]).get("days") if deviation["subject_type"] in SUPPLY_KINDS else None
    return {
        "party": party,
        "lane": None if lane is None else _lane(lane),
        "arrived": total,
        "late": late,
        "groups": [
            {"from_days": None if at == 0 else LATE_BY[at - 1],
             "to_days": None if at == len(LATE_BY) else LATE_BY[at] - 1,
             "lines": everywhere, "on_lane": on_lane}
            for at, (everywhere, on_lane) in enumerate(counts)
        ],
        "this": None if gap is None else bisect_right(LATE_BY, gap),
    }  # fmt: skip


def _lane(stored: str) -> str:
    """A lane in words."""
    origin, _, site = stored.partition(">")
    return f"{origin} to {site}" if origin else f"to {site}"
