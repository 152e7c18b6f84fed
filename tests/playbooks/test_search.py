"""The search for schedules: what it gives can be carried out, is as good as trying everything, and is always the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.values.errors import BadInput
from playbooks.scheduling.project import Activity, Placement, Project, Resource
from playbooks.scheduling.search import schedules, search
from playbooks.scheduling.serial import Generator
from playbooks.scheduling.timeline import Broken

SHIFT, PAUSE = 6, 4


def shifts() -> Iterator[tuple[int, int]]:
    """Slots of one tick, six at a time, then four ticks of rest."""
    for tick in count():
        if tick % (SHIFT + PAUSE) < SHIFT:
            yield tick, tick + 1


@st.composite
def projects(draw: st.DrawFn, most: int = 9, *, broken: bool | None = None) -> Project:
    breaks = draw(st.booleans()) if broken is None else broken
    capacities = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    resources = [
        Resource(f"R{number}", capacity, Broken(shifts())) if breaks else Resource(f"R{number}", capacity)
        for number, capacity in enumerate(capacities)
    ]
    activities = []
    for number in range(draw(st.integers(1, most))):
        uses = {each.name: draw(st.integers(0, each.capacity)) for each in resources if draw(st.booleans())}
        needs = tuple(need for need in range(number) if draw(st.integers(0, 3)) == 0)
        due = draw(st.one_of(st.none(), st.integers(0, 20)))
        release = draw(st.sampled_from((0, 0, 3)))
        activities.append(Activity(f"A{number}", draw(st.integers(0, 5)), uses, needs, release, due))
    return Project(activities, resources)


def working(resource: Resource, begin: int, end: int) -> list[int]:
    """The ticks of working time in [begin, end)."""
    if isinstance(resource.axis, Broken):
        return [tick for tick in range(begin, end) if tick % (SHIFT + PAUSE) < SHIFT]
    return list(range(begin, end))


def assert_feasible(project: Project, placement: Placement) -> None:
    resources = {resource.name: resource for resource in project.resources}
    taken: dict[tuple[str, int], int] = defaultdict(int)
    for at, activity in enumerate(project.activities):
        begin, end = placement.begins[at], placement.ends[at]
        assert begin >= activity.release
        for need in activity.needs:
            assert placement.ends[need] <= begin
        for name, units in activity.uses.items():
            ticks = working(resources[name], begin, end)
            assert len(ticks) == activity.length
            for tick in ticks:
                taken[name, tick] += units
    for (name, _), units in taken.items():
        assert units <= resources[name].capacity
    late = sum(
        max(0, end - each.due)
        for each, end in zip(project.activities, placement.ends, strict=True)
        if each.due is not None
    )
    assert (placement.lateness, placement.makespan) == (late, max(placement.ends))


@given(projects())
@settings(max_examples=150, deadline=None)
def test_every_schedule_can_be_carried_out(project: Project) -> None:
    assert_feasible(project, search(project, schedules(80)))


def best_of_all_orders(project: Project) -> tuple[float, int]:
    count_ = len(project.activities)
    generator = Generator(project, 200)
    releases = [activity.release for activity in project.activities]
    found = []
    for order in permutations(range(count_)):
        place = {activity: at for at, activity in enumerate(order)}
        if all(place[need] < place[at] for at, each in enumerate(project.activities) for need in each.needs):
            ends = generator.build(order, releases).ends
            late = sum(
                max(0, end - each.due)
                for each, end in zip(project.activities, ends, strict=True)
                if each.due is not None
            )
            found.append((float(late), max(ends)))
    return min(found)


@given(projects(most=5))
@settings(max_examples=60, deadline=None)
def test_a_small_project_is_scheduled_as_well_as_by_trying_every_order(project: Project) -> None:
    placement = search(project, schedules(400))
    assert (placement.lateness, placement.makespan) == best_of_all_orders(project)


@given(projects())
@settings(max_examples=30, deadline=None)
def test_what_is_called_optimal_ends_no_later_than_any_other_schedule(project: Project) -> None:
    first = search(project, schedules(3))
    if first.optimal:
        later = search(project, schedules(300), seed=7)
        assert (first.lateness, first.makespan) <= (later.lateness, later.makespan)


def test_the_same_project_budget_and_seed_give_the_same_schedule() -> None:
    project = _crowd(12)
    assert search(project, schedules(200)) == search(project, schedules(200))


def test_pinned_work_stays_and_the_rest_goes_round_it() -> None:
    person = Resource("ana", 1)
    free, pinned = Activity("free", 4, {"ana": 1}), Activity("pinned", 3, {"ana": 1}, pinned=2)
    placement = search(Project([free, pinned], [person]), schedules(50))
    assert list(zip(placement.begins, placement.ends, strict=True)) == [(5, 9), (2, 5)]


def test_two_pinned_at_once_are_an_overload_that_stops_nothing_else() -> None:
    person = Resource("ana", 1)
    both = [Activity(name, 3, {"ana": 1}, pinned=0) for name in ("one", "two")]
    placement = search(Project([*both, Activity("next", 1, {"ana": 1})], [person]), schedules(50))
    assert placement.begins == [0, 0, 3]


def test_the_due_of_the_heavier_is_kept_where_one_must_be_late() -> None:
    person = Resource("ana", 1)
    light = Activity("light", 2, {"ana": 1}, due=2, weight=1)
    heavy = Activity("heavy", 2, {"ana": 1}, due=2, weight=5)
    placement = search(Project([light, heavy], [person]), schedules(50))
    assert (placement.begins, placement.lateness) == ([2, 0], 2.0)


@pytest.mark.parametrize(
    ("activities", "says"),
    [
        ([Activity("a", 1, needs=(1,)), Activity("b", 1, needs=(0,))], "circle over a, b"),
        ([Activity("a", -1)], "negative"),
        ([Activity("a", 1, {"nobody": 1})], "no such resource"),
        ([Activity("a", 1, {"ana": 2})], "there is 1 units"),
        ([Activity("a", 1, needs=(4,))], "not there"),
    ],
)
def test_what_cannot_be_a_project_is_refused(activities: Sequence[Activity], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        Project(activities, [Resource("ana", 1)])


def test_work_pinned_beyond_any_calendar_is_refused_and_not_searched_for_ever() -> None:
    project = Project([Activity("a", 1, {"ana": 1}, pinned=10**9)], [Resource("ana", 1)])
    with pytest.raises(BadInput, match="reaches over"):
        search(project, schedules(10))


def test_nothing_to_do_is_done_at_once() -> None:
    assert search(Project([], []), schedules(1)).optimal


def _crowd(size: int) -> Project:
    activities = [
        Activity(f"A{number}", 1 + number % 4, {"R": 1 + number % 2}, (number - 3,) if number >= 3 else ())
        for number in range(size)
    ]
    return Project(activities, [Resource("R", 2)])
