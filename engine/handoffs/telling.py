"""Whether a channel is told anything, and when: the decision as a pure function that returns its reason, and the times.

What a channel already knows of a group of actions is its ledger; who makes messages of the answer is
engine.handoffs.outbox. The rules are those of Prometheus Alertmanager's notification log, with action for alert and
ended for resolved: what is new is told, what was told is not told again before the reminder is due, and an end only to
those who want to hear of it.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from engine.values.clock import MINUTE, SECOND

FIRST: Final = "first"
"""The channel knows nothing of this group."""
NEW: Final = "new"
"""An action is open that it does not know, or not as it stands now."""
ALL_ENDED: Final = "all ended"
"""It knows open actions, and none is open any more."""
ENDED: Final = "ended"
"""An action ended, and the channel wants to know."""
REMINDER: Final = "reminder"
"""It knows all, and has known it for longer than `remind`."""
NOTHING_NEW: Final = "nothing new"
"""Nothing is told."""

_FIRST_PAUSE: Final = SECOND
_LONGEST_PAUSE: Final = 15 * MINUTE


@dataclass(frozen=True, slots=True)
class Known:
    """What a channel knows of one group."""

    open: Set[object]
    """Actions as it was told of them: whatever distinguishes two states worth telling is part of an element."""
    ended: Set[object]
    told_at: int


def decide(
    known: Known | None,
    is_open: Set[object],
    ended: Set[object],
    *,
    now: int,
    remind: int | None,
    wants_ended: bool,
) -> str:
    """The reason for telling a channel what is open and what has ended, or NOTHING_NEW.

    `remind` is in microseconds, None for never. ALL_ENDED is answered also to channels that do not want to hear of
    ends: what they know is over then, whether or not anything is sent.
    """
    if known is None:
        return FIRST if is_open else NOTHING_NEW
    if not is_open <= known.open:
        return NEW
    if not is_open:
        return ALL_ENDED if known.open else NOTHING_NEW
    if wants_ended and not ended <= known.ended:
        return ENDED
    if remind is not None and now - known.told_at > remind:
        return REMINDER
    return NOTHING_NEW


def tick_from(base: int, interval: int, instant: int) -> int:
    """The first instant of the grid `base`, `base + interval`, ... that is not before `instant`."""
    if instant <= base:
        return base
    return base + -(-(instant - base) // interval) * interval


def remind_at(base: int, interval: int, told_at: int | None, remind: int | None) -> int | None:
    """The first look at which a reminder is due of what was told at an instant; None for never."""
    return None if remind is None or told_at is None else tick_from(base, interval, told_at + remind + 1)


def pause_after(attempt: int) -> int:
    """Microseconds until a failed message is tried again: a second, then twice as long each time, at most 15
    minutes."""
    return min(_FIRST_PAUSE << min(attempt - 1, 20), _LONGEST_PAUSE)
