"""Messages on their way: begun, sent, failed and tried again, or in doubt; nothing is sent twice by itself.

`begun` is durable before anything leaves the machine. What a killed feeder left begun is sent again under the same key
where the receiver knows a repeat by it; where it does not (`once`, such as e-mail) it is `unknown`, and a person says
whether it arrived. Who decides what is told is engine.handoffs.outbox; what carries it out is connectors.outbox.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.actions import notified
from engine.actions.notified import NOTICE
from engine.deviations.command_context import CommandContext, Row, reason_of
from engine.deviations.moves import write
from engine.handoffs import telling
from engine.handoffs.routing import Channel
from engine.storage.journal import Writer
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json, rows
from engine.values.clock import DAY, HOUR
from engine.values.errors import Refused
from engine.values.text import clean

OFFER: Final = "offer"
"""The reason of a message about a deviation that is over (engine.handoffs.offer_notices); it belongs to no ledger."""
_FAULT_LIMIT: Final = 500
TRIED_FOR: Final = DAY
"""How long a message of no ledger is tried again: nothing newer ever replaces it, and a step may wait for its end."""
_STOPPED: Final = "offplan stopped while it was being sent"
_SAME_KEY: Final = "it is sent again, with the same key"
_EVENTS: Final = {"sent": "send", "failed": "fail", "unknown": "crash"}
"""What the journal calls each end of a delivery."""


class Delivery(NamedTuple):
    """A message that has to leave now."""

    id: int
    key: str
    owner: str
    attempt: int
    content: Mapping[str, Any]


class Result(NamedTuple):
    """What came of a delivery."""

    state: str
    """sent, failed, or unknown where it may or may not have arrived."""
    fault: str | None = None
    again: bool = False
    """Of a failure: whether trying again makes sense without anybody doing anything."""
    wait: int | None = None
    """Of a failure: how long the receiver asked to wait, in microseconds."""
    answer: object = None
    """The JSON that the receiver answered with, where it was asked for and is JSON."""
    failure: str | None = None
    """Of a failure: which of terms.FAILURES it is; None for one that somebody here has to mend."""


def next_due(connection: sqlite3.Connection, now: int, channel: str) -> Row | None:
    """The message of a channel that is to be tried first of those whose time has come."""
    query = "SELECT * FROM handoff WHERE channel = ? AND next_at <= ? ORDER BY next_at, id LIMIT 1"
    return next(iter(rows(connection, query, (channel, now))), None)


def begin(connection: sqlite3.Connection, writer: Writer, now: int, row: Row) -> Delivery:
    """Note that a message leaves now; the caller commits before it does."""
    values = {"state": "begun", "attempt": row["attempt"] + 1, "next_at": None, "begun_at": now}
    write(connection, writer, "handoff", row, values, action="begin")
    return Delivery(row["id"], row["key"], row["owner"], row["attempt"] + 1, json.loads(row["content"]))


def end(
    connection: sqlite3.Connection, writer: Writer, now: int, channel: Channel, number: int, result: Result
) -> None:
    """Note what came of a message that was begun. One that is begun no more was settled by somebody else: nothing
    happens."""
    row = _row(connection, number)
    if row["state"] != "begun":
        return
    values: dict[str, Any] = {
        "state": result.state,
        "fault": _fault(result),
        "failure": result.failure,
        "ended_at": now,
    }
    if result.state == "failed" and result.again and _is_spent(connection, now, row):
        values["fault"] = f"{values['fault']}; it was tried for {TRIED_FOR // HOUR} hours"
    elif result.state == "failed" and result.again:
        values["next_at"] = _retry_at(connection, now, channel, row, result.wait)
    write(connection, writer, "handoff", row, values, action=_EVENTS[result.state], reason=values["fault"])
    if result.state in ("sent", "unknown"):
        _note_told(connection, now, channel, row)
    notified.touch(connection, row)


def recover(connection: sqlite3.Connection, writer: Writer, now: int, channels: Sequence[Channel]) -> int:
    """Settle what a feeder that is gone left begun; returns how many messages are in doubt now.

    Called by who has just got the lease, so that nobody else delivers.
    """
    by_name = {channel.name: channel for channel in channels}
    # Nothing waits for longer than a day, but a clock that was set back meanwhile.
    connection.execute("UPDATE handoff SET next_at = ? WHERE next_at > ?", (now, now + DAY))
    doubtful = 0
    for row in rows(connection, "SELECT * FROM handoff WHERE state = 'begun' ORDER BY id"):
        if not row["once"]:
            values = {"state": "pending", "next_at": now}
            write(connection, writer, "handoff", row, values, action="recover", reason=_SAME_KEY)
            continue
        doubtful += 1
        values = {"state": "unknown", "fault": _STOPPED, "ended_at": now}
        write(connection, writer, "handoff", row, values, action="crash", reason=_STOPPED)
        if row["channel"] in by_name:
            _note_told(connection, now, by_name[row["channel"]], row)
    return doubtful


def give_up(connection: sqlite3.Connection, writer: Writer, now: int, channels: Sequence[Channel]) -> None:
    """Messages of channels that the settings no longer have are not tried any more."""
    query = "SELECT * FROM handoff WHERE next_at IS NOT NULL AND channel NOT IN (SELECT value FROM json_each(?))"
    for row in rows(connection, query, (as_json(channel.name for channel in channels),)):
        fault = f"there is no channel {row['channel']} any more"
        values = {"state": "failed", "next_at": None, "fault": fault, "failure": None, "ended_at": now}
        write(connection, writer, "handoff", row, values, action="fail", reason=fault)


def confirm(context: CommandContext, ids: Sequence[str], *, reason: str | None) -> None:
    """A person says that messages in doubt did arrive."""
    why = None if reason is None else reason_of(reason, "leave it out, or say how you know")
    for reference, row in context.rows(ids, "handoff"):
        if row["state"] != "unknown":
            raise Refused(f"{reference.id} is {row['state']}: only one in doubt (unknown) can be confirmed")
        values = {"state": "sent", "fault": None}
        write(context.connection, context.writer, "handoff", row, values, action="confirm", reason=why)
        notified.touch(context.connection, row)
        context.changed(reference.id, row["state"], "sent")


def resend(context: CommandContext, ids: Sequence[str], *, reason: str) -> None:
    """A person has messages sent (again) that failed or are in doubt: as they are, under the same key."""
    why = reason_of(reason, "say why, such as 'Bo says that nothing came'")
    for reference, row in context.rows(ids, "handoff"):
        if row["state"] not in ("unknown", "failed"):
            raise Refused(f"{reference.id} is {row['state']}: only one that failed or is in doubt can be sent again")
        try_again(context, row, why)


def try_again(context: CommandContext, row: Row, reason: str | None = None) -> None:
    """Have a message that failed or is in doubt sent again, as it is and under the same key."""
    values = {"state": "pending", "next_at": context.now, "fault": None}
    write(context.connection, context.writer, "handoff", row, values, action="resend", reason=reason)
    context.changed(f"H{row['id']}", row["state"], "pending")


def withdraw(connection: sqlite3.Connection, writer: Writer, now: int, row: Row, why: str) -> None:
    """Take back a message that has not left."""
    values = {"state": "failed", "next_at": None, "fault": why, "failure": None, "ended_at": now}
    write(connection, writer, "handoff", row, values, action="withdraw", reason=why)


def _fault(result: Result) -> str | None:
    return None if result.fault is None else clean(result.fault)[:_FAULT_LIMIT]


def _row(connection: sqlite3.Connection, number: int) -> Row:
    return rows(connection, "SELECT * FROM handoff WHERE id = ?", (number,))[0]


def _is_spent(connection: sqlite3.Connection, now: int, row: Row) -> bool:
    """Whether a message of no ledger was tried for long enough, since it was written or its step was tried again."""
    if row["reason"] not in (NOTICE, OFFER):
        return False
    query = "SELECT max(state_at) FROM handoff_action JOIN action ON action.id = action_id WHERE handoff_id = ?"
    (tried_since,) = connection.execute(query, (row["id"],)).fetchone()
    return bool(now - max(row["created_at"], tried_since or 0) >= TRIED_FOR)


def _retry_at(connection: sqlite3.Connection, now: int, channel: Channel, row: Row, wait: int | None) -> int:
    """When a failed message is tried again: after its pause, in step with what its group is told."""
    earliest = now + max(telling.pause_after(row["attempt"]), wait or 0)
    ledger = _ledger(connection, row)
    return earliest if ledger is None else telling.tick_from(ledger["base_at"], channel.interval, earliest)


def _ledger(connection: sqlite3.Connection, row: Row) -> Row | None:
    if row["reason"] in (NOTICE, OFFER):
        return None
    query = "SELECT * FROM handoff_ledger WHERE channel = ? AND owner = ? AND response_id = ?"
    return next(iter(rows(connection, query, (row["channel"], row["owner"], row["response_id"]))), None)


def _is_old_news(connection: sqlite3.Connection, row: Row) -> bool:
    """Whether the channel was told more by a later message of the group, so that what this one says is past."""
    query = (
        "SELECT EXISTS (SELECT 1 FROM handoff WHERE response_id = ? AND channel = ? AND owner = ? AND id > ?"
        " AND state IN ('sent', 'unknown'))"
    )
    where = (row["response_id"], row["channel"], row["owner"], row["id"])
    return bool(connection.execute(query, where).fetchone()[0])


def _note_told(connection: sqlite3.Connection, now: int, channel: Channel, row: Row) -> None:
    """The channel knows now what the message says. What is in doubt counts as told: it must not go out twice by
    itself."""
    ledger = _ledger(connection, row)
    if ledger is None or _is_old_news(connection, row):
        return
    remind = None if row["open"] == "{}" else channel.remind
    remind_at = telling.remind_at(ledger["base_at"], channel.interval, now, remind)
    times = [at for at in (ledger["next_at"], remind_at) if at is not None]
    connection.execute(
        "UPDATE handoff_ledger SET open = ?, ended = ?, told_at = ?, next_at = ?"
        " WHERE channel = ? AND owner = ? AND response_id = ?",
        (row["open"], row["ended"], now, min(times, default=None), row["channel"], row["owner"], row["response_id"]),
    )
