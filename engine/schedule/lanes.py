"""The open actions as lanes on a time axis: when each is worked on, its slack, what it waits for. Only reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from engine.actions import open_work
from engine.commands import responses
from engine.storage.sqlite import sqlite3
from engine.values.columns import Columns
from engine.vocabulary.planning import Planner
from engine.vocabulary.scheduling import OpenAction, Placing


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


def lanes(connection: sqlite3.Connection, now: int, planner: Planner) -> Sequence[Lane]:
    """By owner, start and number."""
    world = responses.people(connection, now)
    placed = planner.placings(open_work.by_response(connection, now), world)
    return Columns(Lane, _KINDS, (_lane(action, placing) for action, placing in placed)).ordered(*_ORDER)


def _lane(action: OpenAction, placing: Placing) -> Lane:
    return Lane(
        int(action.id[1:]), action.owner, placing.start_at, placing.end_at, action.due_at, placing.slack_minutes,
        placing.critical, tuple(int(need[1:]) for need in action.needs),
    )  # fmt: skip
