"""What production orders take out of stock: bills of material as demand for components.

A production order needs `quantity` of each component for each piece of its parent (of the parent's own unit, into which
that of the order converts), `lead_days` before it is ready. A BOM line that names a site takes the place of one for the
same parent and component that names none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from engine.facts.subjects import Line, LineFacts
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values.clock import DAY

PLACES: Final = "(SELECT json_extract(value, '$[0]') AS item, json_extract(value, '$[1]') AS site FROM json_each(:places)) AS wanted"

Place = tuple[str, str]
"""An item and a site."""

LINE_COLUMNS: Final = ", ".join(f"line.{name}" for name in Line._fields)


def _holds(site: str) -> str:
    """SQL condition on a BOM record `bom`: it is the one that holds at a site."""
    return (
        f"(json_extract(bom.data, '$.site') = {site} OR json_extract(bom.data, '$.site') IS NULL AND NOT EXISTS ("
        "SELECT 1 FROM plan_record AS nearer WHERE nearer.kind = 'bom' AND nearer.to_version IS NULL AND nearer.key ="
        f" bom.parent || '>' || bom.component || '@' || {site}))"
        " AND json_extract(bom.data, '$.quantity') > 0"
    )


_TAKEN: Final = (
    "SELECT wanted.item, wanted.site, bom.key, json_extract(bom.data, '$.quantity'),"
    f" coalesce(json_extract(bom.data, '$.lead_days'), 0), {LINE_COLUMNS} FROM {PLACES}"
    " CROSS JOIN plan_record AS bom ON bom.component = wanted.item AND bom.kind = 'bom'"
    " AND bom.to_version IS NULL CROSS JOIN plan_line AS line ON line.item = bom.parent"
    f" AND line.site = wanted.site AND line.kind = 'production_order' WHERE line.to_version IS NULL AND {_holds('wanted.site')}"
)
_PARTS: Final = (
    f"SELECT DISTINCT bom.component, wanted.site FROM {PLACES} CROSS JOIN plan_record AS bom"
    " ON bom.parent = wanted.item AND bom.kind = 'bom' AND bom.to_version IS NULL"
)
_CHANGED: Final = (
    "SELECT DISTINCT bom.component, line.site FROM plan_record AS bom CROSS JOIN plan_line AS line"
    " ON line.item = bom.parent AND line.kind = 'production_order'"
    " WHERE bom.kind = 'bom' AND ? IN (bom.from_version, bom.to_version) AND line.to_version IS NULL"
    " AND line.site IS NOT NULL"
)


class Component(NamedTuple):
    """What one production order takes of one item."""

    facts: LineFacts
    """Of the production order."""
    per: float
    """How many of the component go into one `uom` of the order."""
    lead: int
    """How long before the parent is ready they are needed, in microseconds."""
    source: str
    unknown: str | None = None
    """The order's unit in words where it does not convert into the parent's own, so that what it takes is unknown."""

    @property
    def at(self) -> int | None:
        """When they are needed."""
        planned_at = self.facts.line.planned_at
        return None if planned_at is None else planned_at - self.lead


class Taken(NamedTuple):
    """A production order that takes a component, as it is read."""

    line: Line
    per: float
    lead: int
    source: str


def read(connection: sqlite3.Connection, places: Sequence[Place]) -> Iterable[tuple[Place, Taken]]:
    """The production orders that take something from each place."""
    for item, site, key, per, lead_days, *columns in connection.execute(_TAKEN, {"places": as_json(places)}):
        line = Line._make(columns)
        lead = f", {lead_days:g} days before" if lead_days else ""
        source = f"{line.source}, bom {key}: {per:g} each{lead}"
        yield (item, site), Taken(line, float(per), int(lead_days * DAY), source)


def places_of(connection: sqlite3.Connection, parents: Iterable[Place]) -> list[Place]:
    """The places of the components of items that are made at sites."""
    return [(item, site) for item, site in connection.execute(_PARTS, {"places": as_json(parents)})]


def places_of_change(connection: sqlite3.Connection, version: int) -> list[Place]:
    """The places of the components whose bill of material the baseline version `version` changed."""
    return [(item, site) for item, site in connection.execute(_CHANGED, (version,))]
