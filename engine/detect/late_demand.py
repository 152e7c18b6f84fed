"""late_demand: a customer order line is pegged to supply that comes too late, or not in full.

What reaches it are live deviations of supply lines, each beyond the slack on the way (engine.flow.impact). The lateness
is the largest of them; shortages of different supply lines of one item add up, but not those of one line, nor what the
line that serves it lacks itself and what that lacks of its supply, and never to more than is open. Breach: more than
`days` late, or more than `quantity` short. What does not come at all has no date; its share counts as so much of
`short_days` late. Nothing here is said by the customer: it is what the customer would see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from engine.detect.measures import bounds, in_days, shown, tidy
from engine.facts.demand_facts import DemandFacts, LiveHit
from engine.facts.subjects import Line
from engine.values.clock import iso, iso_or_none
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "late_demand"
DEFAULTS: Final = {"days": 0.0, "quantity": 0.0, "short_days": 14.0, "remedy_days": 2.0, **bounds(1, 3, 7)}
"""`days` late and `quantity` short that pass, `short_days` that an order counts as late of which nothing comes;
bounds in days late."""

_LISTED: Final = 20
"""Deviations that an explanation names; further ones are counted."""


class _Reach(NamedTuple):
    days: float
    after: int | None
    """How much later than wanted it is to be expected, in microseconds."""
    short: float
    value: int | None


def judge(facts: DemandFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    line, hits = facts.line, facts.hits
    if line is None or not hits:
        return None
    reach = _reach(line, hits)
    if reach.days <= tolerance["days"] and reach.short <= tolerance["quantity"]:
        return None
    expected_at = None if reach.after is None or line.planned_at is None else line.planned_at + reach.after
    size = max(reach.days, tolerance["short_days"] * (reach.short / line.quantity if line.quantity else 1.0))
    return Finding(
        kind=KIND,
        summary=_summary(line, reach),
        severity=tolerance.severity(size),
        planned={"at": iso_or_none(line.planned_at), "quantity": line.quantity, "uom": line.uom},
        observed={"expected": iso_or_none(expected_at), "short": reach.short, "uom": line.uom},
        gap={"days": reach.days, "quantity": 0.0 - reach.short, "uom": line.uom},
        terms=[*_terms(facts, line, hits, reach, tolerance)],
        value_minor=reach.value,
        currency=facts.currency if reach.value is not None else None,
        need_at=line.planned_at,
        occurred_at=None,
        signals=facts.signals,
        item=line.item,
        site=line.site,
        party=line.party,
    )


def wake_at(facts: DemandFacts, tolerance: Tolerance, now: int) -> int | None:
    """Time alone changes nothing: what reaches the order is judged with the supply line."""
    return None


def _reach(line: Line, hits: Sequence[LiveHit]) -> _Reach:
    late = [hit for hit in hits if hit.delay is not None]
    worst = max(late, key=lambda hit: hit.delay or 0, default=None)
    short = _once(hits, lambda hit: hit.quantity if hit.delay is None else 0.0)
    values = _once(hits, lambda hit: hit.value_minor or 0)
    worth = [hit.open_minor for hit in hits if hit.open_minor is not None]
    return _Reach(
        in_days(worst.delay or 0) if worst is not None else 0.0,
        max((hit.after for hit in late if hit.after is not None), default=None),
        tidy(min(short, line.quantity or short)),
        round(min(values, max(worth))) if worth else None,
    )


def _once(hits: Sequence[LiveHit], size: Callable[[LiveHit], float]) -> float:
    """The sum over what serves the order, of what reaches it by way of each.

    Of late parts there the largest counts, since they wait together; missing ones of different lines add up where they
    are of one item (of several the scarcest decides), unless one is the supply itself. Two deviations of one line reach
    the same goods, also where one does so by way of several supplies.
    """
    supplies: dict[str, set[str | None]] = {}
    for hit in hits:
        supplies.setdefault(hit.subject, set()).add(hit.supply)
    by_supply: dict[str, list[LiveHit]] = {}
    for hit in hits:
        (supply, *others) = supplies[hit.subject]
        by_supply.setdefault(hit.subject if others or supply is None else supply, []).append(hit)
    return sum(_of_one(supply, found, size) for supply, found in by_supply.items())


def _of_one(supply: str, hits: Sequence[LiveHit], size: Callable[[LiveHit], float]) -> float:
    missing: dict[str | None, dict[str, float]] = {}
    largest = 0.0
    for hit in hits:
        if hit.delay is None and hit.subject != supply:
            lines = missing.setdefault(hit.item, {})
            lines[hit.subject] = max(lines.get(hit.subject, 0.0), size(hit))
        else:
            largest = max(largest, size(hit))
    return max(largest, *(sum(lines.values()) for lines in missing.values()), 0.0)


def _summary(line: Line, reach: _Reach) -> str:
    said = []
    if reach.days > 0:
        said.append(f"{reach.days:g} {'day' if reach.days == 1 else 'days'} late")
    if reach.short > 0:
        said.append(f"{shown(reach.short)} of {shown(line.quantity or 0.0)} {line.uom or 'units'} short")
    return " and ".join(said)


def _terms(
    facts: DemandFacts, line: Line, hits: Sequence[LiveHit], reach: _Reach, tolerance: Tolerance
) -> Sequence[Term]:
    unit = f"{facts.currency}, minor units"
    terms = [Term("promised", iso_or_none(line.planned_at), "UTC", line.source)]
    for hit in hits[:_LISTED]:
        name = f"D{hit.deviation}: {hit.kind} of {hit.subject}"
        if hit.delay is None:
            terms.append(Term("short", hit.quantity, line.uom or "", name))
        else:
            terms.append(Term("late", in_days(hit.delay), "days", f"{name}, {hit.quantity:g} {line.uom or 'units'}"))
    if hits[_LISTED:]:
        terms.append(Term("further deviations", len(hits) - _LISTED, "", "that reach it, none of them later"))
    if reach.after is not None and line.planned_at is not None:
        terms.append(
            Term("expected", iso(line.planned_at + reach.after), "UTC", "when the last of its supply is there")
        )
    return [
        *terms,
        Term("late", reach.days, "days", "the largest of them"),
        Term("short", reach.short, line.uom or "", "sum over what serves it, at most what was ordered"),
        Term("tolerance", tolerance["days"], "days", tolerance.source("days")),
        Term("tolerance", tolerance["quantity"], line.uom or "", tolerance.source("quantity")),
        Term("value at risk", reach.value, unit, "sum over what serves it, at most what is open of the order"),
    ]
