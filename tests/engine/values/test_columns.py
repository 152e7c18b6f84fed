"""Rows kept by column are what a list of them would be."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from engine.values.columns import Columns


class Row(NamedTuple):
    number: int
    name: str | None
    at: int


whole = st.integers(-(2**63), 2**63 - 1)
rows = st.lists(st.builds(Row, st.integers(0, 3), st.none() | st.text(), whole))


@given(rows, st.slices(10))
def test_it_is_the_sequence_of_its_rows(found: list[Row], part: slice) -> None:
    kept = Columns(Row, "qoq", found)
    assert list(kept) == found
    assert len(kept) == len(found)
    assert [kept[index] for index in range(-len(found), len(found))] == [*found, *found]
    assert list(kept[part]) == found[part]


@given(rows)
def test_what_is_equal_in_the_first_field_is_ordered_by_the_next(found: list[Row]) -> None:
    assert list(Columns(Row, "qoq", found).ordered(0, 2)) == sorted(found, key=lambda row: (row.number, row.at))
