"""Pegging: first in, first out on cumulative quantity, held against a count piece by piece."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.flow.pegging import NOTHING, ON_HAND, Demand, Peg, Supply, peg

TIMES = st.one_of(st.none(), st.integers(0, 5))
QUANTITIES = st.integers(1, 6)


def supplies_of(given: list[tuple[int, int | None]]) -> list[Supply]:
    return [Supply(number, f"PO{number}", float(quantity), at) for number, (quantity, at) in enumerate(given, 1)]


def demands_of(given: list[tuple[int, int | None]]) -> list[Demand]:
    return [Demand(number, f"SO{number}", float(quantity), at) for number, (quantity, at) in enumerate(given, 100)]


def piece_by_piece(on_hand: int, supplies: list[Supply], demands: list[Demand]) -> Counter[tuple[int, int]]:
    """How many pieces of each supply go into each demand, when single pieces queue on both sides."""
    pieces = [ON_HAND] * on_hand
    for supply in sorted(supplies, key=lambda each: (math.inf if each.at is None else each.at, each.ref)):
        pieces += [supply.line] * round(supply.quantity)
    # A debt takes the first pieces that come.
    del pieces[: max(0, -on_hand)]
    wanted = []
    for demand in sorted(demands, key=lambda each: (-math.inf if each.at is None else each.at, each.ref)):
        wanted += [demand.line] * round(demand.quantity)
    pieces += [NOTHING] * (len(wanted) - len(pieces))
    return Counter(zip(pieces, wanted, strict=False))


@given(
    on_hand=st.integers(-8, 8),
    supplies=st.lists(st.tuples(QUANTITIES, TIMES), max_size=5).map(supplies_of),
    demands=st.lists(st.tuples(QUANTITIES, TIMES), max_size=5).map(demands_of),
)
def test_pegs_are_what_a_queue_of_single_pieces_gives(
    on_hand: int, supplies: list[Supply], demands: list[Demand]
) -> None:
    found = peg(float(on_hand), supplies, demands)
    assert {(each.supply, each.demand): each.quantity for each in found} == dict(
        piece_by_piece(on_hand, supplies, demands)
    )
    assert peg(float(on_hand), supplies[::-1], demands[::-1]) == found


@given(
    on_hand=st.floats(-50, 50),
    supplies=st.lists(st.tuples(st.floats(0.001, 1000), TIMES), max_size=6),
    demands=st.lists(st.tuples(st.floats(0.001, 1000), TIMES), max_size=6),
)
def test_nothing_is_made_or_lost(
    on_hand: float, supplies: list[tuple[float, int | None]], demands: list[tuple[float, int | None]]
) -> None:
    offered = [Supply(number, f"PO{number}", *each) for number, each in enumerate(supplies, 1)]
    asked = [Demand(number, f"SO{number}", *each) for number, each in enumerate(demands, 100)]
    found = peg(on_hand, offered, asked)
    for demand in asked:
        mine = [each for each in found if each.demand == demand.line]
        assert math.isclose(math.fsum(each.quantity for each in mine), demand.quantity, rel_tol=1e-6)
        assert math.isclose(math.fsum(each.demand_share for each in mine), 1.0, rel_tol=1e-6)
    for supply in offered:
        mine = sorted((each for each in found if each.supply == supply.line), key=lambda each: each.supply_from)
        assert math.fsum(each.quantity for each in mine) <= supply.quantity * (1 + 1e-6)
        # One interval without overlap, each part as large as its quantity says.
        assert all(before.supply_to <= after.supply_from + 1e-9 for before, after in pairwise(mine))
        for each in mine:
            assert math.isclose((each.supply_to - each.supply_from) * supply.quantity, each.quantity, rel_tol=1e-6)
    covered = math.fsum(each.quantity for each in found if each.supply != NOTHING)
    there = max(0.0, on_hand + math.fsum(each.quantity for each in offered))
    assert math.isclose(covered, min(there, math.fsum(each.quantity for each in asked)), rel_tol=1e-6, abs_tol=1e-6)


def test_a_worked_case() -> None:
    """30 there, 50 on day 2, 50 on day 4; 40 wanted on day 1 and 70 on day 6."""
    found = peg(
        30.0,
        [Supply(2, "PO-B", 50.0, 4), Supply(1, "PO-A", 50.0, 2)],
        [Demand(10, "SO-1", 40.0, 1), Demand(11, "SO-2", 70.0, 6)],
    )
    assert found == [
        Peg(ON_HAND, 10, 30.0, None, 0.0, 1.0, 0.75),
        # Wanted a day before it comes: the plan itself is late.
        Peg(1, 10, 10.0, -1, 0.0, 0.2, 0.25),
        Peg(1, 11, 40.0, 4, 0.2, 1.0, 40 / 70),
        Peg(2, 11, 30.0, 2, 0.0, 0.6, 30 / 70),
    ]
