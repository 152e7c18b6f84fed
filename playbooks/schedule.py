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
from playbooks.calendars import WorkingTime, is_within_reach, office_hours
from playbooks.conditions import Case
from playbooks.due import Anchors, due_at
from playbooks.graph import awaited
from playbooks.instructions import fill, local_time, values_of
from playbooks.levelling import Place, level
from playbooks.people import People
from playbooks.roles import UNASSIGNED, Roster
from playbooks.selection import reversals, select
from playbooks.step_terms import approval_of, terms_of

if TYPE_CHECKING:
    from playbooks.schema import Playbook
    from playbooks.step_shapes import Step
    from playbooks.term_shapes import Due, Who


@dataclass(frozen=True, slots=True)
class Schedule:
    """Actions in topological order, and what a person should know about them."""

    actions: Sequence[PlannedAction]
    reversals: Sequence[PlannedAction]
    """Steps that take others back, dated as if they were asked for at once."""
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
    values: Mapping[str, str] = field(init=False)
    """What the names in texts stand for."""
    anchors: Anchors = field(init=False)
    owners: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Owner and reason for each role that is resolved: one person keeps a role for the whole response."""
    ends: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.roster = Roster(self.world)
        self.people = People(self.world)
        self.values = values_of(self.deviation, self.world.zone)
        self.anchors = Anchors(
            opened=self._instant("opened_at") or self._instant("detected_at"),
            need=self._instant("need_at"),
            decide_by=self._instant("decide_by"),
            ends=self.ends,
        )

    @property
    def now(self) -> int:
        return self.world.now

    def plan(self) -> Schedule:
        backward = reversals(self.playbook.steps)
        forward = [step for step in self.playbook.steps if step not in backward]
        order, left_out = select(forward, Case(self.deviation, self.world.now))
        self.warnings += left_out
        places = self._places(order)
        waits = awaited(order)
        actions = [self._action(step, waits[step.id], places[step.id]) for step in order]
        critical = _critical(order, waits, self.ends)
        self._judge_end(order)
        return Schedule(
            [replace(action, critical=action.step in critical) for action in actions],
            [self._action(step, (), self._place_now(step)) for step in backward],
            [*self.people.warnings, *self.warnings],
        )

    def _places(self, order: Sequence[Step]) -> dict[str, Place]:
        owners, working, until = {}, {}, {}
        for step in order:
            owner = owners[step.id] = self.owner(step.who)[0]
            self.roster.give(owner, step.minutes)
            working[owner] = self.people.working_time(owner)
            if step.wait is not None and step.wait.until is not None:
                until[step.id] = self.due(step.wait.until, owner, self.world.now, self.world.now)[0]
        due = self._instant("decide_by") or self._instant("need_at")
        return level(order, owners, working, self.world.bookings, self.world.now, due, until)

    def _place_now(self, step: Step) -> Place:
        working = self.people.working_time(self.owner(step.who)[0])
        start = working.next_start(self.world.now)
        return Place(start, working.add(start, step.minutes), ())

    def _action(self, step: Step, waits: Sequence[str], place: Place) -> PlannedAction:
        owner, owner_because = self.owner(step.who)
        ready = max([self.world.now, *(self.ends[need] for need in waits)])
        self.ends[step.id] = place.end_at
        due, due_because = self.due(step.due, owner, ready, place.end_at)
        self._judge_due(step.id, due, place, owner)
        return PlannedAction(
            step=step.id,
            title=fill(step.title, self.values),
            instructions=fill(step.instructions, self.values),
            function=self._function(step.who, owner),
            role=step.who.role or "",
            owner=owner,
            owner_because=owner_because,
            needs=tuple(step.needs),
            start_at=place.start_at,
            due_at=due,
            due_because=due_because,
            duration_minutes=step.minutes,
            mandatory=step.mandatory,
            critical=False,
            on_fail=step.on_fail,
            approval=approval_of(step, self),
            terms=terms_of(step, owner, self),
        )

    def owner(self, who: Who) -> tuple[str, str]:
        """The person that a role, a name or the lead's office means in this response, and why."""
        name = who.role or who.person or "lead"
        key = f"role {name}" if who.role else name
        if key not in self.owners:
            self.owners[key] = self._resolve(who)
            if self.owners[key][0] == UNASSIGNED:
                self.warnings.append(f"{key}: {self.owners[key][1]}")
        return self.owners[key]

    def _resolve(self, who: Who) -> tuple[str, str]:
        if who.role is not None:
            return self.roster.resolve(self.playbook.roles[who.role], self.deviation)
        if who.person is not None:
            return self.roster.named(who.person)
        lead = self.roster.lead()
        return (lead, "the desk lead") if lead else (UNASSIGNED, "the plan names no desk lead; assign it by hand")

    def _function(self, who: Who, owner: str) -> str:
        if who.role is not None:
            return self.playbook.roles[who.role].function
        person = self.roster.find(owner)
        known = person.functions if person is not None else ()
        return next(iter(known), next(iter(self.playbook.roles.values())).function)

    def due(self, rule: Due | None, owner: str, ready: int, end: int) -> tuple[int, str]:
        """Due instant and reason of a rule, in the working time that it names or else in the owner's."""
        if rule is not None and rule.calendar is not None:
            working = self.people.calendar(rule.calendar)
        elif rule is not None and rule.tz is not None:
            working = WorkingTime(office_hours(rule.tz))
        else:
            working = self.people.working_time(owner)
        return due_at(rule, self.anchors, ready, end, working, self.world.zone)

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

    def _judge_end(self, order: Sequence[Step]) -> None:
        mandatory = [self.ends[step.id] for step in order if step.mandatory]
        end = max(mandatory, default=self.world.now)
        for limit, name in ((self.anchors.need, "need time"), (self.anchors.decide_by, "decide-by")):
            if limit is not None and end > limit:
                last, late = local_time(end, self.world.zone), local_time(limit, self.world.zone)
                self.warnings.append(f"the last mandatory step ends {last}, after the {name} {late}")
                return


def _critical(order: Sequence[Step], waits: Mapping[str, Sequence[str]], ends: Mapping[str, int]) -> set[str]:
    """The chain of needs that ends last: from the last step back, always over the need that ended last."""
    last = max(order, key=lambda step: ends[step.id]).id
    chain = {last}
    while waits[last]:
        last = max(waits[last], key=lambda need: ends[need])
        chain.add(last)
    return chain
