"""Charts in cells: what is drawn where, at every width, and told apart without colour."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.terminal import charts, safe
from tui.terminal.safe import Pieces

sizes = st.floats(-1e9, 1e9, allow_nan=False)


def text(lines: list[Pieces]) -> list[str]:
    return [safe.plain(line) for line in lines]


def test_levels_stand_on_zero_and_go_under_it() -> None:
    drawn = text(charts.levels([20, 10, -10, 20], 17, 3, bound=0, over=False))
    assert drawn[0][9:] == "█     █ "
    assert drawn[1][9:] == "█┄█┄┄┄█┄"
    assert drawn[2][9:] == "    █   "


def test_what_is_beyond_the_bound_is_told_apart_without_colour() -> None:
    drawn = charts.levels([8, 2], 11, 4, bound=4, over=False)
    assert [line[9:] for line in text(drawn)] == ["█ ", "█┄", "█ ", "█▒"]
    assert {style for line in drawn for piece, style in line if "▒" in piece} == {"bad"}
    over = text(charts.levels([8, 2], 11, 4, bound=4, over=True))
    assert over[-1][9:] == "▒█"


def test_a_value_shows_on_which_side_of_its_band_it_lies() -> None:
    drawn = "".join(text(charts.band([(2, 4, 6), (2, 9, 6), (3, 1, 6)], 21, 9)))
    assert [drawn.count(mark) for mark in "●▲▼"] == [1, 1, 1]
    assert "░" in drawn


def test_bars_are_as_long_as_their_counts_and_name_them() -> None:
    drawn = text(charts.bars([("0", 10, 5, False), ("1 to 2", 1, 0, True), ("3", 0, 0, False)], 38))
    assert drawn[0].count("▆") == drawn[0].count("▂") == 7
    assert drawn[1].endswith("▂ 1  ◀ this one")
    assert drawn[2].strip() == "3"


def test_bars_and_columns_beside_each_other_do_not_become_one() -> None:
    lower_than_a_line = set("▁▂▃▄▅▆▇")
    for bar in charts.bars([("1", 9, 4, False), ("2", 9, 9, False), ("3", 9, 0, False)], 60):
        assert set("".join(piece for piece, _ in bar[1:3])) <= lower_than_a_line
    for width in (17, 21, 40):
        columns = text(charts.levels([20, 20, 20, 20], width, 3, bound=0, over=False))[0][9:]
        assert columns.split() == ["█" * (len(columns) // 4 - 1)] * 4


def test_days_under_a_chart_are_whole_or_not_there() -> None:
    assert safe.plain(charts.under({0: "9 Mar", 1: "10 Mar", 7: "16 Mar"}, 10, 29)) == " " * 9 + "9 Mar         16 Mar"
    assert safe.plain(charts.marked(2, 3, 4, 17)) == " " * 13 + "━━━━"


@given(st.lists(sizes, min_size=1, max_size=60), st.integers(12, 200), st.integers(3, 12), sizes, st.booleans())
def test_levels_fit_whatever_they_are(values: list[float], width: int, rows: int, bound: float, over: bool) -> None:
    drawn = charts.levels(values, width, rows, bound=bound, over=over)
    assert len(drawn) == rows
    assert all(safe.width_of(line) <= max(width, 10) for line in drawn)


@given(st.lists(st.tuples(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9)), min_size=1, max_size=60))
def test_bands_fit_whatever_they_are(points: list[tuple[float, float, float]]) -> None:
    ordered = [(min(low, high), value, max(low, high)) for low, value, high in points]
    drawn = charts.band(ordered, 78, 8)
    assert all(safe.width_of(line) <= 78 for line in drawn)
    assert sum("".join(text(drawn)).count(mark) for mark in "●▲▼") == len(ordered)
