"""What the next shift has to know: what to decide first, what came and ended, who has what to do, what waits, what is
blind.

One document of a period, for `offplan report handover` and its view. Lists are cut to what a person reads; totals are
whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Any, Final

from engine.reading import deviation_list, fields, lists, screens
from engine.storage.sqlite import sqlite3
from engine.values.clock import HOUR, iso
from engine.vocabulary.lifecycle import OPEN_ACTION, QUEUE_SQL

AHEAD: Final = 12 * HOUR
"""How far the actions to come are told: the shift that begins."""
_MOST: Final = 12
"""Rows of each list."""
_RUNNING: Final = f"{OPEN_ACTION} AND response.state = 'running'"
_ENDED: Final = (
    f"state NOT IN ({QUEUE_SQL}, 'candidate', 'discarded')"
    " AND max(coalesce(recovered_at, 0), coalesce(closed_at, 0), coalesce(resolved_at, 0)) >= :since"
)
_DONE: Final = (
    "SELECT owner, count(*), sum(done_at <= due_at) FROM action WHERE state = 'done' AND done_at >= :since"
    " GROUP BY owner ORDER BY 2 DESC, owner"
)
_REMARKS: Final = "SELECT at, actor, subject_id, reason, action FROM journal ORDER BY seq DESC"


def handover(connection: sqlite3.Connection, now: int, since: int) -> dict[str, Any]:
    """The brief of what happened from `since` to `now`, and what stands; its lists have `total` and `items`.

    `first` is the top of the queue, `unowned` what of it nobody has; `due` are the actions of the next twelve hours.
    """
    return {
        "now": iso(now),
        "since": iso(since),
        "until": iso(now + AHEAD),
        "standing": screens.header(connection, now),
        "first": _queue(connection, now),
        "unowned": _queue(connection, now, "owner="),
        "opened": _deviations(connection, now, since, "opened_at >= :since", "exposure_minor DESC, id"),
        "ended": _deviations(connection, now, since, _ENDED, "coalesce(closed_at, resolved_at, recovered_at) DESC, id"),
        "overdue": _actions(connection, now, fields.OVERDUE_ACTION),
        "due": _actions(connection, now, f"due_at BETWEEN :now AND :until AND NOT {fields.OVERDUE_ACTION}"),
        "waiting": _actions(connection, now, "action.state = 'waiting'"),
        "owners": [owner for owner in screens.owners(connection, now) if owner["load"]],
        "done": [
            {"owner": owner, "done": count, "in_time": in_time}
            for owner, count, in_time in connection.execute(_DONE, {"since": since})
        ],
        "remarks": list(islice(_remarks(connection, since), _MOST)),
        "silences": lists.page(connection, now, "silences", (), limit=_MOST, everything=False).items,
        "sources": [
            row for row in screens.source_rows(connection, now, "") if row["stale"] or row["last_error"] or row["held"]
        ],
    }


def _queue(connection: sqlite3.Connection, now: int, *where: str) -> dict[str, Any]:
    found = deviation_list.page(connection, now, where, limit=_MOST, everything=False)
    return {"total": found.total, "items": found.items}


def _deviations(connection: sqlite3.Connection, now: int, since: int, condition: str, order: str) -> dict[str, Any]:
    asked = {"since": since, "limit": _MOST}
    (total,) = connection.execute(f"SELECT count(*) FROM deviation WHERE {condition}", asked).fetchone()
    query = f"SELECT id FROM deviation WHERE {condition} ORDER BY {order} LIMIT :limit"
    numbers = [row[0] for row in connection.execute(query, asked)]
    shown = deviation_list.shaped(connection, now, deviation_list.rows_of(connection, numbers))
    return {"total": total, "items": shown}


def _actions(connection: sqlite3.Connection, now: int, condition: str) -> dict[str, Any]:
    asked = "actions", f"{_RUNNING} AND {condition}", {"until": now + AHEAD}
    return {
        "total": lists.count(connection, now, *asked),
        "items": lists.items(connection, now, *asked, limit=_MOST),
    }


def _remarks(connection: sqlite3.Connection, since: int) -> Iterator[dict[str, Any]]:
    """What people wrote down, the last first. The journal is in the order of time: it is read back to `since` alone."""
    for at, actor, about, text, action in takewhile(lambda row: row[0] >= since, connection.execute(_REMARKS)):
        if action == "comment":
            yield {"at": iso(at), "actor": actor, "about": about, "text": text}
