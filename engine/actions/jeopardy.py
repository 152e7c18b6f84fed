"""What the delay of one action does to those that need it, to their due times and to the deviation's decide-by.

Computed when it is read, from the rows as they stand. An action that has not begun starts with the end of its latest
open need at the earliest, and takes its duration from then on; what has begun ends now at the earliest, and not before
what it waits for. Durations run through nights and holidays here, so that a projected end is a lower bound: what is in
jeopardy by it certainly is. Nothing is moved: that is rescheduling's.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json, rows
from engine.values.clock import MINUTE, iso
from engine.vocabulary.lifecycle import ACTION_OPEN_STATES


class Projection(NamedTuple):
    """When an open action starts and ends as things stand."""

    start_at: int
    end_at: int
    because: int | None
    """The action whose end it has to wait for; None: itself."""


def of_actions(connection: sqlite3.Connection, now: int, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By number, what is in jeopardy of the given actions; those that are in none are left out.

    Each is `start_at end_at slip_minutes because late_minutes past_decide_by_minutes`: behind its due time, and behind
    its deviation's decide-by; null where it is not. The slip counts from the start that was planned first.
    """
    found = rows(
        connection,
        "SELECT action.*, deviation.decide_by FROM action JOIN deviation ON deviation.id = deviation_id"
        " WHERE response_id IN (SELECT response_id FROM action WHERE id IN (SELECT value FROM json_each(?)))"
        " ORDER BY response_id, position",
        (as_json(numbers),),
    )
    of_response: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        of_response[row["response_id"]].append(row)
    wanted = set(numbers)
    shown: dict[int, dict[str, Any]] = {}
    for actions in of_response.values():
        projected = project(actions, now)
        for row in actions:
            if row["id"] in wanted and row["id"] in projected:
                told = _told(row, projected[row["id"]])
                if told is not None:
                    shown[row["id"]] = told
    return shown


def project(actions: Sequence[Mapping[str, Any]], now: int) -> dict[int, Projection]:
    """Start and end of the open ones among the actions of one response, in an order in which needs come first."""
    by_step = {row["step"]: row for row in actions}
    projected: dict[int, Projection] = {}

    def of(row: Mapping[str, Any]) -> Projection:
        if row["id"] not in projected:
            needs = [by_step[step] for step in json.loads(row["needs"]) if step in by_step]
            behind = [(of(need).end_at, need["id"]) for need in needs if need["state"] in ACTION_OPEN_STATES]
            projected[row["id"]] = _project(row, max(behind, default=None), now)
        return projected[row["id"]]

    for row in actions:
        if row["state"] in ACTION_OPEN_STATES:
            of(row)
    return projected


def _project(row: Mapping[str, Any], behind: tuple[int, int] | None, now: int) -> Projection:
    length = row["duration_minutes"] * MINUTE
    if row["started_at"] is not None and row["state"] in ("in_progress", "waiting", "unknown"):
        until = row["waiting_until"] if row["state"] == "waiting" and row["waiting_until"] is not None else now
        return Projection(row["started_at"], max(row["started_at"] + length, until, now), None)
    start = max(row["start_at"], now, behind[0] if behind is not None else now)
    waits = behind is not None and behind[0] == start > max(_planned(row), now)
    return Projection(start, start + length, behind[1] if behind is not None and waits else None)


def _planned(row: Mapping[str, Any]) -> int:
    """The start that was planned first, before it was moved."""
    return int(row["start_at"] if row["home_at"] is None else row["home_at"])


def _told(row: Mapping[str, Any], projection: Projection) -> dict[str, Any] | None:
    late = _minutes(projection.end_at - row["due_at"])
    past = None if row["decide_by"] is None else _minutes(projection.end_at - row["decide_by"])
    slip = max(0, projection.start_at - _planned(row)) // MINUTE if row["started_at"] is None else 0
    if not slip and late is None and past is None:
        return None
    return {
        "start_at": iso(projection.start_at),
        "end_at": iso(projection.end_at),
        "slip_minutes": slip,
        "because": None if projection.because is None else f"A{projection.because}",
        "late_minutes": late,
        "past_decide_by_minutes": past,
    }


def _minutes(span: int) -> int | None:
    return -(-span // MINUTE) if span > 0 else None
