"""Moving a deviation or an action: the one place that writes a state, with its stamps, version and journal entry.

What may follow what is engine.vocabulary.lifecycle; when something moves is decided by detection
(engine.deviations.episodes) and by people's commands (engine.commands.deviation_commands,
engine.commands.action_commands).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.deviations import hits, timers
from engine.storage.journal import Entry, Writer
from engine.storage.sqlite import sqlite3
from engine.values.errors import StaleVersion
from engine.values.ids import public_id
from engine.vocabulary import lifecycle


def move_deviation(
    connection: sqlite3.Connection,
    writer: Writer,
    now: int,
    row: Mapping[str, Any],
    event: str,
    *,
    reason: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> str:
    """Carry out `event` on a deviation (its whole row) and return the state it is in now.

    `changes` are further columns to write with it. Raises Refused where the table has no such transition.
    """
    state = str(row["state"])
    subject = public_id("deviation", row["id"])
    following = lifecycle.next_state(lifecycle.DEVIATION, state, event, subject)
    values: dict[str, Any] = dict(changes or {})
    if following == lifecycle.RETURN:
        following = str(row["left_state"] or "open")
        # It is alive again: the stamps of its end no longer hold.
        values |= {"recovered_at": None, "resolved_at": None, "closed_at": None}
    else:
        _stamp(values, row, lifecycle.DEVIATION_STAMPS.get(following, ()), now)
    if following != state:
        values["state"] = following
        if following in ("recovered", "resolved", "dismissed") and state in lifecycle.QUEUE_STATES:
            values["left_state"] = state
    write(connection, writer, "deviation", row, values, action=event, reason=reason)
    return following


def move_action(
    connection: sqlite3.Connection,
    writer: Writer,
    now: int,
    row: Mapping[str, Any],
    event: str,
    *,
    reason: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> str:
    """Carry out `event` on an action (its whole row) and return the state it is in now.

    Raises Refused where the table has no such transition.
    """
    state = str(row["state"])
    following = lifecycle.next_state(lifecycle.ACTION, state, event, public_id("action", row["id"]))
    values: dict[str, Any] = dict(changes or {})
    if following == "in_progress" and state == "done":
        values["done_at"] = None
    _stamp(values, row, lifecycle.ACTION_STAMPS.get(following, ()), now)
    if following != state:
        values["state"] = following
    write(connection, writer, "action", row, values, action=event, reason=reason)
    return following


def _stamp(values: dict[str, Any], row: Mapping[str, Any], stamps: Sequence[str], now: int) -> None:
    """Note when a state is reached for the first time."""
    for stamp in stamps:
        if row[stamp] is None and values.get(stamp) is None:
            values[stamp] = now


def write(
    connection: sqlite3.Connection,
    writer: Writer,
    table: str,
    row: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    action: str,
    reason: str | None = None,
) -> None:
    """Write columns of one row with its next version, and the journal entry that says how it stood before.

    Raises StaleVersion when the row was changed since it was read.
    """
    changed = {name: value for name, value in values.items() if row[name] != value}
    if table == "action" and "state" in changed:
        changed.setdefault("state_at", writer.at)
    assignments = "".join(f", {name} = ?" for name in changed)
    cursor = connection.execute(
        f"UPDATE {table} SET version = version + 1{assignments} WHERE id = ? AND version = ?",
        (*changed.values(), row["id"], row["version"]),
    )
    subject = public_id(table, row["id"])
    if cursor.rowcount != 1:
        raise StaleVersion(f"{subject} was changed by somebody else meanwhile; look again")
    if table == "deviation" and "state" in changed:
        hits.touch_of_deviation(connection, row["id"], row["state"], changed["state"])
    if table == "action":
        timers.follow(connection, {**row, **changed})
    writer.write(
        Entry(
            action=action,
            subject_type=table,
            subject_id=subject,
            before={**{name: row[name] for name in changed}, "version": row["version"]},
            after={**changed, "version": row["version"] + 1},
            reason=reason,
        )
    )
