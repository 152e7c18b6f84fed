"""An overlay of the plan: what supply would do to its customer orders if it came otherwise, without writing anything.

A *need* is what some supply has to serve: its pegs in the order in which they are served, and the arrivals that are to
be expected. Whatever is done about it (part of it comes earlier, other supply is added) gives other arrivals. They fill
the need first in, first out: the first to arrive serves the first pegs, whatever nothing fills is missing. Each arrival
is then a supply of its own, which slips by its own delay, and engine.flow.impact says what that does. A plan in which
the line is loaded in as many parts, with an announcement for each, has the same impact (held by a test). Pure.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from engine.flow.impact import Edge, Hit, Network, in_time, late, short

ROOT: Final = -10
"""In place of a plan line's id: the need as a whole."""
_TOGETHER: Final = -11
"""Likewise: what all the late arrivals hang on."""
_FIRST: Final = -12
"""Likewise: the first arrival; the others count down from it."""
_DUST: Final = 1e-9


class Arrival(NamedTuple):
    """Some quantity, and how much later than planned it is there."""

    quantity: float
    delay: int | None
    """In microseconds; not positive: in time. None: it never comes."""


class Need(NamedTuple):
    """What has to be served."""

    quantity: float
    network: Network
    """With the pegs of the need under ROOT, in the order in which they are served."""
    arrivals: Sequence[Arrival]
    """What is to be expected if nothing is done."""


def order(line: int, quantity: float, slack: int, worth: float | None, coined: str | None) -> Edge:
    """The peg of a need to the one customer order line that it serves; `worth` in minor units of `coined`."""
    return Edge(
        supply=ROOT, demand=line, gap=slack, slack=slack, demand_share=1.0, demand_open=quantity, customer=1,
        worth=worth, coined=coined, quantity=quantity,
    )  # fmt: skip


def missed_order(edge: Edge) -> Hit:
    """The customer order of a peg, if nothing came over it."""
    share, whole = min(1.0, edge.demand_share), edge.demand_open
    return Hit(edge.slack, edge.demand, None, None, share, share * whole, whole, edge.worth, edge.coined, edge.supply)


def filled(quantity: float, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The arrivals that serve a quantity: the first to come first, what is too much left out, what is missing last."""
    coming = [each for each in arrivals if each.quantity > 0 and each.delay is not None]
    serving, left = [], quantity
    for each in sorted(coming, key=lambda each: each.delay or 0):
        taken = min(left, each.quantity)
        if taken > _DUST * quantity:
            serving.append(Arrival(taken, each.delay))
            left -= taken
    return serving + ([Arrival(left, None)] if left > _DUST * quantity else [])


def hits(need: Need, arrivals: Sequence[Arrival]) -> list[Hit]:
    """The customer orders that are late or short if these arrive; those wanted first come first as far as slack tells.

    An order that one arrival makes late and another one short is hit by both parts, at most as a whole.
    """
    serving = filled(need.quantity, arrivals)
    network = dict(need.network)
    for place, edges in enumerate(_cut(network.pop(ROOT, ()), serving, need.quantity)):
        network[_FIRST - place] = edges
    merged: dict[int, Hit] = {}
    for hit in (*_late(serving, network), *_missing(serving, network)):
        known = merged.get(hit.line)
        merged[hit.line] = hit if known is None else _both(known, hit)
    return sorted(merged.values())


def _both(one: Hit, other: Hit) -> Hit:
    share = min(1.0, one.share + other.share)
    return one._replace(share=share, quantity=share * one.open, slack=min(one.slack, other.slack))


def _late(serving: Sequence[Arrival], network: dict[int, Sequence[Edge]]) -> Sequence[Hit]:
    """All late arrivals at once: what waits for several of them is late by the worst."""
    delays = {place: each.delay for place, each in enumerate(serving) if each.delay is not None and each.delay > 0}
    if not delays:
        return ()
    worst = max(delays.values())
    network[_TOGETHER] = [
        Edge(
            supply=_TOGETHER,
            demand=_FIRST - place,
            gap=worst - delay,
            slack=worst - delay,
            demand_share=1.0,
            demand_open=1.0,
        )
        for place, delay in delays.items()
    ]
    return late(_TOGETHER, worst, in_time(network)).hits


def _missing(serving: Sequence[Arrival], network: Network) -> Sequence[Hit]:
    last = len(serving) - 1
    return short(_FIRST - last, 1.0, network).hits if serving and serving[-1].delay is None else ()


def _cut(edges: Sequence[Edge], serving: Sequence[Arrival], quantity: float) -> list[list[Edge]]:
    """The pegs of a need as pegs of its arrivals; one that several arrivals serve falls into as many parts."""
    parts: list[list[Edge]] = []
    start = 0.0
    for place, each in enumerate(serving):
        share = each.quantity / quantity
        end = 1.0 if place == len(serving) - 1 else start + share
        parts.append([
            _part(edge, _FIRST - place, start, end)
            for edge in edges
            if min(edge.supply_to, end) - max(edge.supply_from, start) > _DUST
        ])  # fmt: skip
        start = end
    return parts


def _part(edge: Edge, supply: int, start: float, end: float) -> Edge:
    begin, until = max(edge.supply_from, start), min(edge.supply_to, end)
    whole = begin == edge.supply_from and until == edge.supply_to
    share = 1.0 if whole else (until - begin) / (edge.supply_to - edge.supply_from)
    width = end - start
    return edge._replace(
        supply=supply,
        quantity=edge.quantity * share,
        supply_from=(begin - start) / width,
        supply_to=(until - start) / width,
        demand_share=edge.demand_share * share,
    )


def missed(need: Need) -> float:
    """How much would have to be there in time besides what is to be expected, so that no customer order is hit.

    What waits for a peg can take so much delay, and so all up to its end has to be there by then.
    """
    nearest = slacks_below(need)
    lacking = 0.0
    for edge in need.network.get(ROOT, ()):
        below = 0 if edge.customer else nearest.get(edge.demand)
        if below is not None:
            slack = edge.slack + below
            by_then = sum(each.quantity for each in need.arrivals if each.delay is not None and each.delay <= slack)
            lacking = max(lacking, edge.supply_to * need.quantity - by_then)
    return round(lacking, 6)


def slacks_below(need: Need) -> Mapping[int, int]:
    """By line below a need the smallest slack from it to a customer order; a line that feeds none is left out."""
    feeding: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for edges in need.network.values():
        for edge in edges:
            feeding[edge.demand].append((edge.supply, edge.slack))
    customers = {edge.demand for edges in need.network.values() for edge in edges if edge.customer}
    known: dict[int, int] = {}
    waiting = [(0, line) for line in sorted(customers)]
    while waiting:
        slack, line = heapq.heappop(waiting)
        if line not in known:
            known[line] = slack
            for supply, more in feeding[line]:
                heapq.heappush(waiting, (slack + more, supply))
    return known


def delayed_use(need: Need, gained: int, uses: frozenset[int]) -> Need:
    """The need if the lines `uses` (plan_line.id) can do without their supply for `gained` microseconds longer."""
    network = {
        supply: [edge._replace(slack=edge.slack + gained) if edge.demand in uses else edge for edge in edges]
        for supply, edges in need.network.items()
    }
    return need._replace(network=network)
