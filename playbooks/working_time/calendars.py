"""Working time: a calendar's week and holidays in its zone, and moving over it by minutes, forward and back.

A range is wall-clock time of the day on which it begins; `22:00-06:00` ends the next morning, `24:00` is midnight. An
instant is computed from zone and wall clock only when it is needed: a time that the change to summer time skips moves
forward to the first instant that exists, a time that comes twice means the first. A holiday takes away what begins on
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import Final

from engine.values.clock import MINUTE, WEEKDAYS, instant_of, iso, local_instant, moment_of
from engine.values.errors import BadInput
from engine.values.text import clean
from engine.values.zones import is_known, zone_of
from engine.vocabulary.planning import LEAST_MINUTES, WorkingCalendar

_OFFICE = dict.fromkeys(WEEKDAYS[:5], (("08:00", "17:00"),))
_SEARCH_DAYS: Final = 1100
"""How far to look for the next working time: three years of holidays are a mistake."""
_FIRST, _LAST = instant_of(datetime(1971, 1, 1, tzinfo=UTC)), instant_of(datetime(9000, 1, 1, tzinfo=UTC))
_WALL = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")

Span = tuple[int, int]


def office_hours(zone: str) -> WorkingCalendar:
    """08:00-17:00 from Monday to Friday: for who has no calendar; in UTC where the zone is not known here."""
    return WorkingCalendar(id="office hours", zone=zone if is_known(zone) else "UTC", week=_OFFICE)


class WorkingTime:
    """The working time of one calendar as spans of instants, [start, end), in order and without overlap."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        """Raises BadInput for an unknown zone, day, time or date, and for a week in which no work can be planned."""
        self.calendar = calendar
        self._place = f"calendar {clean(calendar.id)}"
        self._zone = _zone(calendar.zone, self._place)
        self._week = _week(calendar, self._place)
        self._worked = [any(end - begin >= LEAST_MINUTES for begin, end in ranges) for ranges in self._week]
        self._holidays = frozenset(_day(text, self._place) for text in calendar.holidays)
        self._spans_of = lru_cache(maxsize=4096)(self._compute_spans)

    def spans(self, instant: int) -> Iterator[Span]:
        """The spans of working time that end after `instant`, in order, and without an end of their own.

        Raises BadInput where three years bring none.
        """
        return self._forward(instant)

    def require_work(self, since: int) -> None:
        """Raises BadInput where holidays leave no working time for three years, now or at any time after `since`.

        Asked once for each calendar: a search that comes to such a gap ends the plan of everybody else as well.
        """
        first = self._local_day(since)
        closed = [day for day in sorted(self._holidays) if day >= first and self._worked[day.weekday()]]
        begin = closed[0] if closed else first
        for before, day in pairwise(closed):
            # What lies between two of these is no holiday, so it is worked where its weekday is.
            between = range(1, min((day - before).days, 8))
            if any(self._worked[(before + timedelta(days=count)).weekday()] for count in between):
                begin = day
            if (day - begin).days > _SEARCH_DAYS - 14:
                raise self._no_working_time(self._instant(begin, 0))

    def next_start(self, instant: int) -> int:
        """The first instant from `instant` on at which work is possible."""
        start, _ = next(self._forward(instant))
        return max(start, instant)

    def add(self, instant: int, minutes: int) -> int:
        """Where `minutes` of working time end that begin at `instant`; adding none stays, or waits for the next start.

        Adding a and then b is the same as adding a + b. The end of a span counts as inside it.
        """
        left = minutes * MINUTE
        spans = self._forward(instant - 1 if left == 0 else instant)
        while True:
            start, end = next(spans)
            begin = max(start, instant)
            if begin + left <= end:
                return begin + left
            left -= end - begin

    def subtract(self, instant: int, minutes: int) -> int:
        """The latest instant from which `minutes` of working time end by `instant`."""
        left = minutes * MINUTE
        spans = self._backward(instant)
        while True:
            start, end = next(spans)
            finish = min(end, instant)
            if finish - left >= start:
                return finish - left
            left -= finish - start

    def between(self, start: int, end: int) -> int:
        """Microseconds of working time in [start, end)."""
        total = 0
        for begin, finish in self._forward(start):
            if begin >= end:
                break
            total += min(finish, end) - max(begin, start)
        return total

    def _forward(self, instant: int) -> Iterator[Span]:
        """Spans that end after `instant`; never runs out within the years that a date can have here."""
        day, idle = self._local_day(instant) - timedelta(days=1), 0
        while idle < _SEARCH_DAYS:
            spans = [span for span in self._spans_of(day) if span[1] > instant]
            yield from spans
            idle = 0 if spans else idle + 1
            day += timedelta(days=1)
        raise self._no_working_time(instant)

    def _backward(self, instant: int) -> Iterator[Span]:
        """Spans that begin before `instant`, the latest first."""
        day, idle = self._local_day(instant), 0
        while idle < _SEARCH_DAYS:
            spans = [span for span in reversed(self._spans_of(day)) if span[0] < instant]
            yield from spans
            idle = 0 if spans else idle + 1
            day -= timedelta(days=1)
        raise self._no_working_time(instant)

    def _local_day(self, instant: int) -> date:
        if not is_within_reach(instant):
            raise BadInput(self._place, "an instant lies outside 1971 to 9000", "correct the date that it comes from")
        return moment_of(instant).astimezone(self._zone).date()

    def _compute_spans(self, day: date) -> tuple[Span, ...]:
        """The spans that begin on `day`, without what the day before already covers."""
        if day in self._holidays:
            return ()
        ranges = self._week[day.weekday()]
        before = () if day - timedelta(days=1) in self._holidays else self._week[day.weekday() - 1]
        covered = max((self._instant(day, end - 1440) for _, end in before if end > 1440), default=0)
        spans = []
        for begin, finish in ranges:
            start, end = max(self._instant(day, begin), covered), self._instant(day, finish)
            if start < end:
                spans.append((start, end))
                covered = end
        return tuple(spans)

    def _instant(self, day: date, minute: int) -> int:
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 (a wall clock)
        return local_instant(wall, self._zone)

    def _no_working_time(self, instant: int) -> BadInput:
        fault = f"it has no working time within three years of {iso(instant)}"
        return BadInput(self._place, fault, "give its week some hours, or take holidays out")


def is_within_reach(instant: int) -> bool:
    """Whether calendars can count from here: placeholder dates such as 9999-12-31 are no times."""
    return _FIRST < instant < _LAST


def _zone(name: str, place: str) -> tzinfo:
    if not is_known(name):
        raise BadInput(place, f"{clean(name[:60])!r} is no time zone", "write an IANA name such as Europe/Berlin")
    return zone_of(name)


def _week(calendar: WorkingCalendar, place: str) -> list[list[tuple[int, int]]]:
    """For each day from Monday its ranges in minutes from midnight, in order; an end after midnight is over 1440."""
    unknown = set(calendar.week) - set(WEEKDAYS)
    if unknown:
        raise BadInput(place, f"{clean(min(unknown))!r} is no day of the week", f"use {', '.join(WEEKDAYS)}")
    week = []
    for day in WEEKDAYS:
        ranges = []
        for begin_text, end_text in calendar.week.get(day, ()):
            begin, end = _minute(begin_text, place), _minute(end_text, place)
            ranges.append((begin, end if end > begin else end + 1440))
        week.append(sorted(ranges))
    if all(end - begin < LEAST_MINUTES for ranges in week for begin, end in ranges):
        fault = f"its week has no working time of {LEAST_MINUTES} minutes or more"
        raise BadInput(place, fault, "give at least one day a range such as 08:00 to 16:30")
    return week


def _minute(text: str, place: str) -> int:
    if _WALL.fullmatch(text) is None:
        raise BadInput(place, f"{clean(text[:20])!r} is no time of day", "write it as 08:00, at most 24:00")
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _day(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(place, f"{clean(text[:20])!r} is no date", "write it as 2026-12-25") from None
