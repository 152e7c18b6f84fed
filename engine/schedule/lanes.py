"""The open actions as lanes on a time axis: when each is worked on, its slack, what it waits for. Only reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from engine.actions import open_work
from engine.commands import responses
from engine.reading import fields, lists
from engine.storage.sqlite import sqlite3
from engine.values.columns import Columns
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


_KINDS: Final = "qoqqqqoo"
_ORDER: Final = tuple(map(Lane._fields.index, ("owner", "start_at", "number")))


def lanes(connection: sqlite3.Connection, now: int, planner: Planner, text: str) -> Sequence[Lane]:
    """By owner, start and number, those that a filter leaves. Raises BadInput for one that cannot be read."""
    asked = parse_line(text, fields.ACTIONS, now)
    chosen = {number for number, _, _ in lists.timeline(connection, now, asked)} if text else None
    world = responses.people(connection, now)

    def left() -> Iterator[Lane]:
        for action, placing in planner.placings(open_work.by_response(connection, now), world):
            number = int(action.id[1:])
            if chosen is None or number in chosen:
                span = placing.start_at, placing.end_at, action.due_at
                needs = tuple(int(need[1:]) for need in action.needs)
                yield Lane(number, action.owner, *span, placing.slack_minutes, placing.critical, needs)

    return Columns(Lane, _KINDS, left()).ordered(*_ORDER)
