"""What lies around an item at a site: the stock last counted, and the order lines that bring something or take it.

Shared by everything that adds up stock: the projection (engine.gather.stock) and pegging (engine.gather.pegs). A line
is wanted at its origin when it has to leave there: its planned date less the time that the lane takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from engine.facts.fold import ANNOUNCING, Statement, fold
from engine.facts.subjects import Line, LineFacts, Reading
from engine.gather import components, corrections, items, orders, restated
from engine.gather.components import LINE_COLUMNS, PLACES, Component, Place, Taken
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values import units
from engine.values.clock import DAY
from engine.values.days import Days
from engine.values.units import ItemUnits
from engine.vocabulary.model import ORDER_SQL

_HERE: Final = (
    f"SELECT {LINE_COLUMNS} FROM {PLACES} CROSS JOIN plan_line AS line"
    " ON line.item = wanted.item AND line.site = wanted.site"
    f" WHERE line.to_version IS NULL AND line.kind IN ({ORDER_SQL})"
)
_LEAVING: Final = (
    f"SELECT {LINE_COLUMNS} FROM {PLACES} CROSS JOIN plan_line AS line"
    " ON line.item = wanted.item AND line.origin = wanted.site"
    " WHERE line.to_version IS NULL AND line.kind = 'transfer_order'"
)
# Only the last word of a row counts; `until` is when a stored one takes its place.
_READING: Final = (
    "SELECT wanted.item, wanted.site, signal.quantity, coalesce(signal.occurred_at, signal.as_of), signal.uom, signal.id,"
    f" {restated.until('signal')} FROM {PLACES} CROSS JOIN signal ON signal.id = ("
    " SELECT last.id FROM signal AS last WHERE last.item = wanted.item AND last.site = wanted.site"
    " AND last.order_ref IS NULL AND last.kind = 'stock' AND last.as_of <= :now AND last.quantity IS NOT NULL"
    f" AND coalesce({restated.until('last')} > :now, 1) AND {corrections.stands('last', ':known_at')}"
    " ORDER BY last.as_of DESC, last.tie DESC, last.id DESC LIMIT 1)"
)
_NEXT: Final = (
    f"SELECT wanted.item, wanted.site, (SELECT min(later.as_of) FROM signal AS later WHERE later.item = wanted.item"
    f" AND later.site = wanted.site AND later.order_ref IS NULL AND later.as_of > :now) FROM {PLACES}"
)

_WITHDRAWN: Final = (
    f"SELECT wanted.item, wanted.site, min(correction.at) FROM {PLACES} CROSS JOIN signal ON signal.item = wanted.item"
    " AND signal.site = wanted.site AND signal.order_ref IS NULL"
    " CROSS JOIN correction ON correction.row_key = signal.row_key WHERE correction.at > :now GROUP BY 1, 2"
)


class Around(NamedTuple):
    """The order lines of one place, each with all that is known about it."""

    here: Sequence[LineFacts]
    """What arrives, and customer orders that are served from it; sorted by kind and reference."""
    leaving: Sequence[LineFacts]
    components: Sequence[Component]

    @property
    def changes_at(self) -> int | None:
        """When the next signal about one of the lines that is stored already becomes known."""
        facts = (*self.here, *self.leaving, *(part.facts for part in self.components))
        return min((each.changes_at for each in facts if each.changes_at is not None), default=None)

    def unit(self, reading: Reading | None, item: str | None) -> str | None:
        """The unit that the place is counted in: its reading's, else the item's own, else the first that a line
        states."""
        lines = (facts.line.uom for facts in (*self.here, *self.leaving))
        stated = (None if reading is None else reading.uom, item, *lines)
        return next((uom for uom in stated if uom is not None), None)


class PlaceReader:
    """Reads what lies around a chunk of places."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        places: Sequence[Place],
        now: int,
        days: Days,
        *,
        counted_only: bool,
        known_at: int | None = None,
    ) -> None:
        """With `counted_only` the signals about lines are read only where stock was counted; without it what was
        announced is left out, for then what moved and the plan are all that counts.

        `known_at` leaves out what was taken back by then, as if it had not been said.
        """
        self._now, self._days = now, days
        self._known_at = now if known_at is None else known_at
        wanted = {"places": as_json(places), "now": now, "known_at": self._known_at}
        self.changes: dict[Place, list[int]] = defaultdict(list)
        """When what is stored about the place itself comes into force, or is said no more."""
        for item, site, at in connection.execute(_NEXT, wanted):
            self.changes[item, site] += [] if at is None else [at]
        if connection.execute("SELECT EXISTS (SELECT 1 FROM correction WHERE at > ?)", (now,)).fetchone()[0]:
            for item, site, at in connection.execute(_WITHDRAWN, wanted):
                self.changes[item, site].append(at)
        self.readings = self._last_readings(connection, wanted)
        self.lines: dict[Place, list[Line]] = defaultdict(list)
        """What arrives, and customer orders."""
        self._leaving: dict[Place, list[Line]] = defaultdict(list)
        self._taken: dict[Place, list[Taken]] = defaultdict(list)
        for line in map(Line._make, connection.execute(_HERE, wanted)):
            self.lines[line.item or "", line.site or ""].append(line)
        for line in map(Line._make, connection.execute(_LEAVING, wanted)):
            self._leaving[line.item or "", line.origin or ""].append(line)
        for place, taken in components.read(connection, places):
            self._taken[place].append(taken)
        self._statements = self._said(connection, self.readings) if counted_only else self._happened(connection, places)
        names = {item for item, _ in places} | {
            each.line.item or "" for found in self._taken.values() for each in found
        }
        self._items = items.read(connection, sorted(names))
        self._transit = items.lane_durations(connection) if self._leaving else {}

    def item(self, name: str) -> items.Item:
        """The record of an item."""
        return self._items.get(name, items.NOTHING)

    def around(self, place: Place) -> Around:
        """The order lines of one place."""
        lines = sorted(self.lines.get(place, ()), key=lambda line: (line.kind, line.ref))
        leaving = self._leaving.get(place, ())
        parts = [self._component(taken) for taken in self._taken.get(place, ())]
        its = self.item(place[0]).units
        return Around([self._folded(line, its) for line in lines], [self._folded(line, its) for line in leaving], parts)

    def _component(self, taken: Taken) -> Component:
        line, parent = taken.line, self.item(taken.line.item or "")
        facts = self._folded(line, parent.units)
        size = units.convert(1.0, line.uom, parent.uom, parent.units)
        if size is None:
            return Component(facts, taken.per, taken.lead, taken.source, f"{line.uom} of {line.item}")
        source = taken.source if size == 1.0 else f"{taken.source}, 1 {line.uom} = {size:g} {parent.uom}"
        return Component(facts, taken.per * size, taken.lead, source)

    def leaves_at(self, line: Line) -> int | None:
        """When the goods of a transfer have to leave its origin."""
        if line.planned_at is None:
            return None
        ways = ((line.origin, line.site or ""), (None, line.site or ""))
        days = next((self._transit[way] for way in ways if way in self._transit), 0.0)
        return line.planned_at - int(days * DAY)

    def _last_readings(self, connection: sqlite3.Connection, wanted: Mapping[str, object]) -> Mapping[Place, Reading]:
        found: dict[Place, Reading] = {}
        for item, site, quantity, at, uom, signal, until in connection.execute(_READING, wanted):
            found[item, site] = Reading(quantity, at, uom, signal)
            self.changes[item, site] += [] if until is None else [until]
        return found

    def _said(self, connection: sqlite3.Connection, places: Collection[Place]) -> Mapping[str, Sequence[Statement]]:
        """Signals about the lines of some places."""
        references: set[str] = set()
        for place in places:
            references.update(line.ref for line in self.lines.get(place, ()))
            references.update(line.ref for line in self._leaving.get(place, ()))
            references.update(taken.line.ref for taken in self._taken.get(place, ()))
        return orders.statements_of(connection, sorted(references), self._known_at) if references else {}

    def _happened(self, connection: sqlite3.Connection, places: Collection[Place]) -> Mapping[str, Sequence[Statement]]:
        """Of the signals about the lines of some places those that say more than what is to come."""
        found = self._said(connection, places)
        return {ref: [each for each in said if each.kind not in ANNOUNCING] for ref, said in found.items()}

    def _folded(self, line: Line, its: ItemUnits) -> LineFacts:
        said = self._statements.get(line.ref, ())
        return fold(line, said, self._now, self._days, item_units=its)
