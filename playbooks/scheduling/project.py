"""A project: activities that need each other and share resources of limited capacity, and what a schedule of it is.

The values that the scheduler works on, checked once. An activity runs without a break in the slots of its resources'
working time. Ticks are instants in the caller's unit; lengths are slots. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.values.errors import BadInput
from playbooks.scheduling.timeline import Continuous, Forward


@dataclass(frozen=True, slots=True)
class Resource:
    """Something of which `capacity` units are there at any working slot; a person's is how much at a time."""

    name: str
    capacity: int
    axis: Forward = field(default_factory=Continuous)
    taken: Sequence[tuple[int, int]] = ()
    """Runs of slots [begin, end) in which nothing of it is free, in order and without overlap."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One piece of work; `needs` are positions of activities that have to end before it begins."""

    name: str
    length: int
    """In slots, or in ticks where it uses nothing; 0 for a mere event."""
    uses: Mapping[str, int] = field(default_factory=dict)
    """Units by resource name; all resources that it uses share one axis."""
    needs: tuple[int, ...] = ()
    release: int = 0
    """The tick before which it cannot begin."""
    due: int | None = None
    """The tick by which it should have ended."""
    weight: float = 1.0
    """What one tick of lateness costs."""


@dataclass(frozen=True, slots=True)
class Project:
    """Activities and the resources that they share."""

    activities: Sequence[Activity]
    resources: Sequence[Resource]

    def __post_init__(self) -> None:
        """Raises BadInput for an unknown or too small resource, a bad length, and needs that go in a circle."""
        capacity = {resource.name: resource.capacity for resource in self.resources}
        for activity in self.activities:
            place = f"activity {activity.name}"
            if activity.length < 0:
                raise BadInput(place, f"its length {activity.length} is negative", "give it no slots or more")
            for name, units in activity.uses.items():
                if not 0 <= units <= capacity.get(name, -1):
                    has = f"{capacity[name]} units" if name in capacity else "no such resource"
                    raise BadInput(place, f"it uses {units} of {name}, and there is {has}", "lower it, or add capacity")
            if any(not 0 <= need < len(self.activities) for need in activity.needs):
                raise BadInput(place, "it needs an activity that is not there", "name one of the project's")
        topological(self.activities)


@dataclass(frozen=True, slots=True)
class Placement:
    """A schedule: when each activity begins and ends, in ticks, in the order of the project."""

    begins: Sequence[int]
    ends: Sequence[int]
    lateness: float
    """Sum of weight × ticks after the due tick."""
    makespan: int
    """The tick at which the last activity ends."""
    optimal: bool
    """Nothing can be late less nor end earlier: a lower bound is reached."""
    schedules: int
    """How many schedules were built to find it."""


def topological(activities: Sequence[Activity]) -> list[int]:
    """Positions in an order in which needs come first. Raises BadInput naming a circle."""
    waiting = [len(set(activity.needs)) for activity in activities]
    followers = followers_of(activities)
    order = [position for position, count in enumerate(waiting) if not count]
    for position in order:
        for follower in followers[position]:
            waiting[follower] -= 1
            if not waiting[follower]:
                order.append(follower)
    if len(order) < len(activities):
        names = ", ".join(activities[position].name for position, count in enumerate(waiting) if count)
        raise BadInput("needs", f"they go in a circle over {names[:200]}", "take one of them out")
    return order


def followers_of(activities: Sequence[Activity]) -> list[list[int]]:
    """By position, the activities that need it."""
    found: list[list[int]] = [[] for _ in activities]
    for position, activity in enumerate(activities):
        for need in set(activity.needs):
            found[need].append(position)
    return found
