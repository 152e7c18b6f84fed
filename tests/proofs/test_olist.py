"""Proof on 5,000 Olist orders: 333 delivered after the estimated day, some never delivered, some called off."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from tests.proofs.support import Fed, data_file

FILE = "olist_orders_5000/olist_orders_dataset.csv"
AFTER_ALL = datetime(2019, 1, 1, tzinfo=UTC)
CALLED_OFF = ("canceled", "unavailable")


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y %H:%M").replace(tzinfo=UTC)


def test_late_and_overdue_orders_are_exactly_those_of_the_file(tmp_path: Path) -> None:
    path = data_file(FILE)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        orders = list(csv.DictReader(handle))
    desk = Fed(tmp_path, "olist.toml", "2016-01-01T00:00:00Z")
    desk.load(path, "shipment", "olist_plan")
    for mapping in ("olist_delivered", "olist_called_off"):
        desk.ingest(path, mapping)
    desk.at(AFTER_ALL.isoformat())

    late = sorted(
        order["order_id"] for order in orders
        if order["order_delivered_customer_date"]
        and moment(order["order_delivered_customer_date"]).date() > moment(order["order_estimated_delivery_date"]).date()
    )  # fmt: skip
    overdue = sorted(
        order["order_id"] for order in orders
        if not order["order_delivered_customer_date"] and order["order_status"] not in CALLED_OFF
    )  # fmt: skip
    assert len(late) == 333
    assert desk.subjects("kind=late_supply", ever=True) == late
    assert desk.subjects("kind=overdue") == overdue
    called_off = {order["order_id"] for order in orders if order["order_status"] in CALLED_OFF}
    assert not called_off & set(desk.subjects("kind=overdue", ever=True))
