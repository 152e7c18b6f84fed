"""When open actions are worked on, by how much they may end later, and what the end of a response hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.values.clock import DAY, HOUR, MINUTE
from engine.vocabulary.planning import World
from engine.vocabulary.scheduling import OpenAction, Placing
from playbooks.scheduling import slack
from tests.playbooks.scheduling.test_workload import ANA, BO, DORA, MONDAY, action

WORLD = World(MONDAY, "UTC", (ANA, BO, DORA), {})
FRIDAY_16 = MONDAY + 4 * DAY + 8 * HOUR


def placings(*responses: Sequence[OpenAction]) -> dict[str, Placing]:
    return {each.id: placing for each, placing in slack.placings(responses, WORLD)}


def test_slack_is_working_time_up_to_the_due_time() -> None:
    found = placings([action(due_at=MONDAY + 9 * HOUR), action("A2", due_at=MONDAY + DAY)])
    assert (found["A1"].start_at, found["A1"].end_at) == (MONDAY, MONDAY + 2 * HOUR)
    assert [found[id_].slack_minutes for id_ in ("A1", "A2")] == [7 * 60, 7 * 60], "the night is no working time"


def test_what_waits_for_it_takes_slack_away() -> None:
    first = action(due_at=MONDAY + 30 * DAY)
    second = action("A2", owner="bo", needs=("A1",), start_at=MONDAY + 2 * HOUR, minutes=60, due_at=MONDAY + 5 * HOUR)
    found = placings([first, second])
    assert (found["A1"].slack_minutes, found["A2"].slack_minutes) == (120, 120)
    late = placings([first, replace(second, due_at=MONDAY + 2 * HOUR)])
    assert (late["A1"].slack_minutes, late["A2"].slack_minutes) == (-60, -60)


def test_lateness_over_a_weekend_is_never_nothing() -> None:
    found = placings([action(start_at=FRIDAY_16 + 3 * DAY, minutes=0, due_at=FRIDAY_16 + 2 * DAY)])
    assert found["A1"].slack_minutes < 0


def test_a_wait_passes_at_night() -> None:
    found = placings([action(attended=False, minutes=600, due_at=MONDAY + 12 * HOUR)])
    assert found["A1"].end_at == MONDAY + 10 * HOUR
    assert found["A1"].slack_minutes == 120


def test_the_chain_that_ends_last_is_critical_in_each_response() -> None:
    found = placings(
        [
            action("A1"),
            action("A2", minutes=30),
            action("A3", needs=("A1", "A2"), start_at=MONDAY + 2 * HOUR),
            action("A4", minutes=10),
        ],
        [action("A5", minutes=10)],
    )
    assert [id_ for id_, placing in found.items() if placing.critical] == ["A1", "A3", "A5"]


minutes = st.integers(5, 2_000)


@settings(max_examples=60)
@given(st.lists(st.tuples(minutes, minutes, minutes, st.sets(st.integers(0, 5))), min_size=1, max_size=6))
def test_ending_later_by_its_slack_misses_nothing_and_by_more_does(drawn: list[tuple[int, int, int, set[int]]]) -> None:
    work = [
        action(f"A{at}", attended=False, start_at=MONDAY + start * MINUTE, minutes=size,
               due_at=MONDAY + due * MINUTE, needs=tuple(f"A{need}" for need in sorted(needs) if need < at))
        for at, (start, size, due, needs) in enumerate(drawn)
    ]  # fmt: skip
    found = placings(work)
    for each in work:
        for more, missed in ((0, False), (1, True)):
            latest = found[each.id].end_at + (found[each.id].slack_minutes + more) * MINUTE
            assert misses(work, each.id, latest) is missed


def misses(work: list[OpenAction], moved: str, end: int) -> bool:
    """Whether a due time at or behind `moved` is missed where it ends at `end` and all behind it begin as soon as
    they can."""
    ends = {moved: end}
    for each in work:
        before = [ends[need] for need in each.needs if need in ends]
        if each.id != moved and before:
            ends[each.id] = max(before) + each.minutes * MINUTE
    return any(each.id in ends and ends[each.id] > each.due_at for each in work)
