"""Serial schedule generation: activities in a given order, each at the earliest time that its needs and resources leave.

The schedules that this can give contain an optimal one for every objective that never gains by a later end (Kolisch,
Serial and parallel resource-constrained project scheduling methods revisited, 1996). Resources that some activity uses
together share one packed timeline (playbooks.scheduling.timeline). Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
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
        self._axes = [axis.mirrored(slots) for axis in axes] if backward else axes
        place = {resource.name: number for number, group in enumerate(groups) for resource in group}
        self._group = [place[min(each.uses)] if each.uses else _NO_RESOURCE for each in activities]
        self._demands = [self._demand(each, groups, at) for each, at in zip(activities, self._group, strict=True)]
        self._needs: Sequence[Sequence[int]] = (
            followers_of(activities) if backward else [each.needs for each in activities]
        )
        self._pinned = [each.pinned for each in activities]
        self._free, self._fixed = self._pin(axes, backward)

    def build(self, order: Sequence[int], releases: Sequence[int]) -> Built:
        """A schedule in `order`, in which what an activity needs stands before it. Raises OutOfReach."""
        begins, ends = list(self._fixed.begins), list(self._fixed.ends)
        free = list(self._free)
        needs, groups, demands, pinned = self._needs, self._group, self._demands, self._pinned
        timelines, axes = self._timelines, self._axes
        for activity in order:
            if pinned[activity] is not None:
                continue
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
            free[group] = timeline.take(free[group], demand, slot)
            begins[activity] = axis.begin(slot)
            ends[activity] = axis.end(slot + demand.length - 1)
        return Built(begins, ends)

    def _demand(self, activity: Activity, groups: Sequence[Sequence[Resource]], at: int) -> Demand:
        if at == _NO_RESOURCE:
            return Demand(activity.length, 0, 0, ())
        units = [activity.uses.get(resource.name, 0) for resource in groups[at]]
        return self._timelines[at].demand(units, activity.length)

    def _pin(self, axes: Sequence[Axis], backward: bool) -> tuple[list[int], Built]:
        """What is taken before anything is placed: the activities that stay where they are. `axes` run forward.

        Where pinned work is more than there is capacity for, the rest is not taken twice: a person has to see that, and
        the schedule of everything else goes on.
        """
        free = [timeline.free for timeline in self._timelines]
        begins, ends = [0] * len(self._pinned), [0] * len(self._pinned)
        for activity, tick in enumerate(self._pinned):
            if tick is None:
                continue
            group, demand = self._group[activity], self._demands[activity]
            if group < 0 or not demand.length:
                end = tick + demand.length
                begins[activity], ends[activity] = (-end, -tick) if backward else (tick, end)
                continue
            timeline = self._timelines[group]
            slot = axes[group].slot_at(tick)
            if slot + demand.length > timeline.slots:
                raise OutOfReach
            if backward:
                slot = timeline.slots - slot - demand.length
            if timeline.earliest(free[group], demand, slot) == slot:
                free[group] = timeline.take(free[group], demand, slot)
            begins[activity] = self._axes[group].begin(slot)
            ends[activity] = self._axes[group].end(slot + demand.length - 1)
        return free, Built(begins, ends)


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
