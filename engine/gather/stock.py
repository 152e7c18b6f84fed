"""Facts of items at sites: the last reading, what is to come and go, the target, the forecast, actual demand.

Supply counts at its latest announced date and promised quantity, customer orders at their planned date, transfers when
they have to leave, components of production orders when these need them. What moved after the reading was taken is not
in the reading yet, so it counts today; what moved before is in it and counts no more. A shipment counts like an order:
goods that both list are loaded with an item on one of them only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from engine.facts.line_state import Move
from engine.facts.subjects import (
    Bucket,
    Demand,
    Flow,
    Line,
    LineFacts,
    Reading,
    StockFacts,
    SupplySlip,
    Target,
    UnitValue,
)
from engine.gather import corrections, items, one_unit, restated
from engine.gather.cases import Case, Key
from engine.gather.components import LINE_COLUMNS, PLACES, Component, Place
from engine.gather.places import Around, PlaceReader
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values import money
from engine.values.clock import DAY
from engine.values.days import Days
from engine.vocabulary.model import SUPPLY_KINDS

_EXPECTED: Final = (
    f"SELECT {LINE_COLUMNS} FROM {PLACES} CROSS JOIN plan_line AS line"
    " ON line.item = wanted.item AND line.site = wanted.site"
    " WHERE line.to_version IS NULL AND line.kind IN ('forecast', 'target')"
)
_DEMAND: Final = (
    "SELECT item, site, occurred_at, quantity, id, uom, until"
    f" FROM (SELECT signal.*, {restated.until('signal')} AS until FROM {PLACES} CROSS JOIN signal"
    " ON signal.item = wanted.item AND signal.site = wanted.site"
    " WHERE signal.order_ref IS NULL AND signal.kind = 'demand' AND signal.as_of <= :now"
    f" AND signal.quantity IS NOT NULL AND signal.occurred_at IS NOT NULL AND {corrections.stands('signal', ':known_at')})"
    " WHERE coalesce(until > :now, 1) ORDER BY occurred_at, as_of, tie"
)

_TOUCH: Final = (
    "INSERT INTO touched(type, a, b) SELECT 'stock', point.item, point.site FROM json_each(?) AS wanted"
    " CROSS JOIN plan_line AS line ON line.ref = wanted.value AND line.to_version IS NULL"
    " CROSS JOIN stock_point AS point ON point.item = line.item AND point.site IN (line.site, line.origin)"
    " WHERE true ON CONFLICT DO NOTHING"
)
_TOUCH_PARTS: Final = (
    "INSERT INTO touched(type, a, b) SELECT 'stock', point.item, point.site FROM json_each(?) AS wanted"
    " CROSS JOIN plan_line AS line ON line.ref = wanted.value AND line.to_version IS NULL"
    " CROSS JOIN plan_record AS bom ON bom.parent = line.item AND bom.kind = 'bom'"
    " AND bom.to_version IS NULL CROSS JOIN stock_point AS point ON point.item = bom.component"
    " AND point.site = line.site WHERE line.kind = 'production_order' ON CONFLICT DO NOTHING"
)


def touch_of_orders(connection: sqlite3.Connection, references: Sequence[str]) -> None:
    """Put the stock that order lines move, and that of the components that they take, on the work list."""
    if connection.execute("SELECT EXISTS (SELECT 1 FROM stock_point)").fetchone()[0]:
        connection.execute(_TOUCH, (as_json(references),))
        connection.execute(_TOUCH_PARTS, (as_json(references),))


class StockReader:
    """Reads the facts of a chunk of places and builds one case for each."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        places: Sequence[Place],
        now: int,
        days: Days,
        known_at: int | None = None,
    ) -> None:
        """Facts at `now`; `known_at` leaves out what was taken back by then, as if it had not been said."""
        self._now, self._days, self._places = now, days, places
        self._today = days.start(now)
        wanted = {"places": as_json(places), "now": now, "known_at": now if known_at is None else known_at}
        self._read = PlaceReader(connection, places, now, days, counted_only=True, known_at=known_at)
        self._history = self._demands(connection, wanted)
        self._expected: dict[Place, list[Line]] = defaultdict(list)
        for line in map(Line._make, connection.execute(_EXPECTED, wanted)):
            self._expected[line.item or "", line.site or ""].append(line)

    def cases(self) -> Iterator[Case[StockFacts]]:
        """One case for each place."""
        for item, site in self._places:
            yield Case(Key("stock", item, site), "item_site", f"{item}@{site}", self._facts((item, site)))

    def _demands(
        self, connection: sqlite3.Connection, wanted: Mapping[str, object]
    ) -> Mapping[Place, Sequence[Demand]]:
        found: dict[Place, list[Demand]] = defaultdict(list)
        for item, site, at, quantity, signal, uom, until in connection.execute(_DEMAND, wanted):
            found[item, site].append(Demand(at, self._days.start(at), quantity, signal, uom))
            self._read.changes[item, site] += [] if until is None else [until]
        return found

    def _facts(self, place: Place) -> StockFacts:
        item, site = place
        record, read = self._read.item(item), self._read
        lines = [*self._expected.get(place, ()), *read.lines.get(place, ())]
        lines.sort(key=lambda line: (line.kind, line.ref))
        facts = StockFacts(item, site, self._days, self._today, item_class=record.item_class)
        facts.reading = read.readings.get(place)
        facts.history = self._history.get(place, ())
        facts.forecasts = [
            _bucket(line) for line in lines if line.kind == "forecast" and line.quantity and line.planned_at is not None
        ]
        facts.target, target_from = self._target(lines)
        facts.unit_values = list(_unit_values(item, record, lines))
        supply = [line for line in lines if line.kind in SUPPLY_KINDS and line.party and line.planned_at is not None]
        if supply:
            facts.party = min(supply, key=lambda line: (line.planned_at, line.ref)).party
        changes = [*read.changes.get(place, ()), target_from]
        unit = record.uom
        if facts.reading is not None:
            around = read.around(place)
            unit = around.unit(facts.reading, record.uom)
            facts.flows = [*self._supply(facts.reading, around.here), *self._demand(facts.reading, around)]
            facts.slips = list(self._slips(around.here))
            changes.append(around.changes_at)
        facts.changes_at = min((at for at in changes if at is not None), default=None)
        one_unit.convert(facts, record.units, unit)
        return facts

    def _slips(self, lines: Sequence[LineFacts]) -> Iterator[SupplySlip]:
        """The open supply lines that are expected later or less than planned."""
        for facts in lines:
            line = facts.line
            if line.kind not in SUPPLY_KINDS or not line.quantity or line.planned_at is None or not facts.open:
                continue
            still = line.quantity - min(line.quantity, facts.received())
            coming = still if facts.promised is None else min(still, max(0.0, facts.promised - facts.received()))
            at = line.planned_at if facts.eta is None else facts.eta
            planned = self._flow(facts, line.planned_at, still, ())
            expected = self._flow(facts, at, coming, ()) if coming > 0 else None
            if still > 0 and (expected is None or coming < still or expected.day > planned.day):
                yield SupplySlip(line.kind, line.ref, planned, expected)

    def _supply(self, reading: Reading, lines: Sequence[LineFacts]) -> Iterator[Flow]:
        for facts in lines:
            line = facts.line
            quantity = line.quantity if facts.promised is None else facts.promised
            if line.kind not in SUPPLY_KINDS or not quantity or quantity < 0:
                continue
            counted, arrived = min(quantity, facts.received(reading.at)), min(quantity, facts.received())
            if arrived > counted:
                yield self._flow(facts, reading.at, arrived - counted, facts.receipts)._replace(arrived=True)
            at = line.planned_at if facts.eta is None else facts.eta
            if facts.open and quantity > arrived and at is not None:
                yield self._flow(facts, at, quantity - arrived, ())

    def _demand(self, reading: Reading, around: Around) -> Iterator[Flow]:
        for facts in (*(each for each in around.here if each.line.kind == "sales_order"), *around.leaving):
            quantity, at = facts.line.quantity, facts.line.planned_at
            if not quantity or quantity < 0:
                continue
            if facts.line.kind == "transfer_order":
                at = self._read.leaves_at(facts.line)
            counted, gone = facts.gone(reading.at), facts.gone()
            if gone > counted:
                yield self._flow(facts, self._today, counted - gone, (*facts.departures, *facts.receipts))
            if facts.open and quantity > gone:
                yield self._flow(facts, self._today if at is None else at, gone - quantity, ())
        for part in around.components:
            yield from self._taken(reading, part)

    def _taken(self, reading: Reading, part: Component) -> Iterator[Flow]:
        """What a production order takes: what is made already is gone, the rest goes when it is needed."""
        facts, at = part.facts, part.at
        quantity = facts.line.quantity
        if not quantity or quantity < 0:
            return
        counted, made = min(quantity, facts.received(reading.at)), min(quantity, facts.received())
        if made > counted:
            yield self._part(part, self._today, counted - made, facts.receipts)
        if facts.open and quantity > made:
            yield self._part(part, self._today if at is None else at, made - quantity, ())

    def _part(self, part: Component, at: int, quantity: float, moves: Sequence[Move]) -> Flow:
        flow = self._flow(part.facts, at, quantity * part.per, moves)
        source = ", ".join([part.source, *(f"S{signal}" for signal in flow.signals)])
        # A forecast of components is what the production orders use up of it; they are in the component's own unit.
        return flow._replace(source=source, order=True, uom=part.unknown)

    def _flow(self, facts: LineFacts, at: int, quantity: float, moves: Sequence[Move]) -> Flow:
        stated = [move.signal for move in moves]
        if not moves and facts.line.kind in SUPPLY_KINDS and quantity > 0:
            stated = [signal for signal in (facts.eta_signal, facts.promised_signal) if signal is not None]
        signals = list(dict.fromkeys(stated))
        source = ", ".join([facts.line.source, *(f"S{signal}" for signal in signals)])
        day = max(self._days.start(at), self._today)
        return Flow(at, day, quantity, source, signals, facts.line.kind == "sales_order", facts.line.uom)

    def _target(self, lines: Sequence[Line]) -> tuple[Target | None, int | None]:
        """The target in force, and when the next one comes into force."""
        targets = [line for line in lines if line.kind == "target" and line.quantity is not None]
        later = [line.planned_at for line in targets if line.planned_at is not None and line.planned_at > self._now]
        present = [line for line in targets if line.planned_at is None or line.planned_at <= self._now]
        if not present:
            return None, min(later, default=None)
        line = max(present, key=lambda line: (line.planned_at or 0, line.ref))
        return Target(line.quantity or 0.0, line.uom, line.source, line.maximum), min(later, default=None)


def _bucket(line: Line) -> Bucket:
    start = line.planned_at or 0
    end = line.until_at if line.until_at is not None and line.until_at > start else start + DAY
    return Bucket(start, end, line.quantity or 0.0, line.source, line.uom)


def _unit_values(item: str, record: items.Item, lines: Sequence[Line]) -> Iterator[UnitValue]:
    """What a unit is worth: by the item, else by the first line in that unit that has a value."""
    if record.unit_value is not None:
        minor = record.unit_value * money.units(record.currency)
        yield UnitValue(minor, record.currency, record.uom, f"item {item}: unit_value")
    for line in lines:
        if line.value_minor is not None and line.quantity:
            yield UnitValue(
                line.value_minor / line.quantity, line.currency, line.uom, f"{line.source}: value ÷ quantity"
            )
