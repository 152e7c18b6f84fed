"""Shares of groups inside groups: by hand, and the laws that hold for any counts."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ranking import likelihood
from engine.ranking.likelihood import Counts, Groups

counted = st.lists(
    st.tuples(
        st.tuples(st.sampled_from("ABC"), st.sampled_from("xy"), st.sampled_from(["sea", "air"])),
        st.integers(1, 50),
        st.integers(0, 50),
    ).map(lambda drawn: (drawn[0], drawn[1], min(drawn[1], drawn[2]))),
    min_size=1,
    max_size=12,
)


def test_a_share_is_redone_by_hand() -> None:
    """Two suppliers of 40 lines each, one always late: the groups say nothing of each other, so the weight is the
    least one."""
    groups = Groups([(("A",), 40, 40), (("B",), 40, 0)])
    steps = groups.estimate(("A",))
    assert [step.counts for step in steps] == [Counts(80, 40), Counts(40, 40)]
    assert steps[0].share == 40.5 / 81
    assert steps[1].weight == 4.0
    assert steps[1].share == round((40 + 4.0 * steps[0].share) / 44, 6)


def test_the_weight_is_the_moment_estimate_of_its_source() -> None:
    cells = [(("A",), 20, 2), (("B",), 20, 8), (("C",), 20, 5)]
    mean = 15.5 / 61
    v = mean * (1 - mean)
    spread = sum(20 * (late / 20 - mean) ** 2 - v for late in (2, 8, 5))
    (_, step) = Groups(cells).estimate(("A",))
    assert step.weight is not None
    assert step.weight == pytest.approx(3 * 19 * v / spread - 1, abs=0.01)
    assert step.share == pytest.approx((2 + step.weight * mean) / (20 + step.weight), abs=1e-6)


def test_groups_that_do_not_differ_are_their_wider_group() -> None:
    groups = Groups([((name,), 50, 5) for name in "ABCD"])
    (all_, step) = groups.estimate(("A",))
    assert step.weight == 1024.0
    assert abs(step.share - all_.share) < 0.001


def test_an_unknown_group_is_estimated_by_the_widest_known_one() -> None:
    groups = Groups([(("A", "x"), 40, 10), (("B", "x"), 40, 2)])
    assert [step.group for step in groups.estimate(("A", "y"))] == [(), ("A",)]
    assert [step.group for step in groups.estimate(("Z", "y"))] == [()]


@given(counted)
def test_every_share_lies_between_its_own_and_the_wider_one(cells: list[tuple[tuple[str, str, str], int, int]]) -> None:
    groups = Groups(cells)
    for path, _, _ in cells:
        steps = groups.estimate(path)
        assert len(steps) == 4
        for wider, step in itertools.pairwise(steps):
            own = step.counts.late / step.counts.lines
            low, high = sorted((own, wider.share))
            assert low - 1e-6 <= step.share <= high + 1e-6
            assert 0 < step.share < 1


@given(counted, st.randoms(use_true_random=False))
def test_order_and_cutting_of_the_counts_change_nothing(
    cells: list[tuple[tuple[str, str, str], int, int]], chance: random.Random
) -> None:
    cut = [(path, 1, late) for path, lines, of in cells for late in [1] * of + [0] * (lines - of)]
    chance.shuffle(cut)
    whole, pieces = Groups(cells), Groups(cut)
    for path, _, _ in cells:
        assert [step.share for step in pieces.estimate(path)] == pytest.approx(
            [step.share for step in whole.estimate(path)]
        )


@pytest.mark.parametrize(("days", "reached"), [(0.1, 1), (1, 1), (1.1, 3), (7, 7), (8, 14), (60, 60), (400, 60)])
def test_the_landmark_is_the_last_one_reached(days: float, reached: int) -> None:
    assert likelihood.LANDMARKS[likelihood.landmark(days)] == reached


@pytest.mark.parametrize(("days", "letter"), [(0.5, "1"), (3, "1"), (3.5, "2"), (14, "2"), (15, "3")])
def test_announced_lateness_has_three_sizes(days: float, letter: str) -> None:
    assert likelihood.announced(days) == letter
