"""When an escalation chain asks its next owner: a while after it asked the last one. Pure.

A step of the chain may ask for more: that it is between two times of a zone's day, or that more than so many signals
came in.

A chain that has to wait for signals is held: it goes on at the instant at which they are enough, and never by time
alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from engine.values.clock import MINUTE, local_instant, moment_of
from engine.values.zones import zone_of
from engine.vocabulary.terms import Between, Escalation


def first_look(step: Escalation, asked_at: int) -> int:
    """When a step of a chain is looked at whose last owner was asked at `asked_at`: its time is over, and it may be
    asked."""
    return _open(step.between, asked_at + step.after_minutes * MINUTE)


def goes_on(step: Escalation, first: int, arrivals: Sequence[int]) -> int | None:
    """When the next owner is asked, not before `first`; None as long as too few signals came.

    `arrivals` are the instants at which the deviation's signals came in, in order.
    """
    above = step.above
    if above is None:
        return first
    later = {_open(step.between, at) for at in arrivals if at > first}
    for at in sorted({first, *later}):
        since = at - above.within_minutes * MINUTE
        if bisect_right(arrivals, at) - bisect_right(arrivals, since) > above.signals:
            return at
    return None


def _open(between: Between | None, instant: int) -> int:
    """The first instant from `instant` on that lies between the times: from `start` on, before `end`.

    A start that the clock skips is the next time that exists, and there it is open even where its end was skipped too.
    """
    if between is None:
        return instant
    zone, start, end = zone_of(between.zone), time.fromisoformat(between.start), time.fromisoformat(between.end)
    day = moment_of(instant).astimezone(zone).date() - timedelta(days=1)
    while True:
        opens = local_instant(datetime.combine(day, start), zone)
        closes = local_instant(datetime.combine(day + timedelta(days=start >= end), end), zone)
        if instant < closes or instant <= opens:
            return max(instant, opens)
        day += timedelta(days=1)
