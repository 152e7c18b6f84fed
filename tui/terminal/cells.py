"""How values look in a few cells: times, money, quantities, gaps, and which columns fit. No Textual here.

A number, date or id is never cut in its middle: a column that does not fit goes as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from engine.values import money as minor_units
from engine.values.clock import DAY, HOUR, MINUTE, instant_of, moment_of
from engine.values.zones import zone_of

MINUS: Final = "−"
IN_SLACK: Final = "in slack"
_SIGNS: Final[Mapping[str, str]] = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}
_TIME: Final = re.compile(r"(?<![\w.])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z(?!\w)")
_TIME_IN_WORDS: Final = re.compile(r"(?<![\w.])\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z(?!\w)")
"""A time in a sentence, which may go to the minute and have a blank in place of the T."""
_MINOR_UNITS: Final = re.compile(r"([A-Z]{3}),? minor units")
_STEPS: Final = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class Present:
    """The instant and the IANA zone that times are shown for."""

    now: int
    zone: str

    @property
    def minute(self) -> tuple[int, str]:
        """Changes when a shown time may change."""
        return self.now // MINUTE, self.zone


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: `rank` 1 is the last to go when the screen is narrow; `flex` takes the room that is left."""

    name: str
    title: str
    width: int
    rank: int
    align: str = "left"
    flex: bool = False
    words: bool = False
    """Whether a text that is too long loses whole words, so that no number in it is cut."""


@lru_cache(maxsize=256)
def layout(columns: Sequence[Column], width: int) -> tuple[tuple[Column, int], ...]:
    """The columns that fit into `width` cells with one blank between them, and the width of each."""
    kept = list(columns)
    while len(kept) > 1 and sum(column.width + 1 for column in kept) - 1 > width:
        kept.remove(max(kept, key=lambda column: column.rank))
    spare = width - (sum(column.width + 1 for column in kept) - 1)
    flexible = sum(column.flex for column in kept)
    share = max(0, spare) // flexible if flexible else 0
    return tuple((column, column.width + (share if column.flex else 0)) for column in kept)


@lru_cache(maxsize=256)
def instant(iso: str) -> int:
    """A time of the contract's JSON as an instant."""
    return instant_of(datetime.fromisoformat(iso))


def span(microseconds: int) -> str:
    """A length of time in its largest unit: 42m, 6h, 3d, 5w; negative with a minus."""
    sign, size = (MINUS, -microseconds) if microseconds < 0 else ("", microseconds)
    if size < MINUTE:
        return "now"
    if size < HOUR:
        return f"{sign}{size // MINUTE}m"
    if size < 2 * DAY:
        return f"{sign}{size // HOUR}h"
    if size < 70 * DAY:
        return f"{sign}{size // DAY}d"
    return f"{sign}{size // (7 * DAY)}w"


def length(minutes: float | None) -> str:
    """A length of time in its two largest units."""
    if minutes is None:
        return "–"
    if minutes < 60:
        return f"{round(minutes, 1 if minutes < 10 else None):g} min"
    hours, rest = divmod(round(minutes), 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def relative(iso: str | None, now: int) -> str:
    """How far a time lies from now: 2h ahead, −1h ago."""
    return "–" if iso is None else span(instant(iso) - now)


def age(iso: str | None, now: int) -> str:
    """How long ago a time was, without a sign: 42m; empty for none."""
    return "" if iso is None else span(now - instant(iso))


def local(at: int, zone: str) -> datetime:
    """An instant on the clock of a zone."""
    return moment_of(at).astimezone(zone_of(zone))


def short_time(at: int, now: int, zone: str) -> str:
    """A time as short as it stays clear: 14:02 today, 22 Nov 14:02 this year, 2025-11-22 14:02 otherwise."""
    moment, today = local(at, zone), local(now, zone)
    time = f"{moment:%H:%M}"
    return time if moment.date() == today.date() else f"{short_date(moment, today)} {time}"


def short_time_of(text: str | None, now: int, zone: str) -> str:
    """As `short_time`, of a time of the contract's JSON; a dash where there is none."""
    return "–" if text is None else short_time(instant(text), now, zone)


def short_date(day: date, today: date | None = None) -> str:
    """A date as short as it stays clear: 22 Nov this year, 2025-11-22 otherwise. Without `today` its year is clear."""
    return f"{day:%Y-%m-%d}" if today is not None and day.year != today.year else f"{day.day} {day:%b}"


def named_day(day: date) -> str:
    """A date of these weeks with its day: Mon 9 Mar."""
    return f"{day:%a} {short_date(day)}"


def day(at: int, now: int, zone: str) -> str:
    """A day: today's is a time, any other is as `short_date` has it."""
    moment, today = local(at, zone), local(now, zone)
    return f"{moment:%H:%M}" if moment.date() == today.date() else short_date(moment, today)


def both_times(iso: str | None, now: int, zone: str) -> str:
    """A time absolute and relative: 22 Nov 14:02 (in 2h), 13:02 (1h ago)."""
    if iso is None:
        return "–"
    at = instant(iso)
    distance = span(at - now)
    if distance == "now":
        return f"{short_time(at, now, zone)} (now)"
    words = f"{distance[1:]} ago" if distance.startswith(MINUS) else f"in {distance}"
    return f"{short_time(at, now, zone)} ({words})"


def number(value: float) -> str:
    """A number without trailing noise: 400, 12.5, −3; thousands are grouped."""
    shown = f"{abs(value):,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{abs(value):,}"
    return f"{MINUS if value < 0 else ''}{shown}"


def quantity(value: float | None, uom: str | None) -> str:
    """A quantity with its unit where it has one: 1,200 kg; a dash for none."""
    if value is None:
        return "–"
    return f"{number(value)} {uom}" if uom else number(value)


def compact(value: float) -> str:
    """A number in three digits where it is large: 999, 12.5k, 1.24M."""
    size = abs(value)
    minus = MINUS if value < 0 else ""
    for step, letter in _STEPS:
        if size >= max(step, 1e4) * 0.9995:
            scaled = size / step
            digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            text = f"{scaled:.{digits}f}"
            return f"{minus}{text.rstrip('0').rstrip('.') if '.' in text else text}{letter}"
    return number(value)


def money(amount: Mapping[str, Any] | None) -> str:
    """Money in three digits: €412k, €1.24M, CHF 9,960."""
    if amount is None:
        return "–"
    value, currency = float(amount["amount"]), str(amount["currency"])
    shown = compact(value if abs(value) >= 1e4 else float(round(value)))
    minus, size = (MINUS, shown[1:]) if shown.startswith(MINUS) else ("", shown)
    return f"{minus}{_SIGNS.get(currency, f'{currency} ')}{size}"


def exposure(row: Mapping[str, Any]) -> str:
    """The exposure of a deviation's row; a word instead of a nought where the slack takes up what is off plan."""
    value = row["value_at_risk"]
    return IN_SLACK if value is not None and value["amount"] == 0 else money(row["exposure"])


def money_in_full(amount: Mapping[str, Any] | None) -> str:
    """Money to the last digit of its currency: 412,300.50 EUR, or 412,300 EUR."""
    if amount is None:
        return "–"
    currency = str(amount["currency"])
    return minor_units.text(round(float(amount["amount"]) * minor_units.units(currency)), currency)


def gap(values: Mapping[str, Any]) -> str:
    """The size of a departure in a few cells: +12d, −400 EA, +63 %, 6 lines."""
    for name, unit in (("days", "d"), ("hours", "h"), ("percent", " %"), ("drift_percent", " %")):
        value = values.get(name)
        if isinstance(value, int | float):
            return f"{'+' if value > 0 else ''}{compact(round(float(value), 1))}{unit}"
    value = values.get("quantity")
    if isinstance(value, int | float):
        return f"{'+' if value > 0 else ''}{compact(value)} {values.get('uom') or ''}".rstrip()
    value = values.get("lines")
    if isinstance(value, int):
        return "1 line" if value == 1 else f"{value} lines"
    value = values.get("intervals")
    if isinstance(value, int | float):
        return f"{compact(round(float(value), 1))}×"
    # A gap in words only names what is missing, which the subject says.
    return " ".join(f"{name} {number(value)}" for name, value in values.items() if isinstance(value, int | float))


def any_value(value: Any) -> str:
    """A value of the contract's JSON as text; money and nested values too."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, Mapping):
        if value.keys() == {"amount", "currency"}:
            return money_in_full(value)
        return ", ".join(f"{name} {any_value(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(any_value(inner) for inner in value)
    return str(value)


def is_time(value: Any) -> bool:
    """Whether a value of the contract's JSON is one of its times (2026-03-09T08:00:00Z)."""
    return isinstance(value, str) and _TIME.fullmatch(value) is not None and _readable(value)


def with_local_times(text: str, now: int, zone: str) -> str:
    """A sentence of the engine with the times of UTC in it as a person reads them in the desk's zone."""

    def shown(match: re.Match[str]) -> str:
        return short_time(instant(match[0]), now, zone) if _readable(match[0]) else match[0]

    return _TIME_IN_WORDS.sub(shown, text)


def _readable(text: str) -> bool:
    """Whether text in the form of a time is one, in every zone: data from outside may say the 99th of a month."""
    try:
        instant(text)
    except ValueError:
        return False
    return "0001" < text[:4] < "9999"


def explained(term: Mapping[str, Any], now: int, zone: str) -> tuple[str, str]:
    """A term's value and unit as a person reads them: times in the desk's zone, money in its currency."""
    value, unit = term["value"], str(term["unit"] or "")
    if is_time(value):
        at = instant(value)
        return short_time(at, now, zone), local(at, zone).tzname() or zone
    money_unit = _MINOR_UNITS.fullmatch(unit)
    if money_unit and isinstance(value, int | float):
        return minor_units.digits(value, money_unit[1]), money_unit[1]
    if isinstance(value, float):
        return _to_redo(value), unit
    return any_value(value), unit


def _to_redo(value: float) -> str:
    """A number of a sum that somebody redoes by hand: with its small places, where the lists leave them out."""
    shown = f"{abs(value):,.6f}".rstrip("0").rstrip(".")
    return f"{MINUS if value < 0 else ''}{shown}"
