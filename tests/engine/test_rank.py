"""Queue order, exposure in the desk's currency, decide-by, and the arithmetic that explains them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import explain, rank
from engine.clock import DAY, HOUR
from engine.sqlite import sqlite3
from engine.store import rows
from tests.engine.detect.world import NOW, World, day, order, signal


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.store.close()


def late(world: World, **fields: Any) -> dict[str, Any]:
    order(world, due=5, **fields)
    world.say(signal("eta", "e1", order_ref="4711/10", eta=day(12)))
    world.settle()
    return world.one("late_supply")


@pytest.mark.parametrize(
    ("ahead", "bucket"),
    [(-1, "passed"), (0, "passed"), (1, "4h"), (4 * HOUR, "4h"), (4 * HOUR + 1, "24h"), (DAY, "24h"), (DAY + 1, "3d"),
     (3 * DAY, "3d"), (3 * DAY + 1, "later")],
)  # fmt: skip
def test_buckets_hold_their_upper_end(ahead: int, bucket: str) -> None:
    assert rank.bucket(NOW + ahead, NOW) == bucket
    assert rank.bucket(None, NOW) == "later"


@given(
    st.lists(st.tuples(st.one_of(st.none(), st.integers(-DAY, 5 * DAY)), st.integers(0, 3)), min_size=1, max_size=12)
)
def test_the_order_in_sql_is_the_order_of_the_buckets(drawn: list[tuple[int | None, int]]) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE deviation(id INTEGER PRIMARY KEY, decide_by INTEGER, exposure_minor INTEGER)")
    for ahead, exposure in drawn:
        at = None if ahead is None else NOW + ahead
        connection.execute("INSERT INTO deviation(decide_by, exposure_minor) VALUES (?, ?)", (at, exposure))
    found = rows(connection, f"SELECT * FROM deviation ORDER BY {rank.ORDER_SQL}", {"now": NOW})
    connection.close()
    names = ["passed", "4h", "24h", "3d", "later"]
    keys = [(names.index(rank.bucket(row["decide_by"], NOW)), -row["exposure_minor"], row["id"]) for row in found]
    assert keys == sorted(keys)


def test_exposure_is_in_the_desks_currency_with_its_own_minor_units(world: World) -> None:
    world.settings(name="d", zone="UTC", currency="EUR", rates={"JPY": 0.006})
    row = late(world, value_minor=50_000, currency="JPY")
    assert (row["value_minor"], row["currency"], row["exposure_minor"]) == (50_000, "JPY", 30_000)


def test_an_unknown_rate_keeps_the_raw_amount_and_says_so(world: World) -> None:
    world.settings(name="d", zone="UTC", currency="EUR", rates={})
    row = late(world, value_minor=50_000, currency="USD")
    assert row["exposure_minor"] == 50_000
    assert any("no rate from USD to EUR" in str(source) for _, _, _, source in row["terms"])


@pytest.mark.parametrize(
    ("currency", "minor", "exposure"), [("JPY", 1_000, 100_000), ("KWD", 1_000_000, 100_000), (None, 1_000, 1_000)]
)
def test_an_amount_without_a_rate_keeps_its_units_not_its_minor_units(
    world: World, currency: str | None, minor: int, exposure: int
) -> None:
    """1,000 yen count as 1,000.00 of the desk's euros, as 1,000 dinars do."""
    assert late(world, value_minor=minor, currency=currency)["exposure_minor"] == exposure


def test_a_lane_from_anywhere_is_named_so(world: World) -> None:
    world.record("lane", "a", destination="RTM", duration_days=2.0)
    sources = [source for name, _, _, source in late(world)["terms"] if name == "fastest remedy"]
    assert sources == ["lane from anywhere to RTM"]


def test_decide_by_is_the_need_less_the_fastest_lane_else_the_setting(world: World) -> None:
    world.record("lane", "a", origin="SHA", destination="RTM", mode="sea", duration_days=34.0)
    world.record("lane", "b", origin="SHA", destination="RTM", mode="air", duration_days=1.5)
    assert late(world)["decide_by"] == day(5) - 3 * DAY // 2


def test_without_a_lane_the_remedy_is_the_settings(world: World) -> None:
    world.rule("late_supply", {"party": "ACME"}, remedy_days=2)
    row = late(world)
    assert row["decide_by"] == day(3)
    sources = [source for name, _, _, source in row["terms"] if name == "fastest remedy"]
    assert sources == ["tolerance late_supply: remedy_days (rule 1: party=ACME)"]


def test_every_explanation_can_be_redone_by_hand(world: World) -> None:
    late(world)
    (row,) = rows(world.store.connection, "SELECT * FROM deviation")
    found = explain.terms(world.store.connection, row, NOW)
    by_name = {term.name: term for term in found}
    assert by_name["late"].value == 7.0
    assert by_name["tolerance"].source == "tolerance late_supply: days (default)"
    assert by_name["planned"].source == "purchase_order 4711/10, baseline 1"
    assert by_name["expected"].source == "S1"
    assert by_name["value at risk"].value == by_name["value of the line"].value == row["exposure_minor"] == 100_000
    assert (by_name["bucket"].value, by_name["place in the queue"].value) == ("3d", 1)
    assert explain.terms(world.store.connection, row, NOW + 3 * DAY)[-2].value == "passed"


def test_what_is_not_in_the_queue_has_no_place_in_it(world: World) -> None:
    late(world)
    world.end(1, "dismissed")
    (row,) = rows(world.store.connection, "SELECT * FROM deviation")
    assert [term.name for term in explain.terms(world.store.connection, row, NOW)][-1] == "bucket"
