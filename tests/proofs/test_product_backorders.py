"""Proof on 10,000 stocked items: 913 lie under their minimum bank."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.proofs.support import Fed, data_file

FILE = "product_backorders/BackOrders.csv"


def test_items_under_their_minimum_bank_are_below_target(tmp_path: Path) -> None:
    path = data_file(FILE)
    with path.open(encoding="utf-8", newline="") as handle:
        under = sorted(
            row["sku"] for row in csv.DictReader(handle) if float(row["national_inv"]) < float(row["min_bank"])
        )
    desk = Fed(tmp_path, "product_backorders.toml", "2024-10-06T00:00:00Z")
    desk.load(path, "target", "backorders_minimum")
    desk.ingest(path, "backorders_stock")
    assert len(under) == 913
    assert [subject.split("@")[0] for subject in desk.subjects("kind=below_target")] == under
