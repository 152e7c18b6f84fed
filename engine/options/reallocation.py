"""Sharing out an item at a site anew: first the orders for which what arrives in time is worth most, then the rest.

Who gets what is engine.flow.allocation's answer, with its proof; what that does to customer orders, also through
production and transfers, is worked out as for every other option. The values that it weighs are those of what depends
on each peg: where two pegs feed one order through a production order both count it, so the proof is of the weighing,
not of what is behind. Pure.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from engine.flow.allocation import Allocation, divisible, whole
from engine.flow.impact import Edge, Hit
from engine.flow.overlay import ROOT, Need, hits, missed_order, slacks_below
from engine.flow.scarce import Arriving, Want
from engine.gather.sharing import Shared

_LISTED: Final = 12


class Shares(NamedTuple):
    """How it is shared out."""

    need: Need
    served: Sequence[tuple[str, float, float]]
    """By order its reference, how much of it is served in time, and how much it wants; who lacks most comes first."""
    because: str


def share_out(shared: Shared, worth: Callable[[Sequence[Hit]], float], *, orders: str) -> Shares:
    """The best way to share out, `orders` served in `parts` or as a `whole`; `worth` prices what is hit, in minor
    units."""
    edges = shared.need.network[ROOT]
    groups = _groups(edges, orders)
    below = slacks_below(shared.need)
    wants = [
        Want(
            shared.names[edges[group[0]].demand],
            math.fsum(edges[place].quantity for place in group),
            worth(_behind(shared.need, [edges[place] for place in group])),
            max(edges[place].slack + below.get(edges[place].demand, 0) for place in group),
        )
        for group in groups
    ]
    arriving = [Arriving(each.quantity, each.delay) for each in shared.need.arrivals if each.delay is not None]
    found = divisible(wants, arriving) if orders == "parts" else whole(wants, arriving)
    ordered = _ordered(edges, groups, wants, found)
    served = _served(wants, found)
    return Shares(_laid_out(shared.need, ordered), served, _told(served, found, orders))


def _groups(edges: Sequence[Edge], orders: str) -> list[list[int]]:
    """Which pegs are served together."""
    if orders == "parts":
        return [[place] for place in range(len(edges))]
    by_demand: dict[int, list[int]] = defaultdict(list)
    for place, edge in enumerate(edges):
        by_demand[edge.demand].append(place)
    return list(by_demand.values())


def _behind(need: Need, edges: Sequence[Edge]) -> Sequence[Hit]:
    """The customer orders that depend on some pegs, as if nothing of these came."""
    if all(edge.customer for edge in edges):
        return [missed_order(edge) for edge in edges]
    return hits(_laid_out(need, [(edge, 1.0) for edge in edges]), [])


def _ordered(
    edges: Sequence[Edge], groups: Sequence[Sequence[int]], wants: Sequence[Want], found: Allocation
) -> list[tuple[Edge, float]]:
    """Pegs with the share of each: first what is served in time, in the order in which it is due, then the rest
    likewise."""
    first, rest = [], []
    for group, want, served in sorted(zip(groups, wants, found.served, strict=True), key=lambda each: each[1].due):
        part = min(1.0, served / want.quantity)
        first += [(edges[place], part) for place in group if part > 0]
        rest += [(edges[place], 1.0 - part) for place in group if part < 1]
    return first + rest


def _laid_out(need: Need, pieces: Sequence[tuple[Edge, float]]) -> Need:
    quantity = math.fsum(edge.quantity * share for edge, share in pieces)
    laid, start = [], 0.0
    for edge, share in pieces:
        end = start + edge.quantity * share / quantity
        laid.append(
            edge._replace(
                quantity=edge.quantity * share, demand_share=edge.demand_share * share, supply_from=start, supply_to=end
            )
        )
        start = end
    return Need(quantity, {**need.network, ROOT: laid}, need.arrivals)


def _served(wants: Sequence[Want], found: Allocation) -> list[tuple[str, float, float]]:
    by_order: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for want, served in zip(wants, found.served, strict=True):
        by_order[want.id][0] += served
        by_order[want.id][1] += want.quantity
    shares = [(name, round(served, 6), round(wanted, 6)) for name, (served, wanted) in by_order.items()]
    return sorted(shares, key=lambda each: each[1] / each[2])


def _told(served: Sequence[tuple[str, float, float]], found: Allocation, orders: str) -> str:
    told = [f"{name} {part:.6g} of {wanted:.6g}" for name, part, wanted in served]
    more = f" and {len(told) - _LISTED} more" if len(told) > _LISTED else ""
    proof = (
        "proven the best" if found.proven else f"at most {100 * (1 - found.value / found.bound):.2g} % from the best"
    )
    how = "whole" if orders == "whole" else "in parts"
    return f"in time: {', '.join(told[:_LISTED])}{more}; {proof} with orders served {how}"
