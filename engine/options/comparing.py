"""What a decision step compares: each option's outcome on an overlay of the live plan, and how they weigh.

Worked out when somebody asks, from the pegs as they stand; nothing is written. The options are those that were frozen
with the action (engine.vocabulary.terms), doing nothing always being the first. The arithmetic is engine.flow.overlay's
(service), engine.options.option_costs' (money, CO2e) and engine.options.weighing's; docs/options.md says it for people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.deviations.value_at_risk import Priced, Valuer
from engine.flow import overlay
from engine.flow.impact import Hit
from engine.gather import downstream, pegs, served, sharing
from engine.gather.items import lane_durations
from engine.gather.served import Subject
from engine.options import option_shapes, reallocation
from engine.options.option_costs import Costs
from engine.options.option_effects import Effect, effect
from engine.options.option_shapes import Outcome
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.values.days import Days
from engine.values.money import units
from engine.values.rates import Rates
from engine.vocabulary import settings
from engine.vocabulary.terms import Terms

_ELSEWHERE: Final = "SELECT site FROM stock_point WHERE item = ? AND site != ? ORDER BY site"
NOTHING: Final[Mapping[str, Any]] = {"id": "nothing", "title": "Do nothing", "kind": "nothing", "reversible": True}
"""The option that every decision has."""
_DECISIONS: Final = (
    "SELECT action.* FROM action JOIN response ON response.id = action.response_id WHERE action.deviation_id = ?"
    " AND action.kind = 'decision' AND response.state != 'cancelled' ORDER BY response_id DESC, position"
)


def of_action(connection: sqlite3.Connection, action: Mapping[str, Any], now: int) -> dict[str, Any] | None:
    """The options of an action's whole row side by side; None where it is no decision between options.

    Once it is decided: what was known then, what was chosen, by whom and why.
    """
    if action["decision"] is not None:
        return dict(json.loads(action["decision"]))
    terms = Terms.load(action["terms"])
    if not terms.options:
        return None
    (deviation,) = rows(connection, "SELECT * FROM deviation WHERE id = ?", (action["deviation_id"],))
    comparison = _Comparison(connection, deviation, now)
    outcomes = comparison.outcomes([NOTHING, *terms.options])
    return {
        "action": f"A{action['id']}",
        "deviation": f"D{action['deviation_id']}",
        **option_shapes.document(
            comparison.subject, outcomes, terms.weights, comparison.currency, comparison.names(outcomes), deviation, now
        ),
        **dict.fromkeys(("chosen", "reason", "decided_by", "decided_at")),
    }


def of_deviation(connection: sqlite3.Connection, number: int, now: int) -> list[dict[str, Any]]:
    """The options of every decision about a deviation, those of the last response first."""
    found = (of_action(connection, action, now) for action in rows(connection, _DECISIONS, (number,)))
    return [each for each in found if each is not None]


class _Comparison:
    """The options of one decision, with what all of them share."""

    def __init__(self, connection: sqlite3.Connection, deviation: Mapping[str, Any], now: int) -> None:
        self._connection, self._now = connection, now
        desk = settings.current(connection)
        self.currency = str(desk["currency"])
        self._days = Days(desk["zone"])
        rates = Rates(desk["currency"], desk["rates"], desk["zone"], now)
        self._valuer = Valuer(connection, rates)
        self.subject = served.of(connection, deviation, now)
        self._costs = Costs(connection, desk, rates, self.subject)

    def outcomes(self, options: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        """What each option comes to; the first one is doing nothing."""
        nothing = self._outcome(options[0], None)
        return [nothing, *(self._outcome(option, nothing) for option in options[1:])]

    def names(self, outcomes: Sequence[Outcome]) -> dict[int, str]:
        """The references of the customer orders that any option hits, by plan_line.id."""
        numbers = {priced.hit.line for outcome in outcomes for priced in outcome.hits}
        return {number: line.ref for number, line in downstream.lines_of(self._connection, numbers).items()}

    def _outcome(self, option: Mapping[str, Any], nothing: Outcome | None) -> Outcome:
        option = self._completed(option)
        done = self._effect(option)
        hits = [] if done is None else self._valuer.priced(overlay.hits(done.need, done.arrivals))
        late = _late(done, hits)
        quantity = None if done is None else done.quantity
        if done is None and isinstance(option.get("quantity"), int | float):
            quantity = float(option["quantity"])
        return Outcome(
            option,
            done,
            hits,
            late,
            self._costs.money(option, quantity, self._known(nothing)),
            self._costs.emissions(option, quantity),
            _at_risk(option, late, None if nothing is None else nothing.late_minor),
        )

    def _effect(self, option: Mapping[str, Any]) -> Effect | None:
        if self.subject is None:
            return None
        shares = None
        if option["kind"] == "reallocate" and not self.subject.own_value:
            shared = sharing.read(self._connection, self.subject, self._now)
            if shared is not None:
                shares = reallocation.share_out(shared, self._worth, orders=option.get("orders", "parts"))
        return effect(option, self.subject, self._now, free=self._free(option, self.subject), shares=shares)

    def _worth(self, hits: Sequence[Hit]) -> float:
        return float(sum(priced.value_minor or 0 for priced in self._valuer.priced(hits)))

    def _completed(self, option: Mapping[str, Any]) -> Mapping[str, Any]:
        """A transfer with what it leaves to the plan: the site that has most free, and the days of the lane from
        there."""
        subject = self.subject
        if option["kind"] != "transfer" or subject is None or subject.item is None or subject.site is None:
            return option
        origin = option.get("site") or self._fullest(subject.item, subject.site)
        days = option.get("days")
        if days is None:
            durations = lane_durations(self._connection)
            days = durations.get((origin, subject.site), durations.get((None, subject.site)))
        return {**option, **({} if origin is None else {"site": origin}), **({} if days is None else {"days": days})}

    def _fullest(self, item: str, site: str) -> str | None:
        """The other site that has most of an item free."""
        others = [name for (name,) in self._connection.execute(_ELSEWHERE, (item, site))]
        found = [(pegs.free(self._connection, (item, name), self._now, self._days), name) for name in others]
        return max(found)[1] if found else None

    def _known(self, nothing: Outcome | None) -> dict[str, float]:
        """What a cost formula can ask for of doing nothing."""
        if nothing is None or self.subject is None:
            return {}
        known = {} if self.subject.own_value else {"orders": float(len(nothing.hits))}
        if nothing.late_minor is not None:
            known["value_at_risk"] = nothing.late_minor / units(self.currency)
        return known

    def _free(self, option: Mapping[str, Any], subject: Subject) -> float | None:
        """What a transfer can draw on at its site, and a substitute of its item here."""
        item = option.get("item") or subject.item
        site = option.get("site") if option["kind"] == "transfer" else subject.site
        if option["kind"] not in ("transfer", "substitute") or item is None or site is None:
            return None
        return pegs.free(self._connection, (item, site), self._now, self._days)


def _late(done: Effect | None, hits: Sequence[Priced]) -> int | None:
    """What is late or missing, less what its customers accept; None where nothing says what it is worth."""
    known = [priced.value_minor for priced in hits if priced.value_minor is not None]
    if done is None or (hits and not known):
        return None
    return round(sum(known) * (1.0 - done.keeps))


def _at_risk(option: Mapping[str, Any], late: int | None, nothing: int | None) -> int | None:
    """The chance that an option fails times what it would have kept."""
    fails = float(option.get("risk", 0.0))
    if not fails:
        return 0
    return None if late is None or nothing is None else round(fails * max(0, nothing - late))
