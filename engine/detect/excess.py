"""excess: stock of an item at a site stays over its maximum, or a supply line comes earlier than it may.

Stock: projected stock (engine.detect.projection) is over the target's maximum by more than `percent` for at least
`days` inside `horizon_days`; one deviation per item and site, with the largest quantity of its first such window.
Without a stock reading or a maximum, and where these are in units that do not convert, there is no verdict.

Supply: the line is expected, or goods of it came, more than `early_days` before its planned date. Goods that came are a
fact: they are reported as done. Early goods are welcome to many, so this is watched where `early_days` is over 0 only.
Closed and cancelled lines are not watched.
"""

from __future__ import annotations

import math
from typing import Final

from engine.detect import projection
from engine.detect.measures import (
    bounds,
    open_share,
    percent_over,
    promise_terms,
    share_of_value,
    shown,
    tidy,
    value_terms,
)
from engine.facts.subjects import LineFacts, StockFacts, same_unit
from engine.values.clock import DAY, iso
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "excess"
DEFAULTS: Final = {
    "days": 14.0,
    "percent": 5.0,
    "horizon_days": 28.0,
    "early_days": 0.0,
    "remedy_days": 5.0,
    **bounds(21, 60, 180),
}
"""`days` and `percent` over the maximum that pass, `early_days` before the plan (0: not watched); bounds in days over
the maximum, or early."""


def judge(facts: LineFacts | StockFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    return _stock(facts, tolerance, now) if isinstance(facts, StockFacts) else _early(facts, tolerance)


def wake_at(facts: LineFacts | StockFacts, tolerance: Tolerance, now: int) -> int | None:
    """Of stock the next day, while anything is expected to move; a line's verdict needs a new statement."""
    return projection.wake_at(facts) if isinstance(facts, StockFacts) else None


def _stock(facts: StockFacts, tolerance: Tolerance, now: int) -> Finding | None:
    target, reading = facts.target, facts.reading
    if target is None or target.maximum is None or reading is None or not same_unit(target.uom, reading.uom):
        return None
    ceiling = target.maximum * (1 + tolerance["percent"] / 100)
    window = projection.first_window_over(facts, ceiling, tolerance["horizon_days"], tolerance["days"])
    if window is None:
        return None
    surplus, uom = tidy(window.worst - target.maximum), window.uom or target.uom
    most = projection.highest(facts, ceiling, tolerance["horizon_days"]) - target.maximum
    lasting = f"for {window.days} days" if window.ends else "to the horizon's end"
    # What is too much already is needed at no time; what is still to come can be put off until it comes.
    need_at = window.start_at if window.start_at > now else None
    return projection.finding(
        KIND,
        facts,
        window,
        surplus,
        tolerance,
        floor=None,
        summary=f"{shown(surplus)} {uom or 'units'} over the maximum {lasting}",
        severity=tolerance.severity(window.days),
        planned={"quantity": target.maximum, "uom": uom},
        gap={"quantity": surplus, "uom": uom, "days": float(window.days)},
        need_at=need_at,
        terms=[
            Term("maximum", tidy(target.maximum), target.uom or "", target.source),
            Term("surplus", surplus, uom or "", "projected stock at its farthest − maximum"),
            Term(
                "over the maximum from",
                iso(window.start_at),
                "UTC",
                "first movement that leads over it, or the reading",
            ),
            Term("lasts", window.days, "days", "until projected stock is back, or to the horizon"),
            Term("tolerance", tolerance["days"], "days", tolerance.source("days")),
            Term("tolerance", tolerance["percent"], "%", tolerance.source("percent")),
        ],
    )._replace(resupply=False, farthest={"percent": percent_over(most, target.maximum)})


def _early(facts: LineFacts, tolerance: Tolerance) -> Finding | None:
    line, days_allowed = facts.line, tolerance["early_days"]
    if days_allowed <= 0 or line.planned_at is None or not facts.open:
        return None
    limit = line.planned_at - int(days_allowed * DAY)
    came = [move for move in facts.receipts if move.at < limit]
    if came:
        at, word, signals, share = came[0].at, "arrived", [move.signal for move in came], _share(facts, limit)
        value = value_terms(facts, share, "early share", "quantity that came before the tolerance ÷ planned quantity")
    elif facts.eta is not None and facts.eta_signal is not None and facts.eta < limit and not facts.receipts:
        at, word, signals, share = facts.eta, "expected", [facts.eta_signal], open_share(facts)
        value = value_terms(facts, share, "open share")
    else:
        return None
    days = _days_early(facts, line.planned_at, at)
    return Finding(
        kind=KIND,
        summary=f"{word} {days:g} {'day' if days == 1 else 'days'} early",
        severity=tolerance.severity(days),
        planned={"at": iso(line.planned_at)},
        observed={word: iso(at)},
        gap={"days": -days},
        terms=[
            *promise_terms(facts),
            Term(word, iso(at), "UTC", ", ".join(f"S{signal}" for signal in signals)),
            Term("early", days, "days", f"planned − {word}"),
            Term("tolerance", days_allowed, "days", tolerance.source("early_days")),
            *value,
        ],
        value_minor=share_of_value(facts, share),
        currency=line.currency,
        # Until it is here it can be put off.
        need_at=at if word == "expected" else None,
        occurred_at=at if word == "arrived" else None,
        signals=signals,
        item=line.item,
        site=line.site,
        party=line.party,
        resupply=False,
        done=word == "arrived",
    )


def _days_early(facts: LineFacts, planned_at: int, at: int) -> float:
    """Days from an arrival to the promise that it is before: whole days of the desk where the promise is a day."""
    if facts.line.until_at is None:
        return round((planned_at - at) / DAY, 2)
    return float(facts.days.between(facts.days.start(at), planned_at))


def _share(facts: LineFacts, limit: int) -> float:
    """The share of a line that came before `limit`."""
    came = facts.received(limit - 1)
    return 1.0 if not facts.line.quantity or math.isinf(came) else min(1.0, came / facts.line.quantity)
