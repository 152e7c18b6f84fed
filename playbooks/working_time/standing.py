"""Where an open action stands in time as things are: from when until when its owner works on it.

What is begun goes on from now, with what is left of it; what was to begin and has not stands where it is planned. Pure.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from engine.values.clock import MINUTE
from engine.vocabulary.scheduling import OpenAction
from playbooks.working_time.calendars import WorkingTime

BEGUN: Final = ("in_progress", "waiting", "unknown")
"""States in which an action has begun: it cannot be moved, and only its end is open."""
LEAST_MINUTES: Final = 5
"""What is left at least of work that is not done."""
_OVERRUN: Final = 4
"""Work that takes longer than planned is taken to need one of so many parts of its time again."""


class Span(NamedTuple):
    """From when until when, as instants."""

    start: int
    end: int


def standing(action: OpenAction, working: WorkingTime, now: int) -> Span:
    """The span that an action takes of its owner's time, or that passes until it is over, as it is planned now."""
    if action.state in BEGUN:
        begin = max(now, action.waiting_until or now) if action.state == "waiting" else now
        return span(action, working, begin, left_minutes(action, working, now))
    return span(action, working, action.start_at, action.minutes)


def span(action: OpenAction, working: WorkingTime, begin: int, minutes: int) -> Span:
    """The span of so many minutes from `begin` on: of working time where the action is attended, else of any."""
    if not action.attended:
        return Span(begin, begin + minutes * MINUTE)
    start = working.next_start(begin)
    return Span(start, working.add(start, minutes))


def left_minutes(action: OpenAction, working: WorkingTime, now: int) -> int:
    """What is left of begun work: its time without what was worked since it began, and some of it again beyond that."""
    if action.state == "unknown":
        return LEAST_MINUTES
    begun = action.started_at if action.started_at is not None else now
    worked = (working.between(begun, now) if action.attended else max(0, now - begun)) // MINUTE
    if worked < action.minutes:
        return max(LEAST_MINUTES, action.minutes - worked)
    return max(LEAST_MINUTES, action.minutes // _OVERRUN)
