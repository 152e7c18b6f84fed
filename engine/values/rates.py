"""Exchange rates: what one unit of a currency is worth in the desk's, from which day on, and the one way to exchange.

A rate is one number, or numbers by the day from which each counts, in the desk's zone: `USD = {"2026-01-01" = 0.92,
"2026-07-01" = 0.95}`. The last one that has begun counts; before the first day the first one does, and explanations say
so. A currency without a rate, or no currency at all, keeps its number of units, which `offplan check` and explanations
say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple

from engine.values import money
from engine.values.clock import instant_of
from engine.values.errors import BadInput
from engine.values.zones import zone_of

Stated = float | Mapping[str, float]
"""A rate as the settings have it: a number, or numbers by ISO date."""

_LARGEST: Final = 1e15
"""Beyond it no rate is meant."""
_MEND: Final = 'write what one is worth, as 0.92 or as {"2026-01-01" = 0.92, "2026-07-01" = 0.95}'


class Rate(NamedTuple):
    """The rate that counts at one instant."""

    value: float
    source: str
    """The setting that it comes from, with its day."""
    until: int | None = None
    """When another one takes its place; None: none is known."""


class Rates:
    """The rates of a desk at one instant."""

    def __init__(self, currency: str, stated: Mapping[str, Stated], zone: str, now: int) -> None:
        self.currency = currency
        self._rates = {code: _in_force(code, rate, zone, now) for code, rate in stated.items()}

    def of(self, coined: str | None) -> Rate | None:
        """What one unit of a currency is worth in the desk's; None where nothing says so."""
        return Rate(1.0, "the desk's own currency") if coined == self.currency else self._rates.get(coined or "")

    def lack(self, coined: str | None) -> str:
        """In words, what an amount without a rate is taken for."""
        if coined is None:
            return f"without a currency, and so taken for {self.currency}"
        return f"no rate from {coined} to {self.currency}: the raw amount"

    def exchanged(self, minor: int, coined: str | None) -> int:
        """An amount in minor units of the desk's currency; where no rate is known, the same number of units."""
        return round(min(minor * self.factor(coined), float(money.LARGEST)))

    def factor(self, coined: str | None) -> float:
        """Minor units of the desk's currency for one minor unit of another; likewise without a rate."""
        rate = self.of(coined)
        return (1.0 if rate is None else rate.value) * money.units(self.currency) / money.units(coined)


def check(place: str, stated: Any) -> Stated:
    """A stated rate in its one form: floats, days in order. Raises BadInput at `place` with what would be right."""
    if not isinstance(stated, Mapping):
        return _number(place, stated)
    if not stated:
        raise BadInput(place, "it has no day", _MEND)
    for day in stated:
        _check_day(place, day)
    return {day: _number(place, stated[day]) for day in sorted(stated)}


def _number(place: str, given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < _LARGEST:
        raise BadInput(place, f"{given!r:.40} is not a rate", _MEND)
    return float(given)


def _check_day(place: str, given: Any) -> None:
    try:
        sound = date.fromisoformat(given).isoformat() == given
    except (TypeError, ValueError):
        sound = False
    if not sound:
        raise BadInput(place, f"{given!r:.40} is no day", _MEND)


def _in_force(code: str, stated: Stated, zone: str, now: int) -> Rate:
    if not isinstance(stated, Mapping):
        return Rate(stated, f"setting rates: {code}")
    begins = {day: _begins(day, zone) for day in stated}
    begun = [day for day in stated if begins[day] <= now]
    later = [begins[day] for day in stated if begins[day] > now]
    if not begun:
        first = next(iter(stated))
        return Rate(stated[first], f"setting rates: {code}, the first one, which counts from {first}", later[0])
    return Rate(stated[begun[-1]], f"setting rates: {code} from {begun[-1]}", later[0] if later else None)


def _begins(day: str, zone: str) -> int:
    return instant_of(datetime.combine(date.fromisoformat(day), time(), zone_of(zone)))
