"""demand_shift: against a forecast, and against an item's own past."""

from __future__ import annotations

import statistics

import pytest

from engine.values.clock import HOUR
from tests.engine.detect.world import World, day, signal

WEEKS = [100.0, 104.0, 96.0, 101.0, 99.0, 103.0, 97.0, 100.0]


def demand(world: World, offset: int, quantity: float, source_id: str | None = None) -> None:
    given = {"item": "SKU-12", "site": "DE", "occurred_at": day(offset), "at": day(offset)}
    world.say(signal("demand", source_id or f"d{offset}", quantity=quantity, **given))


def history(world: World, quantities: list[float]) -> None:
    for place, quantity in enumerate(quantities):
        demand(world, 7 * (place - len(quantities)), quantity)


@pytest.mark.parametrize(("latest", "percent"), [(163.0, 63.0), (40.0, -60.0), (120.0, None)])
def test_a_period_far_from_its_past_is_a_spike_or_a_drop(world: World, latest: float, percent: float | None) -> None:
    history(world, WEEKS)
    demand(world, 0, latest)
    world.settle()
    world.tick(day(1))
    found = world.rows("demand_shift")
    assert [row["gap"]["percent"] for row in found] == ([] if percent is None else [percent])
    if found:
        assert found[0]["summary"].startswith("spike" if latest > 100 else "drop")
        assert "median" in found[0]["summary"]


def test_the_statistic_is_the_robust_z_that_the_docstring_names(world: World) -> None:
    history(world, WEEKS)
    demand(world, 0, 163.0)
    world.settle()
    median = statistics.median(WEEKS)
    spread = statistics.median(abs(quantity - median) for quantity in WEEKS)
    terms = {name: value for name, value, _, _ in world.one("demand_shift")["terms"]}
    assert terms["robust z"] == pytest.approx(0.6745 * (163.0 - median) / spread, abs=0.01)


def test_both_limits_must_be_exceeded(world: World) -> None:
    world.rule("demand_shift", percent=10)
    history(world, [50.0, 150.0, 70.0, 130.0, 90.0, 110.0, 40.0, 160.0])
    demand(world, 0, 190.0)
    world.settle()
    assert world.rows() == [], "90 % over the median, but not unusual for this item"


def test_too_short_a_past_gives_no_verdict(world: World) -> None:
    history(world, WEEKS[:7])
    demand(world, 0, 900.0)
    world.settle()
    assert world.rows() == []


def test_a_day_that_is_not_over_can_only_be_a_spike(world: World) -> None:
    history(world, WEEKS)
    demand(world, 0, 10.0)
    world.settle()
    assert world.rows() == []
    assert world.wakeups() == {"stock SKU-12 DE": day(1)}
    world.tick(day(1))
    assert world.one("demand_shift")["gap"]["percent"] == -90.0


def test_a_constant_past_makes_any_large_difference_a_shift(world: World) -> None:
    history(world, [100.0] * 8)
    demand(world, 0, 130.0)
    world.settle()
    assert world.one("demand_shift")["gap"] == {"percent": 30.0, "quantity": 30.0}


def test_a_forecast_bucket_is_the_yardstick_where_there_is_one(world: World) -> None:
    history(world, WEEKS)
    bucket = {"item": "SKU-12", "site": "DE", "planned_at": day(-2), "until_at": day(5)}
    world.plan("forecast", "f", quantity=200.0, **bucket)
    demand(world, -1, 120.0, "a")
    demand(world, 0, 90.0, "b")
    world.settle()
    assert world.rows() == [], "5 % over the forecast"
    world.say(
        signal("demand", "c", item="SKU-12", site="DE", quantity=60.0, occurred_at=day(0) + HOUR, at=day(0) + HOUR)
    )
    world.settle()
    row = world.one("demand_shift")
    assert row["gap"] == {"percent": 35.0, "quantity": 70.0}
    assert "forecast" in row["summary"]


def test_a_normal_period_after_it_clears(world: World) -> None:
    history(world, WEEKS)
    demand(world, -1, 163.0, "spike")
    world.settle()
    demand(world, 0, 101.0, "calm")
    world.settle()
    assert world.states("demand_shift") == [("SKU-12@DE", "recovered")]
