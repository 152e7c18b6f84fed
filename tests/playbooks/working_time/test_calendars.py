"""Working time: laws that hold for every calendar, and the days on which the clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values.clock import DAY, HOUR, MINUTE, WEEKDAYS, iso, local_instant
from engine.values.errors import BadInput
from engine.vocabulary.planning import WorkingCalendar
from playbooks.working_time.calendars import WorkingTime, office_hours
from tests.playbooks.worlds import at

_WALLS = st.integers(0, 23).map(lambda hour: f"{hour:02}:30")
_RANGES = st.lists(st.tuples(_WALLS, _WALLS), max_size=3)
_CALENDARS = st.builds(
    WorkingCalendar,
    id=st.just("c"),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    week=st.fixed_dictionaries(
        {"wed": st.just([("08:00", "12:00")])}, optional={day: _RANGES for day in WEEKDAYS if day != "wed"}
    ),
    holidays=st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(str), max_size=5),
)
_INSTANTS = st.integers(at("2026-01-01T00:00:00Z"), at("2026-12-31T00:00:00Z"))
_MINUTES = st.integers(0, 3000)


@given(_CALENDARS, _INSTANTS, _MINUTES, _MINUTES)
def test_adding_twice_is_adding_the_sum(calendar: WorkingCalendar, start: int, first: int, second: int) -> None:
    working = WorkingTime(calendar)
    assert working.add(working.add(start, first), second) == working.add(start, first + second)


@given(_CALENDARS, _INSTANTS, st.integers(0, 10 * DAY), _MINUTES)
def test_a_later_start_never_ends_earlier(calendar: WorkingCalendar, start: int, wait: int, minutes: int) -> None:
    working = WorkingTime(calendar)
    assert working.add(start, minutes) <= working.add(start + wait, minutes)


@given(_CALENDARS, _INSTANTS, st.integers(1, 3000))
def test_exactly_the_minutes_asked_for_are_worked(calendar: WorkingCalendar, start: int, minutes: int) -> None:
    working = WorkingTime(calendar)
    end = working.add(start, minutes)
    assert working.between(start, end) == minutes * MINUTE
    assert working.between(end - MINUTE, end) > 0
    begin = working.next_start(start)
    assert begin >= start
    assert working.between(start, begin) == 0
    assert working.between(begin, begin + MINUTE) > 0


@given(_CALENDARS, _INSTANTS, st.integers(1, 3000))
def test_going_back_leaves_just_the_minutes_asked_for(calendar: WorkingCalendar, end: int, minutes: int) -> None:
    working = WorkingTime(calendar)
    start = working.subtract(end, minutes)
    assert working.between(start, end) == minutes * MINUTE
    assert working.add(start, minutes) <= end


def test_office_hours_pass_the_weekend_and_holidays_are_free() -> None:
    working = WorkingTime(office_hours("Europe/Berlin"))
    assert iso(working.add(at("2026-03-06T15:00:00Z"), 120)) == "2026-03-09T08:00:00Z"
    assert iso(working.next_start(at("2026-03-07T12:00:00Z"))) == "2026-03-09T07:00:00Z"
    closed = WorkingTime(WorkingCalendar("c", "UTC", {"mon": (("08:00", "16:00"),)}, ["2026-03-09"]))
    assert iso(closed.next_start(at("2026-03-08T00:00:00Z"))) == "2026-03-16T08:00:00Z"
    assert iso(closed.subtract(at("2026-03-16T08:00:00Z"), 60)) == "2026-03-02T15:00:00Z"


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    nights = WorkingTime(WorkingCalendar("n", "UTC", {"fri": (("22:00", "06:00"),)}, ["2026-03-13"]))
    assert iso(nights.add(at("2026-03-06T23:00:00Z"), 7 * 60)) == "2026-03-07T06:00:00Z"
    assert iso(nights.next_start(at("2026-03-07T06:00:00Z"))) == "2026-03-20T22:00:00Z"


@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        ("2026-03-29T02:30:00", "2026-03-29T01:00:00Z"),
        ("2026-03-29T02:00:00", "2026-03-29T01:00:00Z"),
        ("2026-03-29T01:59:00", "2026-03-29T00:59:00Z"),
        ("2026-03-29T03:00:00", "2026-03-29T01:00:00Z"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
        ("2026-10-25T03:00:00", "2026-10-25T02:00:00Z"),
    ],
)
def test_a_skipped_time_moves_forward_and_a_double_time_is_its_first(wall: str, instant: str) -> None:
    assert iso(local_instant(datetime.fromisoformat(wall), ZoneInfo("Europe/Berlin"))) == instant


def test_the_night_of_the_change_has_an_hour_less_or_more() -> None:
    working = WorkingTime(WorkingCalendar("n", "Europe/Berlin", {"sun": (("00:00", "06:00"),)}))
    for day, hours in (("2026-03-29", 5), ("2026-10-25", 7), ("2026-10-18", 6)):
        begin = at(f"{day}T12:00:00Z")
        assert working.between(begin - DAY, begin) == hours * HOUR


@pytest.mark.parametrize(
    ("calendar", "fault"),
    [
        (WorkingCalendar("c", "Mars/Olympus", {"mon": (("08:00", "16:00"),)}), "no time zone"),
        (WorkingCalendar("c", "../etc/passwd", {"mon": (("08:00", "16:00"),)}), "no time zone"),
        (WorkingCalendar("c", "UTC", {}), "no working time"),
        (
            WorkingCalendar("c", "UTC", {"mon": (("08:00", "08:04"), ("23:58", "00:02"))}),
            "no working time of 5 minutes",
        ),
        (WorkingCalendar("c", "UTC", {"monday": (("08:00", "16:00"),)}), "no day of the week"),
        (WorkingCalendar("c", "UTC", {"mon": (("8", "16:00"),)}), "no time of day"),
        (WorkingCalendar("c", "UTC", {"mon": (("08:00", "16:00"),)}, ["9.3.2026"]), "no date"),
    ],
)
def test_a_calendar_that_cannot_be_used_says_why(calendar: WorkingCalendar, fault: str) -> None:
    with pytest.raises(BadInput, match=fault):
        WorkingTime(calendar)


def test_a_calendar_of_holidays_only_ends_in_a_sentence() -> None:
    closed = [str(date(2026, 1, 1) + timedelta(days=day)) for day in range(5 * 365)]
    working = WorkingTime(WorkingCalendar("c", "UTC", {"mon": (("08:00", "16:00"),)}, closed))
    with pytest.raises(BadInput, match="no working time within three years"):
        working.next_start(at("2026-03-09T00:00:00Z"))


_OPEN = WorkingCalendar("c", "UTC", {"mon": (("08:00", "16:00"),), "thu": (("08:00", "08:04"),)})


@pytest.mark.parametrize(
    ("first", "kept", "works"),
    [
        (date(2026, 1, 1), (), False),
        (date(2027, 6, 7), (), False),
        (date(2027, 6, 7), (date(2028, 6, 5), date(2029, 6, 4)), True),
        (date(2022, 1, 1), (), True),
    ],
)
def test_a_gap_of_three_years_is_found_before_a_search_comes_to_it(
    first: date, kept: tuple[date, ...], works: bool
) -> None:
    """Also one that begins later; days with less than a slot of work are none."""
    closed = [str(day) for count in range(4 * 365) if (day := first + timedelta(days=count)) not in kept]
    working = WorkingTime(replace(_OPEN, holidays=closed))
    if works:
        working.require_work(at("2026-03-09T00:00:00Z"))
    else:
        with pytest.raises(BadInput, match="no working time within three years"):
            working.require_work(at("2026-03-09T00:00:00Z"))


def test_a_placeholder_date_is_out_of_reach() -> None:
    # 9999-12-31
    with pytest.raises(BadInput, match="outside 1971 to 9000"):
        WorkingTime(office_hours("UTC")).next_start(253_402_214_400_000_000)
