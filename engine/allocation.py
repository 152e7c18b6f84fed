"""Sharing out what is scarce: which demands are served in time by what arrives when, at the largest value, with a proof.

Supply that is there at an instant serves demands that are due then or later, so what is served up to any due time is at
most what has arrived by then. These limits lie inside each other, and over such limits the greedy rule is exact where
demands may be served in part: the largest value per unit first, each as far as the limits leave (the limits form a
polymatroid; Edmonds 1970, "Submodular functions, matroids, and certain polyhedra"). Where a demand is served as a whole or
not at all, it is a knapsack with deadlines: branch and bound, whose bound is that same greedy rule over what is not
decided yet. It stops after so many nodes and then says how far from the best it can be at most. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

NODES: Final = 20_000
"""Branches that are looked at before the best that was found is given with its gap."""
_DUST: Final = 1e-9


class Want(NamedTuple):
    """A demand for part of what is scarce."""

    id: str
    quantity: float
    """Positive."""
    value: float
    """Of serving all of it in time, in minor units; not negative."""
    due: int
    """Until when what serves it has to be there; in the unit of `Arriving.at`."""


class Arriving(NamedTuple):
    """Supply that is there from an instant on."""

    quantity: float
    at: int


class Allocation(NamedTuple):
    """Who gets how much in time."""

    served: Sequence[float]
    """For each want, in the order given."""
    value: float
    bound: float
    """No allocation whatever is worth more."""

    @property
    def proven(self) -> bool:
        """Whether it is the best."""
        return self.bound - self.value <= 1e-9 * max(1.0, self.bound)


def divisible(wants: Sequence[Want], arriving: Sequence[Arriving]) -> Allocation:
    """The best allocation where a demand may be served in part."""
    limits = _Limits(wants, arriving)
    served = [0.0] * len(wants)
    for place in _by_density(wants):
        served[place] = limits.take(place, wants[place].quantity)
    value = _value(wants, served)
    return Allocation(served, value, value)


def whole(wants: Sequence[Want], arriving: Sequence[Arriving], nodes: int = NODES) -> Allocation:
    """The best allocation where each demand is served as a whole or not at all, or the best of so many branches."""
    order = _by_density(wants)
    search = _Search(wants, arriving, order, nodes)
    search.run()
    limits = _Limits(wants, arriving)
    served = [0.0] * len(wants)
    # What is worth nothing is served too where it takes nothing away; so is what a search that stopped did not come to.
    for place in sorted(order, key=lambda place: place not in search.best):
        if limits.fits(place, wants[place].quantity):
            served[place] = limits.take(place, wants[place].quantity)
    value = _value(wants, served)
    return Allocation(served, value, max(value, search.open_bound))


def _by_density(wants: Sequence[Want]) -> list[int]:
    return sorted(
        range(len(wants)), key=lambda place: (-wants[place].value / wants[place].quantity, wants[place].due, place)
    )


def _value(wants: Sequence[Want], served: Sequence[float]) -> float:
    return math.fsum(want.value * min(1.0, part / want.quantity) for want, part in zip(wants, served, strict=True))


class _Limits:
    """What is left to be served up to each due time."""

    def __init__(self, wants: Sequence[Want], arriving: Sequence[Arriving]) -> None:
        times = sorted({want.due for want in wants})
        self._place = [times.index(want.due) for want in wants]
        self._left = [math.fsum(each.quantity for each in arriving if each.at <= time) for time in times]

    def take(self, place: int, quantity: float) -> float:
        """Serve a want with as much of a quantity as the limits at its due time and after leave."""
        free = min(self._left[self._place[place] :])
        taken = max(0.0, min(quantity, free))
        self._change(place, -taken)
        return taken

    def give_back(self, place: int, quantity: float) -> None:
        self._change(place, quantity)

    def fits(self, place: int, quantity: float) -> bool:
        return min(self._left[self._place[place] :]) >= quantity * (1 - _DUST)

    def relaxed(self, wants: Sequence[Want], places: Sequence[int]) -> float:
        """The value of the best allocation in parts of some wants, given in the order of their density."""
        left = list(self._left)
        worth = 0.0
        for place in places:
            start = self._place[place]
            taken = min(wants[place].quantity, max(0.0, min(left[start:])))
            if taken > 0:
                worth += wants[place].value * taken / wants[place].quantity
                left[start:] = [each - taken for each in left[start:]]
        return worth

    def _change(self, place: int, by: float) -> None:
        start = self._place[place]
        self._left[start:] = [each + by for each in self._left[start:]]


class _Search:
    """Branch and bound, depth first, the densest want first and served before it is not."""

    def __init__(self, wants: Sequence[Want], arriving: Sequence[Arriving], order: Sequence[int], nodes: int) -> None:
        self._wants, self._order, self._nodes = wants, order, nodes
        self._limits = _Limits(wants, arriving)
        self.best: frozenset[int] = frozenset()
        self._best_value = -1.0
        self.open_bound = 0.0
        """The largest bound among the branches that were not looked at; nothing where all were."""

    def run(self) -> None:
        # Each entry: how deep, what is chosen so far and its value; the limits are worked out anew along the way.
        stack: list[tuple[int, tuple[int, ...], float]] = [(0, (), 0.0)]
        held: tuple[int, ...] = ()
        looked = 0
        while stack:
            depth, chosen, value = stack.pop()
            held = self._go_to(held, chosen)
            bound = value + self._limits.relaxed(self._wants, self._order[depth:])
            if bound <= self._best_value * (1 + 1e-12):
                continue
            if looked >= self._nodes:
                self.open_bound = max(self.open_bound, bound)
                continue
            looked += 1
            if value > self._best_value:
                self.best, self._best_value = frozenset(chosen), value
            if depth < len(self._order):
                place = self._order[depth]
                stack.append((depth + 1, chosen, value))
                if self._limits.fits(place, self._wants[place].quantity):
                    stack.append((depth + 1, (*chosen, place), value + self._wants[place].value))

    def _go_to(self, held: tuple[int, ...], chosen: tuple[int, ...]) -> tuple[int, ...]:
        """Change the limits from what is held to what is chosen."""
        common = 0
        while common < min(len(held), len(chosen)) and held[common] == chosen[common]:
            common += 1
        for place in held[common:]:
            self._limits.give_back(place, self._wants[place].quantity)
        for place in chosen[common:]:
            self._limits.give_back(place, -self._wants[place].quantity)
        return chosen
