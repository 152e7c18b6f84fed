"""Sharing out what is scarce: which demands are served in time by what arrives when, at the largest value, with a
proof.

Supply that is there at an instant serves demands that are due then or later, so what is served up to any due time is at
most what has arrived by then. These limits lie inside each other, and over such limits the greedy rule is exact where
demands may be served in part: the largest value per unit first, each as far as the limits leave (the limits form a
polymatroid; Edmonds 1970, "Submodular functions, matroids, and certain polyhedra"). Where a demand is served as a whole
or not at all, it is a knapsack with deadlines: branch and bound, whose bound is that same greedy rule over what is not
decided yet. It stops after so many nodes; then HiGHS goes on where it is installed (engine.flow.highs), and what has no
proof says how far from the best it can be at most. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from engine.flow import highs
from engine.flow.scarce import Arriving, Want

WORK: Final = 1_000_000
"""Branches x demands x due times that are looked at before the best that was found is given with its gap: half a
second."""
_DUST: Final = 1e-9


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


def whole(wants: Sequence[Want], arriving: Sequence[Arriving], work: int = WORK) -> Allocation:
    """The best allocation where each demand is served as a whole or not at all, or the best that so much work finds."""
    search = _Search(wants, arriving, work)
    search.run()
    order = _by_density(wants)
    found = _allocated(wants, _rounded(wants, arriving, search.best, order), search.open_bound)
    if found.proven or not highs.installed():
        return found
    other = highs.solve(wants, arriving)
    if other is None:
        return found
    bound = min(found.bound, other.bound)
    better = _allocated(wants, _rounded(wants, arriving, other.served, order), bound)
    return better if better.value > found.value else _allocated(wants, found.served, bound)


def _allocated(wants: Sequence[Want], served: Sequence[float], bound: float) -> Allocation:
    value = _value(wants, served)
    return Allocation(served, value, max(value, bound))


def _rounded(
    wants: Sequence[Want], arriving: Sequence[Arriving], first: Collection[int], order: Sequence[int]
) -> list[float]:
    """Some wants, and of the others in an order whatever is served as a whole without taking anything away."""
    limits = _Limits(wants, arriving)
    served = [0.0] * len(wants)
    for place in sorted(order, key=lambda place: place not in first):
        if limits.fits(place, wants[place].quantity):
            served[place] = limits.take(place, wants[place].quantity)
    return served


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

    def fits(self, place: int, quantity: float) -> bool:
        return min(self._left[self._place[place] :]) >= quantity * (1 - _DUST)

    def _change(self, place: int, by: float) -> None:
        start = self._place[place]
        self._left[start:] = [each + by for each in self._left[start:]]


class _Node(NamedTuple):
    """What is decided so far."""

    served: frozenset[int]
    left: frozenset[int]
    bound: float
    """No allocation that agrees with it is worth more."""


class _Search:
    """Branch and bound, depth first: what the greedy rule would serve in part is served, or it is not."""

    def __init__(self, wants: Sequence[Want], arriving: Sequence[Arriving], work: int) -> None:
        self._wants, self._arriving, self._order = wants, arriving, _by_density(wants)
        self._nodes = max(1, work // max(1, len(wants) * len({want.due for want in wants})))
        self.best: frozenset[int] = frozenset()
        self._best_value = -1.0
        self.open_bound = 0.0
        """The largest bound among the branches that were not looked at; nothing where all were."""

    def run(self) -> None:
        whole_value = math.fsum(want.value for want in self._wants)
        waiting = [_Node(frozenset(), frozenset(), whole_value)]
        looked = 0
        while waiting:
            node = waiting.pop()
            if node.bound <= self._best_value * (1 + 1e-12):
                continue
            if looked >= self._nodes:
                self.open_bound = max(self.open_bound, node.bound)
                continue
            looked += 1
            waiting += self._branches(node)

    def _branches(self, node: _Node) -> list[_Node]:
        """The two ways on from a node; none where it cannot be carried out, is solved, or is no better than the
        best."""
        limits = _Limits(self._wants, self._arriving)
        taken: dict[int, float] = {}
        for place in (*sorted(node.served), *(each for each in self._order if each not in node.served)):
            want = self._wants[place]
            if place in node.served and not limits.fits(place, want.quantity):
                return []
            taken[place] = 0.0 if place in node.left else limits.take(place, want.quantity)
        shares = {place: part / self._wants[place].quantity for place, part in taken.items()}
        bound = math.fsum(share * self._wants[place].value for place, share in shares.items())
        served = frozenset(place for place, share in shares.items() if share >= 1 - _DUST)
        self._remember(served)
        if bound <= self._best_value * (1 + 1e-12):
            return []
        part = next((place for place in self._order if _DUST < shares[place] < 1 - _DUST), None)
        if part is None:
            return []
        bound = min(bound, node.bound)
        return [
            _Node(node.served, node.left | {part}, bound),
            _Node(node.served | {part}, node.left, bound),
        ]

    def _remember(self, served: frozenset[int]) -> None:
        """What the greedy rule serves as a whole, and what still fits beside it, may be the best so far."""
        rounded = _rounded(self._wants, self._arriving, served, self._order)
        value = _value(self._wants, rounded)
        if value > self._best_value:
            self._best_value = value
            self.best = frozenset(place for place, part in enumerate(rounded) if part)
