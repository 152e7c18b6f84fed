"""Facts of items at sites: the last reading, what is to come and go, the target, the forecast, actual demand.

Supply counts at its latest announced date and promised quantity, orders at their planned date. What moved after the
reading was taken is not in the reading yet, so it counts today; what moved before is in it and counts no more. A
shipment counts like an order: goods that both list are loaded with an item on one of them only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from engine import money
from engine.clock import DAY
from engine.days import Days
from engine.facts import Bucket, Demand, Flow, Line, LineFacts, Reading, StockFacts, Target, UnitValue
from engine.fold import Statement, fold
from engine.gather import items, one_unit, orders, restated
from engine.gather.cases import Case, Key, as_json
from engine.line_state import Move
from engine.model import ORDER_KINDS, SUPPLY_KINDS
from engine.sqlite import sqlite3

Place = tuple[str, str]
"""An item and a site."""

_PLACES: Final = "(SELECT json_extract(value, '$[0]') AS item, json_extract(value, '$[1]') AS site FROM json_each(:places)) AS wanted"
_AT: Final = (
    f"SELECT {orders.LINE_COLUMNS} FROM {_PLACES} CROSS JOIN plan_line AS line"
    " ON line.item = wanted.item AND line.site = wanted.site WHERE line.to_version IS NULL"
)
_LEAVING: Final = (
    f"SELECT {orders.LINE_COLUMNS} FROM {_PLACES} CROSS JOIN plan_line AS line"
    " ON line.item = wanted.item AND line.origin = wanted.site"
    " WHERE line.to_version IS NULL AND line.kind = 'transfer_order'"
)
# Only the last word of a row counts; `until` is when a stored one takes its place.
_READING: Final = (
    "SELECT wanted.item, wanted.site, signal.quantity, coalesce(signal.occurred_at, signal.as_of), signal.uom, signal.id,"
    f" {restated.until('signal')} FROM {_PLACES} CROSS JOIN signal ON signal.id = ("
    " SELECT last.id FROM signal AS last WHERE last.item = wanted.item AND last.site = wanted.site"
    " AND last.order_ref IS NULL AND last.kind = 'stock' AND last.as_of <= :now AND last.quantity IS NOT NULL"
    f" AND coalesce({restated.until('last')} > :now, 1)"
    " ORDER BY last.as_of DESC, last.tie DESC, last.id DESC LIMIT 1)"
)
_DEMAND: Final = (
    "SELECT item, site, occurred_at, quantity, id, uom, until"
    f" FROM (SELECT signal.*, {restated.until('signal')} AS until FROM {_PLACES} CROSS JOIN signal"
    " ON signal.item = wanted.item AND signal.site = wanted.site"
    " WHERE signal.order_ref IS NULL AND signal.kind = 'demand' AND signal.as_of <= :now"
    " AND signal.quantity IS NOT NULL AND signal.occurred_at IS NOT NULL)"
    " WHERE coalesce(until > :now, 1) ORDER BY occurred_at, as_of, tie"
)
_NEXT: Final = (
    f"SELECT wanted.item, wanted.site, (SELECT min(later.as_of) FROM signal AS later WHERE later.item = wanted.item"
    f" AND later.site = wanted.site AND later.order_ref IS NULL AND later.as_of > :now) FROM {_PLACES}"
)

_WITHDRAWN: Final = (
    f"SELECT wanted.item, wanted.site, min(correction.at) FROM {_PLACES} CROSS JOIN signal ON signal.item = wanted.item"
    " AND signal.site = wanted.site AND signal.order_ref IS NULL"
    " CROSS JOIN correction ON correction.row_key = signal.row_key WHERE correction.at > :now GROUP BY 1, 2"
)


class StockReader:
    """Reads the facts of a chunk of places and builds one case for each."""

    def __init__(self, connection: sqlite3.Connection, places: Sequence[Place], now: int, days: Days) -> None:
        self._now, self._days, self._places = now, days, places
        self._today = days.start(now)
        self._wanted = {"places": as_json(places), "now": now}
        self._changes: dict[Place, list[int]] = defaultdict(list)
        """When what is stored about the place itself comes into force, or is said no more."""
        for item, site, at in connection.execute(_NEXT, self._wanted):
            self._changes[item, site] += [] if at is None else [at]
        if connection.execute("SELECT EXISTS (SELECT 1 FROM correction WHERE at > ?)", (now,)).fetchone()[0]:
            for item, site, at in connection.execute(_WITHDRAWN, self._wanted):
                self._changes[item, site].append(at)
        self._readings = self._last_readings(connection)
        self._history = self._demands(connection)
        self._lines: dict[Place, list[Line]] = defaultdict(list)
        self._leaving: dict[Place, list[Line]] = defaultdict(list)
        for line in map(Line._make, connection.execute(_AT, self._wanted)):
            self._lines[(line.item or "", line.site or "")].append(line)
        for line in map(Line._make, connection.execute(_LEAVING, self._wanted)):
            self._leaving[(line.item or "", line.origin or "")].append(line)
        self._statements = self._orders(connection)
        self._items = items.read(connection, sorted({item for item, _ in places}))

    def cases(self) -> Iterator[Case[StockFacts]]:
        """One case for each place."""
        for item, site in self._places:
            yield Case(Key("stock", item, site), "item_site", f"{item}@{site}", self._facts((item, site)))

    def _last_readings(self, connection: sqlite3.Connection) -> Mapping[Place, Reading]:
        found: dict[Place, Reading] = {}
        for item, site, quantity, at, uom, signal, until in connection.execute(_READING, self._wanted):
            found[item, site] = Reading(quantity, at, uom, signal)
            self._changes[item, site] += [] if until is None else [until]
        return found

    def _demands(self, connection: sqlite3.Connection) -> Mapping[Place, Sequence[Demand]]:
        found: dict[Place, list[Demand]] = defaultdict(list)
        for item, site, at, quantity, signal, uom, until in connection.execute(_DEMAND, self._wanted):
            found[item, site].append(Demand(at, self._days.start(at), quantity, signal, uom))
            self._changes[item, site] += [] if until is None else [until]
        return found

    def _orders(self, connection: sqlite3.Connection) -> Mapping[str, Sequence[Statement]]:
        """Signals about the order lines of the places that have a reading: without one there is no projection."""
        references = {
            line.ref
            for lines in (self._lines, self._leaving)
            for place, found in lines.items()
            if place in self._readings
            for line in found
            if line.kind in ORDER_KINDS
        }
        return orders.statements_of(connection, sorted(references)) if references else {}

    def _facts(self, place: Place) -> StockFacts:
        item, site = place
        record = self._items.get(item, items.NOTHING)
        lines = sorted(self._lines.get(place, ()), key=lambda line: (line.kind, line.ref))
        facts = StockFacts(item, site, self._days, self._today, item_class=record.item_class)
        facts.reading = self._readings.get(place)
        facts.history = self._history.get(place, ())
        facts.forecasts = [
            _bucket(line) for line in lines if line.kind == "forecast" and line.quantity and line.planned_at is not None
        ]
        facts.target, target_from = self._target(lines)
        facts.unit_values = list(_unit_values(item, record, lines))
        supply = [line for line in lines if line.kind in SUPPLY_KINDS and line.party and line.planned_at is not None]
        if supply:
            facts.party = min(supply, key=lambda line: (line.planned_at, line.ref)).party
        changes = [*self._changes.get(place, ()), target_from]
        if facts.reading is not None:
            folded = [self._folded(line, record) for line in lines if line.kind in ORDER_KINDS]
            leaving = [self._folded(line, record) for line in self._leaving.get(place, ())]
            facts.flows = [*self._supply(facts.reading, folded), *self._demand(facts.reading, folded, leaving)]
            changes += [line.changes_at for line in (*folded, *leaving)]
        facts.changes_at = min((at for at in changes if at is not None), default=None)
        one_unit.convert(facts, record.units)
        return facts

    def _folded(self, line: Line, record: items.Item) -> LineFacts:
        return fold(line, self._statements.get(line.ref, ()), self._now, self._days, item_units=record.units)

    def _supply(self, reading: Reading, lines: Sequence[LineFacts]) -> Iterator[Flow]:
        for facts in lines:
            line = facts.line
            quantity = line.quantity if facts.promised is None else facts.promised
            if line.kind not in SUPPLY_KINDS or not quantity or quantity < 0:
                continue
            counted, arrived = min(quantity, facts.received(reading.at)), min(quantity, facts.received())
            if arrived > counted:
                yield self._flow(facts, reading.at, arrived - counted, facts.receipts)
            at = line.planned_at if facts.eta is None else facts.eta
            if facts.open and quantity > arrived and at is not None:
                yield self._flow(facts, at, quantity - arrived, ())

    def _demand(self, reading: Reading, lines: Sequence[LineFacts], leaving: Sequence[LineFacts]) -> Iterator[Flow]:
        for facts in (*(each for each in lines if each.line.kind == "sales_order"), *leaving):
            quantity, at = facts.line.quantity, facts.line.planned_at
            if not quantity or quantity < 0:
                continue
            # Goods that reached their destination have left.
            counted = min(quantity, max(facts.departed(reading.at), facts.received(reading.at)))
            gone = min(quantity, max(facts.departed(), facts.received()))
            if gone > counted:
                yield self._flow(facts, self._today, counted - gone, (*facts.departures, *facts.receipts))
            if facts.open and quantity > gone:
                yield self._flow(facts, self._today if at is None else at, gone - quantity, ())

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
