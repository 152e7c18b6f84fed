"""Proof on frePPLe's demonstration plants: the plan loads, and stockout equals a brute-force projection.

The brute force knows nothing of the engine: it reads the plant's files, walks every event in order of time, and asks
whether stock on hand plus arrivals less departures and demand goes under zero inside the horizon.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

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
