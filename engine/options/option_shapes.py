"""Options side by side as plain JSON values, each figure with its terms, so that a person can redo the sum by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.detect.measures import in_days
from engine.deviations.value_at_risk import Priced
from engine.gather.served import Subject
from engine.options import weighing
from engine.options.option_costs import Figure
from engine.options.option_effects import NEW, Effect
from engine.options.weighing import Flip, Weighed
from engine.values import money
from engine.values.clock import DAY, iso, iso_or_none
from engine.values.money import amount, units
from engine.vocabulary import shapes
from engine.vocabulary.model import Term

_LISTED: Final = 20
"""Customer orders of an option that are named one by one."""


class Outcome(NamedTuple):
    """What one option comes to; amounts in minor units of the desk's currency."""

    option: Mapping[str, Any]
    effect: Effect | None
    """None: the deviation is about no supply, so nothing can be said of service."""
    hits: Sequence[Priced]
    late_minor: int | None
    """Value of customer orders that are late or short with it."""
    cost: Figure
    co2: Figure
    risk_minor: int | None

    def weighed(self, currency: str) -> Weighed:
        """The criteria in the units that weights are for."""
        minor = {"cost": self.cost.value, "service": self.late_minor, "risk": self.risk_minor}
        values = {name: None if value is None else value / units(currency) for name, value in minor.items()}
        return Weighed(self.option["id"], {**values, "co2": self.co2.value})


def document(
    subject: Subject | None,
    outcomes: Sequence[Outcome],
    stated: Mapping[str, float],
    currency: str,
    names: Mapping[int, str],
    deviation: Mapping[str, Any],
    now: int,
) -> dict[str, Any]:
    """The comparison: `about`, `weights`, `options`, `winner`, `robust`, `flips`. `stated` are weights of the step."""
    weights = {**weighing.WEIGHTS, **stated}
    weighed = [outcome.weighed(currency) for outcome in outcomes]
    # Where cost or service cannot be told, a sum without it would say that the option is the better one.
    scored = [each for each in weighed if None not in (each.values["cost"], each.values["service"])]
    decides = subject is not None and weighed[0] in scored
    best = weighing.winner(scored, weights) if decides else None
    flips = weighing.flips(scored, weights) if decides else []
    dominated = weighing.dominated(weighed)
    shaped = _Shaper(subject, outcomes[0], weights, currency, names, deviation)
    return {
        "now": iso(now),
        "about": "it is about no supply: what an option does to customer orders cannot be told"
        if subject is None
        else subject.label,
        "weights": weights,
        "options": [
            {
                **shaped.option(outcome, each, scored=decides and each in scored),
                "dominated_by": dominated.get(each.id),
                "wins": best is not None and each.id == best.id,
            }
            for outcome, each in zip(outcomes, weighed, strict=True)
        ],
        "winner": None if best is None else best.id,
        "robust": weighing.robust(flips) if decides else None,
        "flips": [_flip(flip) for flip in flips],
    }


def _flip(flip: Flip) -> dict[str, Any]:
    side = "above" if flip.at >= flip.weight else "below"
    winner = weighing.spoken(flip.winner)
    sentence = f"{winner} wins where the weight of {flip.criterion} is {side} {flip.at:.4g} (it is {flip.weight:g})"
    return {**flip._asdict(), "sentence": sentence}


class _Shaper:
    """Options as JSON, beside doing nothing."""

    def __init__(
        self,
        subject: Subject | None,
        nothing: Outcome,
        weights: Mapping[str, float],
        currency: str,
        names: Mapping[int, str],
        deviation: Mapping[str, Any],
    ) -> None:
        self._subject, self._nothing, self._weights, self._currency = subject, nothing, weights, currency
        self._names, self._need_at = names, deviation["need_at"]

    def option(self, outcome: Outcome, weighed: Weighed, *, scored: bool) -> dict[str, Any]:
        option, done = outcome.option, outcome.effect
        kept = _less(self._nothing.late_minor, outcome.late_minor)
        orders = done is not None and self._subject is not None and not self._subject.own_value
        latest = self._latest_start(option)
        return {
            "id": option["id"],
            "title": option["title"],
            "kind": option["kind"],
            "quantity": None if done is None else done.quantity,
            "uom": None if self._subject is None else self._subject.uom,
            "arrives_at": iso_or_none(None if done is None else done.arrives_at),
            "latest_start": iso_or_none(latest),
            "cost": self._money(outcome.cost.value),
            "orders_late": len(outcome.hits) if orders else None,
            "orders_kept": len(self._nothing.hits) - len(outcome.hits) if orders else None,
            "value_late": self._money(outcome.late_minor),
            "value_kept": self._money(kept),
            "co2_kg": outcome.co2.value,
            "risk": option.get("risk", 0.0),
            "risk_value": self._money(outcome.risk_minor),
            "score": round(weighed.score(self._weights), 2) if scored else None,
            "reversible": option.get("reversible"),
            "shares": [
                {"id": name, "gets": gets, "wants": wants}
                for name, gets, wants in (done.shares if done is not None else ())
            ],
            "orders": [self._order(priced) for priced in outcome.hits[:_LISTED]] if orders else [],
            "terms": [shapes.term(term) for term in self._terms(outcome, weighed, scored=scored)],
        }

    def _latest_start(self, option: Mapping[str, Any]) -> int | None:
        """When something new has to be begun to be there when it is needed; None where nothing says so."""
        if option["kind"] not in NEW or "days" not in option or self._need_at is None:
            return None
        return int(self._need_at) - round(float(option["days"]) * DAY)

    def _terms(self, outcome: Outcome, weighed: Weighed, *, scored: bool) -> list[Term]:
        terms = []
        coined = self._currency
        if outcome.effect is not None and self._subject is not None:
            said = self._subject.label if outcome is self._nothing else outcome.effect.because
            terms.append(Term("what it does", outcome.effect.quantity, self._subject.uom or "", said))
        latest = self._latest_start(outcome.option)
        if latest is not None:
            source = f"need time − {outcome.option['days']:g} days; begun later it comes too late"
            terms.append(Term("latest start", iso(latest), "", source))
        terms.append(Term("cost", self._major(outcome.cost.value), coined, outcome.cost.because))
        if outcome.effect is not None:
            terms.append(Term("late", self._major(outcome.late_minor), coined, self._orders(outcome)))
        terms.append(Term("co2", outcome.co2.value, "kg CO2e", outcome.co2.because))
        if outcome.risk_minor:
            kept = max(0, _less(self._nothing.late_minor, outcome.late_minor) or 0)
            share = outcome.option["risk"]
            sentence = f"{share:g} chance that it fails × {money.text(kept, coined)} that it would keep"
            terms.append(Term("risk", self._major(outcome.risk_minor), coined, sentence))
        if outcome.option.get("reversible") is not None:
            word = "can be taken back" if outcome.option["reversible"] else "cannot be taken back"
            terms.append(Term("reversible", outcome.option["reversible"], "", f"the option says that it {word}"))
        if scored:
            parts = (f"{self._weights[name]:g} × {name} {self._criterion(name, weighed)}" for name in weighing.CRITERIA)
            terms.append(Term("score", round(weighed.score(self._weights), 2), coined, " + ".join(parts)))
        return terms

    def _criterion(self, name: str, weighed: Weighed) -> str:
        """What a weight is multiplied with: kilograms, or money."""
        value = weighed.values[name] or 0.0
        return f"{value:,.12g} kg" if name == "co2" else money.text(value * units(self._currency), self._currency)

    def _orders(self, outcome: Outcome) -> str:
        """Which customer orders are hit with an option, and by how much."""
        if self._subject is not None and self._subject.own_value:
            told = ["by its own value"] if outcome.hits else ["in time for its own need"]
        elif not outcome.hits:
            told = ["no customer order is hit"]
        else:
            told = [self._hit(priced) for priced in outcome.hits[:_LISTED]]
            rest = len(outcome.hits) - _LISTED
            told += [f"and {rest} further orders"] if rest > 0 else []
        if outcome.effect is not None and outcome.effect.keeps:
            told.append(f"× {1.0 - outcome.effect.keeps:g} who do not accept another date")
        return "; ".join(told)

    def _order(self, priced: Priced) -> dict[str, Any]:
        hit = priced.hit
        return {
            "id": self._name(priced),
            "delay_days": None if hit.delay is None else in_days(hit.delay),
            "quantity": round(hit.quantity, 6),
            "open": hit.open,
            "value": self._money(priced.value_minor),
        }

    def _name(self, priced: Priced) -> str:
        return self._names.get(priced.hit.line, "order")

    def _hit(self, priced: Priced) -> str:
        hit = priced.hit
        what = "missing" if hit.delay is None else f"{in_days(hit.delay):g} days late"
        worth = "no value" if priced.value_minor is None else money.text(priced.value_minor, self._currency)
        return f"{self._name(priced)}: {hit.quantity:.6g} of {hit.open:.6g} {what}, {worth}"

    def _money(self, minor: float | None) -> dict[str, float | str] | None:
        return None if minor is None else amount(round(minor), self._currency)

    def _major(self, minor: float | None) -> float | None:
        return None if minor is None else minor / units(self._currency)


def _less(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other
