"""What an option costs in money and in CO2e, by its own data, each with the sum that a person can redo.

What a formula or a way lacks (a weight, a distance, a factor) makes the figure unknown and is said; it is never
guessed.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.gather.served import Subject
from engine.master import network
from engine.options.option_effects import NEW
from engine.storage.sqlite import sqlite3
from engine.values import arithmetic, money
from engine.values.errors import BadInput
from engine.values.geography import Point, distance_km
from engine.values.rates import Rates
from engine.vocabulary import emissions

NAMES: Final[Mapping[str, str]] = {
    "quantity": "how much the option moves or brings",
    "days": "its days",
    "km": "the length of its legs together",
    "kg": "the weight of that quantity",
    "tonnes": "the same in tonnes",
    "orders": "customer orders that are hit if nothing is done",
    "value": "what that quantity is worth by the item's unit_value, in the desk's currency",
    "value_at_risk": "what these are worth, in the desk's currency",
}
"""What a cost formula may ask for."""
_MONEY: Final = ("value", "value_at_risk")
"""Those of them that are money."""


class Figure(NamedTuple):
    """A number with the sentence that says how it came about; None: not known, and the sentence says for want of
    what."""

    value: float | None
    because: str


class Costs:
    """Works out what options cost at one desk."""

    def __init__(
        self, connection: sqlite3.Connection, desk: Mapping[str, Any], rates: Rates, subject: Subject | None
    ) -> None:
        self._connection, self._rates, self._subject = connection, rates, subject
        self._factors = emissions.factors(desk["emissions"])

    def money(self, option: Mapping[str, Any], quantity: float | None, known: Mapping[str, float]) -> Figure:
        """Minor units of the desk's currency; `known` are `orders` and `value_at_risk`."""
        text = option.get("cost")
        if text is None:
            return Figure(0.0, "it costs nothing that is stated")
        published = option.get("values", {})
        formula = arithmetic.parse(text, {*NAMES, *published})
        given = {name: float(value) for name, value in published.items() if value is not None}
        values = {**given, **known, "quantity": quantity or 0.0, "days": float(option.get("days", 0.0))}
        weight, length = self._kilograms(option, quantity), self._length(option)
        if weight is not None:
            values |= {"kg": weight, "tonnes": weight / 1000}
        if length is not None:
            values["km"] = length
        worth = self._unit_value
        if worth is not None and quantity is not None:
            values["value"] = quantity * worth
        lacking = sorted(formula.names - set(values))
        if lacking:
            mend = _MENDS.get(lacking[0], "a step before it gives it")
            return Figure(None, f"{text}: {', '.join(lacking)} not known; {mend}")
        try:
            amount = formula.value(values)
        except BadInput as error:
            return Figure(None, f"{text}: {error.fault}")
        coined = option.get("currency") or self._rates.currency
        minor = amount * money.units(coined) * self._rates.factor(coined)
        sentence = money.text(amount * money.units(coined), coined)
        if formula.names:
            sentence = (
                f"{formula.shown({name: self._in_words(name, values[name]) for name in formula.names})} = {sentence}"
            )
        rate = self._rates.of(coined)
        if coined != self._rates.currency:
            sentence += (
                f", no rate for {coined}: the raw amount" if rate is None else f" × {rate.value:g} ({rate.source})"
            )
        return Figure(round(max(-float(money.LARGEST), min(minor, float(money.LARGEST)))), sentence)

    def _in_words(self, name: str, value: float) -> str:
        """A value of a formula as people read it: what is money, in the desk's currency."""
        if name in _MONEY:
            return money.text(value * money.units(self._rates.currency), self._rates.currency)
        return f"{value:,.12g}"

    def emissions(self, option: Mapping[str, Any], quantity: float | None) -> Figure:
        """Kilograms of CO2e: of its legs, less those of the legs that it takes the place of."""
        legs, saved = option.get("legs", ()), option.get("instead_of", ())
        if not legs and option["kind"] in NEW:
            return Figure(None, "it says nothing of the way that the goods take; give it legs")
        if not legs and not saved:
            return Figure(0.0, "it moves nothing another way")
        if not quantity:
            return Figure(quantity, _NOTHING_MOVED if quantity == 0 else _HOW_MUCH)
        weight = self._kilograms(option, quantity)
        if weight is None:
            return Figure(None, f"the weight is not known; {_MENDS['kg']}")
        total, sums = 0.0, []
        for sign, each in (*((1, leg) for leg in legs), *((-1, leg) for leg in saved)):
            factor = self._factors.get(each["mode"])
            if factor is None:
                return Figure(None, f"no factor for {each['mode']}; {missing_factor(each['mode'])}")
            km, known_by = self._km(option, each)
            if km is None:
                return Figure(None, f"the distance of {each['mode']} is not known: {known_by}")
            total += sign * emissions.kilograms(km, weight / 1000, factor)
            sums.append(
                f"{'−' if sign < 0 else ''}{km:,.12g} km × {weight / 1000:,.12g} t × {factor.grams:g} g/tkm ÷ 1000"
                f" ({each['mode']}; distance: {known_by}; {factor.basis}: {factor.source})"
            )
        return Figure(round(total, 3), " + ".join(sums).replace("+ −", "− "))

    def _kilograms(self, option: Mapping[str, Any], quantity: float | None) -> float | None:
        each = option.get("kg_per_unit", self._unit_weight)
        # Nothing weighs nothing, whatever one unit does.
        return 0.0 if not quantity else None if each is None else quantity * float(each)

    @property
    def _unit_weight(self) -> float | None:
        return self._item.get("weight_kg")

    @property
    def _unit_value(self) -> float | None:
        """Of one unit, in the desk's currency."""
        worth, coined = self._item.get("unit_value"), self._item.get("currency")
        factor = self._rates.factor(coined) * money.units(coined) / money.units(self._rates.currency)
        return None if worth is None else worth * factor

    @functools.cached_property
    def _item(self) -> Mapping[str, Any]:
        item = None if self._subject is None else self._subject.item
        record = network.record(self._connection, "item", item) if item is not None else None
        return {} if record is None else record

    def _length(self, option: Mapping[str, Any]) -> float | None:
        legs = [self._km(option, leg).value for leg in option.get("legs", ())]
        known = [km for km in legs if km is not None]
        return math.fsum(known) if legs and len(known) == len(legs) else None

    def _km(self, option: Mapping[str, Any], leg: Mapping[str, Any]) -> Figure:
        """The length of a leg: as stated, else the great circle from where it leaves to the site that it is for."""
        if "km" in leg:
            return Figure(float(leg["km"]), "as the option says")
        start = self._start(option)
        if start is None or self._subject is None or self._subject.site is None:
            return Figure(None, f"nothing says from where to where; {_MENDS['km']}")
        ends = (start, ("site", self._subject.site))
        points = [self._point(*end) for end in ends]
        known = [point for point in points if point is not None]
        if len(known) < len(ends):
            lacking = " and ".join(" ".join(end) for end, point in zip(ends, points, strict=True) if point is None)
            return Figure(None, f"the plan has no coordinates of {lacking}; {_MENDS['km']}")
        return Figure(round(distance_km(*known), 1), f"great circle from {start[1]} to {self._subject.site}")

    def _start(self, option: Mapping[str, Any]) -> tuple[str, str] | None:
        """Where the goods of an option leave from, as kind and id of a record; None where nothing says it."""
        subject = self._subject
        if option.get("site") is not None:
            return "site", option["site"]
        if option["kind"] == "alternate":
            return ("party", option["party"]) if option.get("party") is not None else None
        if subject is None or option["kind"] in NEW:
            return None
        if subject.origin is not None:
            return "site", subject.origin
        return ("party", subject.supplier) if subject.supplier is not None else None

    def _point(self, kind: str, key: str) -> Point | None:
        record = network.record(self._connection, kind, key)
        if record is None or record.get("latitude") is None:
            return None
        return Point(record["latitude"], record["longitude"])


_MENDS: Final[Mapping[str, str]] = {
    "kg": "give the option kg_per_unit, or the item weight_kg",
    "tonnes": "give the option kg_per_unit, or the item weight_kg",
    "km": "give each leg its km, or both ends of it their coordinates",
    "value": "give the item its unit_value",
    "orders": "the deviation is about no supply",
    "value_at_risk": "nothing says what is at risk",
}
_NOTHING_MOVED: Final = "it moves nothing"
_HOW_MUCH: Final = "nothing says how much it moves; give the option a quantity"


def missing_factor(mode: str) -> str:
    """What to write where a mode has no factor."""
    return f"add {mode} to [emissions] of offplan.toml, with its grams_per_tkm and source"


def modes(options: Sequence[Mapping[str, Any]]) -> set[str]:
    """The modes that some options move goods by."""
    return {leg["mode"] for option in options for name in ("legs", "instead_of") for leg in option.get(name, ())}
