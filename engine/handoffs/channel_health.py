"""How each channel fares, by what became of its messages; and which hand-offs need a person, for `check`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.storage.sqlite import sqlite3
from engine.values.clock import iso_or_none
from engine.vocabulary.check_findings import CheckFinding, as_warning
from engine.vocabulary.lifecycle import OPEN_ACTION


def of(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Counts and last times of every channel that ever had a message, by its name.

    `waiting` are on their way or tried again, `failed` are not tried any more, `unknown` are in doubt. `last_error` is
    that of the last message, null when that one was sent.
    """
    found = connection.execute(
        "SELECT channel, sum(state = 'sent'), sum(state IN ('pending', 'begun') OR next_at IS NOT NULL),"
        " sum(state = 'failed' AND next_at IS NULL), sum(state = 'unknown'), max(iif(state = 'sent', ended_at, NULL)),"
        " min(next_at) FROM handoff GROUP BY channel ORDER BY channel"
    ).fetchall()
    last = dict(
        connection.execute(
            "SELECT channel, fault FROM handoff AS one WHERE ended_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM handoff"
            " WHERE channel = one.channel AND (ended_at, id) > (one.ended_at, one.id))"
        ).fetchall()
    )
    return {
        name: {
            "sent": sent,
            "waiting": waiting,
            "failed": failed,
            "unknown": unknown,
            "last_sent_at": iso_or_none(last_sent_at),
            "last_error": last.get(name),
            "next_at": iso_or_none(next_at),
        }
        for name, sent, waiting, failed, unknown, last_sent_at, next_at in found
    }


def findings(connection: sqlite3.Connection) -> Iterator[CheckFinding]:
    """What a person has to see to: messages in doubt, channels that fail, steps whose people nobody tells."""
    doubtful = connection.execute(
        "SELECT id, owner, channel, fault FROM handoff WHERE state = 'unknown' ORDER BY id"
    ).fetchall()
    for number, owner, channel, fault in doubtful:
        mend = f"ask {owner}, then `offplan handoffs confirm H{number}` or `offplan handoffs resend H{number} --reason ...`"
        yield as_warning(
            f"hand-off H{number}", f"whether it reached {owner} through {channel} is not known ({fault})", mend
        )
    failing = connection.execute(
        "SELECT channel, count(*), max(next_at) IS NOT NULL, max(fault) FROM handoff WHERE state = 'failed' AND EXISTS"
        " (SELECT 1 FROM handoff_action JOIN action ON action.id = action_id WHERE handoff_id = handoff.id"
        f" AND {OPEN_ACTION}) AND NOT EXISTS (SELECT 1 FROM handoff AS later"
        " WHERE later.channel = handoff.channel AND later.owner = handoff.owner"
        " AND later.response_id = handoff.response_id AND later.id > handoff.id) GROUP BY channel ORDER BY channel"
    ).fetchall()
    for channel, count, again, fault in failing:
        messages = "1 message does" if count == 1 else f"{count} messages do"
        mend = "the feeder tries again" if again else "mend that, then `offplan handoffs resend` them"
        yield as_warning(f"channel {channel}", f"{messages} not reach their owners: {fault}", mend)
    waiting = connection.execute(
        "SELECT action.id, action.kind FROM action JOIN response ON response.id = response_id"
        " WHERE action.kind IN ('notify', 'http') AND action.state = 'ready' AND response.state = 'running'"
        " AND approval = 'null' AND NOT EXISTS (SELECT 1 FROM handoff_action WHERE action_id = action.id)"
        " AND NOT EXISTS (SELECT 1 FROM effect WHERE action_id = action.id) ORDER BY action.id"
    ).fetchall()
    for number, kind in waiting:
        what = "tells nobody" if kind == "notify" else "calls nobody"
        mend = f"see that `offplan watch` runs and has a channel for it, or do it and say `offplan done A{number}`"
        yield as_warning(f"action A{number}", f"it is ready and {what}", mend)
