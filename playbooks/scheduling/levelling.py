"""When the steps of a response are done, round the work that their owners have already.

Each owner works on one action at a time, in slots of working time. What is open and owned already stays where it is
planned (begun work from now on, with what is left of it); the steps of the response find their places by
playbooks.scheduling.search. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.values.clock import MINUTE
from engine.vocabulary.planning import Booking
from playbooks.language.graph import awaited
from playbooks.scheduling.project import Activity, Project, Resource
from playbooks.scheduling.search import schedules, search
from playbooks.scheduling.timeline import Broken
from playbooks.working_time.calendars import WorkingTime
from playbooks.working_time.durations import clock_minutes

if TYPE_CHECKING:
    from playbooks.language.step_shapes import Step

SLOT_MINUTES: Final = 5
_SLOT: Final = SLOT_MINUTES * MINUTE
_BUDGET: Final = 200
"""Schedules: enough for the dozen steps of a response, within some ten milliseconds."""


class Place(NamedTuple):
    """When a step begins and ends, and the booked actions that it waits for."""

    start_at: int
    end_at: int
    waits_for: Sequence[str]


def level(
    steps: Sequence[Step],
    owners: Mapping[str, str],
    working: Mapping[str, WorkingTime],
    bookings: Sequence[Booking],
    now: int,
    due_at: int | None,
    until: Mapping[str, int],
) -> dict[str, Place]:
    """Places of the steps, in topological order; `owners` by step, `working` by owner, `until` by step that waits so long.

    `due_at` is what mandatory steps should not end after: the decide-by, or the need time. Raises BadInput where an
    owner's calendar has no working time.
    """
    position = {step.id: at for at, step in enumerate(steps)}
    waits_for = awaited(steps)
    asked = [
        Activity(
            name=step.id,
            length=-(-step.minutes // SLOT_MINUTES) or _waiting(step),
            uses={owners[step.id]: 1} if step.minutes else {},
            needs=tuple(position[need] for need in waits_for[step.id]),
            release=max(now, until.get(step.id, now)),
            due=due_at if step.mandatory else None,
        )
        for step in steps
    ]
    known = [booking for booking in bookings if booking.owner in working]
    pinned = [_pinned(booking, working[booking.owner], now) for booking in known]
    people = [Resource(owner, 1, Broken(_slots(time, now))) for owner, time in working.items()]
    found = search(Project([*asked, *pinned], people), schedules(_BUDGET))
    return {
        step.id: _place(step, found.begins[at], working[owners[step.id]], owners[step.id], known, now)
        for at, step in enumerate(steps)
    }


def _pinned(booking: Booking, working: WorkingTime, now: int) -> Activity:
    left = booking.minutes
    if booking.started_at is not None:
        left = max(SLOT_MINUTES, left - working.between(booking.started_at, now) // MINUTE)
    start = now if booking.started_at is not None else max(booking.start_at, now)
    return Activity(booking.action, -(-left // SLOT_MINUTES), {booking.owner: 1}, pinned=start)


def _slots(working: WorkingTime, now: int) -> Iterator[tuple[int, int]]:
    """Slots of working time from `now` on; what a span has left at its end is less than a slot, and is no slot."""
    for start, end in working.spans(now):
        begin = max(start, now)
        while begin + _SLOT <= end:
            yield begin, begin + _SLOT
            begin += _SLOT


def _place(step: Step, begin: int, working: WorkingTime, owner: str, bookings: Sequence[Booking], now: int) -> Place:
    if not step.minutes:
        return Place(begin, begin + _waiting(step), ())
    start = working.next_start(begin)
    end = working.add(start, step.minutes)
    before = [each for each in bookings if each.owner == owner and max(each.start_at, now) < start]
    return Place(start, end, [each.action for each in before])


def _waiting(step: Step) -> int:
    """Ticks that pass on the clock: work of nobody."""
    return clock_minutes(step.wait.span) * MINUTE if step.wait is not None and step.wait.span is not None else 0
