"""The actions of one response: owners, planned start and end in each owner's working time, due times, critical chain.

A step starts when everything that it needs has ended and its owner is free of the work that is booked already
(playbooks.scheduling.levelling), and takes its duration of that owner's working time. Pure: the same deviation,
playbook and world give the same actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.values.clock import parse_instant
from engine.values.errors import Refused
from engine.values.zones import local_time
from engine.vocabulary.planning import PlannedAction, World
from playbooks.language.graph import awaited
from playbooks.language.instructions import values_of
from playbooks.language.roles import Roster
from playbooks.planning.due import Anchors, due_at
from playbooks.planning.ownership import Ownership
from playbooks.planning.scopes import Scope, scope_of
from playbooks.planning.step_terms import InScope, approval_of, terms_of
from playbooks.planning.unfolding import Find, Unfolded, unfold
from playbooks.scheduling.agenda import Agenda
from playbooks.scheduling.levelling import Place, level
from playbooks.working_time.calendars import WorkingTime, is_within_reach, office_hours
from playbooks.working_time.people import People

if TYPE_CHECKING:
    from playbooks.language.loaded import LoadedPlaybook
    from playbooks.language.schema import Playbook
    from playbooks.language.step_shapes import Step
    from playbooks.language.term_shapes import Due


@dataclass(frozen=True, slots=True)
class Schedule:
    """Actions in topological order, and what a person should know about them."""

    actions: Sequence[PlannedAction]
    reversals: Sequence[PlannedAction]
    """Steps that take others back, dated as if they were asked for at once."""
    inputs: Mapping[str, Any]
    uses: Mapping[str, LoadedPlaybook]
    """The playbooks inside, by `use`."""
    warnings: Sequence[str]


def schedule(
    playbook: Playbook,
    deviation: Mapping[str, Any],
    agenda: Agenda,
    given: Mapping[str, object],
    find: Find,
    published: Mapping[str, object] | None = None,
) -> Schedule:
    """Plan every step of the playbook that a deviation (the contract's JSON) calls for; `given` are its inputs, and
    `published` the values that its steps have given already.

    What is planned is not added to the agenda. Raises BadInput for inputs that it cannot use, Refused where it cannot
    be unfolded (playbooks.planning.unfolding).
    """
    world = agenda.world
    texts = values_of(deviation, world.zone)
    scope = scope_of(playbook, given, deviation, texts, world.now, published=published)
    return _Run(scope, unfold(scope, deviation, texts, world.now, find), deviation, agenda).plan()


@dataclass(slots=True)
class _Run:
    """One planning run: what is worked out once and used by several steps."""

    scope: Scope
    """Of the response's own playbook."""
    unfolded: Unfolded
    deviation: Mapping[str, Any]
    agenda: Agenda
    world: World = field(init=False)
    people: People = field(init=False)
    owners: Ownership = field(init=False)
    anchors: Anchors = field(init=False)
    ends: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = self.agenda.world
        self.people = self.agenda.people.afresh()
        self.owners = Ownership(Roster(self.world, self.agenda.load), self.deviation)
        self.anchors = Anchors(
            opened=self._instant("opened_at") or self._instant("detected_at"),
            need=self._instant("need_at"),
            decide_by=self._instant("decide_by"),
            ends=self.ends,
        )

    def plan(self) -> Schedule:
        order = self.unfolded.steps
        self.warnings += self.unfolded.notes
        if not order:
            raise Refused(f"playbook {self.scope.playbook.id} has nothing to do here: {'; '.join(self.warnings)}")
        places = self._places(order)
        self._keep_ends(places)
        waits = awaited(order)
        actions = [self._action(step, waits[step.id], places[step.id]) for step in order]
        critical = _critical(order, waits, self.ends)
        self._judge_end(order)
        return Schedule(
            [replace(action, critical=action.step in critical) for action in actions],
            [self._action(step, (), self._place_now(step)) for step in self.unfolded.reversals],
            self.scope.inputs,
            self.unfolded.uses,
            [*self.people.warnings, *self.owners.warnings, *self.warnings],
        )

    def _places(self, order: Sequence[Step]) -> dict[str, Place]:
        owners, until = {}, {}
        for step in order:
            owner = owners[step.id] = self._owner(step)[0]
            self.owners.roster.give(owner, step.minutes)
            self.people.working_time(owner)  # what is wrong with a calendar is said in the order of the steps
            if step.wait is not None and step.wait.until is not None:
                until[step.id] = self.due(step.wait.until, owner, self.world.now, self.world.now)[0]
        due = self._instant("decide_by") or self._instant("need_at")
        return level(order, owners, self.agenda, due, until)

    def _place_now(self, step: Step) -> Place:
        working = self.people.working_time(self._owner(step)[0])
        start = working.next_start(self.world.now)
        return Place(start, working.add(start, step.minutes))

    def _action(self, step: Step, waits: Sequence[str], place: Place) -> PlannedAction:
        owner, owner_because = self._owner(step)
        scope = self.unfolded.scopes[step.id]
        ready = max([self.world.now, *(self.ends[need] for need in waits)])
        due, due_because = self.due(step.due, owner, ready, place.end_at)
        self._judge_due(step.id, due, place, owner)
        run = InScope(
            scope,
            self.owners,
            self.warnings,
            self.world.now,
            self.due,
            self.unfolded.items.get(step.id),
            self.unfolded.slots.get(step.id),
            step.id in self.unfolded.asked_later,
        )
        return PlannedAction(
            step=step.id,
            title=scope.fill(step.title),
            instructions=scope.fill(step.instructions or ""),
            function=self.owners.function(step.who, owner, scope),
            role=f"{scope.prefix}{step.who.role}" if step.who.role else "",
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
            approval=approval_of(step, run),
            terms=terms_of(step, owner, run),
        )

    def _owner(self, step: Step) -> tuple[str, str]:
        return self.owners.of(step.who, self.unfolded.scopes[step.id])

    def _keep_ends(self, places: Mapping[str, Place]) -> None:
        """The planned end of each step, and of each that several stand for."""
        self.ends |= {step: place.end_at for step, place in places.items()}
        for step, ids in self.unfolded.stand_for.items():
            if ids:
                self.ends[step] = max(self.ends[each] for each in ids)

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
            before = self.agenda.before(owner, place.start_at, 3)
            why = f": {owner} has {', '.join(before)} before" if before else ""
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
