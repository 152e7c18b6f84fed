"""HiGHS beside the search of our own: the same answers, and a proof where that one stops. Skipped where the extra is
not there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.flow import highs
from engine.flow.allocation import whole
from engine.flow.scarce import Arriving, Want
from tests.engine.flow.test_allocation import arriving, holds, wants

if not highs.installed():
    pytest.skip('HiGHS is an extra that is not installed here (pip install ".[highs]")', allow_module_level=True)


@settings(max_examples=50)
@given(wants, arriving)
def test_it_finds_what_the_search_of_our_own_finds(wants_: list[Want], arriving_: list[Arriving]) -> None:
    ours, found = whole(wants_, arriving_), highs.solve(wants_, arriving_)
    assert found is not None
    assert ours.proven
    assert found.bound == pytest.approx(ours.value, abs=1e-6)
    assert sum(wants_[place].value for place in found.served) == pytest.approx(ours.value, abs=1e-6)


@settings(max_examples=50)
@given(wants, arriving, st.integers(0, 60))
def test_where_the_search_stops_early_it_proves_the_rest(
    wants_: list[Want], arriving_: list[Arriving], work: int
) -> None:
    stopped = whole(wants_, arriving_, work)
    assert stopped.value == pytest.approx(whole(wants_, arriving_).value, abs=1e-6)
    assert stopped.bound == pytest.approx(stopped.value, abs=1e-6)
    assert holds(wants_, arriving_, list(stopped.served))


def test_two_hundred_orders_that_the_search_leaves_with_a_gap_are_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    wants_ = [
        Want(f"SO-{number}", float(1 + number * 7 % 13), float(1 + number * 11 % 17), number % 9)
        for number in range(200)
    ]
    arriving_ = [Arriving(120.0, 0), Arriving(200.0, 4)]
    proven = whole(wants_, arriving_, work=1)
    monkeypatch.setattr(highs, "installed", lambda: False)
    alone = whole(wants_, arriving_, work=1)
    assert not alone.proven
    assert alone.value <= proven.value <= proven.bound < alone.bound
    assert proven.proven
