"""Quantities of different units are never added up, subtracted or compared, and what is left out is said."""

from __future__ import annotations

from typing import Any

import pytest

from engine.values.clock import HOUR
from tests.engine.detect.world import NOW, World, day, order, signal

PLACE = {"item": "A", "site": "B"}


def stock(world: World, quantity: float, uom: str | None) -> None:
    world.say(signal("stock", "s", quantity=quantity, uom=uom, occurred_at=NOW - HOUR, **PLACE))


def sale(world: World, ref: str, quantity: float, uom: str | None) -> None:
    world.plan("sales_order", ref, quantity=quantity, uom=uom, planned_at=day(2), **PLACE)


def demand(world: World, name: str, offset: int, quantity: float, uom: str | None) -> None:
    at = day(offset)
    world.say(signal("demand", name, quantity=quantity, uom=uom, occurred_at=at, at=at, **PLACE))


def not_counted(row: dict[str, Any]) -> list[tuple[Any, str, str]]:
    return [(value, unit, source) for name, value, unit, source in row["terms"] if name == "not counted"]


def test_a_reading_in_a_unit_of_its_own_gives_no_verdict(world: World) -> None:
    stock(world, -10.0, "PAL")
    world.plan("target", "t", quantity=500.0, uom="EA", **PLACE)
    sale(world, "SO-1", 300.0, "EA")
    world.settle()
    assert world.rows() == []


def test_only_what_is_in_the_readings_unit_moves_the_stock(world: World) -> None:
    stock(world, 10.0, "PAL")
    sale(world, "SO-1", 300.0, "EA")
    sale(world, "SO-2", 12.0, "pal")
    world.settle()
    row = world.one("stockout")
    assert row["gap"]["quantity"] == -2.0
    assert not_counted(row) == [(300.0, "EA", "sales_order SO-1, baseline 1; stock is in PAL")]


def test_a_forecast_and_a_target_in_another_unit_are_left_out(world: World) -> None:
    stock(world, 1.0, "PAL")
    sale(world, "SO-2", 2.0, "PAL")
    world.plan("forecast", "f", quantity=700.0, uom="EA", planned_at=day(1), until_at=day(8), **PLACE)
    world.plan("target", "t", quantity=500.0, uom="EA", **PLACE)
    world.settle()
    (row,) = world.rows()
    assert (row["kind"], row["gap"]["quantity"]) == ("stockout", -1.0)
    assert [(value, unit) for value, unit, _ in not_counted(row)] == [(700.0, "EA")]


@pytest.mark.parametrize("uoms", [("EA", None), (None, "EA"), ("EA", "ea")])
def test_a_unit_that_is_not_stated_can_be_compared(world: World, uoms: tuple[str | None, str | None]) -> None:
    stock(world, 10.0, uoms[0])
    sale(world, "SO-1", 30.0, uoms[1])
    world.settle()
    row = world.one("stockout")
    assert (row["gap"]["quantity"], not_counted(row)) == (-20.0, [])


def test_a_reading_without_a_unit_is_in_that_of_its_item(world: World) -> None:
    world.record("item", "A", id="A", uom="EA")
    stock(world, 10.0, None)
    sale(world, "SO-1", 12.0, "EA")
    sale(world, "SO-2", 30.0, "KG")
    world.settle()
    row = world.one("stockout")
    assert (row["gap"]["quantity"], row["gap"]["uom"]) == (-2.0, "EA")
    assert not_counted(row) == [(30.0, "KG", "sales_order SO-2, baseline 3; stock is in EA")]


def test_a_reading_without_a_unit_is_in_that_of_the_first_line(world: World) -> None:
    stock(world, 1.0, None)
    world.plan("purchase_order", "PO-1", quantity=2.0, uom="KG", planned_at=day(1), **PLACE)
    sale(world, "SO-1", 3500.0, "G")
    world.settle()
    row = world.one("stockout")
    assert (row["gap"]["quantity"], row["gap"]["uom"]) == (-0.5, "KG")


def test_a_reading_without_a_unit_is_in_that_of_its_target_where_no_line_says_one(world: World) -> None:
    stock(world, 1.0, None)
    world.plan("target", "t", quantity=2.0, uom="KG", **PLACE)
    world.plan("forecast", "f", quantity=400.0, uom="G", planned_at=day(1), until_at=day(8), **PLACE)
    world.settle()
    assert world.one("below_target")["observed"]["uom"] == "G", "the forecast's, which is asked first"


def test_components_are_counted_for_each_of_the_parents_own_unit(world: World) -> None:
    stock(world, 10.0, "EA")
    world.record("bom", "PUMP>A", parent="PUMP", item="A", quantity=2)
    world.record("item", "PUMP", id="PUMP", uom="EA", units={"CASE": 10})
    world.plan("production_order", "M", item="PUMP", site="B", quantity=3.0, uom="CASE", planned_at=day(2))
    world.settle()
    row = world.one("stockout")
    assert row["gap"]["quantity"] == -50.0
    taken = "production_order M, baseline 3, bom PUMP>A: 2 each, 1 CASE = 10 EA"
    assert taken in [source for _, _, _, source in row["terms"]]


def test_components_of_an_order_in_an_unknown_unit_are_not_counted_and_said(world: World) -> None:
    stock(world, -1.0, "EA")
    world.record("bom", "PUMP>A", parent="PUMP", item="A", quantity=2)
    world.record("item", "PUMP", id="PUMP", uom="EA")
    world.plan("production_order", "M", item="PUMP", site="B", quantity=3.0, uom="EA", planned_at=day(2))
    world.plan("production_order", "N", item="PUMP", site="B", quantity=3.0, uom="CASE", planned_at=day(2))
    world.settle()
    row = world.one("stockout")
    assert row["gap"]["quantity"] == -7.0
    assert [(value, unit) for value, unit, _ in not_counted(row)] == [(6.0, "CASE of PUMP")]


def test_the_value_is_that_of_the_missing_unit(world: World) -> None:
    world.record("item", "A", id="A", unit_value=2.0, currency="EUR", uom="EA")
    stock(world, 1.0, "PAL")
    sale(world, "SO-2", 3.0, "PAL")
    world.settle()
    assert world.one("stockout")["value_minor"] is None, "two EUR are for one piece, not for a pallet"
    world.plan("purchase_order", "P", quantity=2.0, uom="PAL", value_minor=90_000, currency="USD", **PLACE)
    world.settle()
    assert (world.one("stockout")["value_minor"], world.one("stockout")["currency"]) == (90_000, "USD")


def test_demand_is_compared_with_its_own_units_past(world: World) -> None:
    for week in range(8):
        demand(world, f"p{week}", 7 * (week - 8), 2.0, "PAL")
        demand(world, f"e{week}", 7 * (week - 8) + 1, 100.0, "EA")
    demand(world, "now", -1, 3.0, "PAL")
    world.settle()
    row = world.one("demand_shift")
    assert row["gap"] == {"percent": 50.0, "quantity": 1.0}
    assert not_counted(row) == [(8, "statements", "demand in another unit than S17's PAL")]


def test_demand_in_another_unit_is_not_held_against_the_forecast(world: World) -> None:
    world.plan("forecast", "f", quantity=200.0, uom="EA", planned_at=day(-3), until_at=day(4), **PLACE)
    demand(world, "a", -1, 190.0, "EA")
    demand(world, "b", -2, 400.0, "PAL")
    world.settle()
    assert world.rows() == []
    demand(world, "c", 0, 900.0, "PAL")
    world.settle()
    assert world.rows() == [], "too little of a past in pallets"


def test_a_receipt_in_another_unit_still_shows_that_the_order_moved(world: World) -> None:
    order(world, due=-1, quantity=100.0, uom="EA")
    world.say(signal("receipt", "r", order_ref="4711/10", quantity=2.0, uom="PAL", occurred_at=day(-1)))
    world.settle()
    world.tick(day(1))
    assert world.one("short_supply")["observed"] == {"quantity": 0.0, "uom": "EA", "by": "received"}


def cases_of_twelve(world: World, item: str) -> None:
    world.record("item", item, id=item, uom="EA", units={"CASE": 12.0}, unit_value=2.0, currency="EUR")


def test_a_promise_in_packs_counts_in_the_lines_unit_and_is_shown_as_it_was_said(world: World) -> None:
    cases_of_twelve(world, "SKU-77")
    order(world, quantity=120.0, uom="EA")
    world.say(signal("confirmation", "c", order_ref="4711/10", quantity=10.0, uom="CS"))
    world.settle()
    assert world.rows() == [], "ten cases are the whole line"
    world.say(signal("confirmation", "d", order_ref="4711/10", quantity=5.0, uom="CS", at=NOW))
    world.settle()
    row = world.one("short_supply")
    assert (row["gap"]["quantity"], row["observed"]["quantity"]) == (-60.0, 60.0)
    assert ["promised", 60.0, "EA", "S2: 5 CS"] in row["terms"]


def test_a_promise_of_a_larger_number_in_a_smaller_unit_is_not_taken_for_more(world: World) -> None:
    order(world, quantity=100.0, uom="KG")
    world.settle()
    world.say(signal("confirmation", "c", order_ref="4711/10", quantity=40_000.0, uom="GRM"))
    world.settle()
    assert world.one("short_supply")["gap"]["quantity"] == -60.0


def test_a_receipt_in_packs_completes_a_line(world: World) -> None:
    cases_of_twelve(world, "SKU-77")
    order(world, due=-3, quantity=24.0, uom="EA")
    world.say(signal("receipt", "r", order_ref="4711/10", quantity=2.0, uom="CASE", occurred_at=day(-3)))
    world.settle()
    assert world.rows() == []


def test_stock_and_what_moves_it_meet_in_the_readings_unit(world: World) -> None:
    cases_of_twelve(world, "A")
    stock(world, 10.0, "CASE")
    sale(world, "SO-1", 180.0, "PCE")
    world.plan("target", "t", quantity=60.0, uom="EA", **PLACE)
    world.settle()
    row = world.one("stockout")
    assert (row["gap"]["quantity"], row["gap"]["uom"], row["value_minor"]) == (-5.0, "CASE", 12_000)
    assert (not_counted(row), world.one("below_target")["planned"]["quantity"]) == ([], 5.0)
    sources = [source for name, _, _, source in row["terms"] if name.startswith(("demand", "unit value"))]
    assert sources == ["sales_order SO-1, baseline 2: 180 PCE", "item A: unit_value ÷ EA × 12"]


def test_demand_and_its_forecast_meet_in_one_unit(world: World) -> None:
    cases_of_twelve(world, "A")
    world.plan("forecast", "f", quantity=120.0, uom="EA", planned_at=day(-3), until_at=day(4), **PLACE)
    demand(world, "a", -1, 15.0, "CASE")
    world.settle()
    assert world.one("demand_shift")["gap"] == {"percent": 50.0, "quantity": 60.0}


def test_units_that_an_item_learns_later_are_used_from_then_on(world: World) -> None:
    order(world, quantity=120.0, uom="EA")
    world.say(signal("confirmation", "c", order_ref="4711/10", quantity=5.0, uom="CASE"))
    world.settle()
    assert world.rows() == []
    cases_of_twelve(world, "SKU-77")
    world.touch("order", "4711/10")
    world.settle()
    assert world.one("short_supply")["gap"]["quantity"] == -60.0
