"""What people have to do already, on their working time: laid out once for all the responses that are planned together.

Each owner works on one action at a time, in slots of working time. What is open and owned already stays where it is
planned; begun work from now on, with what is left of it. Pure, and kept no longer than one command.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from engine.values.clock import MINUTE
from engine.vocabulary.planning import LEAST_MINUTES, Booking, World
from playbooks.scheduling.timeline import Broken
from playbooks.working_time.calendars import WorkingTime
from playbooks.working_time.people import People

SLOT_MINUTES: Final = LEAST_MINUTES
_SLOT: Final = SLOT_MINUTES * MINUTE


def slots_of(minutes: int) -> int:
    """Slots that so many minutes of work take."""
    return -(-minutes // SLOT_MINUTES)


class Diary:
    """One person's working time from an instant on, and what of it is taken."""

    def __init__(self, working: WorkingTime, now: int) -> None:
        self.working = working
        self.axis = Broken(_slots(working, now))
        self._now = now
        self._taken: list[tuple[int, int]] = []

    @property
    def taken(self) -> Sequence[tuple[int, int]]:
        """Runs of slots of the axis [begin, end), in order, none of which touches the next."""
        return self._taken

    def book(self, booking: Booking) -> None:
        """Take the slots of an action, or none of them where one is taken already.

        A person has to see that two are planned at once, and everything else goes on round the first.
        """
        left = booking.minutes
        if not left:
            return  # a time that passes, which is nobody's work
        if booking.started_at is not None:
            left = max(SLOT_MINUTES, left - self.working.between(booking.started_at, self._now) // MINUTE)
        start = self._now if booking.started_at is not None else max(booking.start_at, self._now)
        begin = self.axis.slot_at(start)
        end = begin + slots_of(left)
        place = bisect_left(self._taken, (begin, end))
        before = self._taken[place - 1] if place else (-1, -1)
        after = self._taken[place] if place < len(self._taken) else (end + 1, end + 1)
        if before[1] <= begin and end <= after[0]:
            touching = slice(place - (before[1] == begin), place + (after[0] == end))
            run = (before[0] if before[1] == begin else begin, after[1] if after[0] == end else end)
            self._taken[touching] = [run]


class Agenda:
    """The people of a world, their calendars and their open actions, which grow with what is planned."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = People(world)
        self.load = world.load_minutes
        """Working minutes of open actions by owner."""
        self._booked: dict[str, list[Booking]] = {}
        self._diaries: dict[str, Diary] = {}
        for booking in world.bookings:
            self._booked.setdefault(booking.owner, []).append(booking)

    def diary(self, owner: str) -> Diary:
        """The working time of a person, and what of it is taken."""
        if owner not in self._diaries:
            diary = self._diaries[owner] = Diary(self.people.working_time(owner), self.world.now)
            for booking in self._booked.get(owner, ()):
                diary.book(booking)
        return self._diaries[owner]

    def add(self, booking: Booking) -> None:
        """One more action for its owner."""
        self.load[booking.owner] = self.load.get(booking.owner, 0) + booking.minutes
        self._booked.setdefault(booking.owner, []).append(booking)
        if booking.owner in self._diaries:
            self._diaries[booking.owner].book(booking)

    def before(self, owner: str, start: int, most: int) -> list[str]:
        """The first of the open actions of a person that are planned to begin before `start`."""
        now = self.world.now
        earlier = (each.action for each in self._booked.get(owner, ()) if max(each.start_at, now) < start)
        return list(islice(earlier, most))


def _slots(working: WorkingTime, now: int) -> Iterator[tuple[int, int]]:
    """Slots of working time from `now` on; what a span has left at its end is less than a slot, and is no slot."""
    for start, end in working.spans(now):
        begin = max(start, now)
        while begin + _SLOT <= end:
            yield begin, begin + _SLOT
            begin += _SLOT
