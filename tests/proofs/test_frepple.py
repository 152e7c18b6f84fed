"""Proof on frePPLe's demonstration plants: the plan loads, and stockout equals a brute-force projection.

The brute force knows nothing of the engine: it reads the plant's files, walks every event in order of time, and asks
whether stock on hand plus arrivals less departures and demand goes under zero inside the horizon.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.intake.ingest import SourceBatch
from engine.values.clock import instant_of
from engine.vocabulary.model import SignalIn
from tests.proofs.support import Fed, data_file

PLANT = "frepple/csv/manufacturing_demo"
NOW = datetime(2021, 1, 1, tzinfo=UTC)
HORIZON = timedelta(days=120)


def table(name: str) -> list[dict[str, str]]:
    with data_file(f"{PLANT}/{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def brute_force() -> dict[str, float]:
    """Buffers that run out within the horizon, with the worst quantity of their first window."""
    events: dict[str, list[tuple[datetime, float]]] = defaultdict(list)
    for order in table("operationplan"):
        arrives, leaves = moment(order["enddate"]), moment(order["startdate"])
        if order["type"] == "PO":
            events[f"{order['item_id']}@{order['location_id']}"].append((arrives, float(order["quantity"])))
        else:
            events[f"{order['item_id']}@{order['destination_id']}"].append((arrives, float(order["quantity"])))
            events[f"{order['item_id']}@{order['origin_id']}"].append((leaves, -float(order["quantity"])))
    for demand in table("demand"):
        if demand["status"] == "open":
            place = f"{demand['item_id']}@{demand['location_id']}"
            events[place].append((moment(demand["due"]), -float(demand["quantity"])))
    found = {}
    for buffer in table("buffer"):
        place = f"{buffer['item_id']}@{buffer['location_id']}"
        stock, worst = float(buffer["onhand"]), 0.0
        by_day: dict[datetime, float] = defaultdict(float)
        for at, quantity in events[place]:
            by_day[max(at, NOW).replace(hour=0, minute=0, second=0)] += quantity
        for day in sorted(by_day):
            if day >= NOW + HORIZON:
                break
            stock += by_day[day]
            if stock >= 0 and worst < 0:
                break
            worst = min(worst, stock)
        if worst < 0:
            found[place] = worst
    return found


@pytest.fixture
def plant(tmp_path: Path) -> Fed:
    desk = Fed(tmp_path, "frepple.toml", NOW.isoformat())
    for file, kind, mapping in (
        ("location", "site", "frepple_location"),
        ("item", "item", "frepple_item"),
        ("supplier", "party", "frepple_supplier"),
        ("customer", "party", "frepple_customer"),
        ("operationmaterial", "bom", "frepple_bom"),
        ("operationplan", "purchase_order", "frepple_purchase"),
        ("operationplan", "transfer_order", "frepple_transfer"),
        ("demand", "sales_order", "frepple_demand"),
    ):
        desk.load(data_file(f"{PLANT}/{file}.csv"), kind, mapping)
    desk.ingest(data_file(f"{PLANT}/buffer.csv"), "frepple_stock")
    return desk


def test_the_plan_loads_whole(plant: Fed) -> None:
    held = plant.desk.quarantine().items
    assert held == []
    connection = plant.desk.store.connection
    counts = dict(connection.execute("SELECT kind, count(*) FROM plan_record GROUP BY kind").fetchall())
    assert counts["item"] == len(table("item"))
    assert counts["site"] == len(table("location"))
    assert counts["party"] == len(table("supplier")) + len(table("customer"))
    assert counts["bom"] == len(table("operationmaterial"))
    lines = dict(connection.execute("SELECT kind, count(*) FROM plan_line GROUP BY kind").fetchall())
    assert lines == {"purchase_order": 4, "transfer_order": 3, "sales_order": len(table("demand"))}


def test_stockout_equals_the_brute_force_projection(plant: Fed) -> None:
    expected = brute_force()
    found = {
        item["subject"]["id"]: item["gap"]["quantity"]
        for item in plant.desk.deviations(["kind=stockout"], limit=None).items
    }
    assert expected, "the plant must have something to find"
    assert found == expected


def queue_of_pieces() -> dict[str, list[tuple[str, str]]]:
    """By place, which supply each piece of each open demand comes from, when single pieces queue on both sides."""
    served: dict[str, list[tuple[str, str]]] = {}
    for buffer in table("buffer"):
        item, site = buffer["item_id"], buffer["location_id"]
        orders = [order for order in table("operationplan") if order["item_id"] == item]
        pieces = ["on hand"] * round(float(buffer["onhand"]))
        arriving = [order for order in orders if site in (order["destination_id"], order["location_id"])]
        for order in sorted(arriving, key=lambda order: (moment(order["enddate"]), order["reference"])):
            pieces += [order["reference"]] * round(float(order["quantity"]))
        wanted = [
            (moment(demand["due"]), demand["name"], demand["quantity"])
            for demand in table("demand")
            if (demand["item_id"], demand["location_id"], demand["status"]) == (item, site, "open")
        ]
        # The plan has no lanes here, so a transfer leaves on the day on which it is to arrive.
        wanted += [
            (moment(order["enddate"]), order["reference"], order["quantity"])
            for order in orders
            if order["origin_id"] == site
        ]
        asked = [name for _, name, quantity in sorted(wanted) for _ in range(round(float(quantity)))]
        pieces += ["nothing"] * max(0, len(asked) - len(pieces))
        served[f"{item}@{site}"] = list(zip(asked, pieces, strict=False))
    return served


def test_pegs_equal_a_queue_of_single_pieces(plant: Fed) -> None:
    for place, pieces in queue_of_pieces().items():
        expected = {pair: float(count) for pair, count in Counter(pieces).items()}
        found = {
            (peg["demand"].split(" ", 1)[1], (peg["supply"] or "nothing").split("_order ", 1)[-1]): peg["quantity"]
            for peg in plant.desk.show(place)["pegs"]
        }
        assert found == expected


def test_a_late_transfer_reaches_the_customers_whose_pieces_it_brings_too_late(plant: Fed) -> None:
    due = {demand["name"]: moment(demand["due"]) for demand in table("demand")}
    transfers = {order["reference"]: order for order in table("operationplan") if order["type"] == "DO"}
    served = [pair for pieces in queue_of_pieces().values() for pair in pieces]
    days, reached = 40, 0
    rows = []
    for ref, order in transfers.items():
        late = moment(order["enddate"]) + timedelta(days=days)
        values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
        values |= {"source_id": ref, "kind": "eta", "order_ref": ref, "eta": instant_of(late), "payload": "{}"}
        rows.append(SignalIn(**{**values, "detail": ""}))
    plant.desk.take(SourceBatch(source="carrier", kind="command", identity="event", rows=rows, file="eta.csv"))
    for ref, order in transfers.items():
        late = moment(order["enddate"]) + timedelta(days=days)
        pieces = Counter(demand for demand, supply in served if supply == ref and demand in due and due[demand] < late)
        (found,) = plant.desk.deviations(["kind=late_supply", f"subject.id={ref}", "state=open"]).items
        impact = plant.desk.impact(found["id"])
        assert impact is not None
        hits = {hit["line"]["id"]: (hit["quantity"], hit["expected_at"]) for hit in impact["customers"]}
        assert hits == {
            demand: (float(count), late.isoformat().replace("+00:00", "Z")) for demand, count in pieces.items()
        }
        reached += len(hits)
    assert reached, "a slip of 40 days must reach somebody"
