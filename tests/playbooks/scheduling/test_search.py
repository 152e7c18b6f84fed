"""The search for schedules: what it gives can be carried out, is as good as trying everything, and is always the
same."""

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
from playbooks.scheduling.timeline import Broken, Continuous

SHIFT, PAUSE = 6, 4


def shifts() -> Iterator[tuple[int, int]]:
    """Slots of one tick, six at a time, then four ticks of rest."""
    for tick in count():
        if tick % (SHIFT + PAUSE) < SHIFT:
            yield tick, tick + 1


_EDGES = st.sets(st.integers(0, 30), max_size=6).filter(lambda edges: len(edges) % 2 == 0)
"""Begins and ends of the runs of slots that are taken."""


def _pairs(edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    return zip(edges[::2], edges[1::2], strict=True)


@st.composite
def projects(draw: st.DrawFn, most: int = 9, *, broken: bool | None = None) -> Project:
    breaks = draw(st.booleans()) if broken is None else broken
    capacities = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    taken = [tuple(_pairs(sorted(draw(_EDGES)))) for _ in capacities]
    resources = [
        Resource(f"R{number}", capacity, Broken(shifts()) if breaks else Continuous(), runs)
        for number, (capacity, runs) in enumerate(zip(capacities, taken, strict=True))
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
                assert not units or not any(
                    resources[name].axis.begin(begin) <= tick < resources[name].axis.end(end - 1)
                    for begin, end in resources[name].taken
                )
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


def test_work_goes_round_what_is_taken() -> None:
    person = Resource("ana", 1, taken=((2, 5), (7, 8)))
    long, short = Activity("long", 4, {"ana": 1}), Activity("short", 2, {"ana": 1})
    placement = search(Project([long, short], [person]), schedules(50))
    assert list(zip(placement.begins, placement.ends, strict=True)) == [(8, 12), (0, 2)]
    assert placement.optimal


def test_what_has_its_resources_to_itself_is_known_to_be_optimal_at_once() -> None:
    busy, free = Resource("ana", 1, taken=((0, 90),)), Resource("bo", 1)
    call, order = Activity("call", 3, {"ana": 1}), Activity("order", 2, {"bo": 1}, needs=(0,), due=50)
    placement = search(Project([call, order], [busy, free]), schedules(200))
    assert (placement.begins, placement.lateness, placement.optimal, placement.schedules) == ([90, 93], 45.0, True, 3)


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


def test_work_that_finds_no_place_on_any_calendar_is_refused_and_not_searched_for_ever() -> None:
    project = Project([Activity("a", 1, {"ana": 1}, release=10**9)], [Resource("ana", 1)])
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
