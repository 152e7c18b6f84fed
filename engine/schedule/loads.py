"""The load of every owner by day, as JSON: what screens draw and `report load` prints."""

from __future__ import annotations

from itertools import chain
from typing import Any, Final

from engine.actions import open_work
from engine.commands import responses
from engine.storage.sqlite import sqlite3
from engine.values.clock import iso
from engine.values.errors import BadInput
from engine.vocabulary.planning import Planner
from engine.vocabulary.scheduling import OwnerLoad

LONGEST: Final = 366
"""Days."""


def loads(
    connection: sqlite3.Connection, now: int, planner: Planner, days: int, most: int | None = None
) -> dict[str, Any]:
    """`owners` in the order of their ids, each with `days` and `handovers`; minutes are of working time.

    `most` is how many actions are named at most for each day and for each owner to hand on, and `further_actions` and
    `further_handovers` say how many more there are; null: all. Raises BadInput for a number of days that cannot be
    shown.
    """
    if not 1 <= days <= LONGEST:
        raise BadInput("days", f"{days} days cannot be shown", f"ask for 1 to {LONGEST}")
    world = responses.people(connection, now)
    found = planner.workload(chain.from_iterable(open_work.by_response(connection, now)), world, days, most)
    return {"now": iso(now), "zone": world.zone, "owners": [_owner(each) for each in found]}


def _owner(load: OwnerLoad) -> dict[str, Any]:
    return {
        "id": load.owner,
        "name": load.name,
        "known": load.known,
        "days": [
            {
                "day": day.day,
                "capacity_minutes": day.capacity,
                "planned_minutes": day.planned,
                "due_minutes": day.due,
                "over_minutes": day.over,
                "actions": list(day.actions),
                "further_actions": day.further_actions,
            }
            for day in load.days
        ],
        "handovers": [
            {
                "action": each.action,
                "title": each.title,
                "minutes": each.minutes,
                "to": [{"owner": taker.owner, "free_minutes": taker.free} for taker in each.takers],
            }
            for each in load.handovers
        ],
        "further_handovers": load.further_handovers,
    }
