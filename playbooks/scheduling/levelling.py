"""When the steps of a response are done, round the work that their owners have already
(playbooks.scheduling.agenda). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.values.clock import MINUTE
from playbooks.language.graph import awaited
from playbooks.scheduling.agenda import Agenda, slots_of
from playbooks.scheduling.project import Activity, Project, Resource
from playbooks.scheduling.search import schedules, search
from playbooks.working_time.calendars import WorkingTime
from playbooks.working_time.durations import clock_minutes

if TYPE_CHECKING:
    from playbooks.language.step_shapes import Step

_BUDGET: Final = 200
"""Schedules: enough for the dozen steps of a response, within some ten milliseconds."""


class Place(NamedTuple):
    """When a step begins and ends."""

    start_at: int
    end_at: int


def level(
    steps: Sequence[Step], owners: Mapping[str, str], agenda: Agenda, due_at: int | None, until: Mapping[str, int]
) -> dict[str, Place]:
    """Places of the steps, in topological order; `owners` by step, `until` by step that waits so long.

    `due_at` is what mandatory steps should not end after: the decide-by, or the need time. Raises BadInput where an
    owner's calendar has no working time.
    """
    position = {step.id: at for at, step in enumerate(steps)}
    waits_for = awaited(steps)
    now = agenda.world.now
    activities = [
        Activity(
            name=step.id,
            length=slots_of(step.minutes) or _waiting(step),
            uses={owners[step.id]: 1} if step.minutes else {},
            needs=tuple(position[need] for need in waits_for[step.id]),
            release=max(now, until.get(step.id, now)),
            due=due_at if step.mandatory else None,
        )
        for step in steps
    ]
    diaries = {owner: agenda.diary(owner) for owner in dict.fromkeys(owners.values())}
    people = [Resource(owner, 1, diary.axis, diary.taken) for owner, diary in diaries.items()]
    found = search(Project(activities, people), schedules(_BUDGET))
    return {step.id: _place(step, found.begins[at], diaries[owners[step.id]].working) for at, step in enumerate(steps)}


def _place(step: Step, begin: int, working: WorkingTime) -> Place:
    if not step.minutes:
        return Place(begin, begin + _waiting(step))
    start = working.next_start(begin)
    return Place(start, working.add(start, step.minutes))


def _waiting(step: Step) -> int:
    """Ticks that pass on the clock: work of nobody."""
    return clock_minutes(step.wait.span) * MINUTE if step.wait is not None and step.wait.span is not None else 0
