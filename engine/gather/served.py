"""What a deviation's decision is about, read from the plan as it stands: a need with its pegs and what is to be
expected.

Of a supply line: what is open of it, as late or as short as the deviation says. Of a customer order: what of it is hit.
Of an item at a site: what there no supply covers in time. Where no customer order depends on it, or none of these
states a value, the deviation's own value counts as of one order that is wanted when the deviation says (`own_value`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.detect.measures import in_days
from engine.flow.impact import ENDLESS, Edge, Network
from engine.flow.overlay import ROOT, Arrival, Need, hits, order
from engine.gather import downstream
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json, rows
from engine.vocabulary.lifecycle import QUEUE_SQL
from engine.vocabulary.model import SUPPLY_KINDS

_LINE: Final = "SELECT * FROM plan_line WHERE kind = ? AND ref = ? AND to_version IS NULL"
_PRODUCING: Final = (
    "SELECT line.id FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.id = wanted.value"
    " WHERE line.kind = 'production_order'"
)
_REACHED: Final = (
    "SELECT max(hit.delay) AS delay, max(iif(hit.delay IS NULL, 0, hit.quantity)) AS late,"
    " max(iif(hit.delay IS NULL, hit.quantity, 0)) AS missing FROM hit JOIN deviation ON deviation.id = hit.deviation_id"
    f" WHERE hit.line = ? AND deviation.state IN ({QUEUE_SQL})"
)
_WORTH: Final = "SELECT demand_open, worth, coined FROM peg WHERE demand = ? AND worth IS NOT NULL LIMIT 1"
_UNCOVERED: Final = (
    "SELECT peg.*, demand.planned_at AS wanted_at, supply.planned_at AS planned_at, (SELECT max(deviation.delay) FROM"
    " deviation WHERE deviation.subject_id = supply.ref AND deviation.subject_type = supply.kind"
    f" AND deviation.state IN ({QUEUE_SQL})) AS delay FROM peg JOIN plan_line AS demand ON demand.id = peg.demand"
    " LEFT JOIN plan_line AS supply ON supply.id = peg.supply WHERE peg.item = ? AND peg.site = ? AND peg.supply != 0"
)


class Subject(NamedTuple):
    """What is decided about."""

    need: Need
    base: int
    """The instant that delays count from: when the plan has it there, else now."""
    label: str
    """What it is and how it stands, in words."""
    item: str | None
    site: str | None
    origin: str | None
    supplier: str | None
    """Of a purchase order line only: the party of a shipment may be its carrier."""
    uom: str | None
    producing: frozenset[int]
    """Production orders (plan_line.id) that are the first on a way down from the need."""
    own_value: bool
    line: int | None
    """plan_line.id of the supply line that it is."""
    whole_place: bool
    """It is all that an item at a site lacks."""


def of(connection: sqlite3.Connection, deviation: Mapping[str, Any], now: int) -> Subject | None:
    """The subject of a deviation's whole row; None where it is about no supply, no order and no item at a site."""
    kind = deviation["subject_type"]
    if kind in SUPPLY_KINDS:
        return _supply_line(connection, deviation, now)
    if kind == "sales_order":
        return _customer_order(connection, deviation, now)
    if deviation["item"] is not None and deviation["site"] is not None:
        return _place(connection, deviation, now)
    return None


def _current(connection: sqlite3.Connection, deviation: Mapping[str, Any]) -> dict[str, Any] | None:
    found = rows(connection, _LINE, (deviation["subject_type"], deviation["subject_id"]))
    return found[0] if found else None


def _supply_line(connection: sqlite3.Connection, deviation: Mapping[str, Any], now: int) -> Subject | None:
    line = _current(connection, deviation)
    if line is None:
        return None
    network = dict(downstream.read(connection, [line["id"]]))
    edges = sorted(network.pop(line["id"], ()), key=lambda edge: edge.supply_from)
    first = edges[0] if edges else None
    quantity = (
        first.quantity / (first.supply_to - first.supply_from) if first is not None else float(line["quantity"] or 1.0)
    )
    base = now if line["planned_at"] is None else line["planned_at"]
    missing, delay = deviation["missing"], deviation["delay"]
    if missing is not None:
        arrivals = [Arrival(quantity * (1.0 - missing), 0), Arrival(quantity * missing, None)]
        state = f"{quantity * missing:.6g} do not come"
    elif delay is not None:
        arrivals, state = [Arrival(quantity, delay)], f"{in_days(delay):g} days late"
    else:
        arrivals, state = [Arrival(quantity, None)], "judged as if it did not come"
    label = f"{line['kind']} {line['ref']}: {quantity:.6g} {line['uom'] or 'units'} open, {state}"
    return _subject(connection, deviation, line, Need(quantity, {**network, ROOT: edges}, arrivals), base, label)


def _customer_order(connection: sqlite3.Connection, deviation: Mapping[str, Any], now: int) -> Subject | None:
    line = _current(connection, deviation)
    if line is None:
        return None
    stated = connection.execute(_WORTH, (line["id"],)).fetchone()
    quantity, worth, coined = stated or (line["quantity"] or 1.0, line["value_minor"], line["currency"])
    delay, late, missing = connection.execute(_REACHED, (line["id"],)).fetchone()
    late, missing = min(late or 0.0, quantity), min(missing or 0.0, quantity)
    arrivals = [Arrival(quantity - late - missing, 0), Arrival(late, delay), Arrival(missing, None)]
    edge = order(line["id"], quantity, 0, worth, coined)
    base = now if line["planned_at"] is None else line["planned_at"]
    label = (
        f"sales_order {line['ref']}: {late:.6g} of {quantity:.6g} {line['uom'] or 'units'} late, {missing:.6g} missing"
    )
    return _subject(connection, deviation, line, Need(quantity, {ROOT: [edge]}, arrivals), base, label)


def _place(connection: sqlite3.Connection, deviation: Mapping[str, Any], now: int) -> Subject:
    """Demand that nothing covers, or what comes after it is wanted; counted from now."""
    place = (deviation["item"], deviation["site"])
    waiting = []
    for row in rows(connection, _UNCOVERED, place):
        expected = None if row["planned_at"] is None else row["planned_at"] + (row["delay"] or 0)
        wanted = row["wanted_at"] if row["gap"] is None else row["planned_at"] + row["gap"]
        if wanted is not None and (expected is None or expected > wanted):
            waiting.append((wanted, row, None if expected is None else expected - now))
    waiting.sort(key=lambda each: (each[0], each[1]["demand"], each[1]["supply"]))
    quantity = sum(row["quantity"] for _, row, _ in waiting)
    edges, start = [], 0.0
    for wanted, row, _ in waiting:
        end = start + row["quantity"] / quantity
        edges.append(
            Edge(
                supply=ROOT, demand=row["demand"], gap=wanted - now, slack=max(0, wanted - now),
                demand_share=row["demand_share"], demand_open=row["demand_open"], customer=row["customer"],
                worth=row["worth"], coined=row["coined"], item=row["item"], quantity=row["quantity"],
                supply_from=start, supply_to=end,
            )
        )  # fmt: skip
        start = end
    arrivals = [Arrival(row["quantity"], late) for _, row, late in waiting]
    network: Network = downstream.read(connection, {edge.demand for edge in edges if not edge.customer})
    label = f"{place[0]} at {place[1]}: {quantity:.6g} wanted and not covered in time"
    line = {"id": 0, "kind": "", "item": place[0], "site": place[1], "origin": None, "uom": None}
    return _subject(connection, deviation, line, Need(quantity, {**network, ROOT: edges}, arrivals), now, label)


def _subject(
    connection: sqlite3.Connection,
    deviation: Mapping[str, Any],
    line: Mapping[str, Any],
    need: Need,
    base: int,
    label: str,
) -> Subject:
    # What comes at some time hits no order without a date; what never comes does.
    worst = [] if any(each.delay is None for each in need.arrivals) else [Arrival(need.quantity, ENDLESS - 1)]
    own = all(hit.worth is None for hit in hits(need, worst))
    if own:
        need, label = (
            _own(deviation, need, base),
            f"{label}; no customer order says what it is worth, so its own value counts",
        )
    producing = _producing(connection, need)
    return Subject(
        need, base, label, line["item"], line["site"], line["origin"],
        line["party"] if line["kind"] == "purchase_order" else None,
        line["uom"], producing, own, line["id"] if line["kind"] in SUPPLY_KINDS else None, line["kind"] == "",
    )  # fmt: skip


def _own(deviation: Mapping[str, Any], need: Need, base: int) -> Need:
    """The need as one order worth what the deviation puts at risk, wanted at its need time."""
    quantity = need.quantity or abs(_number(deviation))
    slack = max(0, (deviation["need_at"] or base) - base)
    arrivals = need.arrivals if need.quantity else [Arrival(quantity, None)]
    bad = sum(each.quantity for each in arrivals if each.delay is None or each.delay > slack)
    value = deviation["value_minor"]
    worth = None if value is None or not bad else value * quantity / bad
    edge = order(0, quantity, slack, worth, deviation["currency"])
    return Need(quantity, {ROOT: [edge]}, arrivals)


def _number(deviation: Mapping[str, Any]) -> float:
    """The quantity that a deviation is about; one where it states none."""
    stated = json.loads(deviation["gap"]).get("quantity")
    return float(stated) if isinstance(stated, int | float) and stated else 1.0


def _producing(connection: sqlite3.Connection, need: Need) -> frozenset[int]:
    """The production orders that are the first on a way down from the need."""
    found: set[int] = set()
    seen: set[int] = {ROOT}
    frontier: Sequence[int] = [ROOT]
    while frontier:
        below = {edge.demand for line in frontier for edge in need.network.get(line, ()) if not edge.customer} - seen
        producing = {number for (number,) in connection.execute(_PRODUCING, (as_json(sorted(below)),))}
        found |= producing
        seen |= below
        frontier = sorted(below - producing)
    return frozenset(found)
