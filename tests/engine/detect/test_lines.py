"""late_supply, short_supply and overdue through the pipeline, on real files."""

from __future__ import annotations

import pytest

from engine.values.clock import DAY, HOUR, parse_instant
from tests.engine.detect.world import NOW, World, day, order, signal


def eta(world: World, expected: int, source_id: str = "e1", **fields: object) -> None:
    world.say(signal("eta", source_id, order_ref="4711/10", eta=expected, **fields))


@pytest.mark.parametrize(("arrival", "late"), [(6, None), (7, 2.0), (17, 12.0)])
def test_an_eta_after_the_promised_day_and_the_tolerance_is_late(
    world: World, arrival: int, late: float | None
) -> None:
    order(world, due=5)
    eta(world, day(arrival))
    world.settle()
    found = world.rows("late_supply")
    assert [row["gap"] for row in found] == ([] if late is None else [{"days": late}])


def test_any_time_of_the_promised_day_keeps_the_promise(world: World) -> None:
    world.rule("late_supply", days=0)
    order(world, due=5)
    eta(world, day(6) - 1)
    world.settle()
    assert world.rows("late_supply") == []
    eta(world, day(6), "e2", at=NOW)
    world.settle()
    assert world.one("late_supply")["gap"] == {"days": 1.0}


def test_days_are_whole_across_the_change_of_the_clocks(world: World) -> None:
    """Midnight in Berlin on 27 and on 31 March 2026 lie 4 days less one hour apart."""
    world.settings(zone="Europe/Berlin", currency="EUR", rates={})
    start = parse_instant("2026-03-26T23:00:00Z", "test")
    order(world, planned_at=start, until_at=start + DAY)
    eta(world, parse_instant("2026-03-30T22:00:00Z", "test"))
    world.settle()
    assert world.one("late_supply")["gap"] == {"days": 4.0}


def test_the_latest_statement_holds_not_the_latest_arrival(world: World) -> None:
    """Cases 81 and 83: later knowledge wins, whenever it comes in."""
    order(world)
    eta(world, day(20), "e1", at=NOW - HOUR)
    eta(world, day(5), "e2", at=NOW - 2 * HOUR)
    world.settle()
    assert world.one("late_supply")["state"] == "open"
    eta(world, day(5), "e3", at=NOW)
    world.settle()
    assert world.one("late_supply")["state"] == "recovered"


def test_a_statement_of_the_future_counts_from_then_on(world: World) -> None:
    order(world, due=30)
    eta(world, day(50), at=NOW + 3 * DAY)
    world.settle()
    assert world.rows() == []
    assert world.wakeups() == {"order 4711/10": NOW + 3 * DAY}
    assert world.tick(NOW + 3 * DAY - 1).judged == 0
    assert world.tick(NOW + 3 * DAY).opened == 1


def test_a_line_that_arrived_late_is_history_at_once_and_only_once(world: World) -> None:
    order(world, due=-5)
    world.say(signal("receipt", "r1", order_ref="4711/10", occurred_at=day(-1)))
    result = world.settle()
    row = world.one("late_supply")
    assert (row["state"], row["gap"], row["observed"]) == (
        "recovered",
        {"days": 4.0},
        {"arrived": "2026-03-08T00:00:00Z"},
    )
    assert (result.opened, result.cleared) == (1, 1)
    assert world.journal(row["id"]) == ["open", "clear"]
    world.touch("order", "4711/10")
    assert world.settle().opened == 0
    world.tick(NOW + 2 * DAY)
    world.touch("order", "4711/10")
    world.settle()
    assert world.states("late_supply") == [("4711/10", "resolved")]


def test_receipts_of_different_rows_add_up_and_a_restated_row_replaces_itself(world: World) -> None:
    order(world, due=-3)
    world.say(
        signal("receipt", "r1", order_ref="4711/10", occurred_at=day(-4), quantity=60.0),
        signal("receipt", "r2", order_ref="4711/10", occurred_at=day(-4), quantity=30.0),
        identity="state",
    )
    world.settle()
    assert world.one("short_supply")["gap"] == {"quantity": -10.0, "uom": "EA", "percent": -10.0}
    assert world.one("overdue")["value_minor"] == 10_000
    world.say(
        signal("receipt", "r2", order_ref="4711/10", occurred_at=day(-4), quantity=40.0, at=NOW), identity="state"
    )
    world.settle()
    assert {row["state"] for row in world.rows()} == {"recovered"}


@pytest.mark.parametrize("quantities", [(60.0, None), (None, 60.0)])
def test_two_receipts_of_one_instant_are_two_receipts(
    world: World, quantities: tuple[float | None, float | None]
) -> None:
    """One of them stands for the whole line: it says no quantity."""
    order(world, due=-3)
    world.say(
        *(
            signal("receipt", f"r{place}", order_ref="4711/10", occurred_at=day(-3), quantity=quantity)
            for place, quantity in enumerate(quantities)
        )
    )
    world.settle()
    assert world.rows() == []


def test_a_smaller_promise_is_short_beyond_both_limits(world: World) -> None:
    order(world)
    world.say(signal("confirmation", "c1", order_ref="4711/10", quantity=95.0, eta=day(5)))
    world.settle()
    assert world.rows() == []
    world.say(signal("confirmation", "c2", order_ref="4711/10", quantity=60.0, eta=day(5), at=NOW))
    world.settle()
    row = world.one("short_supply")
    assert (row["gap"]["quantity"], row["severity"], row["value_minor"]) == (-40.0, "high", 40_000)
    assert row["observed"] == {"quantity": 60.0, "uom": "EA", "by": "promised"}


def test_a_quantity_in_another_unit_is_not_compared(world: World) -> None:
    order(world)
    world.say(signal("confirmation", "c1", order_ref="4711/10", quantity=4.0, uom="PAL"))
    world.settle()
    assert world.rows() == []


def test_part_of_a_line_is_short_only_when_the_announced_day_is_over(world: World) -> None:
    order(world, due=-1)
    world.say(
        signal("receipt", "r1", order_ref="4711/10", occurred_at=day(-1), quantity=20.0),
        signal("eta", "e1", order_ref="4711/10", eta=day(0)),
    )
    world.settle()
    assert world.rows("short_supply") == []
    assert world.tick(day(1)).opened == 2  # short now, and overdue since the grace is over
    assert world.one("short_supply")["observed"]["by"] == "received"


def test_overdue_begins_at_the_end_of_the_day_and_the_grace(world: World) -> None:
    order(world, due=2)
    world.settle()
    begins = day(4)
    assert world.wakeups() == {"order 4711/10": begins}
    assert world.tick(begins - 1).opened == 0
    assert world.tick(begins).opened == 1
    row = world.one("overdue")
    assert (row["gap"], row["severity"], row["need_at"]) == ({"days": 1.0}, "low", day(2))


def test_overdue_grows_by_the_day_without_a_word_and_raises_with_one(world: World) -> None:
    order(world, due=0)
    world.tick(day(2))
    row = world.one("overdue")
    world.tick(day(3) + HOUR)
    later = world.one("overdue")
    assert later["gap"] == {"days": 2.0}
    assert later["version"] == row["version"], "time alone is no event"
    assert world.tick(day(4)).raised == 1
    assert world.journal(row["id"]) == ["open", "raise"]
    assert world.one("overdue")["severity"] == "medium"


def test_an_instant_is_kept_by_that_instant(world: World) -> None:
    world.rule("late_supply", days=0)
    order(world, planned_at=day(5), until_at=None)
    eta(world, day(5))
    world.settle()
    assert world.rows() == []
    eta(world, day(5) + 6 * HOUR, "e2", at=NOW)
    world.settle()
    assert world.one("late_supply")["gap"] == {"days": 0.25}


@pytest.mark.parametrize("word", ["closed", "cancelled"])
def test_a_closed_or_cancelled_line_is_not_watched(world: World, word: str) -> None:
    order(world, due=-9)
    eta(world, day(9))
    world.settle()
    assert {row["kind"] for row in world.rows()} == {"late_supply", "overdue"}
    world.say(signal("status", "s1", order_ref="4711/10", status=word, at=NOW))
    world.settle()
    assert {row["state"] for row in world.rows()} == {"recovered"}


def test_a_line_that_leaves_the_plan_leaves_the_queue(world: World) -> None:
    order(world, due=-9)
    world.settle()
    world.withdraw("purchase_order", "4711/10")
    world.settle()
    assert world.states("overdue") == [("4711/10", "recovered")]


def test_a_statement_about_another_kind_of_order_does_not_count(world: World) -> None:
    order(world)
    world.plan("sales_order", "4711/10", item="SKU-77", site="RTM", quantity=1.0)
    eta(world, day(40), order_kind="sales_order")
    world.settle()
    assert world.rows() == []


def test_a_restated_row_speaks_at_the_time_of_its_last_statement(world: World) -> None:
    """Row a, then row b, then row a again: between rows the last statement holds, and that is a's."""
    order(world)
    for source_id, expected, hours in (("a", 20, 3), ("b", 5, 2), ("a", 30, 1)):
        statement = signal("eta", source_id, order_ref="4711/10", eta=day(expected), at=NOW - hours * HOUR)
        world.say(statement, identity="state")
    world.settle()
    assert world.one("late_supply")["gap"] == {"days": 25.0}
