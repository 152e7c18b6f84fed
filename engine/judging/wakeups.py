"""When time alone can change a verdict: the next such instant of each key of the work list (table wakeup)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.gather.cases import Key
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values.clock import LATEST


def any_due(connection: sqlite3.Connection, now: int) -> bool:
    """Whether a wake-up has come, or the time of an action's timer."""
    query = "SELECT EXISTS (SELECT 1 FROM wakeup WHERE due_at <= ?1) OR EXISTS (SELECT 1 FROM timer WHERE due_at <= ?1)"
    return bool(connection.execute(query, (now,)).fetchone()[0])


def due(connection: sqlite3.Connection, now: int) -> int:
    """Move the wake-ups that have come onto the work list; returns how many."""
    connection.execute(
        "INSERT INTO touched(type, a, b) SELECT type, a, b FROM wakeup WHERE due_at <= ? ON CONFLICT DO NOTHING", (now,)
    )
    return int(connection.execute("DELETE FROM wakeup WHERE due_at <= ?", (now,)).rowcount)


def write(connection: sqlite3.Connection, keys: Sequence[Key], wakes: Mapping[Key, int], now: int) -> None:
    """Make the wake-ups of some keys those of `wakes`, writing only what differs."""
    present = {
        Key(*row[:3]): row[3]
        for row in connection.execute(
            "SELECT wakeup.* FROM json_each(?) AS wanted CROSS JOIN wakeup ON wakeup.type = json_extract(wanted.value, '$[0]')"
            " AND wakeup.a = json_extract(wanted.value, '$[1]') AND wakeup.b = json_extract(wanted.value, '$[2]')",
            (as_json(keys),),
        )
    }
    # Never at or before now: a wake-up that has come is judged already. Beyond all dates there is nothing to wake for.
    wanted = {key: max(wakes[key], now + 1) for key in keys if key in wakes and wakes[key] < LATEST}
    connection.executemany(
        "INSERT INTO wakeup(type, a, b, due_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT(type, a, b) DO UPDATE SET due_at = excluded.due_at",
        [(*key, at) for key, at in wanted.items() if present.get(key) != at],
    )
    connection.executemany(
        "DELETE FROM wakeup WHERE type = ? AND a = ? AND b = ?", [key for key in present if key not in wanted]
    )
