"""The documented example mappings: they load, the page shows them word for word, and they read their files whole."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from connectors.files import reading
from connectors.settings.settings_file import load
from connectors.values.targets import SIGNAL
from engine.vocabulary.model import Refusal

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT.parent / "shared" / "data"
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.toml"))
PAGE = (ROOT / "docs" / "mappings.md").read_text(encoding="utf-8")

PLANT = "frepple/csv/manufacturing_demo"
WORKBOOK = "frepple/doc/examples/buffer/make-to-order.xlsx"
EXPORT = "frepple/doc/examples/demand/demand-policies.xlsx"
READS = [
    ("hazards", "usgs_quakes", "usgs_quakes/all_week_tgomez.geojson", 4711),
    ("hazards", "nws_alerts", "nws_alerts/northwest_alerts__resolved_2024-01-08T1800Z.geojson", 19),
    ("hazards", "nws_cancels", "nws_alerts/northwest_alerts__resolved_2024-01-08T1800Z.geojson", 0),
    ("scms", "scms_plan", "scms_delivery_history/dev_scheduled_2006_2012.csv", 6507),
    ("scms", "scms_delivered", "scms_delivery_history/dev_scheduled_2006_2012.csv", 6507),
    ("olist", "olist_plan", "olist_orders_5000/olist_orders_dataset.csv", 5000),
    ("olist", "olist_delivered", "olist_orders_5000/olist_orders_dataset.csv", 4858),
    ("olist", "olist_called_off", "olist_orders_5000/olist_orders_dataset.csv", 48),
    ("product_backorders", "backorders_minimum", "product_backorders/BackOrders.csv", 10_000),
    ("product_backorders", "backorders_stock", "product_backorders/BackOrders.csv", 10_000),
    ("walmart", "walmart_sales", "walmart_weekly_sales/Walmart.csv", 6435),
    ("frepple", "frepple_location", f"{PLANT}/location.csv", 5),
    ("frepple", "frepple_item", f"{PLANT}/item.csv", 12),
    ("frepple", "frepple_supplier", f"{PLANT}/supplier.csv", 4),
    ("frepple", "frepple_customer", f"{PLANT}/customer.csv", 3),
    ("frepple", "frepple_bom", f"{PLANT}/operationmaterial.csv", 20),
    ("frepple", "frepple_lane", f"{PLANT}/itemdistribution.csv", 6),
    ("frepple", "frepple_purchase", f"{PLANT}/operationplan.csv", 4),
    ("frepple", "frepple_transfer", f"{PLANT}/operationplan.csv", 3),
    ("frepple", "frepple_demand", f"{PLANT}/demand.csv", 220),
    ("frepple", "frepple_stock", f"{PLANT}/buffer.csv", 19),
    ("frepple", "frepple_minimum", f"{PLANT}/buffer.csv", 19),
    ("frepple", "frepple_sheet_stock", WORKBOOK, 4),
    ("frepple", "frepple_sheet_demand", WORKBOOK, 12),
    ("frepple", "frepple_sheet_item", WORKBOOK, 35),
    ("frepple", "frepple_sheet_location", WORKBOOK, 5),
    ("frepple", "frepple_export_stock", EXPORT, 6),
    ("frepple", "frepple_export_demand", EXPORT, 6),
]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_page_shows_each_example_as_it_is(path: Path) -> None:
    assert path.read_text(encoding="utf-8") in PAGE


def test_every_section_of_the_page_is_sound(tmp_path: Path) -> None:
    sections = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert len(sections) == len(EXAMPLES) + 1
    for text in sections:
        (tmp_path / "offplan.toml").write_text(text, encoding="utf-8")
        assert set(load(tmp_path / "offplan.toml").mappings) == set(tomllib.loads(text)["mapping"])


def test_every_mapping_of_the_examples_is_tried_here() -> None:
    # No public file holds such events: tests/tui/commands/test_events.py reads some of its own by that example.
    defined = {(path.stem, name) for path in EXAMPLES if path.stem != "events" for name in load(path).mappings}
    assert defined == {(example, mapping) for example, mapping, _, _ in READS}


@pytest.mark.parametrize(("example", "mapping", "file", "count"), READS, ids=lambda value: str(value).split("/")[-1])
def test_examples_read_their_files_without_a_refusal(example: str, mapping: str, file: str, count: int) -> None:
    if not (DATA / file).exists():
        pytest.skip(f"needs {file} in shared/data beside the checkout")
    settings = load(ROOT / "docs" / "examples" / f"{example}.toml")
    kind = settings.mappings[mapping].as_
    if kind == SIGNAL:
        batches = reading.signal_batches(DATA / file, settings, "command", mapping)
        rows = [row for batch in batches for row in batch.rows]
    else:
        rows = list(reading.plan_rows(DATA / file, settings, kind, mapping))  # type: ignore[arg-type]
    assert not [row for row in rows if isinstance(row, Refusal)]
    assert len(rows) == count
