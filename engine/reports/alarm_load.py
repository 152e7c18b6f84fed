"""What the queue asks of the people in front of it: how often something new comes, floods, and what stays for a day.

The limits are those of process alarms (ISA-18.2), by analogy: under one in ten minutes for each person, a flood from
ten in ten minutes on, stale after 24 hours. What was over when it was learnt never stood in the queue, and does not
count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import compress
from typing import Any, Final

from engine.ranking.suppression import IN_QUEUE
from engine.reports.noise import Episodes, share
from engine.storage.sqlite import sqlite3
from engine.values.clock import DAY, HOUR, MINUTE, iso

WINDOW: Final = 10 * MINUTE
FLOOD: Final = 10
"""Deviations that open within a WINDOW."""
PER_PERSON_HOUR: Final = 6.0
STALE: Final = DAY


def load(connection: sqlite3.Connection, episodes: Episodes, since: int, now: int) -> dict[str, Any]:
    """The load of the period from `since` (from the first episode, if that is later) to `now`."""
    asked = [outcome != "recorded" for outcome in episodes.outcome]
    opened = sorted(compress(episodes.opened_at, asked))
    # Half an hour of history says nothing about an hour.
    begun = max(since, opened[0]) if opened else since
    hours = max(1.0, (now - begun) / HOUR)
    owners = Counter(compress(episodes.owner, asked))
    persons = max(1, len(owners) - (None in owners))
    standing, stale = connection.execute(
        f"SELECT count(*), coalesce(sum(opened_at <= :now - {STALE}), 0) FROM deviation INDEXED BY deviation_live"
        f" WHERE {IN_QUEUE}",
        {"now": now},
    ).fetchone()
    return {
        "opened": len(opened),
        "hours": round(hours, 2),
        "per_hour": round(len(opened) / hours, 4),
        "persons": persons,
        "per_person_hour": round(len(opened) / hours / persons, 4),
        "per_person_hour_guidance": PER_PERSON_HOUR,
        "owners": [
            {"owner": owner, "opened": count, "per_hour": round(count / hours, 4)}
            for owner, count in sorted(owners.items(), key=lambda item: (-item[1], item[0] or ""))
        ],
        "worst_ten_minutes": _worst(opened),
        "flood_share": _flood_share(opened, begun, now),
        "in_queue": standing,
        "stale": stale,
        "stale_share": share(stale, standing),
    }


def _worst(opened: Sequence[int]) -> dict[str, Any] | None:
    """The ten minutes, beginning with an opening, in which most opened; the first of equals."""
    most, at, end = 0, 0, 0
    for start, first in enumerate(opened):
        while end < len(opened) and opened[end] < first + WINDOW:
            end += 1
        if end - start > most:
            most, at = end - start, first
    return {"from_at": iso(at), "opened": most, "flood": most >= FLOOD} if most else None


def _flood_share(opened: Sequence[int], begun: int, now: int) -> float | None:
    """The share of the period's whole ten minutes of the clock (UTC) in which a flood's number opened."""
    counts = Counter(at // WINDOW for at in opened)
    return share(sum(count >= FLOOD for count in counts.values()), now // WINDOW - begun // WINDOW + 1)
