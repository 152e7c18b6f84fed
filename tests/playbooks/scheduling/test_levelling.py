"""Steps find their places round the work that their owners have already."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.values.clock import HOUR
from engine.vocabulary.planning import Booking, Owner, PlannedAction, World
from playbooks.planning.planner import PlaybookPlanner
from playbooks.working_time.calendars import WorkingTime, office_hours
from tests.playbooks.worlds import ONE_STEP, at, deviation, library

BUYER = Owner("ana", "Ana", ("procurement",))
TWO_STEPS = ONE_STEP + "  - {{id: order, title: Order, role: buyer, duration: PT1H, needs: [call]}}\n"


def planned(folder: Path, bookings: Sequence[Booking], text: str = ONE_STEP) -> Sequence[PlannedAction]:
    world = World(at("2026-03-06T09:00:00Z"), "UTC", (BUYER,), {}, bookings)
    planner = PlaybookPlanner(library(folder, text.format(id="p")))
    return planner.plan(deviation(), world, "p").actions


def test_a_step_begins_at_once_where_its_owner_is_free(tmp_path: Path) -> None:
    assert planned(tmp_path, ())[0].start_at == at("2026-03-06T09:00:00Z")


def test_a_step_waits_for_what_its_owner_has_begun_and_counts_only_the_rest_of_it(tmp_path: Path) -> None:
    begun = Booking("ana", "A1", at("2026-03-06T08:00:00Z"), 180, started_at=at("2026-03-06T08:00:00Z"))
    assert planned(tmp_path, (begun,))[0].start_at == at("2026-03-06T11:00:00Z")


def test_a_step_takes_the_gap_before_later_work_only_if_it_fits_whole(tmp_path: Path) -> None:
    later = Booking("ana", "A1", at("2026-03-06T10:00:00Z"), 60)
    call, order = planned(tmp_path, (later,), TWO_STEPS)
    # Two hours do not fit before ten o'clock.
    assert (call.start_at, order.start_at) == (at("2026-03-06T11:00:00Z"), at("2026-03-06T13:00:00Z"))


def test_somebody_elses_work_is_in_nobodys_way(tmp_path: Path) -> None:
    assert planned(tmp_path, (Booking("bo", "A1", at("2026-03-06T09:00:00Z"), 600),))[0].start_at == at(
        "2026-03-06T09:00:00Z"
    )


def test_what_makes_a_step_late_is_named(tmp_path: Path) -> None:
    due = ONE_STEP + "    due: {{within: PT3H, from: ready}}\n"
    world = World(
        at("2026-03-06T09:00:00Z"), "UTC", (BUYER,), {}, (Booking("ana", "A7", at("2026-03-06T09:00:00Z"), 240),)
    )
    plan = PlaybookPlanner(library(tmp_path, due.format(id="p"))).plan(deviation(), world, "p")
    assert any("ana has A7 before" in warning for warning in plan.warnings)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 30)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_no_step_overlaps_what_is_booked_without_overlaps(
    tmp_path_factory: pytest.TempPathFactory, gaps: list[tuple[int, int]]
) -> None:
    start, bookings = at("2026-03-06T09:00:00Z"), []
    for number, (gap, length) in enumerate(gaps):
        start += gap * 5 * 60_000_000
        bookings.append(Booking("ana", f"A{number}", start, length * 5))
        start += length * 5 * 60_000_000 + 24 * HOUR
    folder = tmp_path_factory.mktemp("levelling")
    actions = planned(folder, bookings, TWO_STEPS)
    working = WorkingTime(office_hours("UTC"))
    taken = [
        (working.next_start(each.start_at), working.add(working.next_start(each.start_at), each.minutes))
        for each in bookings
    ]
    steps = [(each.start_at, working.add(each.start_at, each.duration_minutes)) for each in actions]
    for begin, end in steps:
        assert all(end <= other or begin >= until for other, until in taken)
    assert steps[0][1] <= steps[1][0]
