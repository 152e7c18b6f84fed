"""What a supply line that leaves its plan does to everything that it feeds: a walk down the pegs to customer orders.

Later (`late`). A consumer is late by what its supply is late less the gap between them: `delay − gap`, and not at all
where the gap is larger. Nothing starts before all of it is there, so a transfer or production order is late as a whole;
of a customer order the part that is pegged to late supply is. What a demand is planned before its supply is no slack,
so the gap counts as nothing then. The slack of a consumer is therefore the smallest sum of gaps on a way to it, and
`delay = delay of the root − slack`; independent of how late the root is at present (after frePPLe's criticality).

Less (`short`). What is missing is the end of a line's quantity: first in, first out has served the others before. Of a
consumer the share is missing that was pegged to it; a production order makes as many as its scarcest component allows.

Each share is of the quantity that is still open, so nothing has to be converted on the way. A way that comes back to
where it was ends there, for it brings no smaller slack, and nothing is missing twice. Pure.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

DEPTH: Final = 1000
"""Steps from a line to a customer order after which a walk ends; far deeper than any network that is known of, so
that only what goes round in circles can get there."""

ENDLESS: Final = 2**62
"""The slack of a customer order that states no date: nothing is too late for it."""

_DUST: Final = 1e-9


class Edge(NamedTuple):
    """A peg as the walk sees it; columns as in the table peg."""

    supply: int
    demand: int
    gap: int | None
    slack: int
    """How much later the supply can come without making the demand late: the gap, and nothing where it is negative;
    ENDLESS where the demand is a customer order that states no date."""
    demand_share: float
    demand_open: float
    worth: float | None = None
    coined: str | None = None
    customer: int = 0
    item: str = ""
    quantity: float = 0.0
    supply_from: float = 0.0
    supply_to: float = 1.0


Network = Mapping[int, Sequence[Edge]]
"""By plan_line.id of a supply: the pegs of what it serves."""

Peg = tuple[int, int, int | None, float | None, float, float | None, str | None]
"""What a slip in time needs of a peg, as a plain row, since whole suppliers have thousands of them: supply, demand, gap
(ENDLESS where the demand is a customer order that states no date), what is open of a customer order (None: the demand
is none), the share of the demand, and what a customer order is worth in which currency."""

_End = tuple[int, int, int | None, float, float, float | None, str | None]
"""A Peg to a customer order."""

Pegs = Mapping[int, Sequence[Peg]]
"""By plan_line.id of a supply, likewise: what a walk in time goes over."""


class Step(NamedTuple):
    """A peg on a way from a line to a customer order; the fields are those of an Edge."""

    supply: int
    demand: int
    gap: int | None
    slack: int


_DEMAND: Final = 1
_GAP: Final = 2
_OPEN: Final = 3
"""Where these are in a Peg."""
_FIRST: Final = itemgetter(0, _DEMAND)
_SLACK_OF: Final = itemgetter(0)
"""Of a Hit."""


def in_time(network: Network) -> dict[int, list[Peg]]:
    """What a slip in time needs of whole pegs."""
    return {supply: [_in_time(edge) for edge in edges] for supply, edges in network.items()}


def _in_time(edge: Edge) -> Peg:
    gap = edge.slack if edge.slack > 0 else edge.gap
    whole = edge.demand_open if edge.customer else None
    return edge.supply, edge.demand, gap, whole, edge.demand_share, edge.worth, edge.coined


def _to_spare(peg: Peg) -> int:
    """The slack of an Edge."""
    gap = peg[_GAP]
    return gap if gap is not None and gap > 0 else 0


def _step(peg: Peg) -> Step:
    return Step(peg[0], peg[_DEMAND], peg[_GAP], _to_spare(peg))


class Node(NamedTuple):
    """What reaches one line."""

    slack: int
    """The smallest sum of gaps from the root."""
    share: float
    """Which share of its open quantity is late or missing."""


class Hit(NamedTuple):
    """What reaches one customer order line; in order, the first ones wanted come first as far as slack tells."""

    slack: int
    """The smallest sum of gaps on a way from the root."""
    line: int
    """plan_line.id."""
    delay: int | None
    """How much later than wanted because of the root, in microseconds; None: not later but less."""
    after: int | None
    """How much later than wanted it is to be expected, counting what the plan itself is late."""
    share: float
    quantity: float
    """Late or missing, in the line's unit; at most what is open."""
    open: float
    worth: float | None
    """Minor units of what is open of it; None: nothing says so."""
    coined: str | None
    """Their currency."""
    supply: int | None
    """The line that serves it of those that the root is late or missing by; None: several do."""


class Impact(NamedTuple):
    """What one supply line puts at risk."""

    hits: Sequence[Hit]
    """Customer order lines, the first ones wanted first as far as slack tells."""
    nearest: Step | None
    """The last peg to the customer order with the smallest slack that depends on the root, hit or not; None: none
    does."""
    slack: int | None
    """That slack."""
    via: Mapping[int, Peg]
    """By line the last peg on the way to it with its slack."""
    feeds: bool
    """Whether anything at all is pegged to the root."""
    slacks: Mapping[int, int]
    """By plan_line.id of the lines that depend on the root, itself among them, the smallest sum of gaps; not
    customer orders."""
    missing: Mapping[int, float] | None = None
    """By such a line the share of it that is missing; None: nothing is, it comes later."""
    undated: int = 0
    """Customer orders that depend on what comes later and state no date, so that nobody can say that they are late."""

    def nodes(self, delay: int | None) -> dict[int, Node]:
        """By such a line what reaches it where the root comes `delay` later, or less."""
        if self.missing is not None:
            return {
                line: Node(slack, self.missing[line]) for line, slack in self.slacks.items() if line in self.missing
            }
        late_by = 0 if delay is None else delay
        return {
            line: Node(slack, 1.0) for line, slack in self.slacks.items() if slack < late_by or line not in self.via
        }

    def late_lines(self, delay: int | None) -> list[int]:
        """Of the lines that depend on the root those that are late where it comes `delay` later; not customer
        orders."""
        if delay is None or len(self.slacks) == 1:
            return []
        return [line for line, slack in self.slacks.items() if slack < delay and line in self.via]

    def way(self) -> list[Step]:
        """The pegs from the root to the nearest customer order."""
        steps: list[Step] = []
        step = self.nearest
        while step is not None and len(steps) <= DEPTH:
            steps.append(step)
            before = self.via.get(step.supply)
            step = None if before is None else _step(before)
        return steps[::-1]


def late(root: int, delay: int, pegs: Pegs) -> Impact:
    """What depends on `root` if it comes `delay` microseconds after its plan."""
    slacks, via, last = _slacks(root, pegs)
    hits, undated = dict[int, Hit](), set[int]()
    new = tuple.__new__  # as the class's own, in half the time: whole suppliers have thousands of hits
    for supply, ends in last.items():
        before = slacks[supply]
        for _, line, gap, whole, share, worth, coined in ends:
            slack = before + gap if gap is not None and gap > 0 else before
            if slack < delay:
                share = share if share < 1.0 else 1.0
                later = delay - slack
                after = later - gap if gap is not None and gap < 0 else later
                hit = new(Hit, (slack, line, later, after, share, share * whole, whole, worth, coined, supply))
                known = hits.get(line)
                hits[line] = hit if known is None else _both(known, hit)
            elif slack >= ENDLESS:
                undated.add(line)
    found = sorted(hits.values())
    return Impact(found, *_nearest(found, slacks, last), via, bool(pegs.get(root)), slacks, undated=len(undated))


def _both(one: Hit, other: Hit) -> Hit:
    """A customer order that is late over several pegs: their parts add up, the worse decides how late."""
    share = min(one.share + other.share, 1.0)
    worse = min(one, other, key=_SLACK_OF)
    after = max(one.after or 0, other.after or 0)
    return worse._replace(after=after, share=share, quantity=share * one.open, supply=None)


def short(root: int, share: float, network: Network) -> Impact:
    """What depends on `root` if `share` (0 to 1) of its open quantity does not come at all."""
    missing, lost = _missing(root, share, network)
    through = {line: [edge for edge in network.get(line, ()) if edge in lost.get(edge.demand, ())] for line in missing}
    slacks, via, last = _slacks(root, in_time(through))
    hits = []
    for line, edges in lost.items():
        first = next(iter(edges))
        if first.customer:
            slack = min(slacks[edge.supply] + edge.slack for edge in edges)
            hits.append(_hit(first, missing[line], slack, first.supply if len(edges) == 1 else None))
    if not last:
        # Nobody is short; what depends on the line at all still says when it is needed.
        slacks, via, last = _slacks(root, in_time(network))
    found = sorted(hits)
    return Impact(found, *_nearest(found, slacks, last), via, bool(network.get(root)), slacks, missing)


def _hit(edge: Edge, share: float, slack: int, supply: int | None) -> Hit:
    """A customer order a share of which is missing."""
    share, whole = min(share, 1.0), edge.demand_open
    return Hit(slack, edge.demand, None, None, share, share * whole, whole, edge.worth, edge.coined, supply)


def _nearest(
    hits: Sequence[Hit], slacks: Mapping[int, int], last: Mapping[int, Sequence[_End]]
) -> tuple[Step | None, int | None]:
    """Of the pegs to customer orders with a date the one with the smallest slack, and that slack; neither where there
    is none. It leads to the first of the hits, where there are any.

    Of equals the first supply's first order, so that the outcome does not depend on the order of the pegs.
    """
    if hits:
        slack = hits[0].slack
    else:
        slack = min((slacks[line] + min(map(_to_spare, ends)) for line, ends in last.items()), default=ENDLESS)
    if slack >= ENDLESS:
        return None, None
    near = [(slack - slacks[line], ends) for line, ends in last.items() if slacks[line] <= slack]
    return _step(min((peg for left, ends in near for peg in ends if _to_spare(peg) == left), key=_FIRST)), slack


def _slacks(root: int, pegs: Pegs) -> tuple[dict[int, int], dict[int, Peg], dict[int, Sequence[_End]]]:
    """By line other than customer orders the smallest sum of gaps from the root, the last peg on that way, and the
    pegs that lead on from the line to customer orders."""
    slacks, via, last = {root: 0}, dict[int, Peg](), dict[int, Sequence[_End]]()
    frontier = [root]
    for _ in range(DEPTH):
        nearer: dict[int, None] = {}
        for line in frontier:
            served = pegs.get(line, ())
            ends: Any = [peg for peg in served if peg[_OPEN] is not None]
            if ends:
                last[line] = ends
            if len(ends) == len(served):
                continue
            slack = slacks[line]
            for peg in served:
                if peg[_OPEN] is None:
                    demand, gap = peg[_DEMAND], peg[_GAP]
                    total = slack + gap if gap is not None and gap > 0 else slack
                    known = slacks.get(demand)
                    if known is None or total < known:
                        slacks[demand], via[demand] = total, peg
                        nearer[demand] = None
        frontier = list(nearer)
        if not frontier:
            break
    return slacks, via, last


def _missing(root: int, share: float, network: Network) -> tuple[dict[int, float], dict[int, dict[Edge, float]]]:
    """By line the share that is missing, and the pegs through which it is, each with its part."""
    missing = {root: share}
    lost: dict[int, dict[Edge, float]] = defaultdict(dict)
    frontier = [root]
    for _ in range(DEPTH):
        reached: dict[int, None] = {}
        for line in frontier:
            for edge in network.get(line, ()):
                taken = _taken(edge, missing[line])
                # A line that waits for itself, or for what waits for it, is missing once.
                if taken > _DUST and edge.demand not in (root, line):
                    lost[edge.demand][edge] = taken
                    reached[edge.demand] = None
        # Once for each line, however many pegs lead to it.
        totals = {line: _scarcest(lost[line]) for line in reached}
        grown = [line for line, total in totals.items() if total > missing.get(line, 0.0) + _DUST]
        missing.update((line, totals[line]) for line in grown)
        frontier = [line for line in grown if line in network]
        if not frontier:
            break
    return missing, lost


def _taken(edge: Edge, missing: float) -> float:
    """The share of the demand's open quantity that a missing share of the supply's takes away: from its end."""
    left = 1.0 - missing
    if missing > 0 and edge.supply_from >= left:
        # Also what is too small a part of its supply to have an end apart from its beginning.
        return edge.demand_share
    overlap = max(0.0, edge.supply_to - left)
    return overlap / (edge.supply_to - edge.supply_from) * edge.demand_share if overlap else 0.0


def _scarcest(lost: Mapping[Edge, float]) -> float:
    """What is missing of a line: parts of one item add up, of several items the scarcest decides."""
    by_item: dict[str, list[float]] = defaultdict(list)
    for edge, taken in lost.items():
        by_item[edge.item].append(taken)
    return min(1.0, max(math.fsum(parts) for parts in by_item.values()))
