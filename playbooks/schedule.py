"""The actions of one response: owners, planned start and end in each owner's working time, due times, critical chain.

A step starts when everything that it needs has ended and its owner is free of the work that is booked already
(playbooks.levelling), and takes its duration of that owner's working time. Pure: the same deviation, playbook and world
give the same actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.clock import parse_instant
from engine.planning import PlannedAction, World
from playbooks.calendars import is_within_reach
from playbooks.conditions import Case
from playbooks.due import Anchors, due_at
from playbooks.durations import working_minutes
from playbooks.instructions import fill, local_time, values_of
from playbooks.levelling import Place, level
from playbooks.people import People
from playbooks.roles import UNASSIGNED, Roster
from playbooks.selection import select

if TYPE_CHECKING:
    from playbooks.schema import Playbook, Step


@dataclass(frozen=True, slots=True)
class Schedule:
    """Actions in topological order, and what a person should know about them."""

    actions: Sequence[PlannedAction]
    warnings: Sequence[str]


def schedule(playbook: Playbook, deviation: Mapping[str, Any], world: World) -> Schedule:
    """Plan every step of the playbook that a deviation (the contract's JSON) calls for."""
    return _Run(playbook, deviation, world).plan()


@dataclass(slots=True)
class _Run:
    """One planning run: what is worked out once and used by several steps."""

    playbook: Playbook
    deviation: Mapping[str, Any]
    world: World
    roster: Roster = field(init=False)
    people: People = field(init=False)
    owners: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Owner and reason for each role that is resolved: one person keeps a role for the whole response."""
    ends: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.roster = Roster(self.world)
        self.people = People(self.world)

    def plan(self) -> Schedule:
        order, left_out = select(self.playbook.steps, Case(self.deviation, self.world.now))
        self.warnings += left_out
        values = values_of(self.deviation, self.world.zone)
        anchors = Anchors(
            opened=self._instant("opened_at") or self._instant("detected_at"),
            need=self._instant("need_at"),
            decide_by=self._instant("decide_by"),
            ends=self.ends,
        )
        places = self._places(order)
        actions = [self._action(step, places[step.id], anchors, values) for step in order]
        critical = _critical(order, self.ends)
        self._judge_end(order, anchors)
        dated = [replace(action, critical=action.step in critical) for action in actions]
        return Schedule(dated, [*self.people.warnings, *self.warnings])

    def _places(self, order: Sequence[Step]) -> dict[str, Place]:
        owners, working = {}, {}
        for step in order:
            owner = owners[step.id] = self._owner(step.role)[0]
            self.roster.give(owner, working_minutes(step.duration))
            working[owner] = self.people.working_time(owner)
        due = self._instant("decide_by") or self._instant("need_at")
        return level(order, owners, working, self.world.bookings, self.world.now, due)

    def _action(self, step: Step, place: Place, anchors: Anchors, values: Mapping[str, str]) -> PlannedAction:
        owner, owner_because = self._owner(step.role)
        ready = max([self.world.now, *(self.ends[need] for need in step.needs)])
        self.ends[step.id] = place.end_at
        working = self.people.working_time(owner)
        due, due_because = due_at(step.due, anchors, ready, place.end_at, working, self.world.zone)
        self._judge_due(step.id, due, place, owner)
        return PlannedAction(
            step=step.id,
            title=fill(step.title, values),
            instructions=fill(step.instructions, values),
            function=self.playbook.roles[step.role].function,
            role=step.role,
            owner=owner,
            owner_because=owner_because,
            needs=tuple(step.needs),
            start_at=place.start_at,
            due_at=due,
            due_because=due_because,
            duration_minutes=working_minutes(step.duration),
            mandatory=step.mandatory,
            critical=False,
            on_fail=step.on_fail,
            approval=None,
        )

    def _owner(self, role: str) -> tuple[str, str]:
        if role not in self.owners:
            self.owners[role] = self.roster.resolve(self.playbook.roles[role], self.deviation)
            if self.owners[role][0] == UNASSIGNED:
                self.warnings.append(f"role {role}: {self.owners[role][1]}")
        return self.owners[role]

    def _instant(self, name: str) -> int | None:
        text = self.deviation.get(name)
        instant = parse_instant(text, name) if text else None
        return instant if instant is not None and is_within_reach(instant) else None

    def _judge_due(self, step: str, due: int, place: Place, owner: str) -> None:
        at = local_time(due, self.world.zone)
        if due < self.world.now:
            self.warnings.append(f"step {step} was due {at}, which is past")
        elif due < place.end_at:
            until = local_time(place.end_at, self.world.zone)
            why = f": {owner} has {', '.join(place.waits_for[:3])} before" if place.waits_for else ""
            self.warnings.append(f"step {step} is due {at}, but its work is planned until {until}{why}")

    def _judge_end(self, order: Sequence[Step], anchors: Anchors) -> None:
        mandatory = [self.ends[step.id] for step in order if step.mandatory]
        end = max(mandatory, default=self.world.now)
        for limit, name in ((anchors.need, "need time"), (anchors.decide_by, "decide-by")):
            if limit is not None and end > limit:
                last, late = local_time(end, self.world.zone), local_time(limit, self.world.zone)
                self.warnings.append(f"the last mandatory step ends {last}, after the {name} {late}")
                return


def _critical(order: Sequence[Step], ends: Mapping[str, int]) -> set[str]:
    """The chain of needs that ends last: from the last step back, always over the need that ended last."""
    steps = {step.id: step for step in order}
    last = max(order, key=lambda step: ends[step.id])
    chain = {last.id}
    while last.needs:
        last = steps[max(last.needs, key=lambda need: ends[need])]
        chain.add(last.id)
    return chain
