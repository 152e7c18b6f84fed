"""Cells to values: numbers, money, JSON and words, and whole columns of them at once.

`converter` makes the function of one cell for a field; `Column` applies it to a column and remembers results, since the
columns of record systems repeat themselves. What a cell cannot be is a Fault with what would be right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from typing import Any, Final

from connectors.formats.blocks import Cell
from connectors.settings.mapping_settings import FieldRule, MappingSection
from connectors.values import coordinates, dates
from connectors.values.faults import Fault
from connectors.values.targets import Reading

Convert = Callable[[Cell], Any]

_MEMORY: Final = 65_536
"""Results that one column remembers before it starts afresh."""
_SHORT: Final = 64
"""Characters of a text whose result is worth remembering."""
_LARGEST: Final = Decimal(10) ** 15
"""Beyond it no quantity or amount is meant, and 64-bit integers of minor units stay safe."""
_CLOCK: Final = re.compile(r"(\d{1,5}):([0-5]\d):([0-5]\d)", re.ASCII)


class Memo(dict[Any, Any]):
    """Results of a function by its argument: looked up at the speed of a dict, made when first asked for."""

    def __init__(self, convert: Convert) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, cell: Cell) -> Any:
        value = self._convert(cell)
        if len(cell) <= _SHORT:
            if len(self) >= _MEMORY:
                self.clear()
            self[cell] = value
        return value


class Column:
    """A converter for whole columns. `textual` says that all cells are text, so results can be remembered by it."""

    def __init__(self, convert: Convert, fast: Callable[[Sequence[str]], list[Any]] | None = None) -> None:
        self._convert = convert
        self._memo = Memo(convert)
        self._fast = fast

    def __call__(self, cells: Sequence[Cell], textual: bool) -> list[Any]:
        if not textual:
            return [self._convert(cell) for cell in cells]
        if self._fast is not None:
            try:
                return self._fast(cells)
            except Fault:
                pass  # Written in another way than the quick one knows: that is for the careful one to judge.
        return list(map(self._memo.__getitem__, cells))


def column(rule: FieldRule, section: MappingSection, reading: Reading, *, whole_days: bool = False) -> Column:
    """The converter of a field's column. With `whole_days` a date comes as dates.When, else as an instant."""
    convert = converter(rule, section, reading, whole_days=whole_days)
    nulls = frozenset(("", *section.null))
    if rule.values is None and rule.const is None and rule.steps is None:
        if reading == "text":
            return Column(convert, lambda cells: _texts(cells, nulls))
        form, zone = rule.date or section.date, rule.zone or section.zone
        if reading == "date" and form == "iso" and not rule.day and not whole_days:
            quick = dates.QuickIso(utc=zone == "UTC")
            return Column(convert, lambda cells: quick.instants(cells, nulls))
    return Column(convert)


def _texts(cells: Sequence[str], nulls: frozenset[str]) -> list[str | None]:
    found: list[str | None] = list(map(str.strip, cells))
    return found if nulls.isdisjoint(found) else [None if text in nulls else text for text in found]


def converter(rule: FieldRule, section: MappingSection, reading: Reading, *, whole_days: bool = False) -> Convert:
    """The function of one cell: None for an empty cell or null word, else the value; raises Fault."""
    nulls = frozenset(("", *section.null))
    read = _reader(rule, section, reading, whole_days=whole_days)
    values = rule.values
    step = None if rule.steps is None else _stepper(rule.steps, rule, section)

    def convert(cell: Cell) -> Any:
        if isinstance(cell, str):
            cell = cell.strip()
        elif cell is None:
            cell = ""
        if values is not None and (cell not in nulls or text_of(cell) in values):
            cell = _translated(text_of(cell), values, rule.otherwise)
        if isinstance(cell, str) and cell in nulls:
            return None
        if step is not None:
            cell = step(cell)
        return None if cell is None else read(cell)

    return convert


def _stepper(steps: dict[str, Any], rule: FieldRule, section: MappingSection) -> Convert:
    """From a number to what the highest step that it reaches says; None under the lowest."""
    parse = decimal_reader(rule.decimal or section.decimal, _thousands(rule, section))
    ordered = sorted(((Fraction(bound), says) for bound, says in steps.items()), key=itemgetter(0))

    def step(cell: Cell) -> Any:
        number = parse(cell)
        return next((says for bound, says in reversed(ordered) if number >= bound), None)

    return step


def _translated(word: str, values: dict[str, Any], otherwise: str | None) -> Any:
    if word in values:
        return values[word]
    if otherwise is None:
        known = ", ".join(list(values)[:12])
        raise Fault(f"{word[:80]!r} is not among the known words", f"add it to values beside {known}, or set otherwise")
    return otherwise


def _reader(rule: FieldRule, section: MappingSection, reading: Reading, *, whole_days: bool) -> Convert:
    if reading == "date":
        read = dates.reader(rule.date or section.date, rule.zone or section.zone, day=rule.day)
        if whole_days:
            return read
        return lambda cell: when.end if (when := read(cell)).end is not None and rule.time == "end" else when.start
    if reading in ("number", "money", "days"):
        parse = decimal_reader(rule.decimal or section.decimal, _thousands(rule, section))
        factor = Fraction(rule.factor) if rule.factor is not None else None
        if reading == "money":
            return lambda cell: _scaled(parse(cell), factor)
        if reading == "days":
            return lambda cell: _days(cell, lambda text: _scaled(parse(text), factor))
        return lambda cell: float(_scaled(parse(cell), factor))
    if reading in ("latitude", "longitude"):
        degrees, axis = decimal_reader(rule.decimal or section.decimal, ""), int(reading == "latitude")
        return lambda cell: (
            coordinates.of_point(cell, axis)
            if isinstance(cell, str) and coordinates.is_shape(cell)
            else float(degrees(cell))
        )
    if reading == "area":
        return lambda cell: coordinates.area(text_of(cell))
    if reading == "references":
        return lambda cell: coordinates.references(text_of(cell))
    if reading == "list":
        separator = rule.split or ";"
        return lambda cell: cell if isinstance(cell, list) else words_of(text_of(cell), separator)
    if reading == "ranges":
        return lambda cell: (
            cell if isinstance(cell, list) else [span.split("-") for span in words_of(text_of(cell), ";")]
        )
    if reading == "document":
        return document
    return text_of


def _thousands(rule: FieldRule, section: MappingSection) -> str:
    return section.thousands if rule.thousands is None else rule.thousands


def text_of(cell: Cell) -> str:
    """A cell as text: a whole number without its `.0`, as a sheet's order numbers are meant; times as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def words_of(text: str, separator: str) -> list[str]:
    """The words of a list cell such as `procurement; logistics`."""
    return [word.strip() for word in text.split(separator) if word.strip()]


def decimal_reader(point: str, thousands: str) -> Callable[[Cell], Decimal]:
    """A function from a cell to an exact number, written with this decimal sign and these thousands, or none.

    A minus may stand behind, as SAP writes it.
    """
    number = r"\d+" if not thousands else rf"(?:\d{{1,3}}(?:{_group(thousands)}\d{{3}})+|\d+)"
    pattern = re.compile(rf"([+-]?)({number})?(?:{re.escape(point)}(\d*))?(?:[eE]([+-]?\d{{1,3}}))?(-?)", re.ASCII)
    mend = f"write it like 1234{point}5" + (f" or 1{thousands}234{point}5" if thousands else "")

    def read(cell: Cell) -> Decimal:
        if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
            raise Fault(f"{text_of(cell)[:80]!r} is not a number", mend)
        if not isinstance(cell, str):
            given = Decimal(repr(cell))
            if given.is_nan():
                raise Fault(f"{cell!r} is not a number", mend)
            return _bounded(given, str(cell)[:80])
        found = pattern.fullmatch(cell)
        if found is None or (found[2] is None and not found[3]) or (found[1] and found[5]):
            raise Fault(f"{cell[:80]!r} is not a number", mend)
        whole = re.sub(r"\D", "", found[2] or "0")
        sign = "-" if "-" in (found[1], found[5]) else ""
        return _bounded(Decimal(f"{sign}{whole}.{found[3] or 0}e{found[4] or 0}"), cell[:80])

    return read


def _group(thousands: str) -> str:
    return r"[ \u00a0\u202f]" if thousands == " " else r"['\u2019]" if thousands == "'" else re.escape(thousands)


def _days(cell: Cell, number: Convert) -> float:
    """A duration in days: a number, or hours as spreadsheets and planners write them, `168:00:00`."""
    if isinstance(cell, timedelta):
        return cell / timedelta(days=1)
    found = _CLOCK.fullmatch(cell) if isinstance(cell, str) else None
    if found is None:
        return float(number(cell))
    return (int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])) / 86_400


def _bounded(value: Decimal, shown: str) -> Decimal:
    if abs(value) > _LARGEST:
        raise Fault(f"{shown!r} is too large", f"write a number up to {_LARGEST:.0e}")
    return value


def _scaled(value: Decimal, factor: Fraction | None) -> Decimal:
    if factor is None:
        return value
    return _bounded(value * factor.numerator / factor.denominator, str(value))


def minor_units(amount: Decimal, units: int) -> int:
    """An amount in the currency's minor units, half to even. Raises Fault when it is out of all bounds."""
    return int(_bounded(amount * units, str(amount)).to_integral_value())


def document(cell: Cell) -> str:
    """A JSON object, its names in order, so that the same content is the same text; anything else under the key
    `text`."""
    text = text_of(cell)
    if text.startswith("{"):
        try:
            found = json.loads(text)
            if isinstance(found, dict):
                return json.dumps(found, ensure_ascii=False, sort_keys=True)
        except (ValueError, RecursionError):
            pass  # It only looks like JSON: kept as text.
    return json.dumps({"text": text}, ensure_ascii=False)


def exact(quantity: float) -> Decimal:
    """A quantity as the decimal that it was written as."""
    return Decimal(repr(quantity))
