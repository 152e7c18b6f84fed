"""Places, message ids and steps, through mappings: from what feeds write to what signals and sites say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.files import reading
from connectors.settings.settings_file import load
from engine.values.errors import BadInput
from engine.vocabulary.model import Refusal

MAPPING = """
[mapping.m]
as = "signal"
[mapping.m.fields]
id = "id"
kind = {{ const = "hazard" }}
{fields}
"""
PLACES = 'latitude = "at"\nlongitude = "at"\narea = "at"'
RING = [[4, 51], [5, 51], [5.25, 52.123456], [4, 51]]


def read(folder: Path, fields: str, *cells: Any) -> list[dict[str, Any] | str]:
    """The details of each signal, or the reason of its refusal."""
    (folder / "offplan.toml").write_text(MAPPING.format(fields=fields), encoding="utf-8")
    records = [{"id": str(number), "at": cell} for number, cell in enumerate(cells)]
    (folder / "f.json").write_text(json.dumps(records), encoding="utf-8")
    settings = load(folder / "offplan.toml")
    rows = [row for batch in reading.signal_batches(folder / "f.json", settings, "s", "m") for row in batch.rows]
    return [row.reason if isinstance(row, Refusal) else json.loads(row.detail or "{}") for row in rows]


WRITTEN = "51,4 51,5 52.12346,5.25 51,4"
SHAPES = [
    ([4.25, 51.5], {"latitude": 51.5, "longitude": 4.25}),
    ([4.25, 51.5, 12.0], {"latitude": 51.5, "longitude": 4.25}),
    ("POINT(4.25 51.5)", {"latitude": 51.5, "longitude": 4.25}),
    ("SRID=4326;point z (4.25 51.5 7)", {"latitude": 51.5, "longitude": 4.25}),
    ([RING], {"area": WRITTEN}),
    ([RING, [[4.1, 51.1], [4.2, 51.1], [4.2, 51.2], [4.1, 51.1]]], {"area": WRITTEN}),
    ([[RING], [RING]], {"area": f"{WRITTEN};{WRITTEN}"}),
    ("POLYGON((4 51, 5 51, 5.25 52.123456, 4 51), (4.1 51.1, 4.2 51.1, 4.2 51.2, 4.1 51.1))", {"area": WRITTEN}),
    ("MULTIPOLYGON(((4 51,5 51,5.25 52.123456,4 51)),((4 51,5 51,5.25 52.123456,4 51)))", {"area": f"{WRITTEN};{WRITTEN}"}),
    (None, {}),
]  # fmt: skip


def test_one_column_of_shapes_fills_point_or_area(tmp_path: Path) -> None:
    assert read(tmp_path, PLACES, *[cell for cell, _ in SHAPES]) == [said for _, said in SHAPES]


def test_numbers_and_cap_text_stay_as_they_are(tmp_path: Path) -> None:
    assert read(tmp_path, 'latitude = "at"', 51.5, "-12.5") == [{"latitude": 51.5}, {"latitude": -12.5}]
    assert read(tmp_path, 'area = "at"', "51,4 51,5 52,5") == [{"area": "51,4 51,5 52,5"}]


@pytest.mark.parametrize("cell", [["a", "b"], [4], [[4, 51], [5, 51]], [[[4], [5, 51]]], [[{"x": 1}]], "[4, 51", [[[4, None]]]])  # fmt: skip
def test_what_is_no_shape_is_refused(tmp_path: Path, cell: Any) -> None:
    assert isinstance(read(tmp_path, PLACES, cell)[0], str)


def test_references_are_lists_objects_or_caps_triples(tmp_path: Path) -> None:
    triple = "a@b,m1,2024-01-08T17:58:00-00:00 a@b,m2,2024-01-08T18:58:00-00:00"
    cells = [["m1", "m2"], [{"identifier": "m1"}, {"id": "m2"}], triple, "m1 m2", [], None, [{"x": 1}]]
    said = read(tmp_path, 'references = "at"', *cells)
    assert said == [{"references": "m1 m2"}] * 4 + [{}, {}, "\"{'x': 1}\" names no message"]


def test_steps_say_what_the_highest_one_that_is_reached_says(tmp_path: Path) -> None:
    steps = 'radius_km = { column = "at", steps = { "6" = 100, "4.5" = 30 } }\n'
    steps += 'severity = { column = "at", steps = { "-10" = "Minor", "6" = "Severe" } }'
    assert read(tmp_path, steps, 4.4, "4.5", 7, None, "x") == [
        {"severity": "Minor"}, {"radius_km": 30.0, "severity": "Minor"}, {"radius_km": 100.0, "severity": "Severe"}, {},
        "'x' is not a number",
    ]  # fmt: skip


def test_steps_may_be_fractions_as_factors_are_and_what_they_say_may_be_too_large(tmp_path: Path) -> None:
    steps = f'radius_km = {{ column = "at", steps = {{ "1/3" = 30, "6" = 1{"0" * 400} }} }}'
    said = read(tmp_path, steps, 0.3, 0.4, 7)
    assert said[:2] == [{}, {"radius_km": 30.0}]
    assert str(said[2]).endswith("is too large")


@pytest.mark.parametrize("steps", ['{ "x" = 1 }', "{}", '{ "1" = 1, "1.0" = 2 }'])
def test_steps_that_are_none_are_refused(tmp_path: Path, steps: str) -> None:
    with pytest.raises(BadInput, match="steps are numbers"):
        read(tmp_path, f'radius_km = {{ column = "at", steps = {steps} }}', 1)
    with pytest.raises(BadInput, match="steps and values"):
        read(tmp_path, 'severity = { column = "at", steps = { "1" = "a" }, values = { "1" = "b" } }', 1)
