"""What owners have to do by day, where it is too much, and who could take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.values.clock import DAY, HOUR
from engine.vocabulary.planning import Owner, WorkingCalendar, World
from engine.vocabulary.scheduling import OpenAction, OwnerLoad
from playbooks.scheduling.workload import workload
from tests.playbooks.worlds import at

MONDAY = at("2026-03-09T08:00:00Z")
ANA, BO, DORA = (
    Owner("ana", "Ana", ("procurement",)),
    Owner("bo", "Bo", ("procurement",)),
    Owner("dora", "Dora", ("logistics",)),
)


def action(id: str = "A1", **changes: Any) -> OpenAction:  # noqa: A002
    """Two hours of ana's Monday from eight o'clock on, due in the evening."""
    usual: dict[str, Any] = {
        "title": "Call",
        "owner": "ana",
        "function": "procurement",
        "state": "ready",
        "start_at": MONDAY,
        "minutes": 120,
        "due_at": MONDAY + 9 * HOUR,
    }
    return OpenAction(id, **(usual | changes))


def loads(
    actions: Sequence[OpenAction],
    *owners: Owner,
    days: int = 2,
    now: int = MONDAY,
    zone: str = "UTC",
    most: int | None = None,
) -> dict[str, OwnerLoad]:
    calendars = {"early": WorkingCalendar("early", "UTC", {"mon": (("05:00", "09:00"),)})}
    world = World(now, zone, owners or (ANA, BO, DORA), calendars)
    return {load.owner: load for load in workload(actions, world, days, most)}


def test_work_counts_on_the_days_that_it_is_done_on() -> None:
    ana = loads([action(start_at=MONDAY + 8 * HOUR)])["ana"]
    assert [(day.day, day.capacity, day.planned, list(day.actions)) for day in ana.days] == [
        ("2026-03-09", 540, 60, ["A1"]),
        ("2026-03-10", 540, 60, ["A1"]),
    ]


def test_today_has_only_what_is_left_of_it_and_begun_work_only_what_is_left_of_that() -> None:
    begun = action(state="in_progress", started_at=MONDAY, minutes=180)
    day = loads([begun], now=MONDAY + 2 * HOUR)["ana"].days[0]
    assert (day.capacity, day.planned, day.due) == (420, 60, 60)


def test_an_absence_leaves_no_time_and_its_owner_hands_on_what_is_due_then() -> None:
    away = replace(ANA, away=(("2026-03-09", "2026-03-09"),))
    ana = loads([action()], away, BO, DORA)["ana"]
    assert [(day.capacity, day.over) for day in ana.days] == [(0, 120), (540, 0)]
    (handover,) = ana.handovers
    assert (handover.action, [(taker.owner, taker.free) for taker in handover.takers]) == ("A1", [("bo", 540)])


def test_more_than_can_be_done_by_the_due_times_is_too_much_whatever_the_plan() -> None:
    work = [action(f"A{number}", start_at=MONDAY + number * DAY, minutes=240) for number in range(3)]
    ana = loads(work)["ana"]
    assert [day.over for day in ana.days] == [180, 0]
    assert [handover.action for handover in ana.handovers] == ["A0"]


def test_what_is_not_named_is_counted() -> None:
    work = [action(f"A{number}", minutes=300) for number in range(4)]
    whole, cut = loads(work)["ana"], loads(work, most=1)["ana"]
    today = whole.days[0]
    assert (len(today.actions), today.further_actions) == (4, 0)
    assert cut.days[0] == replace(today, actions=today.actions[:1], further_actions=3)
    assert (len(whole.handovers), whole.further_handovers) == (3, 0)
    assert (cut.handovers, cut.further_handovers) == (whole.handovers[:1], 2)


def test_work_that_overlaps_is_too_much_of_its_day() -> None:
    work = [action(f"A{number}", minutes=300, due_at=MONDAY + 30 * DAY) for number in range(2)]
    assert loads(work)["ana"].days[0].over == 60


def test_who_has_not_the_time_or_not_the_scope_takes_nothing() -> None:
    work = [action(minutes=600), action("A2", owner="bo", minutes=500)]
    far = replace(BO, id="chen", sites=("ANR",))
    (handover,) = loads([replace(each, scope={"site": "RTM"}) for each in work], ANA, BO, DORA, far)["ana"].handovers
    assert list(handover.takers) == []


def test_who_left_the_plan_hands_on_everything() -> None:
    gone = loads([action(due_at=MONDAY + 5 * DAY)], BO)["ana"]
    assert (gone.known, [handover.takers[0].owner for handover in gone.handovers]) == (False, ["bo"])


def test_a_message_takes_nobodys_time() -> None:
    assert loads([action(attended=False)])["ana"].days[0].planned == 0


def test_days_are_the_desks_and_hours_the_owners() -> None:
    early = replace(ANA, calendar="early")
    days = loads([], early, zone="America/Los_Angeles", now=at("2026-03-09T00:00:00Z"), days=3)["ana"].days
    # In Los Angeles it is still Sunday afternoon; 05:00 to 09:00 UTC lies before and after midnight there.
    assert [(day.day, day.capacity) for day in days] == [("2026-03-08", 120), ("2026-03-09", 120), ("2026-03-10", 0)]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 20), st.integers(0, 40)), max_size=8))
@settings(max_examples=50, deadline=None)
def test_no_minute_is_lost_and_what_fits_by_its_due_times_is_not_too_much(work: list[tuple[int, int, int]]) -> None:
    start, actions = MONDAY, []
    for number, (gap, quarters, slack) in enumerate(work):
        start += gap * HOUR
        end = start + 3 * DAY + slack * HOUR
        actions.append(action(f"A{number}", start_at=start, minutes=quarters * 15, due_at=end))
        start += DAY
    ana = loads(actions, days=30)["ana"]
    assert sum(day.planned for day in ana.days) == sum(each.minutes for each in actions)
    by_due = [(each.due_at, each.minutes) for each in actions]
    for number, day in enumerate(ana.days):
        capacity = sum(each.capacity for each in ana.days[: number + 1])
        end = at(f"{day.day}T00:00:00Z") + DAY
        needed = sum(minutes for due, minutes in by_due if due <= end)
        assert day.over >= min(day.due, needed - capacity)
        assert not day.over or day.planned > day.capacity or needed > capacity
