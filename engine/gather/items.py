"""What detection needs of master records: classes and values of items, the fastest lane into a site.

A lane of no days says nothing of how long it takes (engine.validation.plan_checks names it), so it is never the
fastest.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values.units import ItemUnits

_RECORDS: Final = (
    "SELECT record.key, record.data FROM json_each(?) AS wanted CROSS JOIN plan_record AS record"
    " ON record.kind = 'item' AND record.key = wanted.value WHERE record.to_version IS NULL"
)
_FASTEST: Final = (
    "SELECT json_extract(data, '$.destination'), json_extract(data, '$.origin'), json_extract(data, '$.mode'),"
    " json_extract(data, '$.duration_days') AS days FROM plan_record WHERE kind = 'lane' AND to_version IS NULL"
    " AND days > 0 ORDER BY days, key"
)
_CLASSES: Final = (
    "SELECT key, json_extract(data, '$.item_class') AS item_class FROM plan_record WHERE kind = 'item'"
    " AND to_version IS NULL AND item_class IS NOT NULL"
)
_LANES: Final = "SELECT data FROM plan_record WHERE kind = 'lane' AND to_version IS NULL ORDER BY key"


class Item(NamedTuple):
    """The part of an item record that detection reads; `unit_value` of one `uom` in major units of `currency`."""

    item_class: str | None = None
    unit_value: float | None = None
    currency: str | None = None
    uom: str | None = None
    packs: tuple[tuple[str, float], ...] = ()
    """A word and how many `uom` it holds."""

    @property
    def units(self) -> ItemUnits:
        """What converts its quantities."""
        return ItemUnits(self.uom, self.packs)


NOTHING: Final = Item()


class Lane(NamedTuple):
    """A way into a site, and how long it takes."""

    origin: str | None
    """None: from anywhere."""
    mode: str | None
    days: float


def read(connection: sqlite3.Connection, names: Sequence[str]) -> dict[str, Item]:
    """Item records by name; a name without a record is absent."""
    found = {}
    for key, data in connection.execute(_RECORDS, (as_json(names),)):
        record: dict[str, Any] = json.loads(data)
        stated = {field: value for field, value in record.items() if field in Item._fields}
        found[key] = Item(**stated, packs=tuple(record.get("units", {}).items()))
    return found


def classes(connection: sqlite3.Connection) -> dict[str, str]:
    """The class of every item that has one."""
    return dict(connection.execute(_CLASSES).fetchall())


def lane_durations(connection: sqlite3.Connection) -> dict[tuple[str | None, str], float]:
    """Days of the fastest lane by origin (None: from anywhere) and destination."""
    fastest: dict[tuple[str | None, str], float] = {}
    for (data,) in connection.execute(_LANES):
        record: dict[str, Any] = json.loads(data)
        ends, days = (record.get("origin"), record["destination"]), record.get("duration_days")
        if days and days < fastest.get(ends, math.inf):
            fastest[ends] = float(days)
    return fastest


class FastestLanes:
    """The lanes with the shortest durations: read when first asked for, since few judgements ask."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def between(self, origin: str | None, destination: str) -> Lane | None:
        """The fastest lane from an origin (None: from wherever there is one) to a destination; a lane that names no
        origin fits all."""
        fitting = self._by_destination.get(destination, ())
        return next((lane for lane in fitting if origin is None or lane.origin in (None, origin)), None)

    @functools.cached_property
    def _by_destination(self) -> dict[str, list[Lane]]:
        lanes: dict[str, list[Lane]] = {}
        for destination, origin, mode, days in self._connection.execute(_FASTEST):
            lanes.setdefault(destination, []).append(Lane(origin, mode, float(days)))
        return lanes
