"""Days are those of the desk's calendar, also in the two nights of the year in which the clocks change."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values.clock import DAY, HOUR, instant_of, iso
from engine.values.days import Days
from tests.engine.detect.world import World, order, signal

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = (2026, 3, 29), (2026, 10, 25)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    """A local time in Berlin as an instant."""
    return instant_of(datetime(year, month, day, hour, minute, tzinfo=BERLIN))


@pytest.fixture
def desk(world: World) -> World:
    world.settings(zone="Europe/Berlin", currency="EUR", rates={})
    world.clock.set(at(2026, 3, 1))
    return world


def promised(world: World, year: int, month: int, day: int, expected: int) -> list[dict[str, float]]:
    """What is late when a line is promised for a day and expected at an instant."""
    date = datetime(year, month, day, tzinfo=BERLIN)
    order(world, planned_at=instant_of(date), until_at=instant_of(date + timedelta(days=1)))
    world.say(signal("eta", "e", order_ref="4711/10", eta=expected, at=at(2026, 2, 1)))
    world.settle()
    return [row["gap"] for row in world.rows("late_supply")]


@pytest.mark.parametrize("hour", [0, 12, 22, 23])
@pytest.mark.parametrize("day", [(2026, 3, 11), (2026, 3, 28), (2026, 10, 24)])
def test_any_hour_of_the_next_day_is_one_day_late(desk: World, day: tuple[int, int, int], hour: int) -> None:
    desk.rule("late_supply", days=0)
    year, month, date = day
    assert promised(desk, year, month, date, at(year, month, date + 1, hour, 30)) == [{"days": 1.0}]


@pytest.mark.parametrize("day", [(2026, 3, 11), (2026, 3, 28), (2026, 10, 24)])
def test_half_past_midnight_of_the_day_after_next_is_two_days_late(desk: World, day: tuple[int, int, int]) -> None:
    year, month, date = day
    assert promised(desk, year, month, date, at(year, month, date + 2, 0, 30)) == [{"days": 2.0}]


def test_a_promise_of_another_zone_ends_where_its_day_ends(desk: World) -> None:
    """A day of Shanghai begins at 17:00 in Berlin: at two in the night its next day has not passed."""
    planned = at(2026, 3, 10, 17)
    order(desk, planned_at=planned, until_at=planned + DAY)
    desk.rule("late_supply", days=0)
    desk.say(signal("eta", "e", order_ref="4711/10", eta=at(2026, 3, 12, 2), at=at(2026, 2, 1)))
    desk.settle()
    assert desk.one("late_supply")["gap"] == {"days": 1.0}


@pytest.mark.parametrize(("today", "sold"), [((2026, 10, 20), (2026, 10, 28)), ((2026, 3, 25), (2026, 3, 31))])
def test_the_day_of_a_stockout_begins_at_its_midnight(
    desk: World, today: tuple[int, int, int], sold: tuple[int, int, int]
) -> None:
    desk.clock.set(at(*today, 8))
    place = {"item": "A", "site": "B"}
    desk.say(signal("stock", "s", quantity=10.0, at=at(*today, 7), **place))
    desk.plan("sales_order", "S", quantity=50.0, planned_at=at(*sold, 9), **place)
    desk.settle()
    assert desk.one("stockout")["observed"]["at"] == iso(at(*sold))


def test_a_forecast_is_spread_over_whole_days_across_the_change(desk: World) -> None:
    desk.clock.set(at(2026, 3, 27, 8))
    place = {"item": "A", "site": "B"}
    desk.say(signal("stock", "s", quantity=30.0, at=at(2026, 3, 27, 7), **place))
    desk.plan("forecast", "f", quantity=60.0, planned_at=at(2026, 3, 28), until_at=at(2026, 4, 2), **place)
    desk.settle()
    row = desk.one("stockout")
    assert row["gap"]["quantity"] == -30.0
    assert row["observed"]["at"] == iso(at(2026, 4, 1))
    midnights = [at(2026, 3, 28), at(2026, 3, 29), at(2026, 3, 30), at(2026, 3, 31), at(2026, 4, 1)]
    demands = [name for name, *_ in row["terms"] if name.startswith("demand")]
    assert demands == [f"demand {iso(midnight)}" for midnight in midnights]


def test_overdue_counts_calendar_days_across_the_change(desk: World) -> None:
    order(desk, planned_at=at(2026, 3, 27), until_at=at(2026, 3, 28))
    desk.tick(at(2026, 3, 29, 12))
    assert desk.one("overdue")["gap"] == {"days": 1.0}
    assert desk.wakeups() == {"order 4711/10": at(2026, 3, 30)}
    desk.tick(at(2026, 3, 30))
    assert desk.one("overdue")["gap"] == {"days": 2.0}


@given(
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu"]),
    hours=st.integers(0, 24 * 365 * 3),
    count=st.integers(0, 400),
)
def test_days_begin_at_midnight_and_are_counted_by_dates(zone: str, hours: int, count: int) -> None:
    days, instant = Days(zone), at(2025, 1, 1) + hours * HOUR
    start = days.start(instant)
    assert start <= instant < days.after(instant)
    assert days.start(start) == start
    assert days.start(days.after(instant) - 1) == start
    later = days.later(start, count)
    assert days.start(later) == later
    assert days.between(start, later) == count
    local = [datetime.fromtimestamp(each / 1_000_000, ZoneInfo(zone)).date() for each in (start, later)]
    assert local[1] - local[0] == timedelta(days=count)
    assert days.between(start, later - 1) == count - 1


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_the_day_of_a_change_is_one_day(day: tuple[int, int, int]) -> None:
    days, noon = Days("Europe/Berlin"), at(*day, 12)
    length = days.after(noon) - days.start(noon)
    assert length == (23 if day == SPRING else 25) * HOUR
    assert days.between(days.start(noon), days.after(noon)) == 1
    assert days.later(at(day[0], day[1], day[2] - 1, 17), 1) == at(*day, 17)
