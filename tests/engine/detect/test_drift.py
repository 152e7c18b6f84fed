"""demand_shift, drift: a level that is left by less than a spike takes, told by a run and its cumulative sum."""

from __future__ import annotations

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.detect import drift
from engine.detect.drift import Period
from engine.detect.tolerance_rules import Tolerances
from engine.vocabulary.tolerance import Subject
from tests.engine.detect.world import World, day, signal

PAST = [100.0, 104.0, 96.0, 101.0, 99.0, 103.0, 97.0, 102.0, 98.0, 100.0]
LIMITS = Tolerances([]).of("demand_shift", Subject(None, None, None, None, ""))


def weekly(world: World, quantities: list[float], ago: int = 0) -> None:
    """Demand of past weeks, the last of them `ago` weeks before last week."""
    for place, quantity in enumerate(quantities):
        offset = 7 * (place - len(quantities) - ago)
        given = {"item": "SKU-12", "site": "DE", "occurred_at": day(offset), "at": day(offset)}
        world.say(signal("demand", f"d{offset}", quantity=quantity, **given))


def forecasts(world: World, quantities: list[float]) -> None:
    for place, quantity in enumerate(quantities):
        start = 7 * (place - len(quantities))
        bucket = {"item": "SKU-12", "site": "DE", "planned_at": day(start), "until_at": day(start + 7)}
        world.plan("forecast", f"f{place}", quantity=quantity, **bucket)


@pytest.mark.parametrize(("level", "percent"), [(120.0, 20.0), (80.0, -20.0), (112.0, None)])
def test_eight_weeks_on_one_side_are_a_drift(world: World, level: float, percent: float | None) -> None:
    weekly(world, [*PAST, *[level] * 7])
    world.settle()
    assert world.rows() == [], "seven are none yet, and none of them is a spike"
    weekly(world, [level], ago=-1)
    world.tick(day(1))
    found = world.rows("demand_shift")
    assert [row["gap"] for row in found] == (
        [] if percent is None else [{"drift_percent": percent, "quantity": 8 * percent}]
    )


def test_every_figure_of_a_drift_can_be_worked_out_again(world: World) -> None:
    recent = [118.0, 121.0, 117.0, 122.0, 119.0, 124.0, 118.0, 121.0]
    weekly(world, [*PAST, *recent])
    world.settle()
    row = world.one("demand_shift")
    terms = {name: value for name, value, _, _ in row["terms"]}
    median = statistics.median(PAST)
    spread = statistics.median(abs(quantity / median - 1) for quantity in PAST) / 0.6745
    total = 0.0
    for quantity in recent:
        total = max(0.0, total + min((quantity / median - 1) / spread, 3.0) - 0.5)
    assert (terms["expected"], terms["actual"]) == (8 * median, sum(recent))
    assert terms["CUSUM"] == pytest.approx(total, abs=0.01)
    assert terms["spread"] == pytest.approx(100 * spread, abs=0.01)
    assert row["summary"] == "drift: +20 % over 8 periods (CUSUM 20.0)"
    assert row["severity"] == "low"


def test_one_week_on_the_other_side_ends_it(world: World) -> None:
    weekly(world, [*PAST, *[120.0] * 8])
    world.settle()
    assert world.one("demand_shift")["state"] == "open"
    weekly(world, [95.0], ago=-1)
    world.tick(day(1))
    assert world.one("demand_shift")["state"] == "recovered"


def test_a_drift_against_forecasts_is_their_bias(world: World) -> None:
    expected = [100.0, 80.0, 60.0, 90.0, 110.0, 70.0, 100.0, 90.0, *[100.0, 60.0] * 4]
    weekly(world, [*(quantity * 1.02 for quantity in expected[:8]), *(quantity * 1.2 for quantity in expected[8:])])
    world.settle()
    assert world.rows() == [], "without forecasts these weeks are all alike"
    forecasts(world, expected)
    world.settle()
    row = world.one("demand_shift")
    assert row["gap"]["drift_percent"] == 20.0
    assert ["expected", 640.0, "", "their forecasts"] in row["terms"]


def test_a_spike_in_the_last_week_is_a_spike(world: World) -> None:
    weekly(world, [*PAST, *[120.0] * 7, 190.0])
    world.settle()
    assert world.one("demand_shift")["summary"].startswith("spike")


def test_zero_periods_watch_for_no_drift(world: World) -> None:
    world.rule("demand_shift", drift_periods=0)
    weekly(world, [*PAST, *[120.0] * 8])
    world.settle()
    assert world.rows() == []


def test_two_outliers_in_a_run_are_no_drift() -> None:
    """Capped at 3, each of them adds 2.5 to the sum, and what is near the level takes away."""
    before = [Period(0, 1, 100.0 + (-10) ** (number % 2), 100.0, ()) for number in range(10)]
    run = [Period(0, 1, quantity, 100.0, ()) for quantity in [400.0, 400.0, *[100.1] * 6]]
    assert drift.find(before, run, LIMITS) is None


@given(st.integers(0, 10_000))
def test_noise_around_a_level_hardly_ever_drifts(seed: int) -> None:
    """Of periods that spread by 8 % around their level, eight in a row never lie 15 % to one side together."""
    chance = random.Random(seed)
    before, run = (
        [Period(0, 1, max(1.0, chance.gauss(100.0, 8.0)), 100.0, ()) for _ in range(count)] for count in (20, 8)
    )
    assert drift.find(before, run, LIMITS) is None
