"""From what a deviation reaches to what it is worth: value at risk, need time, and every term of both.

    value at risk = sum over the customer order lines that are hit of min(quantity hit, quantity open) × unit value
    need time     = planned date + the smallest slack to a customer order

in the desk's currency. A slip that the slack takes up puts nothing at risk, and the term says how many days it was.
Where no customer order depends on the line, its own value stands, and a term says that this is an approximation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

from engine.detect.measures import in_days
from engine.deviations.verdicts import Slot, Verdict
from engine.facts.subjects import Line
from engine.flow.impact import Hit, Impact, Step, late, short
from engine.gather import downstream
from engine.storage.collector import collector_at_rest
from engine.storage.sqlite import sqlite3
from engine.values import money
from engine.values.money import LARGEST
from engine.values.rates import Rates
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.slip import Slip

_Key = TypeVar("_Key")

_LARGEST: Final = float(LARGEST)
_LISTED: Final = 20
"""Customer orders, and steps of a way, that an explanation lists one by one; further ones are summed up."""
_OWN_VALUE: Final = "value at risk"
"""The term by which a detector values the line itself."""


class Priced(NamedTuple):
    """One customer order line that is hit, and what of it is at risk."""

    hit: Hit
    value_minor: int | None
    """In the desk's currency; None: nothing says what it is worth."""
    open_minor: int | None
    """The value of all that is open of it, likewise."""


class Effect(NamedTuple):
    """What one slip does."""

    impact: Impact
    hits: Sequence[Priced]

    @property
    def value_minor(self) -> int | None:
        """The sum of what is known; None where nothing is."""
        known = [priced.value_minor for priced in self.hits if priced.value_minor is not None]
        return sum(known) if known or not self.hits else None


class _Factors(dict[str | None, float]):
    """By currency what one minor unit is worth in the desk's, worked out when first asked."""

    def __init__(self, rates: Rates) -> None:
        super().__init__()
        self._rates = rates

    def __missing__(self, coined: str | None) -> float:
        factor = self[coined] = self._rates.factor(coined)
        return factor


class Valuer:
    """Works out what slips do, in a desk's currency."""

    def __init__(self, connection: sqlite3.Connection, rates: Rates) -> None:
        self._connection, self._rates, self._currency = connection, rates, rates.currency
        self._factors = _Factors(rates)

    def assess_all(self, verdicts: Sequence[Verdict]) -> tuple[list[Verdict], dict[Slot, Sequence[Priced]], set[int]]:
        """Verdicts with what the slips among them put at risk, the customer orders that each of these reaches, and the
        other lines (plan_line.id) that they make late.

        What is only supposed reaches nobody.
        """
        slips = {
            verdict.slot: verdict.finding.slip
            for verdict in verdicts
            if verdict.finding is not None and verdict.finding.slip is not None
        }
        if not slips:
            return list(verdicts), {}, set()
        effects = self.effects(slips)
        lines = self._named(effects.values())
        assessed = [
            verdict._replace(finding=self.assess(verdict.finding, slips[verdict.slot], effects[verdict.slot], lines))
            if verdict.finding is not None and verdict.slot in effects
            else verdict
            for verdict in verdicts
        ]
        said = {slot: effect.hits for slot, effect in effects.items() if not slips[slot].supposed}
        fed = {line for slot, effect in effects.items() for line in effect.impact.late_lines(slips[slot].delay)}
        return assessed, said, fed

    def effects(self, slips: Mapping[_Key, Slip]) -> dict[_Key, Effect]:
        """What each slip does, by its key."""
        later = {key: (slip.line, slip.delay) for key, slip in slips.items() if slip.delay is not None}
        less = {key: (slip.line, slip.missing or 0.0) for key, slip in slips.items() if slip.delay is None}
        with collector_at_rest():
            pegs = downstream.read_in_time(self._connection, {line for line, _ in later.values()})
            impacts = {key: late(line, delay, pegs) for key, (line, delay) in later.items()}
            if less:
                network = downstream.read(self._connection, {line for line, _ in less.values()})
                impacts |= {key: short(line, share, network) for key, (line, share) in less.items()}
            return {key: Effect(impacts[key], self.priced(impacts[key].hits)) for key in slips}

    def _named(self, effects: Iterable[Effect]) -> Mapping[int, Line]:
        """The lines that explanations name."""
        named: set[int] = set()
        for effect in effects:
            named.update(priced.hit.line for priced in effect.hits[:_LISTED])
            named.update(number for edge in effect.impact.way() for number in (edge.supply, edge.demand))
        return downstream.lines_of(self._connection, named) if named else {}

    def assess(self, finding: Finding, slip: Slip, effect: Effect, lines: Mapping[int, Line]) -> Finding:
        """A finding with the value, the need time and the terms of what it does; `lines` are those that are named."""
        impact, value = effect.impact, effect.value_minor
        if (impact.nearest is None and not effect.hits) or value is None:
            if effect.hits:
                why = "the customer orders that are hit state no value"
            elif impact.undated:
                why = f"{_orders(impact.undated)}, and no other order depends on it"
            elif impact.feeds:
                why = "what it feeds is pegged to no customer order"
            else:
                why = "no demand is pegged to it"
            terms = [
                *finding.terms,
                Term("approximation", "own value", "", f"{why}: the value of the line itself counts"),
            ]
            return finding._replace(terms=terms, need_at=self._need_at(finding, slip, impact))
        kept = [term for term in finding.terms if term.name != _OWN_VALUE]
        return finding._replace(
            terms=[*kept, *self._terms(slip, effect, lines)],
            value_minor=value,
            currency=self._currency,
            need_at=self._need_at(finding, slip, impact),
        )

    def _need_at(self, finding: Finding, slip: Slip, impact: Impact) -> int | None:
        if slip.planned_at is None or impact.slack is None:
            return finding.need_at
        return slip.planned_at + impact.slack

    def priced(self, hits: Sequence[Hit]) -> list[Priced]:
        """The hits with their values: whole suppliers have thousands of them."""
        priced, new = list[Priced](), tuple.__new__  # as the class's own, in half the time
        for hit in hits:
            worth = hit.worth
            if worth is None:
                priced.append(Priced(hit, None, None))
            else:
                whole = worth * self._factors[hit.coined]
                if whole > _LARGEST:
                    whole = _LARGEST
                priced.append(new(Priced, (hit, round(whole * hit.share), round(whole))))
        return priced

    def _source(self, hit: Hit, line: Line) -> str:
        """How the value of a customer order that is hit comes about."""
        if hit.worth is None:
            return f"{line.source} and item {line.item} state no value"
        by = f"{line.source}: value ÷ quantity" if line.value_minor is not None else f"item {line.item}: unit_value"
        rate = self._rates.of(hit.coined)
        if rate is None:
            by += f", {self._rates.lack(hit.coined)}"
        elif hit.coined != self._currency:
            by += f", × {rate.value:g} {self._currency} per {hit.coined} ({rate.source})"
        return f"{hit.quantity:.12g} of {hit.open:.12g} {line.uom or 'units'} open × {money.text(hit.worth / hit.open, hit.coined)} ({by})"

    def _terms(self, slip: Slip, effect: Effect, lines: Mapping[int, Line]) -> list[Term]:
        impact, unit = effect.impact, f"{self._currency}, minor units"
        terms = []
        if impact.slack is not None:
            terms.append(Term("slack", in_days(impact.slack), "days", _way(impact.way(), lines)))
        if impact.undated:
            terms.append(
                Term("without a date", impact.undated, "customer orders", f"{_orders(impact.undated)}: not hit")
            )
        if not effect.hits:
            if slip.delay is not None:
                terms.append(Term("absorbed", in_days(slip.delay), "days", "late ≤ slack: no customer order is hit"))
            else:
                terms.append(
                    Term("absorbed", round(slip.missing or 0.0, 6), "share", "what is missing serves no customer order")
                )
            return [*terms, Term(_OWN_VALUE, 0, unit, "no customer order is hit")]
        for priced in effect.hits[:_LISTED]:
            line = lines[priced.hit.line]
            source = f"{_later(slip, priced.hit)}{self._source(priced.hit, line)}"
            terms.append(Term(f"hit {line.ref}", priced.value_minor, unit, source))
        rest = effect.hits[_LISTED:]
        if rest:
            known = sum(priced.value_minor for priced in rest if priced.value_minor is not None)
            terms.append(Term(f"{len(rest)} further customer orders", known, unit, "each as above"))
        return [*terms, Term(_OWN_VALUE, effect.value_minor, unit, "sum over the customer orders that are hit")]


def _orders(undated: int) -> str:
    if undated == 1:
        return "a customer order that depends on it states no date, so nothing is too late for it"
    return f"{undated} customer orders that depend on it state no date, so nothing is too late for them"


def _later(slip: Slip, hit: Hit) -> str:
    if hit.delay is None or slip.delay is None:
        return ""
    return f"{in_days(hit.delay):g} days late = {in_days(slip.delay):g} − {in_days(hit.slack):g} slack; "


def _way(edges: Sequence[Step], lines: Mapping[int, Line]) -> str:
    """The way to the nearest customer order, with the gap of each step."""
    steps = [f"{lines[edges[0].supply].kind} {lines[edges[0].supply].ref}"]
    between = edges[_LISTED // 2 : -_LISTED // 2]
    for place, edge in enumerate(edges):
        line = lines[edge.demand]
        gap = "no date" if edge.gap is None else f"gap {in_days(edge.gap):g} days"
        if not 0 <= place - _LISTED // 2 < len(between):
            steps.append(f"{line.kind} {line.ref} ({gap})")
        elif edge is between[0]:
            gaps = in_days(sum(each.slack for each in between))
            steps.append(f"{len(between)} further lines (gaps of {gaps:g} days)")
    return " → ".join(steps)
