"""Lines between bars: they begin at the end of what is needed, end at what waits for it, and join where they cross."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.connectors import Bar, Cells, drawn


def shown(cells: Cells, rows: int, width: int) -> list[str]:
    return ["".join(cells.get(row, {}).get(cell, (" ",))[0] for cell in range(width)).rstrip() for row in range(rows)]


def lines(bars: dict[int, Bar], pairs: Sequence[tuple[int, int]], rows: int = 4, width: int = 12) -> list[str]:
    return shown(drawn(bars, pairs, range(rows), width, None), rows, width)


def test_down_and_along_to_the_beginning() -> None:
    assert lines({1: Bar(0, 0, 2), 2: Bar(2, 7, 9)}, [(1, 2)]) == ["  ┐", "  │", "  └───▶", ""]


def test_up_where_what_waits_stands_above() -> None:
    assert lines({1: Bar(2, 0, 2), 2: Bar(0, 7, 9)}, [(1, 2)]) == ["  ┌───▶", "  │", "  ┘", ""]


def test_straight_down_where_one_begins_as_the_other_ends() -> None:
    assert lines({1: Bar(0, 0, 2), 2: Bar(2, 2, 4)}, [(1, 2)]) == ["  ┐", "  │", "", ""]


def test_two_that_are_waited_for_by_one_join() -> None:
    bars = {1: Bar(0, 0, 2), 2: Bar(1, 0, 2), 3: Bar(3, 6, 8)}
    assert lines(bars, [(1, 3), (2, 3)]) == ["  ┐", "  ┤", "  │", "  └──▶"]


def test_what_belongs_to_the_cursor_is_told_apart_and_other_rows_are_left_out() -> None:
    bars = {1: Bar(0, 0, 2), 2: Bar(2, 7, 9), 3: Bar(3, 7, 9)}
    cells = drawn(bars, [(1, 2), (1, 3)], range(1, 4), 12, 3)
    assert 0 not in cells
    assert cells[1][2] == ("│", True)
    assert cells[2][3] == ("─", False)
    assert cells[3][6] == ("▶", True)


any_bar = st.builds(Bar, st.integers(0, 8), st.integers(-20, 60), st.integers(-20, 60))
place = st.integers(0, 5)


@given(st.lists(any_bar, min_size=6, max_size=6), st.lists(st.tuples(place, place)), st.integers(1, 40))
def test_nothing_is_drawn_outside(bars: list[Bar], pairs: list[tuple[int, int]], width: int) -> None:
    cells = drawn(dict(enumerate(bars)), pairs, range(2, 6), width, 1)
    assert set(cells) <= set(range(2, 6))
    assert all(0 <= cell < width for line in cells.values() for cell in line)
