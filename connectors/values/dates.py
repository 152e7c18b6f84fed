"""Dates and times of record systems: text, numbers and spreadsheet cells to instants or local days.

A format is a strptime format or one of the words `iso`, `epoch_s`, `epoch_ms`, `excel`. A local time that a zone skips
(spring forward) moves forward by the gap; one that a zone has twice is the first of the two (PEP 495, fold 0).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final, NamedTuple

from connectors.values.faults import Fault
from engine.values.clock import HOUR, MINUTE, SECOND, instant_of
from engine.values.zones import zone_of

WORDS: Final = ("iso", "epoch_s", "epoch_ms", "excel")

_EXCEL_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet's serial numbers count local days
_ONE_DAY: Final = timedelta(days=1)
_KNOWN: Final = datetime(2021, 11, 28, 13, 45, 59)  # noqa: DTZ001 - a sample that tells which parts a format has
_MEMORY: Final = 65_536
_HOUR: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d", re.ASCII)
_REST: Final = re.compile(r":([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?(?:Z|([+-])([01]\d|2[0-3]):?([0-5]\d))?", re.ASCII)
_EARLIEST, _LATEST = 1900, 2200
"""Years outside are taken for typing errors: no plan reaches them, and 64-bit arithmetic on them stays safe."""


class _OutOfRangeError(ValueError):
    """A date that is one, and that no plan means: 9999-12-31 for "never", 1800 for 1980."""


class When(NamedTuple):
    """What a date cell says: an instant, or a whole local day with its exclusive end."""

    start: int
    end: int | None


ReadDate = Callable[[Any], When]


def check_format(form: str) -> None:
    """Raise ValueError with the mend unless text of this format names one day or one instant."""
    if form in WORDS:
        return
    read = None
    # Python itself warns of formats without a year, which no plan could use; `%%Y` is caught by what is read.
    if any(year in form for year in ("%Y", "%y", "%G", "%c", "%x")):
        try:
            read = _parse(_KNOWN.strftime(form), form)
        except (ValueError, re.error):
            read = None
    if read is None or read.date() != _KNOWN.date():
        raise ValueError(
            f"{form!r} is not a date format; write one such as %d.%m.%Y, with year, month and day,"
            f" or one of {', '.join(WORDS)}"
        )


def _has_time(form: str) -> bool:
    """Whether a strptime format carries a time of day."""
    return _parse(_KNOWN.strftime(form), form).hour == _KNOWN.hour


def reader(form: str, zone_name: str, *, day: bool = False) -> ReadDate:
    """A function from one cell to When; it raises Fault for what is no such date.

    `day` takes the local day of what carries a time as well.
    """
    zone = zone_of(zone_name)
    parse = _PARSERS.get(form)
    whole_days = day
    if parse is None:
        whole_days = day or not _has_time(form)
        parse = _strptime(form)
    mend = f"write it as {example(form)}"

    def read(cell: Any) -> When:
        try:
            moment = cell if isinstance(cell, date) else parse(cell)
            if isinstance(moment, datetime) and not whole_days:
                return When(_instant(moment, zone), None)
            return _day(moment, zone)
        except _OutOfRangeError:
            fault = f"{str(cell)[:80]!r} lies outside the years {_EARLIEST} to {_LATEST - 1}"
            raise Fault(fault, f"{mend}, or put a placeholder into `null` of the mapping") from None
        except (ValueError, OverflowError, TypeError):
            raise Fault(f"{str(cell)[:80]!r} is no date of the form {form}", mend) from None

    return read


class QuickIso:
    """Columns of ISO 8601 instants at several million cells a second.

    A date with its hour, and minutes with seconds and offset, are each looked up: both repeat, where whole instants do
    not. Knows only `2026-03-09T08:15[:30[.123456]]` with `Z` or an offset, or without one where the zone is UTC.
    """

    def __init__(self, *, utc: bool) -> None:
        self._hours = _Lookup(_hour)
        self._rests = _Lookup(_rest_in_utc if utc else _rest_with_offset)

    def instants(self, cells: Sequence[str], nulls: frozenset[str]) -> list[int | None]:
        """Instants, None for null words. Raises Fault when a cell is not written in the one way that this knows."""
        hours, rests = self._hours, self._rests
        return [None if cell in nulls else hours[cell[:13]] + rests[cell[13:]] for cell in cells]


class _Lookup(dict[str, int]):
    def __init__(self, convert: Callable[[str], int]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, text: str) -> int:
        if len(self) >= _MEMORY:
            self.clear()
        try:
            value = self._convert(text)
        except ValueError:
            raise Fault("not the quick form", "") from None
        self[text] = value
        return value


def _hour(text: str) -> int:
    if not _HOUR.fullmatch(text):
        raise ValueError
    return _instant(datetime.fromisoformat(text.replace(" ", "T")), UTC)


def _rest_in_utc(text: str) -> int:
    found = _REST.fullmatch(text)
    if found is None:
        raise ValueError
    minutes, seconds, fraction, sign, offset_hours, offset_minutes = found.groups()
    micros = int(minutes) * MINUTE + int(seconds or 0) * SECOND + int((fraction or "0").ljust(6, "0"))
    offset = int(offset_hours or 0) * HOUR + int(offset_minutes or 0) * MINUTE
    return micros + offset if sign == "-" else micros - offset


def _rest_with_offset(text: str) -> int:
    if not text.endswith("Z") and "+" not in text and "-" not in text:
        raise ValueError
    return _rest_in_utc(text)


def example(form: str) -> str:
    """How 28 November 2021, 13:45 looks in a format."""
    if form in WORDS:
        return {"iso": "2021-11-28 or 2021-11-28T13:45:00Z", "excel": "a date cell of the sheet"}.get(
            form, "a number of seconds since 1970" if form == "epoch_s" else "a number of milliseconds since 1970"
        )
    return _KNOWN.strftime(form)


def _parse(text: str, form: str) -> datetime:
    return datetime.strptime(text, form)  # noqa: DTZ007 - gets its zone in _instant


def _instant(moment: datetime, zone: tzinfo) -> int:
    if not _EARLIEST <= moment.year < _LATEST:
        raise _OutOfRangeError
    return instant_of(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _day(moment: date, zone: tzinfo) -> When:
    if isinstance(moment, datetime) and moment.tzinfo:
        moment = moment.astimezone(zone)
    midnight = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - gets its zone in _instant
    return When(_instant(midnight, zone), _instant(midnight + _ONE_DAY, zone))


def _iso(cell: Any) -> date:
    if not isinstance(cell, str) or not cell.isascii():
        raise ValueError
    if len(cell) <= 10 and "T" not in cell:
        return date.fromisoformat(cell)
    return datetime.fromisoformat(cell)


def _epoch(per_second: int) -> Callable[[Any], date]:
    def parse(cell: Any) -> date:
        if isinstance(cell, bool):
            raise ValueError
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=float(cell) * (1_000_000 // per_second))

    return parse


def _excel(cell: Any) -> date:
    if isinstance(cell, bool):
        raise ValueError
    serial = float(cell)
    moment = _EXCEL_EPOCH + timedelta(days=serial)
    return moment.date() if serial.is_integer() else moment


def _strptime(form: str) -> Callable[[Any], date]:
    def parse(cell: Any) -> date:
        if not isinstance(cell, str) or not cell.isascii():
            raise ValueError
        return _parse(cell, form)

    return parse


_PARSERS: Final[dict[str, Callable[[Any], date]]] = {
    "iso": _iso,
    "epoch_s": _epoch(1),
    "epoch_ms": _epoch(1000),
    "excel": _excel,
}
