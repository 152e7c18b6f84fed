"""Working time that is laid out once places work where the calendar does, also where clocks change."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.values.clock import DAY, MINUTE
from playbooks.working_time.axis import Axis
from playbooks.working_time.calendars import WorkingTime
from tests.playbooks.networks import CALENDARS, NOW

BEGINS = st.integers(0, 20 * 24 * 60).map(lambda minutes: NOW - 3 * DAY + minutes * MINUTE)


@pytest.mark.parametrize("name", CALENDARS)
@given(work=st.lists(st.tuples(BEGINS, st.integers(0, 3000)), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_work_is_placed_where_the_calendar_places_it(name: str, work: list[tuple[int, int]]) -> None:
    working = WorkingTime(CALENDARS[name])
    axis = Axis(working, NOW - 3 * DAY)
    for begin, minutes in work:
        start = working.next_start(begin)
        assert axis.place(begin, minutes) == (start, working.add(start, minutes))
