"""How long things took, from stamps: until a departure was noticed, taken, worked on and over; and what is in time.

    mttd     detected − occurred, where the departure's own time is known; detected is when the deviation opened
    feed     recorded − occurred of the signals that the period's deviations rest on: what is the record system's share
    mtta     acknowledged − detected
    decide   decided − detected: the first decision step of the episode's response was done
    start    first action started − acknowledged
    mttc     contained − detected: as somebody said, else the last mandatory step had ended (engine.actions.containment)
    mttr     restored − detected: the departure was over, or a person said so

Of what was over when it was learnt only mttd is taken, and of what was dismissed no mttr. Each has its number, mean,
median and 90th percentile (nearest rank); what has not happened yet is counted as open and in no figure.
"""

from __future__ import annotations

import math
import statistics
from array import array
from collections.abc import Sequence
from typing import Any, Final

from engine.actions import containment
from engine.reports.noise import Episodes, share
from engine.storage.sqlite import sqlite3
from engine.values.clock import MINUTE, iso_or_none
from engine.vocabulary.lifecycle import OPEN_ACTION
from engine.vocabulary.model import DISMISSALS

_FEED: Final = (
    "SELECT signal.recorded_at - signal.occurred_at FROM deviation JOIN deviation_signal ON deviation_id = deviation.id"
    " JOIN signal ON signal.id = signal_id"
    " WHERE opened_at BETWEEN ? AND ? AND signal.recorded_at >= signal.occurred_at"
)
_OPEN: Final = f"max({OPEN_ACTION})"
_STEPS: Final = (
    "FROM response CROSS JOIN deviation ON deviation.id = response.deviation_id CROSS JOIN action"
    " ON action.response_id = response.id WHERE response.state != 'cancelled' AND opened_at BETWEEN ? AND ?"
)
_DECIDED: Final = (
    f"SELECT {_OPEN}, min(done_at) FILTER (WHERE action.state = 'done') - opened_at {_STEPS}"
    " AND action.kind = 'decision' GROUP BY deviation.id"
)
_DUE: Final = (
    "SELECT coalesce(sum(state = 'done' AND done_at <= due_at), 0), coalesce(sum(state = 'skipped'), 0),"
    " coalesce(sum(state != 'skipped'), 0) FROM action WHERE due_at BETWEEN ? AND ? AND state != 'cancelled'"
)


def times(connection: sqlite3.Connection, episodes: Episodes, since: int, now: int) -> list[dict[str, Any]]:
    """The seven figures; times in minutes."""
    asked = zip(
        episodes.outcome, episodes.live, episodes.opened_at, episodes.acknowledged_at, episodes.started_at,
        episodes.ended_at, strict=True,
    )  # fmt: skip
    noticed = array(
        "q",
        (
            opened - occurred
            for occurred, opened in zip(episodes.occurred_at, episodes.opened_at, strict=True)
            if occurred is not None and occurred <= opened
        ),
    )
    feed = array("q", (length for (length,) in connection.execute(_FEED, (since, now))))
    taken, begun, restored = array("q"), array("q"), array("q")
    live, untaken, unbegun = 0, 0, 0
    for outcome, alive, opened, acknowledged, started, ended in asked:
        if outcome == "recorded":
            continue
        live += alive
        if ended is not None and outcome not in DISMISSALS:
            restored.append(max(0, ended - opened))
        if acknowledged is None:
            untaken += alive
            continue
        taken.append(max(0, acknowledged - opened))
        if started is None:
            unbegun += alive
        else:
            begun.append(max(0, started - acknowledged))
    return [
        _figure("mttd", noticed, 0),
        _figure("feed", feed, 0),
        _figure("mtta", taken, untaken),
        _steps("decide", connection, _DECIDED, since, now),
        _figure("start", begun, unbegun),
        _figure("mttc", *containment.lengths(connection, since, now)),
        _figure("mttr", restored, live),
    ]


def on_time(connection: sqlite3.Connection, since: int, now: int) -> dict[str, Any]:
    """Actions that became due in the period: how many were done by then, skipped ones apart, cancelled ones not."""
    done, skipped, due = connection.execute(_DUE, (since, now)).fetchone()
    return {"due": due, "on_time": done, "share": share(done, due), "skipped": skipped}


def freshness(connection: sqlite3.Connection, now: int) -> list[dict[str, Any]]:
    """How old the newest record of each source is, in minutes, and whether it should have spoken since."""
    found = connection.execute(
        "SELECT name, last_recorded_at, last_received_at, expected_every FROM source ORDER BY name"
    )
    return [
        {
            "source": name,
            "newest_at": iso_or_none(recorded if recorded is not None else received),
            "age_minutes": None if (recorded or received) is None else _minutes(now - (recorded or received)),
            "beyond_interval": received is not None and every is not None and now - received > every,
        }
        for name, recorded, received, every in found
    ]


def _steps(name: str, connection: sqlite3.Connection, query: str, since: int, now: int) -> dict[str, Any]:
    """A figure of what steps of responses did; those that have not done it yet are open."""
    found = connection.execute(query, (since, now)).fetchall()
    lengths = [max(0, length) for _, length in found if length is not None]
    return _figure(name, lengths, sum(waits for waits, length in found if length is None))


def _figure(name: str, lengths: Sequence[int], still_open: int) -> dict[str, Any]:
    ordered = sorted(lengths)
    count = len(ordered)
    return {
        "name": name,
        "count": count,
        "open": still_open,
        "mean_minutes": _minutes(sum(ordered) / count) if count else None,
        "median_minutes": _minutes(statistics.median(ordered)) if count else None,
        "p90_minutes": _minutes(ordered[math.ceil(0.9 * count) - 1]) if count else None,
    }


def _minutes(length: float) -> float:
    return round(length / MINUTE, 2)
