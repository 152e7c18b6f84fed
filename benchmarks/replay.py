"""What an order of the queue is worth: somebody handles so many deviations a day in that order, and losses are avoided.

A deviation that is handled before its decide-by avoids the loss of its value if it would have become a miss; after its
decide-by, or where the line comes in time anyway, handling it avoids nothing. One that ends by itself leaves the queue.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from engine.ranking import rank
from engine.values.clock import DAY


class Standing(NamedTuple):
    """A deviation as it stands in the queue on one morning."""

    id: int
    opened: int
    """When it was opened."""
    decide_by: int
    value: int
    """At risk, in minor units; where it becomes a miss, this is lost."""
    exposure: int
    days_late: float
    """As far as it is known: announced, or negative while the date lies ahead."""
    remedy_days: float


class World(NamedTuple):
    """Mornings with what stands in the queue on each, and which of them would become misses."""

    mornings: Sequence[tuple[int, Sequence[Standing]]]
    """The instant of each morning, and the deviations in the product's own order."""
    misses: frozenset[int]


Order = Callable[[Standing], object]
ORDERS: Final[Mapping[str, Order]] = {
    "first in, first out": lambda each: each.opened,
    "largest value first": lambda each: -each.value,
    "most days late first": lambda each: -each.days_late,
    "WSJF": lambda each: -each.exposure / each.remedy_days,
}
"""What the product is compared with. WSJF, weighted shortest job first (Reinertsen 2009, "The Principles of Product
Development Flow"): cost of delay ÷ duration, here the product's exposure ÷ the days of the fastest remedy."""


def avoided(world: World, a_day: int, order: Order | None, *, passed_last: bool = False) -> int:
    """The loss that handling so many deviations a day avoids; without an order, in the product's.

    `passed_last` gives another order the product's knowledge of whose decide-by has passed.
    """
    handled: set[int] = set()
    saved = 0
    for now, standing in world.mornings:
        waiting = [each for each in standing if each.id not in handled]
        if order is not None:
            waiting.sort(key=lambda each: each.id)
            waiting.sort(key=order)  # type: ignore[arg-type]
            if passed_last:
                waiting.sort(key=lambda each: each.decide_by <= now)
        for each in waiting[:a_day]:
            handled.add(each.id)
            if each.id in world.misses and now < each.decide_by:
                saved += each.value
    return saved


def best_possible(world: World, a_day: int) -> int:
    """The most that anybody could avoid who knows what will come.

    Jobs of one day's share with a first and a last morning are independent sets of a matroid, so taking the most
    valuable that still fits is optimal (Gabow and Tarjan 1984, "Efficient algorithms for a family of matroid
    intersection problems").
    """
    mornings: dict[int, list[int]] = {}
    values: dict[int, int] = {}
    for place, (now, standing) in enumerate(world.mornings):
        for each in standing:
            if each.id in world.misses and now < each.decide_by:
                mornings.setdefault(each.id, []).append(place)
                values[each.id] = each.value
    taken: list[tuple[int, int]] = []
    saved = 0
    for number in sorted(values, key=lambda number: -values[number]):
        # A deviation that left the queue and came back counts from its first morning to its last.
        trial = [*taken, (mornings[number][0], mornings[number][-1])]
        if _fits(trial, a_day):
            taken, saved = trial, saved + values[number]
    return saved


def _fits(windows: Sequence[tuple[int, int]], a_day: int) -> bool:
    """Whether all jobs can be done in their windows: always the one that ends first (Jackson's rule)."""
    waiting: list[int] = []
    coming = sorted(windows)
    place = at = 0
    while at < len(coming) or waiting:
        if not waiting:
            place = max(place, coming[at][0])
        while at < len(coming) and coming[at][0] <= place:
            heapq.heappush(waiting, coming[at][1])
            at += 1
        for _ in range(min(a_day, len(waiting))):
            if heapq.heappop(waiting) < place:
                return False
        place += 1
    return True


def ranked(standing: Sequence[Standing], now: int, halving: int = rank.HALVING) -> list[Standing]:
    """In the product's order, for a world whose deviations no desk has opened."""
    # As rank.priority, for any halving time.
    return sorted(
        standing,
        key=lambda each: (
            rank.group(each.decide_by, now),
            each.decide_by / halving - math.log2(max(each.exposure, 1)),
            each.id,
        ),
    )


def ranked_by(world: World, halving: int) -> World:
    """A world in the order of another halving time."""
    return world._replace(mornings=[(now, ranked(standing, now, halving)) for now, standing in world.mornings])


def days(first: int, last: int) -> range:
    """The mornings from one instant to another."""
    return range(first // DAY * DAY, last, DAY)
