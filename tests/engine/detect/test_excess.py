"""excess: stock that stays over its maximum, against brute force and through the pipeline; supply that comes too
early."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.detect import projection
from engine.facts.subjects import Flow, Reading, StockFacts
from engine.values.clock import HOUR
from engine.values.days import Days
from tests.engine.detect.world import NOW, TODAY, World, day, order, signal

PLACE = {"item": "SKU-77", "site": "RTM"}


def stock(world: World, quantity: float, uom: str = "EA", at: int = NOW - HOUR) -> None:
    world.say(signal("stock", f"s{at}", quantity=quantity, uom=uom, occurred_at=at, at=at, **PLACE))


def maximum(world: World, quantity: float) -> None:
    world.plan("target", "t", quantity=10.0, maximum=quantity, uom="EA", **PLACE)


def sale(world: World, ref: str, offset: int, quantity: float) -> None:
    world.plan(
        "sales_order", ref, quantity=quantity, uom="EA", planned_at=day(offset), until_at=day(offset + 1), **PLACE
    )


@given(
    on_hand=st.integers(-5, 60),
    movements=st.lists(st.tuples(st.integers(-3, 40), st.integers(-20, 20).filter(bool)), max_size=12),
    ceiling=st.integers(10, 40),
    least=st.integers(0, 20),
)
def test_the_first_long_window_over_is_that_of_a_walk_over_every_day(
    on_hand: int, movements: list[tuple[int, int]], ceiling: int, least: int
) -> None:
    horizon = 28
    flows = [Flow(day(at), max(day(at), TODAY), float(q), "line", (), order=False) for at, q in movements]
    facts = StockFacts("I", "S", Days("UTC"), TODAY, Reading(float(on_hand), NOW, None, 1), flows)
    found = projection.first_window_over(facts, ceiling, horizon, least)
    by_day: dict[int, int] = defaultdict(int)
    for at, quantity in movements:
        by_day[max(at, 0)] += quantity
    # The reading counts as the level of the present day until that day's movements are in.
    level, levels = on_hand, []
    for offset in range(horizon + 1):
        level += by_day[offset]
        levels.append(level)
    windows: list[tuple[int, int, int]] = []
    began: int | None = 0 if on_hand > ceiling else None
    highest = on_hand
    for offset, after in enumerate([*levels, None]):
        if began is None and after is not None and after > ceiling:
            began, highest = offset, after
        elif began is not None and (after is None or after <= ceiling):
            windows.append((began, max(1, offset - began), highest))
            began = None
        elif began is not None and after is not None:
            highest = max(highest, after)
    expected = next((window for window in windows if window[1] >= least), None)
    assert (None if found is None else (found.days, found.worst)) == (expected and expected[1:])


def test_stock_that_stays_over_its_maximum_is_excess_with_the_largest_quantity(world: World) -> None:
    maximum(world, 100.0)
    stock(world, 130.0)
    order(world, due=5, quantity=40.0)
    sale(world, "S1", 20, 120.0)
    world.settle()
    row = world.one("excess")
    assert (row["subject_type"], row["subject_id"]) == ("item_site", "SKU-77@RTM")
    assert row["gap"] == {"quantity": 70.0, "uom": "EA", "days": 20.0}
    assert (row["summary"], row["severity"]) == ("70 EA over the maximum for 20 days", "low")
    assert (row["planned"], row["observed"]["quantity"]) == ({"quantity": 100.0, "uom": "EA"}, 170.0)
    assert row["value_minor"] == 175_000, "70 of 40 EA that are worth 1,000.00"
    assert (row["need_at"], row["decide_by"]) == (None, None), "it is too much already"


def test_a_short_surplus_and_a_small_one_pass(world: World) -> None:
    maximum(world, 100.0)
    stock(world, 130.0)
    sale(world, "S1", 10, 40.0)
    world.settle()
    assert world.rows("excess") == [], "ten days are fewer than fourteen"
    world.rule("excess", days=10)
    world.touch("stock", *PLACE.values())
    world.settle()
    assert world.one("excess")["gap"]["days"] == 10.0
    world.rule("excess", days=10, percent=30)
    world.touch("stock", *PLACE.values())
    world.settle()
    assert world.one("excess")["state"] == "recovered"


def test_a_surplus_to_come_can_be_put_off_until_the_supply_that_makes_it(world: World) -> None:
    maximum(world, 100.0)
    stock(world, 90.0)
    order(world, due=5, quantity=40.0)
    world.settle()
    row = world.one("excess")
    assert (row["need_at"], row["gap"]["quantity"], row["gap"]["days"]) == (day(5), 30.0, 24.0)
    assert row["summary"] == "30 EA over the maximum to the horizon's end"
    world.say(signal("eta", "e", order_ref="4711/10", eta=day(40)))
    world.settle()
    assert world.one("excess")["state"] == "recovered", "it comes after the horizon now"


def test_a_maximum_is_compared_in_the_readings_unit(world: World) -> None:
    world.record("item", "SKU-77", id="SKU-77", uom="EA", units={"CASE": 12.0})
    maximum(world, 120.0)
    stock(world, 15.0, "CASE")
    world.settle()
    assert world.one("excess")["gap"]["quantity"] == 5.0


def test_without_a_maximum_or_in_another_unit_nothing_is_too_much(world: World) -> None:
    world.plan("target", "t", quantity=10.0, uom="EA", **PLACE)
    stock(world, 5000.0)
    world.settle()
    maximum(world, 100.0)
    stock(world, 5000.0, "PAL", NOW)
    world.settle()
    assert world.rows("excess") == []


@pytest.mark.parametrize(("early", "days"), [(0, None), (3, None), (4, 4.0), (12, 12.0)])
def test_supply_announced_too_early_is_excess_where_a_rule_watches_it(
    world: World, early: int, days: float | None
) -> None:
    order(world, due=15)
    world.settle()
    world.say(signal("eta", "e", order_ref="4711/10", eta=day(15 - early)))
    world.settle()
    assert world.rows() == [], "nobody minds early goods by default"
    world.rule("excess", early_days=3)
    world.touch("order", "4711/10")
    world.settle()
    assert [row["gap"] for row in world.rows("excess")] == ([] if days is None else [{"days": -days}])


def test_an_early_date_is_judged_when_it_comes_and_recovers_when_it_is_put_off(world: World) -> None:
    world.rule("excess", early_days=3)
    order(world, due=15)
    world.settle()
    world.say(signal("eta", "e1", order_ref="4711/10", eta=day(5)))
    world.settle()
    row = world.one("excess")
    assert (row["subject_type"], row["subject_id"], row["state"]) == ("purchase_order", "4711/10", "open")
    assert (row["summary"], row["need_at"], row["value_minor"]) == ("expected 10 days early", day(5), 100_000)
    world.say(signal("eta", "e2", order_ref="4711/10", eta=day(15), at=NOW))
    world.settle()
    assert world.one("excess")["state"] == "recovered"


def test_goods_that_came_too_early_are_a_fact(world: World) -> None:
    world.rule("excess", early_days=3)
    order(world, due=15)
    world.say(
        signal("receipt", "r1", order_ref="4711/10", occurred_at=day(-1), quantity=25.0),
        signal("receipt", "r2", order_ref="4711/10", occurred_at=day(-2), quantity=15.0),
    )
    world.settle()
    row = world.one("excess")
    assert (row["summary"], row["state"], row["value_minor"]) == ("arrived 17 days early", "recovered", 40_000)
    assert world.journal(row["id"]) == ["open", "clear"]


def test_a_line_that_leaves_the_plan_takes_its_excess_along_and_not_that_of_stock(world: World) -> None:
    world.rule("excess", early_days=3)
    maximum(world, 100.0)
    stock(world, 500.0)
    order(world, due=15)
    world.say(signal("eta", "e1", order_ref="4711/10", eta=day(5)))
    world.settle()
    world.withdraw("purchase_order", "4711/10")
    world.settle()
    assert world.states("excess") == [("4711/10", "recovered"), ("SKU-77@RTM", "open")]
