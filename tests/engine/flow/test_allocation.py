"""Sharing out what is scarce, held against every way there is."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.flow.allocation import Allocation, divisible, whole
from engine.flow.scarce import Arriving, Want

wants = st.lists(
    st.builds(
        Want, st.just("SO"), st.integers(1, 6).map(float), st.integers(0, 12).map(float), st.integers(0, 4)
    ),
    min_size=1, max_size=6,
)  # fmt: skip
arriving = st.lists(st.builds(Arriving, st.integers(0, 8).map(float), st.integers(0, 4)), max_size=3)


def holds(wants_: list[Want], arriving_: list[Arriving], served: list[float]) -> bool:
    """What is served up to any instant has arrived by then."""
    return all(
        sum(part for want, part in zip(wants_, served, strict=True) if want.due <= time)
        <= sum(each.quantity for each in arriving_ if each.at <= time) + 1e-9
        for time in {want.due for want in wants_}
    )


@given(wants, arriving)
def test_served_as_a_whole_no_choice_of_orders_is_worth_more(wants_: list[Want], arriving_: list[Arriving]) -> None:
    found = whole(wants_, arriving_)
    best = 0.0
    for chosen in itertools.product((0, 1), repeat=len(wants_)):
        served = [want.quantity * taken for want, taken in zip(wants_, chosen, strict=True)]
        if holds(wants_, arriving_, served):
            best = max(best, sum(want.value for want, taken in zip(wants_, chosen, strict=True) if taken))
    assert found.value == pytest.approx(best)
    assert found.proven
    assert holds(wants_, arriving_, list(found.served))
    assert all(part in (0.0, want.quantity) for want, part in zip(wants_, found.served, strict=True))


@given(wants, arriving)
def test_served_in_parts_no_split_into_pieces_is_worth_more(wants_: list[Want], arriving_: list[Arriving]) -> None:
    """Quantities are whole numbers, so some best allocation is one of pieces; each piece is then a want of its own."""
    found = divisible(wants_, arriving_)
    pieces = [
        Want("SO", 1.0, want.value / want.quantity, want.due) for want in wants_ for _ in range(int(want.quantity))
    ]
    # Independent of the rule: the largest value by the pieces that are served up to each instant.
    assert found.value == pytest.approx(_best_of_pieces(pieces, arriving_))
    assert found.proven
    assert holds(wants_, arriving_, list(found.served))
    assert all(0 <= part <= want.quantity for want, part in zip(wants_, found.served, strict=True))


def _best_of_pieces(pieces: list[Want], arriving_: list[Arriving]) -> float:
    """By how much is served so far, the largest value: a table that is filled due time by due time."""
    table = {0: 0.0}
    for due in sorted({piece.due for piece in pieces}):
        limit = sum(each.quantity for each in arriving_ if each.at <= due)
        for piece in (piece for piece in pieces if piece.due == due):
            longer = dict(table)
            for served, value in table.items():
                longer[served + 1] = max(longer.get(served + 1, 0.0), value + piece.value)
            table = longer
        table = {served: value for served, value in table.items() if served <= limit}
    return max(table.values(), default=0.0)


@given(wants, arriving, st.integers(0, 60))
def test_a_search_that_stops_early_says_how_far_it_can_be_from_the_best(
    wants_: list[Want], arriving_: list[Arriving], work: int
) -> None:
    stopped, best = whole(wants_, arriving_, work), whole(wants_, arriving_)
    assert stopped.value <= best.value + 1e-9
    assert stopped.bound >= best.value - 1e-9
    assert holds(wants_, arriving_, list(stopped.served))


def test_a_worked_case() -> None:
    """50 pieces now: 30 at 3 each and 20 at 2 each are worth 130; as wholes so are they; 40 of 50 pieces at 2.5 are
    less."""
    wants_ = [Want("SO-1", 40.0, 100.0, 5), Want("SO-2", 30.0, 90.0, 5), Want("SO-3", 20.0, 40.0, 5)]
    arriving_ = [Arriving(50.0, 0)]
    assert divisible(wants_, arriving_) == Allocation([20.0, 30.0, 0.0], 140.0, 140.0)
    assert whole(wants_, arriving_) == Allocation([0.0, 30.0, 20.0], 130.0, 130.0)


def test_many_orders_are_shared_out_with_a_proof_or_a_gap() -> None:
    wants_ = [
        Want(f"SO-{number}", float(1 + number * 7 % 13), float(1 + number * 11 % 17), number % 9)
        for number in range(200)
    ]
    found = whole(wants_, [Arriving(120.0, 0), Arriving(200.0, 4)])
    assert found.bound <= divisible(wants_, [Arriving(120.0, 0), Arriving(200.0, 4)]).value + 1e-6
    assert found.bound - found.value <= 0.01 * found.bound


def test_what_is_worth_nothing_is_served_where_it_takes_nothing_away() -> None:
    wants_ = [Want("SO-1", 40.0, 0.0, 5), Want("SO-2", 30.0, 90.0, 5), Want("SO-3", 20.0, 0.0, 5)]
    assert whole(wants_, [Arriving(50.0, 0)]).served == [0.0, 30.0, 20.0]
    assert divisible(wants_, [Arriving(50.0, 0)]).served == [20.0, 30.0, 0.0]
