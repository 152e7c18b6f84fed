"""Pegging: which supply serves which demand, for one item at one site.

First in, first out on cumulative quantity: supplies in the order in which they become available (what is on hand
first), demands in the order in which they are wanted; where the cumulative intervals of a supply and a demand overlap,
the overlap is pegged (after frePPLe, `src/model/pegging.cpp`). Each supply and each demand is one interval, so a pair
of them has at most one peg. What no supply covers is pegged to NOTHING, so the pegs of a demand always add up to its
quantity. Stock under zero is a debt that the first supplies pay before they serve anything. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

ON_HAND: Final = 0
"""The stock that is there, in place of a supply line."""
NOTHING: Final = -1
"""No supply at all."""

_DUST: Final = 1e-9
"""Share of a quantity under which a rest is what floating point leaves behind."""


class Supply(NamedTuple):
    """What is still to come in by one plan line."""

    line: int
    """plan_line.id."""
    ref: str
    quantity: float
    at: int | None
    """When it is planned to be there; None: nobody says, so after all others."""


class Demand(NamedTuple):
    """What one plan line still takes out."""

    line: int
    ref: str
    quantity: float
    at: int | None
    """When the goods have to be there; None: nobody says, so before all others."""


class Peg(NamedTuple):
    """An overlap of a supply with a demand."""

    supply: int
    """plan_line.id of the supply; ON_HAND or NOTHING."""
    demand: int
    quantity: float
    gap: int | None
    """When it is wanted − when it is there, in microseconds; negative where the plan itself is late. None: unknown."""
    supply_from: float
    supply_to: float
    """Which part of the supply's open quantity it is, from 0 to 1: a missing quantity hits the end first."""
    demand_share: float
    """Which share of the demand's open quantity it is."""


def peg(on_hand: float, supplies: Iterable[Supply], demands: Iterable[Demand]) -> list[Peg]:
    """The pegs of one item at one site, in the order of the demands; quantities are all in one unit, and not negative.

    `on_hand` may be negative. Ties in time go by reference, so the outcome does not depend on the order given.
    """
    offered = sorted(supplies, key=lambda each: (each.at is None, each.at or 0, each.ref, each.line))
    asked = sorted(demands, key=lambda each: (each.at is not None, each.at or 0, each.ref, each.line))
    if on_hand > 0:
        offered.insert(0, Supply(ON_HAND, "", on_hand, None))
    elif on_hand < 0:
        asked.insert(0, Demand(NOTHING, "", -on_hand, None))
    pegs: list[Peg] = []
    place, used = 0, 0.0
    for demand in asked:
        wanted = demand.quantity
        while wanted > _DUST * demand.quantity and place < len(offered):
            supply = offered[place]
            left = supply.quantity - used
            if left <= _DUST * supply.quantity:
                place, used = place + 1, 0.0
                continue
            taken = min(left, wanted)
            pegs.append(_pegged(supply, demand, used, taken))
            used, wanted = used + taken, wanted - taken
        if wanted > _DUST * demand.quantity:
            pegs.append(Peg(NOTHING, demand.line, wanted, None, 0.0, 1.0, wanted / demand.quantity))
    return [each for each in pegs if each.demand != NOTHING]


def _pegged(supply: Supply, demand: Demand, used: float, taken: float) -> Peg:
    gap = None if supply.at is None or demand.at is None else demand.at - supply.at
    start, end = used / supply.quantity, (used + taken) / supply.quantity
    return Peg(supply.line, demand.line, taken, gap, start, end, taken / demand.quantity)
