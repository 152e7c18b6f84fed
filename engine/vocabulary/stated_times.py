"""Times of the week at which a playbook begins by itself: by the clock on the wall of a zone, also where clocks
change. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from engine.values.clock import DAY, WEEKDAYS, local_instant, moment_of
from engine.values.zones import zone_of

FARTHEST: Final = 8 * DAY
"""No time lies further off than a week, and the day that a zone may leave out; microseconds."""
MOST_COUNTED: Final = 1000
"""Times that passed unused are counted up to so many."""


class StatedTimes(NamedTuple):
    """Days of the week, and a time of day in a zone."""

    days: tuple[str, ...]
    """Of WEEKDAYS; at least one."""
    at: str
    """Such as 08:00."""
    zone: str | None
    """IANA name; null: the desk's zone."""

    def after(self, instant: int, desk_zone: str) -> int:
        """The first of these times after an instant. One that the clock skips is the next that exists, one that
        comes twice the first."""
        zone, wall = zone_of(self.zone or desk_zone), time.fromisoformat(self.at)
        day = moment_of(instant).astimezone(zone).date()
        while True:
            if WEEKDAYS[day.weekday()] in self.days:
                found = local_instant(datetime.combine(day, wall), zone)
                if found > instant:
                    return found
            day += timedelta(days=1)

    def between(self, first: int, last: int, desk_zone: str) -> int:
        """How many of these times lie after `first`, up to `last`; MOST_COUNTED stands for that many and more."""
        count = 0
        while count < MOST_COUNTED and (first := self.after(first, desk_zone)) <= last:
            count += 1
        return count

    def words(self) -> str:
        """As people say it: `mon, wed 08:00 Europe/Berlin`."""
        days = "every day" if set(self.days) == set(WEEKDAYS) else ", ".join(self.days)
        return f"{days} {self.at}" + (f" {self.zone}" if self.zone is not None else "")


class Timetabled(NamedTuple):
    """A trigger of a playbook that holds at stated times."""

    playbook: str
    trigger: int
    """Which of its triggers, from 0."""
    times: StatedTimes
    most: int
    """Responses that one time begins at most."""
