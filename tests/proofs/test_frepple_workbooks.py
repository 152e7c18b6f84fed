"""Proof on frePPLe's workbooks: stock and orders read from sheets, and stockout equals a count made by hand.

The workbooks plan nothing that arrives, so a place runs out exactly where its orders ask for more than it has.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.proofs.support import Fed, data_file

BOOKS = [
    ("demand/demand-policies.xlsx", "2023-01-01T00:00:00Z", "frepple_export", "demand"),
    ("resource/resource-tool.xlsx", "2023-01-01T00:00:00Z", "frepple_sheet", "sales order"),
    ("buffer/make-to-order.xlsx", "2020-01-01T00:00:00Z", "frepple_sheet", "sales order"),
]


def sheet(path: Path, name: str) -> list[dict[str, object]]:
    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()
    return [dict(zip((str(title).lower() for title in header), row, strict=True)) for row in rows]


def shortages(path: Path, orders: str) -> dict[str, float]:
    """Places with a stock row whose open orders ask for more than is there; of several rows the last one holds."""
    asked: dict[str, float] = defaultdict(float)
    for row in sheet(path, orders):
        if row["status"] == "open":
            asked[f"{row['item']}@{row['location']}"] += float(str(row["quantity"]))
    held = {f"{row['item']}@{row['location']}": float(str(row["onhand"])) for row in sheet(path, "buffer")}
    return {place: stock - asked[place] for place, stock in held.items() if stock < asked[place]}


@pytest.mark.parametrize(("name", "now", "mappings", "orders"), BOOKS, ids=[book[0] for book in BOOKS])
def test_stockout_equals_what_the_sheets_say(tmp_path: Path, name: str, now: str, mappings: str, orders: str) -> None:
    path = data_file(f"frepple/doc/examples/{name}")
    desk = Fed(tmp_path, "frepple.toml", now)
    desk.load(path, "sales_order", f"{mappings}_demand")
    desk.ingest(path, f"{mappings}_stock")
    assert desk.desk.quarantine().items == []
    found = {
        item["subject"]["id"]: item["gap"]["quantity"]
        for item in desk.desk.deviations(["kind=stockout"], limit=None, all=True).items
    }
    expected = shortages(path, orders)
    assert expected, "the workbook must have something to find"
    assert found == expected
