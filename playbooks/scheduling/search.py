"""Finding a good schedule of a project: a genetic search over orders, each built serially and justified.

An order of activities is bred from two good ones (two-point crossover of activity lists: Hartmann, A competitive
genetic algorithm for resource-constrained project scheduling, 1998), built forward, then justified: built backward from
its end and forward again, which shortens most schedules (Valls, Ballestin and Quintanilla, Justification and RCPSP,
2005). The first order is by the longest tail of needs, or by due tick. The search ends when a lower bound is reached or
its budget of schedules is spent. The same project, budget and seed give the same schedule. Pure.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from engine.values.errors import BadInput
from playbooks.scheduling.project import Activity, Placement, Project, Resource, followers_of, topological
from playbooks.scheduling.serial import Built, Generator, OutOfReach

_POPULATION: Final = 60
_MUTATION: Final = 0.03
"""Chance that two neighbours of a bred order change places."""
_FAVOUR: Final = 1.5
"""Power of the draw by which parents come from the better end of the population."""
_TAIL_POWER: Final = 1
"""How much a long tail of needs counts when the first orders are drawn."""

_FARTHEST: Final = 1 << 18
"""Slots; of five minutes each, more than ten years of office hours."""

Budget = Callable[[int], bool]
"""Whether to go on after so many schedules."""


def schedules(count: int) -> Budget:
    """A budget of so many schedules: the same on every machine."""
    return lambda built: built < count


class _Individual(NamedTuple):
    value: tuple[float, int]
    """Weighted lateness, then the last end."""
    order: list[int]
    built: Built


def search(project: Project, budget: Budget, *, seed: int = 0) -> Placement:
    """The best schedule that the budget finds.

    Raises BadInput for a project that cannot be one (playbooks.scheduling.project), and for one whose work has to lie
    too far ahead to be planned.
    """
    if not project.activities:
        return Placement((), (), 0.0, 0, optimal=True, schedules=0)
    slots = _reach(project)
    while slots <= _FARTHEST:
        try:
            return _Search(project, slots, budget, random.Random(seed)).run()
        except OutOfReach:
            slots *= 2
    raise BadInput("schedule", f"it reaches over more than {_FARTHEST} slots", "correct the dates of its activities")


class _Search:
    """One search on timelines of one reach."""

    def __init__(self, project: Project, slots: int, budget: Budget, chance: random.Random) -> None:
        self._activities = project.activities
        self._count = len(project.activities)
        self._waiting = [len(set(each.needs)) for each in project.activities]
        self._forward = Generator(project, slots)
        self._followers = followers_of(project.activities)
        self._ranks = [0] * self._count
        order = topological(project.activities)
        for rank, position in enumerate(order):
            self._ranks[position] = rank
        self._releases = [activity.release for activity in project.activities]
        self._dues = [
            (position, activity.due, activity.weight)
            for position, activity in enumerate(project.activities)
            if activity.due is not None
        ]
        self._tails = _tails(project.activities, order, self._followers)
        self._bound = self._least(project, self._forward.soonest(order, self._releases))
        self._backward = Generator(project, slots, backward=True)
        self._budget, self._chance, self._built = budget, chance, 0

    def run(self) -> Placement:
        population = [self._valued(self._drawn(None))]
        while not self._over(population) and len(population) < _POPULATION:
            population.append(self._valued(self._drawn(_TAIL_POWER)))
        population.sort(key=_value)
        while not self._over(population):
            one, other = self._parent(population), self._parent(population)
            child = self._valued(self._mutated(self._bred(one.order, other.order)))
            worst = population[-1]
            if child.value <= worst.value and all(child.built.begins != each.built.begins for each in population):
                population[-1] = child
                population.sort(key=_value)
        best = min(population, key=_value)
        lateness, makespan = best.value
        return Placement(best.built.begins, best.built.ends, lateness, makespan, best.value <= self._bound, self._built)

    def _over(self, population: Sequence[_Individual]) -> bool:
        return min(population, key=_value).value <= self._bound or not self._budget(self._built)

    # building ---------------------------------------------------------------------------------------------------------

    def _valued(self, order: list[int]) -> _Individual:
        """The better of an order's schedule and of that schedule justified."""
        built = self._build(self._forward, order, self._releases)
        value = self._value(built)
        back = self._in_time([-end for end in built.ends], [-begin for begin in built.begins], -1)
        mirrored = self._build(self._backward, back, [-value[1]] * self._count)
        again = self._in_time([-end for end in mirrored.ends], [-begin for begin in mirrored.begins], 1)
        justified = self._build(self._forward, again, self._releases)
        justified_value = self._value(justified)
        if justified_value <= value:
            built, value = justified, justified_value
        return _Individual(value, self._in_time(built.begins, built.ends, 1), built)

    def _in_time(self, begins: Sequence[int], ends: Sequence[int], direction: int) -> list[int]:
        """Positions as they begin; of what begins and ends together, what is needed first (last, backward)."""
        ranks = self._ranks
        return sorted(range(self._count), key=lambda at: (begins[at], ends[at], direction * ranks[at]))

    def _build(self, generator: Generator, order: Sequence[int], releases: Sequence[int]) -> Built:
        self._built += 1
        return generator.build(order, releases)

    def _value(self, built: Built) -> tuple[float, int]:
        late = 0.0
        for position, due, weight in self._dues:
            if built.ends[position] > due:
                late += weight * (built.ends[position] - due)
        return late, max(built.ends)

    def _least(self, project: Project, soonest: Built) -> tuple[float, int]:
        """What no schedule is better than: each activity as if it had its resources to itself, and the last end not
        before each resource has done all its work."""
        late, last = self._value(soonest)
        for resource in project.resources:
            users = [at for at, each in enumerate(project.activities) if each.length and each.uses.get(resource.name)]
            if users:
                work = sum(project.activities[at].length * project.activities[at].uses[resource.name] for at in users)
                first = resource.axis.slot_at(min(soonest.begins[at] for at in users))
                done = _slot_after(resource, first, -(-work // resource.capacity))
                last = max(last, resource.axis.end(done - 1))
        return late, last

    # orders -----------------------------------------------------------------------------------------------------------

    def _drawn(self, power: float | None) -> list[int]:
        """An order by the longest tail (and the earliest due): the first ever, or drawn in its favour."""
        tails = self._tails
        waiting = list(self._waiting)
        able = [position for position in range(self._count) if not waiting[position]]
        order: list[int] = []
        while able:
            if power is None:
                chosen = max(able, key=tails.__getitem__)
            else:
                least = min(tails[position] for position in able)
                weights = [(tails[position] - least + 1) ** power for position in able]
                chosen = self._chance.choices(able, weights)[0]
            able.remove(chosen)
            order.append(chosen)
            for follower in self._followers[chosen]:
                waiting[follower] -= 1
                if not waiting[follower]:
                    able.append(follower)
        return order

    def _parent(self, population: Sequence[_Individual]) -> _Individual:
        return population[int(self._chance.random() ** _FAVOUR * len(population))]

    def _bred(self, one: list[int], other: list[int]) -> list[int]:
        """One's beginning, then what comes next in the other, then the rest as in one: needs stay before their
        followers."""
        count = len(one) + 1
        start, end = sorted((self._chance.randrange(count), self._chance.randrange(count)))
        head = one[:start]
        taken = set(head)
        middle = [position for position in other if position not in taken][: end - start]
        taken.update(middle)
        return head + middle + [position for position in one if position not in taken]

    def _mutated(self, order: list[int]) -> list[int]:
        for place in range(len(order) - 1):
            if self._chance.random() < _MUTATION and order[place] not in self._activities[order[place + 1]].needs:
                order[place], order[place + 1] = order[place + 1], order[place]
        return order


def _value(individual: _Individual) -> tuple[float, int]:
    return individual.value


def _tails(activities: Sequence[Activity], order: Sequence[int], followers: Sequence[Sequence[int]]) -> list[int]:
    """Slots from the begin of each activity to the end of the last one that waits for it; `order` has needs first."""
    tails = [0] * len(activities)
    for position in reversed(order):
        longest = max((tails[follower] for follower in followers[position]), default=0)
        tails[position] = activities[position].length + longest
    return tails


def _reach(project: Project) -> int:
    """Slots in which all the work most likely finds its place: every resource has as many free ones, and some more."""
    work = 64 + sum(activity.length for activity in project.activities if activity.uses)
    return max((_slot_after(resource, 0, work) for resource in project.resources), default=work)


def _slot_after(resource: Resource, slot: int, free: int) -> int:
    """The slot before which a resource has had so many free slots from `slot` on."""
    for begin, end in resource.taken:
        if begin - slot >= free:
            break
        if end > slot:
            free -= max(0, begin - slot)
            slot = end
    return slot + free
