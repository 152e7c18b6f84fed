"""Dates whose zone nobody stated are found in the settings, and read as UTC all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.mapping.assumed_zones import assumed_zones
from connectors.settings import settings_file

MAPPING = """
[mapping.orders]
as = "purchase_order"
{lines}
[mapping.orders.fields]
ref = "Order"
due = {due}
"""


def found(folder: Path, lines: str = "", due: str = '"Due"') -> list[str]:
    path = folder / "offplan.toml"
    path.write_text(MAPPING.format(lines=lines, due=due), encoding="utf-8")
    return [str(each) for each in assumed_zones(settings_file.load(path).mappings)]


def test_a_mapping_without_a_zone_is_named_with_its_dates(tmp_path: Path) -> None:
    (sentence,) = found(tmp_path)
    assert sentence.startswith("mapping.orders: due may state no zone, and are read as UTC then; write zone =")


@pytest.mark.parametrize(
    ("lines", "due"),
    [
        ('zone = "UTC"', '"Due"'),
        ("", '{ column = "Due", zone = "Europe/Berlin" }'),
        ('date = "epoch_ms"', '"Due"'),
    ],
)
def test_a_stated_zone_is_no_assumption(tmp_path: Path, lines: str, due: str) -> None:
    assert found(tmp_path, lines, due) == []
