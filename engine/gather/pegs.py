"""What engine.flow.pegging needs of an item at a site: what is there, what is still to come, what is still wanted.

All of it by the plan: an announced date or quantity changes no peg, only what came, what left, and what was closed do.
On hand is the last reading and what moved since; without a reading it is what the lines of the plan brought less what
they took, and never a debt. Quantities are in the place's unit, the reading's, else the item's, else the first that a
line states; a line in a unit that does not convert into it is not pegged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from engine.facts.subjects import Line, LineFacts, Reading
from engine.flow.pegging import ON_HAND, Demand, Peg, Supply, peg
from engine.gather.components import PLACES, Place
from engine.gather.items import Item
from engine.gather.places import Around, PlaceReader
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.values import money, units
from engine.values.days import Days
from engine.values.units import ItemUnits
from engine.vocabulary.model import SUPPLY_KINDS

_BEFORE_ALL: Final = Reading(0.0, -(2**62), None, 0)
"""In place of a reading: nothing was counted, so everything that moved has moved since."""
_WANTED: Final = (
    f"SELECT wanted.item, wanted.site FROM {PLACES} WHERE"
    " EXISTS (SELECT 1 FROM peg WHERE peg.item = wanted.item AND peg.site = wanted.site)"
    " OR EXISTS (SELECT 1 FROM plan_line AS line WHERE line.item = wanted.item AND line.site = wanted.site"
    " AND line.kind = 'sales_order' AND line.to_version IS NULL)"
    " OR EXISTS (SELECT 1 FROM plan_line AS line WHERE line.item = wanted.item AND line.origin = wanted.site"
    " AND line.kind = 'transfer_order' AND line.to_version IS NULL)"
    " OR EXISTS (SELECT 1 FROM plan_record AS bom WHERE bom.component = wanted.item"
    " AND bom.kind = 'bom' AND bom.to_version IS NULL)"
)


class Row(NamedTuple):
    """One row of the table peg."""

    supply: int
    demand: int
    item: str
    site: str
    quantity: float
    gap: int | None
    supply_from: float
    supply_to: float
    demand_share: float
    demand_open: float
    customer: int
    worth: float | None
    coined: str | None
    dated: int


class Pegged(NamedTuple):
    """The pegs of one place, and when what is stored about it next changes them."""

    rows: Sequence[Row]
    changes_at: int | None
    unconverted: str
    """Of a place without a reading what is not pegged, since its unit does not convert; empty: nothing. Of a counted
    one engine.gather.one_unit says it."""


class _Wanted(NamedTuple):
    """A demand with what the table says besides."""

    demand: Demand
    open: float
    """In the unit of its line."""
    customer: bool
    worth: float | None = None
    """Of a customer order, minor units of what is open of it."""
    coined: str | None = None


def with_demand(connection: sqlite3.Connection, places: Sequence[Place]) -> list[Place]:
    """Those of some places that anything can be pegged at, or is."""
    return [(item, site) for item, site in connection.execute(_WANTED, {"places": as_json(places)})]


def read(connection: sqlite3.Connection, places: Sequence[Place], now: int, days: Days) -> Mapping[Place, Pegged]:
    """The pegs of a chunk of places, as they follow from the plan and from what is known at `now`."""
    reader = PlaceReader(connection, places, now, days, counted_only=False)
    return {place: _pegged(reader, place) for place in places}


def free(connection: sqlite3.Connection, place: Place, now: int, days: Days) -> float:
    """How much of what is on hand of an item at a site no demand of the plan is pegged to, in the place's unit."""
    reader = PlaceReader(connection, [place], now, days, counted_only=False)
    on_hand, _ = _on_hand(reader, place, reader.around(place))
    pegged = _pegged(reader, place).rows
    return max(0.0, on_hand - sum(row.quantity for row in pegged if row.supply == ON_HAND))


def _on_hand(reader: PlaceReader, place: Place, around: Around) -> tuple[float, _Measure]:
    """What is there, negative where a count says so, and the place's unit."""
    reading = reader.readings.get(place)
    item = reader.item(place[0])
    measure = _Measure(around.unit(reading, item.uom), item.units)
    counted = _BEFORE_ALL if reading is None else reading
    on_hand = measure.of(counted.quantity, counted.uom) or 0.0
    on_hand += sum(_moved(around, counted.at, measure))
    return (max(0.0, on_hand) if reading is None else on_hand), measure


def _pegged(reader: PlaceReader, place: Place) -> Pegged:
    around = reader.around(place)
    on_hand, measure = _on_hand(reader, place, around)
    supplies = list(_supplies(around, measure))
    wanted = {each.demand.line: each for each in _demands(reader, around, measure)}
    rows = [_row(place, each, wanted) for each in peg(on_hand, supplies, [each.demand for each in wanted.values()])]
    changes = [around.changes_at, *reader.changes.get(place, ())]
    left_out = "" if place in reader.readings else next(_left_out(around, measure), "")
    return Pegged(rows, min((at for at in changes if at is not None), default=None), left_out)


def _left_out(around: Around, measure: _Measure) -> Iterator[str]:
    """The open lines that are not pegged, since their unit does not convert, in words."""
    stated = () if measure.all_convert else (*_brings(around), *_takes(around))
    for facts, quantity in stated:
        if facts.open and measure.of(quantity, facts.line.uom) is None:
            yield f"{facts.line.source} is in {facts.line.uom}, its place is counted in {measure.unit}"
    for part in around.components:
        if part.facts.open and part.unknown is not None:
            yield f"{part.source} is in {part.unknown}, which does not convert into its own unit"


def _row(place: Place, each: Peg, wanted: Mapping[int, _Wanted]) -> Row:
    demand = wanted[each.demand]
    return Row(
        each.supply, each.demand, *place, round(each.quantity, 6), each.gap, each.supply_from, each.supply_to,
        each.demand_share, demand.open, int(demand.customer), demand.worth, demand.coined,
        int(not demand.customer or demand.demand.at is not None),
    )  # fmt: skip


class _Measure:
    """Quantities in the unit of one place."""

    def __init__(self, unit: str | None, item: ItemUnits) -> None:
        self.unit, self._item = unit, item
        self.all_convert = True

    def of(self, quantity: float, uom: str | None) -> float | None:
        """A quantity in the place's unit; None where it does not convert."""
        converted = units.convert(quantity, uom, self.unit, self._item)
        if converted is None:
            self.all_convert = False
        return converted


def _brings(around: Around) -> Iterator[tuple[LineFacts, float]]:
    """The supply lines of a place with their planned quantity."""
    for facts in around.here:
        quantity = facts.line.quantity
        if facts.line.kind in SUPPLY_KINDS and quantity is not None and quantity > 0:
            yield facts, quantity


def _takes(around: Around) -> Iterator[tuple[LineFacts, float]]:
    """The customer orders and outgoing transfers of a place with their planned quantity."""
    for facts in (*(each for each in around.here if each.line.kind == "sales_order"), *around.leaving):
        if facts.line.quantity is not None and facts.line.quantity > 0:
            yield facts, facts.line.quantity


def _moved(around: Around, since: int, measure: _Measure) -> Iterator[float]:
    """What came in (positive) and went out (negative) after an instant."""
    for facts, quantity in _brings(around):
        if facts.receipts:
            came = min(quantity, facts.received()) - min(quantity, facts.received(since))
            yield measure.of(came, facts.line.uom) or 0.0
    for facts, _ in _takes(around):
        if facts.receipts or facts.departures:
            yield -(measure.of(facts.gone() - facts.gone(since), facts.line.uom) or 0.0)
    for part in around.components:
        if part.unknown is not None:
            continue
        quantity = max(0.0, part.facts.line.quantity or 0.0)
        made = min(quantity, part.facts.received()) - min(quantity, part.facts.received(since))
        yield -made * part.per


def _supplies(around: Around, measure: _Measure) -> Iterator[Supply]:
    for facts, quantity in _brings(around):
        line = facts.line
        coming = measure.of(quantity - min(quantity, facts.received()), line.uom)
        if facts.open and coming:
            yield Supply(line.id, line.ref, coming, line.planned_at)


def _demands(reader: PlaceReader, around: Around, measure: _Measure) -> Iterator[_Wanted]:
    for facts, quantity in _takes(around):
        line, still = facts.line, quantity - facts.gone()
        wanted = measure.of(still, line.uom)
        if facts.open and wanted:
            if line.kind == "sales_order":
                worth, coined = _worth(line, quantity, reader.item(line.item or ""))
                demand = Demand(line.id, line.ref, wanted, line.planned_at)
                whole = None if worth is None else worth * still
                yield _Wanted(demand, still, customer=True, worth=whole, coined=coined)
            else:
                yield _Wanted(Demand(line.id, line.ref, wanted, reader.leaves_at(line)), still, customer=False)
    for part in around.components:
        line = part.facts.line
        still = max(0.0, line.quantity or 0.0) - min(max(0.0, line.quantity or 0.0), part.facts.received())
        if part.facts.open and still > 0 and part.unknown is None:
            yield _Wanted(Demand(line.id, line.ref, still * part.per, part.at), still, customer=False)


def _worth(line: Line, quantity: float, record: Item) -> tuple[float | None, str | None]:
    """What one unit of a customer order is worth, in minor units, and their currency: by the order, else by its
    item."""
    if line.value_minor is not None:
        return line.value_minor / quantity, line.currency
    if record.unit_value is None:
        return None, None
    size = units.convert(1.0, line.uom, record.uom, record.units)
    worth = None if size is None else record.unit_value * money.units(record.currency) * size
    return worth, record.currency
