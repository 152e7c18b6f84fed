"""When a deviation was contained, so that no further harm comes of it: when somebody said so (`contain`); else when the
last mandatory step of its responses had ended, since nothing more has to be done then, though the goods may be on their
way.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from engine.storage.sqlite import sqlite3

STATED: Final = "stated"
STEPS: Final = "last mandatory step"

_ENDED: Final = "iif(max(action.state NOT IN ('done', 'skipped', 'cancelled')), NULL, max(done_at))"
_OF_ONE: Final = (
    f"SELECT {_ENDED} FROM response JOIN action ON action.response_id = response.id"
    " WHERE response.deviation_id = ? AND response.state != 'cancelled' AND mandatory"
)
_OF_PERIOD: Final = (
    f"SELECT opened_at, contained_at, {_ENDED} FROM response CROSS JOIN deviation ON deviation.id = response.deviation_id"
    " CROSS JOIN action ON action.response_id = response.id WHERE response.state != 'cancelled'"
    " AND opened_at BETWEEN ?1 AND ?2 AND mandatory GROUP BY deviation.id"
    " UNION ALL SELECT opened_at, contained_at, NULL FROM deviation INDEXED BY deviation_contained"
    " WHERE contained_at IS NOT NULL AND opened_at BETWEEN ?1 AND ?2 AND NOT EXISTS (SELECT 1 FROM response"
    " JOIN action ON action.response_id = response.id WHERE response.deviation_id = deviation.id"
    " AND response.state != 'cancelled' AND mandatory)"
)


class Contained(NamedTuple):
    """When a deviation was contained."""

    at: int | None
    """None: it is not, or nobody has to do anything about it."""
    by: str | None
    """What that rests on: STATED or STEPS."""


def of(connection: sqlite3.Connection, deviation: int, stated_at: int | None) -> Contained:
    """When one deviation was contained, whose `contained_at` is given."""
    if stated_at is not None:
        return Contained(stated_at, STATED)
    at = connection.execute(_OF_ONE, (deviation,)).fetchone()[0]
    return Contained(at, None if at is None else STEPS)


def lengths(connection: sqlite3.Connection, since: int, now: int) -> tuple[list[int], int]:
    """From opening to containment of the deviations that opened in a period, and how many have mandatory steps to
    do."""
    found, waits = [], 0
    for opened_at, stated_at, ended_at in connection.execute(_OF_PERIOD, (since, now)):
        at = ended_at if stated_at is None else stated_at
        if at is None:
            waits += 1
        else:
            found.append(max(0, at - opened_at))
    return found, waits
