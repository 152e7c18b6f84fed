"""unconfirmed: answers and departures that did not come in their time, found by time alone."""

from __future__ import annotations

from typing import Any

import pytest

from engine.values.clock import DAY, HOUR
from engine.vocabulary.model import SignalIn
from tests.engine.detect.world import NOW, World, day, order, signal

REF = "4711/10"


def shipment(world: World, *, due: int = 10, kind: str = "shipment", origin: str = "CNSZX") -> None:
    world.plan(
        kind,
        "BOX-1",
        item="SKU-77",
        site="RTM",
        origin=origin,
        quantity=5.0,
        planned_at=day(due),
        until_at=day(due + 1),
    )


def lane(world: World, days: float | None, origin: str | None = "CNSZX") -> None:
    data = {"destination": "RTM", "duration_days": days} | ({"origin": origin} if origin else {})
    world.record("lane", f"{origin}>RTM/{days}", **data)


def confirmed(at: int) -> SignalIn:
    return signal("confirmation", "c1", order_ref=REF, eta=day(30), at=at)


def test_an_order_without_an_answer_opens_by_wake_up_alone_and_recovers_with_the_answer(world: World) -> None:
    """PEERS 88: an order at 0 that is to be answered in 24 h opens at 86,400 s; answered at 90,000 s it recovers."""
    world.rule("unconfirmed", confirm_days=1)
    order(world, due=30)
    world.settle()
    assert world.wakeups() == {f"order {REF}": NOW + DAY}
    assert world.tick(NOW + DAY - 1).opened == 0
    assert world.tick(NOW + DAY).opened == 1
    row = world.one("unconfirmed")
    assert (row["state"], row["gap"], row["occurred_at"]) == ("open", {"days": 0.0}, NOW + DAY)
    assert row["summary"] == "no confirmation, expected today"
    answered_at = NOW + 90_000 * 1_000_000
    world.clock.set(answered_at)
    world.say(confirmed(answered_at))
    world.settle()
    row = world.one("unconfirmed")
    assert (row["state"], row["recovered_at"]) == ("recovered", answered_at)


def test_an_answer_in_time_leaves_nothing_to_say(world: World) -> None:
    world.rule("unconfirmed", confirm_days=1)
    order(world, due=30)
    world.settle()
    world.clock.set(NOW + HOUR)
    world.say(confirmed(NOW + HOUR))
    world.settle()
    assert world.wakeups() == {f"order {REF}": day(32)}, "what is left is the day on which it is overdue"
    world.tick(NOW + 5 * DAY)
    assert world.rows() == []


@pytest.mark.parametrize("kind", ["eta", "shipped", "receipt", "confirmation"])
def test_whatever_shows_that_the_line_is_under_way_is_an_answer(world: World, kind: str) -> None:
    world.rule("unconfirmed", confirm_days=1)
    order(world, due=30)
    said: dict[str, dict[str, Any]] = {"eta": {"eta": day(30)}, "confirmation": {"quantity": 9.0, "uom": "PAL"}}
    fields = said.get(kind, {"occurred_at": NOW})
    world.say(signal(kind, "x", order_ref=REF, **fields))
    world.tick(NOW + 3 * DAY)
    assert world.rows("unconfirmed") == []


def test_silence_of_a_line_that_nobody_watches_says_nothing(world: World) -> None:
    order(world, due=30)
    order(world, "4712/10", due=30, party="EAST")
    world.rule("unconfirmed", {"party": "EAST"}, confirm_days=2)
    world.tick(NOW + 20 * DAY)
    assert world.states("unconfirmed") == [("4712/10", "open")]


def test_silence_grows_by_the_day_and_raises(world: World) -> None:
    world.rule("unconfirmed", confirm_before_days=10)
    order(world, due=12)
    world.tick(day(2))
    assert world.one("unconfirmed")["severity"] == "low"
    assert world.tick(day(3) + HOUR).raised == 0
    assert world.tick(day(4)).raised == 1
    row = world.one("unconfirmed")
    assert (row["gap"], row["severity"], row["need_at"]) == ({"days": 2.0}, "medium", day(12))
    assert row["summary"] == "no confirmation, expected 2 days ago"
    assert ["confirm before", 10.0, "days", "tolerance unconfirmed: confirm_before_days (rule 1), before planned"] in (
        row["terms"]
    )


def test_the_earlier_of_both_answers_is_missed_first(world: World) -> None:
    world.rule("unconfirmed", confirm_days=5, confirm_before_days=10)
    order(world, due=12)
    order(world, "4712/10", due=40)
    world.settle()
    assert world.wakeups() == {f"order {REF}": day(2), "order 4712/10": NOW + 5 * DAY}


def test_a_changed_line_is_known_since_the_plan_first_had_it(world: World) -> None:
    world.rule("unconfirmed", confirm_days=3)
    order(world, due=30)
    world.tick(NOW + 2 * DAY)
    order(world, due=40, quantity=7.0)
    world.settle()
    assert world.wakeups() == {f"order {REF}": NOW + 3 * DAY}


@pytest.mark.parametrize("kind", ["shipment", "transfer_order"])
def test_goods_that_should_have_left_and_did_not(world: World, kind: str) -> None:
    world.rule("unconfirmed", ship_grace_days=1)
    lane(world, 6.0)
    lane(world, 4.0)
    shipment(world, due=10, kind=kind)
    world.settle()
    assert world.wakeups() == {"order BOX-1": day(10) - 4 * DAY + DAY}
    world.say(signal("confirmation", "c", order_ref="BOX-1", eta=day(10)))
    world.tick(day(8))
    row = world.one("unconfirmed")
    assert (row["summary"], row["gap"]) == ("no departure, expected 1 day ago", {"days": 1.0})
    world.say(signal("shipped", "s", order_ref="BOX-1", occurred_at=day(8), at=day(8)))
    world.settle()
    assert world.one("unconfirmed")["state"] == "recovered"


def test_a_lane_from_anywhere_serves_where_no_other_does_and_without_one_nothing_is_expected(world: World) -> None:
    world.rule("unconfirmed", ship_grace_days=1)
    shipment(world, due=10)
    order(world, due=10)
    world.tick(day(9))
    assert world.rows("unconfirmed") == []
    lane(world, None)
    lane(world, 3.0, origin=None)
    world.touch("order", "BOX-1")
    world.touch("order", REF)
    world.settle()
    assert world.states("unconfirmed") == [("BOX-1", "open")], "a purchase order's departure is the supplier's"


@pytest.mark.parametrize("word", ["closed", "cancelled"])
def test_a_closed_line_owes_no_answer(world: World, word: str) -> None:
    world.rule("unconfirmed", confirm_days=1)
    order(world, due=30)
    world.tick(NOW + 2 * DAY)
    world.say(signal("status", "s", order_ref=REF, status=word, at=NOW + DAY))
    world.settle()
    assert world.one("unconfirmed")["state"] == "recovered"
