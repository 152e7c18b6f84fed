"""Units: words for one unit, factors within a dimension, and the packs of an item."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values.units import ItemUnits, convert, packs_of, same

BEER = ItemUnits("BTL", (("CASE", 12.0), ("PAL", 480.0), ("LTR", 2.0)))
WORDS = ["KG", "GRM", "t", "LB", "EA", "dozen", "case", "PAL", "M3", "L", "ft", "MTR", "hours", "BTL"]


@pytest.mark.parametrize(
    ("one", "other"), [("KG", "KGM"), ("ea", "PCE"), ("ST", "H87"), ("C62", "pcs"), ("M3", "MTQ"), ("PAL", "pallets")]
)
def test_words_for_one_unit(one: str, other: str) -> None:
    assert same(one, other)
    assert convert(7.0, one, other) == 7.0


@pytest.mark.parametrize(
    ("quantity", "uom", "wanted", "expected"),
    [
        (2.5, "t", "KGM", 2500.0),
        (1.1, "KG", "g", 1100.0),
        (1.0, "LB", "KG", 0.45359237),
        (3.0, "MTQ", "LTR", 3000.0),
        (2.0, "dozen", "EA", 24.0),
        (36.0, "INH", "FOT", 3.0),
        (90.0, "MIN", "HUR", 1.5),
        (0.3, "CASE", "CASE", 0.3),
    ],
)
def test_factors_within_a_dimension(quantity: float, uom: str, wanted: str, expected: float) -> None:
    assert convert(quantity, uom, wanted) == expected


@pytest.mark.parametrize(
    ("quantity", "uom", "wanted", "expected"),
    [
        (2.0, "CASE", "BTL", 24.0),
        (480.0, "btl", "pallet", 1.0),
        (1.0, "PAL", "CS", 40.0),
        (1.0, "HLT", "CASE", 200 / 12),
    ],
)
def test_packs_of_an_item(quantity: float, uom: str, wanted: str, expected: float) -> None:
    assert convert(quantity, uom, wanted, BEER) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("uom", "wanted"), [("KG", "LTR"), ("CASE", "EA"), ("PAL", "CASE"), ("ton", "TNE"), ("ton", "STN"), ("BTL", "EA")]
)
def test_what_does_not_convert_says_so(uom: str, wanted: str) -> None:
    assert convert(1.0, uom, wanted) is None
    assert not same(uom, wanted)


def test_a_unit_that_is_not_stated_is_taken_for_the_other() -> None:
    assert convert(5.0, None, "KG") == convert(5.0, "KG", None) == 5.0


@given(st.sampled_from(WORDS), st.sampled_from(WORDS), st.floats(-1e9, 1e9, allow_subnormal=False))
def test_there_and_back_is_where_it_began(one: str, other: str, quantity: float) -> None:
    there = convert(quantity, one, other, BEER)
    if there is None:
        assert convert(quantity, other, one, BEER) is None
    else:
        assert convert(there, other, one, BEER) == pytest.approx(quantity, rel=1e-10)


def test_packs_are_read_from_text() -> None:
    assert packs_of("CASE=12; PAL = 480;") == {"CASE": 12.0, "PAL": 480.0}
    for text in ("CASE", "CASE=0", "CASE=12, PAL=480", "CASE=-1", "=5"):
        with pytest.raises(ValueError, match="is no pack; write"):
            packs_of(text)
