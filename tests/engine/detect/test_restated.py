"""Rows that a state source says again about another order, item or site: the last word moves, the former one is
gone."""

from __future__ import annotations

import random
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.values.clock import HOUR
from engine.vocabulary.model import SignalIn
from tests.engine.detect.world import NOW, World, day, order, shuffled_in_pieces, signal


def row(kind: str, at: int, name: str = "17", **fields: Any) -> SignalIn:
    return signal(kind, name, at=at, **fields)


def late_word(ref: str, at: int) -> SignalIn:
    return row("eta", at, order_ref=ref, eta=day(30))


def state(world: World, *signals: SignalIn) -> None:
    world.say(*signals, identity="state")
    world.settle()


@pytest.mark.parametrize("together", [True, False])
def test_a_row_that_names_another_order_now_leaves_the_first_one(orders: World, together: bool) -> None:
    words = [late_word("PO1", NOW - 2 * HOUR), late_word("PO2", NOW - HOUR)]
    for piece in [words] if together else [words[:1], words[1:]]:
        state(orders, *piece)
    found = dict(orders.states("late_supply"))
    assert (found.get("PO1", "never"), found["PO2"]) == ("never" if together else "recovered", "open")


def test_a_correction_counts_by_its_time_not_by_its_arrival(orders: World) -> None:
    state(orders, late_word("PO2", NOW - HOUR))
    state(orders, late_word("PO1", NOW - 2 * HOUR))
    assert orders.states("late_supply") == [("PO2", "open")]


def test_a_correction_that_is_not_known_yet_counts_from_then_on(orders: World) -> None:
    state(orders, late_word("PO1", NOW - HOUR), late_word("PO2", NOW + HOUR))
    assert orders.states("late_supply") == [("PO1", "open")]
    orders.tick(NOW + HOUR)
    assert orders.states("late_supply") == [("PO1", "recovered"), ("PO2", "open")]


def test_a_row_that_comes_back_holds_again(orders: World) -> None:
    for hours, ref in ((3, "PO1"), (2, "PO2"), (1, "PO1")):
        state(orders, late_word(ref, NOW - hours * HOUR))
    assert orders.states("late_supply") == [("PO1", "open"), ("PO2", "recovered")]


def test_a_correction_that_keeps_to_the_plan_is_judged_where_it_left(orders: World) -> None:
    """What the row says now is quiet for the second order, and still news for the first."""
    state(orders, late_word("PO1", NOW - 2 * HOUR))
    state(orders, row("eta", NOW - HOUR, order_ref="PO2", eta=day(5)))
    assert orders.states("late_supply") == [("PO1", "recovered")]


def test_a_receipt_that_was_booked_on_the_wrong_order_is_taken_off_it(world: World) -> None:
    order(world, "PO1", due=-4)
    order(world, "PO2", due=-4)
    state(world, row("receipt", NOW - 2 * HOUR, order_ref="PO1", occurred_at=day(-4)))
    assert [(r["subject_id"], r["state"]) for r in world.rows("overdue")] == [("PO2", "open")]
    state(world, row("receipt", NOW - HOUR, order_ref="PO2", occurred_at=day(-4)))
    assert sorted(world.states("overdue")) == [("PO1", "open"), ("PO2", "recovered")]


def test_a_wrong_name_that_was_corrected_is_no_longer_unmatched(orders: World) -> None:
    state(orders, late_word("PO9", NOW - 2 * HOUR))
    assert orders.states("unmatched") == [("erp:PO9", "open")]
    state(orders, late_word("PO1", NOW - HOUR))
    assert orders.states("unmatched") == [("erp:PO9", "recovered")]


@pytest.mark.parametrize("kind", ["milestone", "note"])
def test_a_wrong_kind_of_order_that_was_corrected_is_no_longer_unmatched(orders: World, kind: str) -> None:
    state(orders, row("milestone", NOW - 2 * HOUR, order_ref="PO1", order_kind="sales_order"))
    assert orders.states("unmatched") == [("erp:PO1", "open")]
    state(orders, row(kind, NOW - HOUR, order_ref="PO1", order_kind="purchase_order"))
    assert orders.states("unmatched") == [("erp:PO1", "recovered")]


def test_what_a_row_said_first_dates_the_name_that_it_still_uses(orders: World) -> None:
    state(orders, late_word("PO9", NOW - 5 * HOUR))
    state(orders, row("eta", NOW - HOUR, order_ref="PO9", eta=day(31)))
    assert orders.one("unmatched")["occurred_at"] == NOW - 5 * HOUR


def test_stock_that_was_counted_at_the_wrong_site_is_taken_off_it(world: World) -> None:
    for site in ("RTM", "LYS"):
        world.plan("target", f"A@{site}", item="A", site=site, quantity=10.0)
    reading: dict[str, Any] = {"item": "A", "quantity": 3.0}
    state(world, row("stock", NOW - 2 * HOUR, site="RTM", **reading))
    assert world.states("below_target") == [("A@RTM", "open")]
    state(world, row("stock", NOW - HOUR, site="LYS", **reading))
    assert world.states("below_target") == [("A@RTM", "recovered"), ("A@LYS", "open")]


def test_the_reading_before_a_wrong_one_holds_again(world: World) -> None:
    world.plan("target", "A@RTM", item="A", site="RTM", quantity=10.0)
    state(world, row("stock", NOW - 3 * HOUR, "good", item="A", site="RTM", quantity=12.0))
    state(world, row("stock", NOW - 2 * HOUR, item="A", site="RTM", quantity=3.0))
    state(world, row("stock", NOW + HOUR, item="A", site="LYS", quantity=3.0))
    assert world.states("below_target") == [("A@RTM", "open")]
    world.tick(NOW + HOUR)
    assert world.states("below_target") == [("A@RTM", "recovered")]


def test_demand_that_was_booked_on_the_wrong_item_is_taken_off_it(world: World) -> None:
    for week in range(8):
        at = day(7 * (week - 8))
        for item in "AB":
            world.say(signal("demand", f"{item}{week}", item=item, site="DE", quantity=100.0, occurred_at=at, at=at))
    spike: dict[str, Any] = {"site": "DE", "quantity": 900.0, "occurred_at": day(-1)}
    state(world, row("demand", NOW - 2 * HOUR, item="A", **spike))
    assert world.states("demand_shift") == [("A@DE", "open")]
    state(world, row("demand", NOW - HOUR, item="B", **spike))
    assert world.states("demand_shift") == [("A@DE", "recovered"), ("B@DE", "open")]


def test_an_item_name_that_was_corrected_is_no_longer_unmatched(world: World) -> None:
    world.plan("target", "A@RTM", item="A", site="RTM", quantity=1.0)
    state(world, row("stock", NOW - 2 * HOUR, item="X", site="ELSE", quantity=3.0))
    assert sorted(world.states("unmatched")) == [("erp:item X", "open"), ("erp:site ELSE", "open")]
    state(world, row("stock", NOW - HOUR, item="A", site="RTM", quantity=3.0))
    assert {each for _, each in world.states("unmatched")} == {"recovered"}


def test_two_files_whose_ids_meet_take_nothing_from_each_other(world: World) -> None:
    """Row 17 of a list of dates and row 17 of a stock count, both given to one source."""
    order(world, "PO1")
    world.plan("target", "A@RTM", item="A", site="RTM", quantity=10.0)
    state(world, late_word("PO1", NOW - 2 * HOUR))
    state(world, row("stock", NOW - HOUR, item="A", site="RTM", quantity=3.0))
    assert world.states() == [("PO1", "open"), ("A@RTM", "open")]


def test_events_take_nothing_from_each_other(orders: World) -> None:
    orders.say(late_word("PO1", NOW - 2 * HOUR), late_word("PO2", NOW - HOUR))
    orders.settle()
    assert orders.states("late_supply") == [("PO1", "open")], "an event's id comes once: the second is a duplicate"


WORDS = st.lists(
    st.tuples(st.sampled_from(["PO1", "PO2", "PO9"]), st.sampled_from(["a", "b"]), st.integers(-6, 6)),
    min_size=2,
    max_size=7,
    unique_by=lambda word: word[2],
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words=WORDS, seed=st.integers(0, 1 << 30), later=st.integers(0, 8))
def test_the_last_known_word_of_each_row_and_nothing_else_stands(
    tmp_path_factory: pytest.TempPathFactory, words: list[tuple[str, str, int]], seed: int, later: int
) -> None:
    folder: Path = tmp_path_factory.mktemp("moves")
    world = World(folder)
    order(world, "PO1")
    order(world, "PO2")
    world.settle()
    signals = [late_word(ref, NOW + hours * HOUR)._replace(source_id=name) for ref, name, hours in words]
    for piece in shuffled_in_pieces(signals, random.Random(seed)):
        state(world, *piece)
    world.tick(NOW + later * HOUR)
    last = {name: ref for ref, name, hours in sorted(words, key=lambda word: word[2]) if hours <= later}
    expected = {("late_supply", ref) for ref in last.values() if ref != "PO9"}
    expected |= {("unmatched", "erp:PO9") for ref in last.values() if ref == "PO9"}
    found = {(row["kind"], row["subject_id"]) for row in world.rows() if row["state"] == "open"}
    world.store.close()
    assert found == expected


@pytest.mark.parametrize("arrival", list(permutations(range(3))))
def test_an_unknown_name_is_dated_and_explained_alike_whatever_came_first(
    world: World, arrival: tuple[int, ...]
) -> None:
    for site in ("S1", "S2", "S3"):
        world.plan("target", f"K@{site}", item="K", site=site, quantity=1.0)
    told = [
        signal("stock", f"s{hours}", item="X", site=f"S{hours}", quantity=1.0, at=NOW - hours * HOUR)
        for hours in (1, 2, 3)
    ]
    for place in arrival:
        world.say(told[place])
        world.settle()
    found = world.one("unmatched")
    assert (found["subject_id"], found["occurred_at"]) == ("erp:item X", NOW - 3 * HOUR)
    named = found["terms"][0][3]
    (source_id,) = world.store.connection.execute(
        "SELECT source_id FROM signal WHERE 'S' || id = ?", (named,)
    ).fetchone()
    linked = world.store.connection.execute("SELECT count(*) FROM deviation_signal").fetchone()
    assert (source_id, linked) == ("s3", (3,))
