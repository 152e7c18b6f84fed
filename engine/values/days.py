"""The days of a desk's zone: where each begins, and how many lie between two instants. Pure.

A day with a change of the clocks has 23 or 25 hours, so days are counted by the calendar, never by dividing hours.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from engine.values.clock import instant_of, moment_of
from engine.values.zones import zone_of


class Days:
    """The days of one zone (an IANA name)."""

    def __init__(self, zone: str) -> None:
        self._zone = zone_of(zone)
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._counts: dict[tuple[int, int], int] = {}

    def start(self, instant: int) -> int:
        """The first instant of the day that holds `instant`."""
        found = self._starts.get(instant)
        if found is None:
            found = self._starts[instant] = self._instant(self._local(instant).date(), time.min)
        return found

    def after(self, instant: int) -> int:
        """The first instant of the day after the one that holds `instant`."""
        found = self._ends.get(instant)
        if found is None:
            tomorrow = self._local(instant).date() + timedelta(days=1)
            found = self._ends[instant] = self._instant(tomorrow, time.min)
        return found

    def later(self, instant: int, count: int) -> int:
        """The same time of day `count` days on; of a day's first instant, the first instant of that later day."""
        local = self._local(instant)
        return self._instant(local.date() + timedelta(days=count), self._time_of_day(instant, local))

    def between(self, start: int, instant: int) -> int:
        """Whole days from `start` to `instant`: how often the time of day of `start` has come again.

        From the first instant of a day it is the difference of the dates.
        """
        found = self._counts.get((start, instant))
        if found is None:
            one, other = self._local(start), self._local(instant)
            found = (other.date() - one.date()).days - (other.time() < self._time_of_day(start, one))
            self._counts[start, instant] = found
        return found

    def _time_of_day(self, instant: int, local: datetime) -> time:
        # Where the clocks go forward at midnight, a day begins at one o'clock.
        return time.min if self.start(instant) == instant else local.time()

    def _local(self, instant: int) -> datetime:
        return moment_of(instant).astimezone(self._zone)

    def _instant(self, day: date, at: time) -> int:
        return instant_of(datetime.combine(day, at, self._zone).astimezone(UTC))
