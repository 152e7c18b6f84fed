"""Whether a desk says something of what stands in its queue, and why: one pure decision, and what it rests on.

A desk knows what it was told before (`Told`). It is told again of what is new, more severe, or in the queue once more
after a silence, a snooze or its root kept it out; and after a while of what still waits. What it was told is kept up to
date whether it says something or not, so that a deviation that comes and goes is announced each time it comes.

    first         it was told nothing before, and something stands in the queue
    new           something stands in the queue that it was not told of, or that had left it
    raised        something is more severe than it was told
    unmuted       something stands in the queue again that was live and kept out of it
    all over      nothing stands in the queue any more, or is kept out of it, that it was told of; of one end among
                  others the row that leaves the queue tells
    repeat        nothing of that, but the span for reminders has passed since it was last told
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import compress
from operator import ne
from typing import Final, NamedTuple

from engine.actions import offers
from engine.ranking.suppression import HIDDEN, LIVE
from engine.storage.sqlite import sqlite3
from engine.vocabulary.model import SEVERITIES

FIRST, NEW, RAISED, UNMUTED, ALL_OVER, REPEAT = "first", "new", "raised", "unmuted", "all over", "repeat"
REASONS: Final = (FIRST, NEW, RAISED, UNMUTED, ALL_OVER, REPEAT)
"""In the order in which one stands for all where several hold."""
# As arrays of JSON: to hand over ten thousand rows costs several times what it costs to find them.
_OF_A_SEVERITY: Final = "json_group_array(id) FILTER (WHERE severity = '{}')"
_BY_SEVERITY: Final = (
    f"SELECT {', '.join(map(_OF_A_SEVERITY.format, SEVERITIES))} FROM deviation INDEXED BY deviation_live WHERE {LIVE}"
)
_HIDDEN: Final = f"WITH {HIDDEN} SELECT json_group_array(DISTINCT id) FROM hidden"


class Standing(NamedTuple):
    """Deviations at one instant, by number."""

    shown: Mapping[int, str]
    """What stands in the queue, with its severity."""
    muted: Mapping[int, str] = {}
    """What is live and kept out of it."""
    offered: frozenset[int] = frozenset()
    """What is over by itself, and of whose actions something is offered (engine.actions.offers)."""


class Told(NamedTuple):
    """What a desk was told, and when it last said something."""

    shown: Mapping[int, str]
    muted: Mapping[int, str]
    at: int


class Announcement(NamedTuple):
    """What to say: the reason, and every deviation that it is about with its own."""

    reason: str | None
    """Of REASONS; None: nothing is said."""
    about: Mapping[int, str]
    told: Told
    """What the desk knows from now on."""


def decide(told: Told | None, standing: Standing, now: int, *, remind_after: int | None) -> Announcement:
    """What a desk says at `now`; `remind_after` is in microseconds, None for never."""
    about = _about(told, standing)
    reasons = set(about.values())
    if told is not None and told.shown and not standing.shown and not standing.muted:
        reasons.add(ALL_OVER)
        about |= dict.fromkeys(told.shown, ALL_OVER)
    waits = told is not None and remind_after is not None and told.at < now - remind_after
    if not reasons and waits and standing.shown:
        reasons.add(REPEAT)
        about = dict.fromkeys(standing.shown, REPEAT)
    reason = next((reason for reason in REASONS if reason in reasons), None)
    said_at = now if reason is not None or told is None else told.at
    return Announcement(reason, about, Told(standing.shown, standing.muted, said_at))


def standing(connection: sqlite3.Connection, now: int) -> Standing:
    """What is live at `now`, and what is over with something on offer."""
    # A desk holds these for as long as it is open: one text for each severity.
    live: dict[int, str] = {}
    for severity, numbers in zip(SEVERITIES, connection.execute(_BY_SEVERITY).fetchone(), strict=True):
        live |= dict.fromkeys(json.loads(numbers), severity)
    hidden = connection.execute(_HIDDEN, {"now": now}).fetchone()[0]
    muted = {number: live.pop(number) for number in json.loads(hidden)}
    return Standing(live, muted, frozenset(offer.deviation for offer in offers.standing(connection)))


def _about(told: Told | None, standing: Standing) -> dict[int, str]:
    """What stands in the queue and is news to the desk."""
    if told is None:
        return dict.fromkeys(standing.shown, FIRST)
    # Of ten thousand that stand there few are others than before.
    others = set(compress(standing.shown, map(ne, standing.shown.values(), map(told.shown.get, standing.shown))))
    others |= standing.shown.keys() & told.muted.keys()
    about = {}
    for number in sorted(others):
        severity, before = standing.shown[number], told.shown.get(number)
        if number in told.muted:
            about[number] = UNMUTED
        elif before is None:
            about[number] = NEW
        elif SEVERITIES.index(severity) > SEVERITIES.index(before):
            about[number] = RAISED
    return about
