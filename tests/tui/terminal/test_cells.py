"""Values in a few cells: never a number, date or id cut in its middle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values.clock import DAY, HOUR, MINUTE, iso, parse_instant
from tui.terminal import cells
from tui.terminal.cells import Column

NOW = parse_instant("2026-03-09T13:03:00Z", "test")


@pytest.mark.parametrize(
    ("distance", "shown"),
    [
        (0, "now"),
        (59_000_000, "now"),
        (42 * MINUTE, "42m"),
        (-HOUR, "−1h"),
        (47 * HOUR, "47h"),
        (2 * DAY, "2d"),
        (-100 * DAY, "−14w"),
    ],
)
def test_spans(distance: int, shown: str) -> None:
    assert cells.span(distance) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (412_300.5, "€412k"),
        (1_240_000, "€1.24M"),
        (9_960, "€9,960"),
        (0, "€0"),
        (-12_500, "−€12.5k"),
        (999_999, "€1M"),
        (2.5e9, "€2.5G"),
    ],
)
def test_money(amount: float, shown: str) -> None:
    assert cells.money({"amount": amount, "currency": "EUR"}) == shown


def test_other_currencies_keep_their_code_and_the_full_amount_is_exact() -> None:
    assert cells.money({"amount": 960, "currency": "CHF"}) == "CHF 960"
    assert cells.money(None) == "–"
    assert cells.money_in_full({"amount": 412300.5, "currency": "EUR"}) == "412,300.50 EUR"
    assert cells.money_in_full({"amount": -412300.0, "currency": "EUR"}) == "−412,300 EUR"


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"days": 12.0}, "+12d"),
        ({"quantity": -400.0, "uom": "EA"}, "−400 EA"),
        ({"percent": 63.2}, "+63.2 %"),
        ({}, ""),
        ({"lines": 6, "hazards": 2, "until": "2026-03-11T11:00:00Z"}, "6 lines"),
        ({"lines": 1, "hazards": 1}, "1 line"),
        ({"quantity": -1_234_567.0, "uom": "EA"}, "−1.23M EA"),
    ],
)
def test_gaps(values: dict[str, object], shown: str) -> None:
    assert cells.gap(values) == shown


def test_times_are_absolute_and_relative_in_the_desks_zone() -> None:
    assert cells.both_times(iso(NOW + 2 * HOUR), NOW, "Europe/Berlin") == "16:03 (in 2h)"
    assert cells.both_times(iso(NOW - 3 * DAY), NOW, "UTC") == "6 Mar 13:03 (3d ago)"
    assert cells.both_times(iso(NOW - 400 * DAY), NOW, "UTC").startswith("2025-02-02 13:03 (")
    assert cells.both_times(None, NOW, "UTC") == "–"


def test_only_the_contracts_times_are_times() -> None:
    assert cells.is_time("2026-03-09T13:03:00Z")
    assert cells.is_time("2026-03-09T13:03:00.000001Z")
    assert not any(map(cells.is_time, ("2026-03-09", "T-1000Z", 5, None, "2026-03-09T13:03:00")))


def test_times_inside_a_sentence_are_the_desks() -> None:
    said = f"D3 open → snoozed until {iso(NOW + 2 * HOUR + 377_033)}; see {iso(NOW + 3 * DAY)}."
    assert cells.with_local_times(said, NOW, "Europe/Berlin") == "D3 open → snoozed until 16:03; see 12 Mar 14:03."
    # As a hazard's end stands in what a deviation says of itself.
    assert (
        cells.with_local_times("until 2026-03-15 05:00Z: 1 line", NOW, "Europe/Berlin") == "until 15 Mar 06:00: 1 line"
    )
    for text in (
        "2026-99-99 00:00Z",
        "2026-03-15 05:00",
        "2026-99-99T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "v2026-03-09T13:03:00Z",
        "no time",
    ):
        assert cells.with_local_times(text, NOW, "Europe/Berlin") == text


def test_a_date_is_the_same_wherever_it_stands() -> None:
    year = cells.local(NOW, "UTC")
    for at, said in ((NOW + 3 * DAY, "12 Mar"), (NOW - 400 * DAY, "2025-02-02")):
        moment = cells.local(at, "UTC")
        assert cells.short_date(moment, year) == said
        assert cells.day(at, NOW, "UTC") == said
        assert cells.short_time(at, NOW, "UTC") == f"{said} 13:03"
    assert cells.named_day(year) == "Mon 9 Mar"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (262_475_000, "EUR, minor units", ("2,624,750", "EUR")),
        (1_250, "JPY, minor units", ("1,250", "JPY")),
        (5, "no currency, minor units", ("5", "no currency, minor units")),
        (None, "EUR, minor units", ("–", "EUR, minor units")),
        ("2026-03-09T13:03:00Z", "UTC", ("14:03", "CET")),
        ("2026-07-09T13:03:00Z", "UTC", ("9 Jul 15:03", "CEST")),
        (3, "days", ("3", "days")),
        (0.595289, "share", ("0.595289", "share")),
        (-1_234.5, "EA", ("−1,234.5", "EA")),
    ],
)
def test_a_term_is_shown_as_money_or_in_the_desks_zone(value: object, unit: str, shown: tuple[str, str]) -> None:
    term = {"name": "term", "value": value, "unit": unit, "source": ""}
    assert cells.explained(term, NOW, "Europe/Berlin") == shown


_columns = st.lists(
    st.builds(
        Column,
        name=st.text(min_size=1, max_size=3),
        title=st.just("title"),
        width=st.integers(1, 30),
        rank=st.integers(1, 9),
        flex=st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@given(_columns, st.integers(30, 250))
def test_columns_fit_and_keep_their_width_or_go_as_a_whole(columns: list[Column], width: int) -> None:
    kept = cells.layout(tuple(columns), width)
    assert sum(size + 1 for _, size in kept) - 1 <= width
    assert all(size >= column.width for column, size in kept)
    lowest_dropped = min((column.rank for column in columns if column not in [each for each, _ in kept]), default=99)
    assert all(column.rank <= lowest_dropped for column, _ in kept)
