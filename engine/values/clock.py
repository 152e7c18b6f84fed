"""Time: the one clock that is passed in, and the two conversions between instants and text.

Nothing else in offplan reads the time. An instant is an integer of microseconds since 1970-01-01T00:00:00Z.
"""

from __future__ import annotations

import functools
import re
import time
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Protocol

from engine.values.errors import BadInput

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As calendars and stated times write them; the first is 0 of `date.weekday`."""

EARLIEST = -2_208_988_800_000_000
"""1900-01-01: earlier instants are placeholders, never dates of a supply chain."""
LATEST = 7_258_118_400_000_000
"""2200-01-01, exclusive: 9999-12-31 is how record systems write `unknown`."""

_FROM_NOW = re.compile(r"\+(\d{1,6})([mhdw])")
_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}

_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - in UTC, without saying so
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# One day inside what a datetime can hold, so that every zone can still show it.
_FIRST_SHOWN = (datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST_SHOWN = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // _MICROSECOND


class Clock(Protocol):
    """Tells the present instant of the world that a desk works in."""

    def now(self) -> int:
        """The present instant, in UTC microseconds; never goes back within one process."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        return time.time_ns() // 1000


class FixedClock:
    """A clock that stands still: `--now`, replays and tests. `set` moves it."""

    def __init__(self, at: int) -> None:
        self._at = at

    def now(self) -> int:
        return self._at

    def set(self, at: int) -> None:
        self._at = at


class OffsetClock:
    """A running clock that lives at another date: the machine's time plus a constant number of microseconds.

    The demo uses it, so that every process on the demo's file lives on the same running clock.
    """

    def __init__(self, offset: int) -> None:
        self._offset = offset

    def now(self) -> int:
        return time.time_ns() // 1000 + self._offset


@functools.lru_cache(maxsize=2048)
def iso(instant: int) -> str:
    """An instant as ISO 8601 in UTC with `Z`; seconds, and microseconds only where there are any.

    What lies outside the years 1 to 9999 is written as their first or last day: a list must never fail over one row.
    """
    # A page of a list has a thousand instants, mostly those of the page before; and without a zone isoformat is twice
    # as fast.
    try:
        return (_NAIVE_EPOCH + timedelta(microseconds=instant)).isoformat() + "Z"
    except OverflowError:
        return iso(_FIRST_SHOWN if instant < 0 else _LAST_SHOWN)


def iso_or_none(instant: int | None) -> str | None:
    """As `iso`; None for no instant."""
    return None if instant is None else iso(instant)


def instant_of(moment: datetime) -> int:
    """A datetime with a zone as an instant."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(instant: int) -> datetime:
    """An instant as a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=instant)


def local_instant(wall: datetime, zone: tzinfo) -> int:
    """The instant of a wall-clock time (a datetime without a zone): the first of two, the next one that exists."""
    early = wall.replace(tzinfo=zone, fold=0)
    late = wall.replace(tzinfo=zone, fold=1)
    before, after = early.utcoffset(), late.utcoffset()
    if before is None or after is None or after <= before:
        return instant_of(early)
    # The clock jumped over this time: the change itself lies between the two readings of it.
    low, high = instant_of(late), instant_of(early)
    while high - low > SECOND:
        middle = (low + high) // 2
        if moment_of(middle).astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high - high % SECOND


def parse_instant(text: str, place: str) -> int:
    """ISO 8601 text as an instant; text without an offset is taken as UTC, a date alone as its first moment.

    Raises BadInput, naming `place`, when the text is no such time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(place, f"{text!r} is not a time", "write it as 2026-03-09T08:00:00Z") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return instant_of(moment)


def typed_instant(text: str, place: str) -> int:
    """An instant that a person typed: as `parse_instant`, and within EARLIEST and LATEST. Raises BadInput."""
    return within_reach(parse_instant(text, place), text, place)


def instant_from(text: str, now: int, place: str) -> int:
    """An instant that a person typed: as `typed_instant`, or as a distance from `now`: +45m, +4h, +2d, +1w. Raises
    BadInput."""
    distance = _FROM_NOW.fullmatch(text)
    try:
        if distance:
            return within_reach(now + int(distance[1]) * _UNITS[distance[2]], text, place)
        return typed_instant(text, place)
    except BadInput as error:
        raise BadInput(error.place, error.fault, f"{error.mend}, or from now as +45m, +4h, +2d") from None


def within_reach(instant: int, text: str, place: str) -> int:
    """The instant that `text` gave, if it lies within EARLIEST and LATEST. Raises BadInput, naming `place`."""
    if not EARLIEST <= instant < LATEST:
        raise BadInput(place, f"{text!r} lies outside the years 1900 to 2199", "correct the year")
    return instant
