"""The network as it stands: readers of the master records that are current in the plan.

Records were validated by engine.master.records when they were loaded, so these only read. Items and lanes in bulk, as
detection needs them, are engine.gather's.
"""

from __future__ import annotations

import json
from typing import Any

from engine.storage.sqlite import sqlite3
from engine.vocabulary.planning import Owner, WorkingCalendar


def records(connection: sqlite3.Connection, kind: str) -> dict[str, dict[str, Any]]:
    """All current records of a kind by key, in the order of the keys."""
    found = connection.execute(
        "SELECT key, data FROM plan_record WHERE kind = ? AND to_version IS NULL ORDER BY key", (kind,)
    )
    return {key: json.loads(data) for key, data in found}


def record(connection: sqlite3.Connection, kind: str, key: str) -> dict[str, Any] | None:
    """One current record; None where the plan has none of that kind with this key."""
    query = "SELECT data FROM plan_record WHERE kind = ? AND key = ? AND to_version IS NULL"
    found = connection.execute(query, (kind, key)).fetchone()
    return None if found is None else dict(json.loads(found[0]))


def owner_ids(connection: sqlite3.Connection) -> list[str]:
    """The ids of everybody who can own actions, in order."""
    query = "SELECT key FROM plan_record WHERE kind = 'owner' AND to_version IS NULL ORDER BY key"
    return [key for (key,) in connection.execute(query)]


def owners(connection: sqlite3.Connection) -> list[Owner]:
    """Everybody who can own actions, by id, with the days on which they are away."""
    away: dict[str, list[tuple[str, str]]] = {}
    for data in records(connection, "absence").values():
        days = (data["first_day"], data.get("last_day") or data["first_day"])
        away.setdefault(data["owner"], []).append(days)
    return [
        Owner(
            id=data["id"],
            name=data.get("name") or data["id"],
            functions=tuple(data.get("functions", ())),
            sites=tuple(data.get("sites", ())),
            parties=tuple(data.get("parties", ())),
            items=tuple(data.get("items", ())),
            calendar=data.get("calendar"),
            email=data.get("email"),
            lead=bool(data.get("lead")),
            away=tuple(away.get(data["id"], ())),
        )
        for data in records(connection, "owner").values()
    ]


def calendars(connection: sqlite3.Connection) -> dict[str, WorkingCalendar]:
    """Working calendars by id."""
    return {
        key: WorkingCalendar(
            id=key,
            zone=data["zone"],
            week={day: tuple((start, end) for start, end in ranges) for day, ranges in data["week"].items()},
            holidays=tuple(data.get("holidays", ())),
        )
        for key, data in records(connection, "calendar").items()
    }
