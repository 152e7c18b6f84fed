"""The desk judged by its own history: one document of a period, for `offplan report metrics`."""

from __future__ import annotations

from typing import Any

from engine.detect import tolerance_rules
from engine.reports import alarm_load, noise, response_times, suggestions
from engine.storage.sqlite import sqlite3
from engine.values.clock import EARLIEST, iso


def metrics(connection: sqlite3.Connection, now: int, since: int | None) -> dict[str, Any]:
    """Everything from `since` (from the first deviation on, without one) to `now`; definitions: docs/noise.md."""
    episodes = noise.read(connection, EARLIEST if since is None else since, now)
    start = min(episodes.opened_at, default=now) if since is None else since
    table = noise.Table(episodes)
    tolerances = tolerance_rules.load(connection)
    return {
        "now": iso(now),
        "since": iso(start),
        "total": table.total(),
        "left_out": noise.left_out(connection, start, now),
        "shares": noise.shares(episodes, table),
        "kinds": table.by_kind(),
        "rules": table.by_rule(),
        "severities": noise.severities(episodes),
        "load": alarm_load.load(connection, episodes, start, now),
        "times": response_times.times(connection, episodes, start, now),
        "actions": response_times.on_time(connection, start, now),
        "sources": response_times.freshness(connection, now),
        "suggestions": [_suggestion(each) for each in suggestions.suggestions(episodes, tolerances)],
    }


def _suggestion(found: suggestions.Suggestion) -> dict[str, Any]:
    return {**found._asdict(), "for": suggestions.asked_of(found.rule)}
