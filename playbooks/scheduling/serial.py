"""Serial schedule generation: activities in a given order, each at the earliest time that its needs and resources
leave.

The schedules that this can give contain an optimal one for every objective that never gains by a later end (Kolisch,
Serial and parallel resource-constrained project scheduling methods revisited, 1996). Resources that some activity uses
together share one packed timeline (playbooks.scheduling.timeline). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from playbooks.scheduling.project import Activity, Project, Resource, followers_of
from playbooks.scheduling.timeline import Axis, Demand, Timeline

_NO_RESOURCE: Final = -1


class Built(NamedTuple):
    """Begin and end of each activity, in ticks, in the order of the project."""

    begins: list[int]
    ends: list[int]


class OutOfReach(Exception):
    """A timeline ends before an activity found its place on it: build again with more slots."""


class Generator:
    """Builds schedules of one project on timelines of a given reach, with time running forward or backward."""

    def __init__(self, project: Project, slots: int, *, backward: bool = False) -> None:
        activities = project.activities
        groups = _groups(activities, project.resources)
        self._timelines = [Timeline([resource.capacity for resource in group], slots) for group in groups]
        axes = [group[0].axis for group in groups]
        self._axes: Sequence[Axis] = [axis.mirrored(slots) for axis in axes] if backward else axes
        place = {resource.name: number for number, group in enumerate(groups) for resource in group}
        self._group = [place[min(each.uses)] if each.uses else _NO_RESOURCE for each in activities]
        self._demands = [self._demand(each, groups, at) for each, at in zip(activities, self._group, strict=True)]
        self._needs: Sequence[Sequence[int]] = (
            followers_of(activities) if backward else [each.needs for each in activities]
        )
        self._free = [
            self._untaken(timeline, group, backward=backward)
            for timeline, group in zip(self._timelines, groups, strict=True)
        ]

    def build(self, order: Sequence[int], releases: Sequence[int]) -> Built:
        """A schedule in `order`, in which what an activity needs stands before it. Raises OutOfReach."""
        return self._placed(order, releases, take=True)

    def soonest(self, order: Sequence[int], releases: Sequence[int]) -> Built:
        """As `build`, but nothing takes anything from the others: no schedule ends an activity earlier. Raises
        OutOfReach."""
        return self._placed(order, releases, take=False)

    def _placed(self, order: Sequence[int], releases: Sequence[int], *, take: bool) -> Built:
        begins, ends = [0] * len(self._needs), [0] * len(self._needs)
        free = list(self._free)
        needs, groups, demands = self._needs, self._group, self._demands
        timelines, axes = self._timelines, self._axes
        for activity in order:
            tick = releases[activity]
            for need in needs[activity]:
                if ends[need] > tick:
                    tick = ends[need]
            group, demand = groups[activity], demands[activity]
            if group < 0 or not demand.length:
                begins[activity], ends[activity] = tick, tick + demand.length
                continue
            timeline, axis = timelines[group], axes[group]
            slot = timeline.earliest(free[group], demand, axis.slot_at(tick))
            if slot is None:
                raise OutOfReach
            if take:
                free[group] = timeline.take(free[group], demand, slot)
            begins[activity] = axis.begin(slot)
            ends[activity] = axis.end(slot + demand.length - 1)
        return Built(begins, ends)

    def _demand(self, activity: Activity, groups: Sequence[Sequence[Resource]], at: int) -> Demand:
        if at == _NO_RESOURCE:
            return Demand(activity.length, 0, 0, ())
        units = [activity.uses.get(resource.name, 0) for resource in groups[at]]
        return self._timelines[at].demand(units, activity.length)

    @staticmethod
    def _untaken(timeline: Timeline, group: Sequence[Resource], *, backward: bool) -> int:
        """What is free on a timeline before any activity is placed."""
        free = timeline.free
        for resource in group:
            units = [each.capacity if each is resource else 0 for each in group]
            runs: Iterable[tuple[int, int]] = resource.taken
            if backward:
                slots = timeline.slots
                runs = (
                    (max(0, slots - end), slots - begin) for begin, end in reversed(resource.taken) if begin < slots
                )
            free = timeline.without(free, units, runs)
        return free


def _groups(activities: Sequence[Activity], resources: Sequence[Resource]) -> list[list[Resource]]:
    """Resources that some activity uses together, each set as one group, in the order of the resources."""
    leader = {resource.name: resource.name for resource in resources}

    def lead(name: str) -> str:
        while leader[name] != name:
            leader[name] = name = leader[leader[name]]
        return name

    for activity in activities:
        together = list(activity.uses)
        for other in together[1:]:
            leader[lead(other)] = lead(together[0])
    found: dict[str, list[Resource]] = {}
    for resource in resources:
        found.setdefault(lead(resource.name), []).append(resource)
    return list(found.values())
