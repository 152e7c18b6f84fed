"""The open actions as lanes on a time axis: when each is worked on, its slack, what it waits for. Only reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.actions import open_work
from engine.commands import responses
from engine.reading import fields, lists
from engine.storage.sqlite import sqlite3
from engine.vocabulary.filters import parse_line
from engine.vocabulary.planning import Planner


class Lane(NamedTuple):
    """One open action: its number, who works on it, and when (engine.vocabulary.scheduling.Placing)."""

    number: int
    owner: str
    start_at: int
    end_at: int
    due_at: int
    slack_minutes: int
    critical: bool
    needs: Sequence[int]
    """Numbers of the open actions that it waits for."""


def lanes(connection: sqlite3.Connection, now: int, planner: Planner, text: str) -> list[Lane]:
    """By owner and start, those that a filter leaves. Raises BadInput for one that cannot be read."""
    chosen = {number for number, _, _ in lists.timeline(connection, now, parse_line(text, fields.ACTIONS, now))}
    work = open_work.read(connection, now)
    placings = planner.placings(work, responses.world(connection, now))
    found = []
    for action in work:
        number, placing = int(action.id[1:]), placings[action.id]
        if number in chosen:
            span = placing.start_at, placing.end_at, action.due_at
            needs = tuple(int(need[1:]) for need in action.needs)
            found.append(Lane(number, action.owner, *span, placing.slack_minutes, placing.critical, needs))
    return sorted(found, key=lambda lane: (lane.owner, lane.start_at, lane.number))
