"""Laws of replanning on random networks, and what single slips do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.values.clock import DAY, HOUR, MINUTE
from engine.values.errors import Refused
from engine.vocabulary.planning import World
from engine.vocabulary.scheduling import OpenAction, Replan
from playbooks.scheduling.replanning import replan
from playbooks.working_time.people import People
from tests.playbooks.networks import NOW, OWNERS, WORLD, faults, lateness, moved, networks, spans, starts
from tests.playbooks.worlds import at

LAW = settings(max_examples=150, deadline=None)


def settled(actions: Sequence[OpenAction]) -> list[OpenAction]:
    """A schedule that replanning leaves alone, with everything where it belongs."""
    return [replace(action, home_at=None) for action in moved(actions, replan(actions, WORLD))]


def slipped(actions: Sequence[OpenAction], number: int, minutes: int) -> list[OpenAction]:
    """One action without open needs is being worked on, and takes so much longer; else the first one."""
    able = [action.id for action in actions if not action.needs]
    chosen = able[number % len(able)]
    return [
        replace(action, state="in_progress", started_at=NOW, minutes=action.minutes + minutes)
        if action.id == chosen
        else action
        for action in actions
    ]


@given(networks())
@LAW
def test_a_schedule_that_can_be_carried_out_moves_only_to_be_less_late(actions: list[OpenAction]) -> None:
    result = replan(actions, WORLD)
    assert not faults(actions)
    assert not faults(moved(actions, result))
    assert lateness(moved(actions, result)) < lateness(actions) or not result.moves


@given(networks(), st.integers(0, 20), st.integers(0, 900))
@LAW
def test_after_a_slip_everything_can_be_carried_out(actions: list[OpenAction], number: int, minutes: int) -> None:
    if actions:
        late = slipped(settled(actions), number, minutes)
        assert not faults(moved(late, replan(late, WORLD)))


@given(networks(), st.integers(0, 20), st.integers(0, 900))
@LAW
def test_replanning_twice_changes_nothing(actions: list[OpenAction], number: int, minutes: int) -> None:
    if actions:
        late = slipped(actions, number, minutes)
        once = moved(late, replan(late, WORLD))
        assert list(replan(once, WORLD).moves) == []


@given(networks(), st.integers(0, 20), st.integers(0, 900))
@LAW
def test_a_slip_that_is_undone_leaves_nothing_over(actions: list[OpenAction], number: int, minutes: int) -> None:
    """Unless what it made us find is less late than what was there."""
    if actions:
        before = settled(actions)
        late = slipped(before, number, minutes)
        after = {action.id: action for action in moved(late, replan(late, WORLD))}
        undone = [
            replace(action, start_at=after[action.id].start_at, home_at=after[action.id].home_at) for action in before
        ]
        back = moved(undone, replan(undone, WORLD))
        former = lateness(moved(before, replan(before, WORLD)))
        assert starts(back) == starts(before) or lateness(back) < former - 1e-9


@given(networks(), st.integers(0, 20), st.integers(0, 900))
@LAW
def test_only_what_a_slip_reaches_moves(actions: list[OpenAction], number: int, minutes: int) -> None:
    """Without limits nothing is pulled: then what moves follows what moved, or was the slipping owner's."""
    if actions:
        before = settled([replace(action, limit_at=None) for action in actions])
        late = slipped(before, number, minutes)
        result = replan(late, WORLD)
        places = spans(late)
        after = spans(moved(late, result))
        begun = next(action for action in late if action.state == "in_progress")
        gone = {move.action for move in result.moves}
        for action in late:
            if action.id in gone:
                place = places[action.id]
                waits = any(after[need].end > place.start for need in action.needs)
                taken = action.owner == begun.owner and after[begun.id].end > place.start
                assert waits or taken, action.id


@given(networks(), st.integers(0, 20), st.integers(0, 900))
@LAW
def test_a_slip_nobody_shares_moves_nobody(actions: list[OpenAction], number: int, minutes: int) -> None:
    """Owners and responses that the slip does not touch keep every start, whatever else is late."""
    if actions:
        late = slipped(settled(actions), number, minutes)
        away = [replace(action, id=f"B{action.id}", owner="eve", needs=[f"B{need}" for need in action.needs])
                for action in settled(actions)]  # fmt: skip
        eve = replace(OWNERS[3], id="eve")
        world = replace(WORLD, owners=(*OWNERS, eve))
        others = moved(away, replan(away, world))
        result = replan([*late, *(replace(each, home_at=None) for each in others)], world)
        assert not [move for move in result.moves if move.action.startswith("B")]


@given(networks(), st.integers(0, 3), st.integers(0, 12))
@LAW
def test_nobody_works_while_away(actions: list[OpenAction], who: int, days: int) -> None:
    gone = replace(OWNERS[who], away=(("2026-03-27", f"2026-04-{days + 1:02}"),))
    world = replace(WORLD, owners=tuple(gone if owner.id == gone.id else owner for owner in OWNERS))
    result = replan(actions, world)
    after = moved(actions, result)
    assert not faults(after, world)
    back = replan(after, WORLD)
    assert not faults(moved(after, back))


# single cases ---------------------------------------------------------------------------------------------------------


MONDAY = at("2026-03-09T08:00:00Z")
PLAIN = World(MONDAY, "UTC", (OWNERS[3], replace(OWNERS[3], id="eve")), {})


def action(id: str, hour: float, **changes: Any) -> OpenAction:  # noqa: A002
    """An hour of dora's work on a Monday from `hour` on, in UTC."""
    usual: dict[str, Any] = {
        "title": "work",
        "owner": "dora",
        "function": "procurement",
        "state": "ready",
        "minutes": 60,
    }
    start = round(MONDAY + (hour - 8) * HOUR)
    return OpenAction(id, **(usual | {"start_at": start, "due_at": start + HOUR} | changes))


def told(result: Replan) -> list[tuple[str, float]]:
    """Which action goes to which hour after Monday's midnight."""
    return [(move.action, (move.start_at - MONDAY) / HOUR + 8) for move in result.moves]


def test_work_that_takes_longer_shifts_what_waits_for_it_and_what_its_owner_has_then() -> None:
    begun = action("A1", 8, state="in_progress", started_at=MONDAY, minutes=150)
    work = [begun, action("A2", 9, needs=("A1",), owner="eve", state="blocked"), action("A3", 9), action("A4", 11)]
    result = replan(work, PLAIN)
    assert told(result) == [("A2", 10.5), ("A3", 12)]
    assert result.moves[0].because == "it needs A1 work, which ends Mon 2026-03-09 10:30 UTC"
    assert result.moves[1].because == "dora has A1 work until Mon 2026-03-09 10:30 UTC"
    assert {move.home_at for move in result.moves} == {MONDAY + HOUR}


def test_what_has_not_begun_in_its_quarter_of_an_hour_is_planned_anew() -> None:
    late = replace(PLAIN, now=MONDAY + 14 * MINUTE)
    assert told(replan([action("A1", 8)], late)) == []
    result = replan([action("A1", 8), action("A2", 9)], replace(PLAIN, now=MONDAY + 15 * MINUTE))
    # An hour does not fit before nine o'clock, and A2 stays.
    assert told(result) == [("A1", 10)]
    assert result.moves[0].because == "it was to begin Mon 2026-03-09 08:00 UTC and has not"


def test_who_has_put_something_off_for_long_is_asked_less_often() -> None:
    slipping = [action("A1", 12, home_at=MONDAY)]
    assert told(replan(slipping, replace(PLAIN, now=MONDAY + 5 * HOUR))) == []
    assert told(replan(slipping, replace(PLAIN, now=MONDAY + 6 * HOUR))) == [("A1", 14)]


def test_what_would_be_late_is_pulled_before_what_weighs_less() -> None:
    cheap = action("A1", 8, minutes=240, weight=1.0, limit_at=MONDAY + 9 * HOUR)
    dear = action("A2", 12, weight=100.0, limit_at=MONDAY + 2 * HOUR)
    result = replan([cheap, dear], PLAIN)
    assert told(result) == [("A2", 8), ("A1", 9)]
    assert (lateness([cheap, dear], PLAIN), lateness(moved([cheap, dear], result), PLAIN)) == (300.0, 0.0)
    assert result.moves[0].because == "so that A2 work ends by Mon 2026-03-09 10:00 UTC, or less late"
    assert result.moves[1].because.startswith("A2 work goes before it")


def test_what_somebody_accepted_is_not_moved_to_make_others_less_late() -> None:
    cheap = action("A1", 8, minutes=240, asks=True)
    dear = action("A2", 12, weight=100.0, limit_at=MONDAY + 2 * HOUR)
    assert told(replan([cheap, dear], PLAIN)) == []


def test_nor_is_what_waits_for_something_that_would_give_way() -> None:
    cheap = action("A1", 8, minutes=240)
    accepted = action("A3", 12, needs=("A1",), owner="eve", asks=True, state="blocked")
    dear = action("A2", 12, weight=100.0, limit_at=MONDAY + 2 * HOUR)
    assert told(replan([cheap, accepted, dear], PLAIN)) == []
    assert told(replan([cheap, replace(accepted, asks=False), dear], PLAIN)) == [("A2", 8), ("A1", 9), ("A3", 13)]


def test_what_was_accepted_and_cannot_stay_asks() -> None:
    begun = action("A1", 8, state="in_progress", started_at=MONDAY, minutes=120)
    (move,) = replan([begun, action("A2", 9, asks=True)], PLAIN).moves
    assert (move.action, move.asks) == ("A2", True)


def test_what_a_person_refused_to_move_stays_and_others_wait_for_it() -> None:
    stays = action("A1", 8, stays=True)
    work = [stays, action("A2", 10, needs=("A1",), owner="eve")]
    assert told(replan(work, replace(PLAIN, now=MONDAY + 2 * HOUR))) == [("A2", 11)]


def test_a_failed_action_has_all_its_work_before_it_again() -> None:
    failed = action("A1", 8, state="failed", started_at=MONDAY)
    work = [failed, action("A2", 9, needs=("A1",), owner="eve", state="blocked")]
    assert told(replan(work, replace(PLAIN, now=MONDAY + HOUR))) == [("A1", 9), ("A2", 10)]


def test_what_joins_any_two_of_three_waits_for_the_second() -> None:
    needs = [action(f"A{number}", 8 + number, owner=f"owner {number}", minutes=60) for number in (1, 2, 3)]
    joined = action("A9", 9, needs=("A1", "A2", "A3"), join=2, state="blocked")
    assert told(replan([*needs, joined], PLAIN)) == [("A9", 11)]


def test_a_time_that_passes_takes_nobodys_day() -> None:
    waiting = action("A1", 8, attended=False, minutes=26 * 60, state="in_progress", started_at=MONDAY)
    work = [waiting, action("A2", 9), action("A3", 9, owner="eve", needs=("A1",))]
    assert told(replan(work, PLAIN)) == [("A3", 34)]


def test_what_waits_outside_goes_on_when_it_is_said_to() -> None:
    waiting = action("A1", 8, state="waiting", started_at=MONDAY, waiting_until=MONDAY + 3 * HOUR)
    assert told(replan([waiting, action("A2", 9, owner="eve", needs=("A1",))], PLAIN)) == [("A2", 12)]


def test_of_two_at_the_same_time_the_accepted_one_stays() -> None:
    assert told(replan([action("A1", 8, weight=9.0), action("A2", 8, asks=True)], PLAIN)) == [("A1", 9)]


def test_who_left_is_named_and_wakes_are_worth_it() -> None:
    result = replan([action("A1", 9, owner="zoe")], PLAIN)
    assert result.notes == ["zoe is not in the plan and owns A1; assign them: report load says who has the time"]
    assert result.wake_at == MONDAY + HOUR + 15 * MINUTE


def test_a_place_that_only_what_waits_for_it_holds_is_free() -> None:
    work = [action("A1", 8), action("A2", 9, needs=("A1",), state="blocked")]
    assert told(replan(work, replace(PLAIN, now=MONDAY + HOUR))) == [("A1", 9), ("A2", 10)]


def test_what_joins_some_needs_makes_room_for_the_others_of_its_owner() -> None:
    needs = [action("A1", 8, owner="eve"), action("A2", 8, minutes=120, state="in_progress", started_at=MONDAY)]
    late = action("A3", 9, needs=("A2",), state="blocked")
    joined = action("A4", 10, needs=("A1", "A3"), join=1, state="blocked")
    assert told(replan([*needs, late, joined], PLAIN)) == [("A3", 10), ("A4", 11)]


# by hand --------------------------------------------------------------------------------------------------------------


def test_a_start_by_hand_pushes_what_is_in_its_way_and_nothing_else() -> None:
    work = [action("A1", 8), action("A2", 9), action("A3", 10, needs=("A1",), owner="eve"), action("A4", 11)]
    result = replan(work, PLAIN, {"A1": MONDAY + 90 * MINUTE})
    assert told(result) == [("A1", 9.5), ("A3", 10.5), ("A2", 12)]
    assert [move.home_at for move in result.moves] == [None, MONDAY + 2 * HOUR, MONDAY + HOUR]


def test_a_start_in_the_night_becomes_the_next_morning() -> None:
    result = replan([action("A1", 8)], PLAIN, {"A1": MONDAY + 12 * HOUR})
    assert [move.start_at for move in result.moves] == [MONDAY + DAY]


@pytest.mark.parametrize(("work", "why"), [
    ([action("A0", 9, owner="eve"), action("A1", 10, needs=("A0",))], "A1 needs A0 work, which ends Mon 2026-03-09 10:00"),
    ([action("A0", 8, state="in_progress", started_at=MONDAY, minutes=180), action("A1", 12)], "dora has A0 work until"),
    ([action("A1", 8, state="in_progress", started_at=MONDAY)], "A1 is in_progress"),
])  # fmt: skip
def test_a_start_that_cannot_be_is_refused(work: list[OpenAction], why: str) -> None:
    with pytest.raises(Refused, match=why):
        replan(work, PLAIN, {"A1": MONDAY + HOUR})


@given(networks(), st.integers(0, 20), st.integers(0, 72))
@LAW
def test_what_follows_from_a_start_by_hand_can_be_carried_out(
    actions: list[OpenAction], number: int, hours: int
) -> None:
    if actions:
        before = settled(actions)
        chosen = before[number % len(before)]
        working = People(WORLD).working_time(chosen.owner)
        start = working.next_start(chosen.start_at + hours * HOUR)
        assert not faults(moved(before, replan(before, WORLD, {chosen.id: start})))
