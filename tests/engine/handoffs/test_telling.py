"""Whether a channel is told anything, as a pure function: PEERS cases 26, and the times of looks and retries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.handoffs.telling import (
    ALL_ENDED,
    ENDED,
    FIRST,
    NEW,
    NOTHING_NEW,
    REMINDER,
    Known,
    decide,
    pause_after,
    tick_from,
)
from engine.values.clock import MINUTE, SECOND

NOW = 1_000 * MINUTE
ABC, BCD, CDE = {1, 2, 3}, {2, 3, 4}, {3, 4, 5}
NINE, TEN, ELEVEN = NOW - 9 * MINUTE, NOW - 10 * MINUTE, NOW - 11 * MINUTE
FIRING_12 = Known({1, 2}, {3}, NINE)


@pytest.mark.parametrize(
    ("known", "is_open", "ended", "wants_ended", "reason"),
    [
        pytest.param(None, BCD, set(), True, FIRST, id="26a"),
        pytest.param(None, set(), BCD, True, NOTHING_NEW, id="26b"),
        pytest.param(Known(ABC, set(), NINE), BCD, set(), True, NEW, id="26c"),
        pytest.param(Known(ABC, set(), 0), ABC, set(), True, REMINDER, id="26d"),
        pytest.param(Known(ABC, set(), NINE), ABC, set(), True, NOTHING_NEW, id="26e"),
        pytest.param(Known(ABC, set(), TEN), ABC, set(), True, NOTHING_NEW, id="26f: exactly ten minutes is not yet"),
        pytest.param(Known(ABC, set(), ELEVEN), ABC, set(), True, REMINDER, id="26f"),
        pytest.param(Known(set(), ABC, ELEVEN), set(), CDE, True, NOTHING_NEW, id="26g"),
        pytest.param(FIRING_12, {1}, {2, 3}, False, NOTHING_NEW, id="26h"),
        pytest.param(FIRING_12, {1}, {2, 3}, True, ENDED, id="26i"),
        pytest.param(FIRING_12, set(), ABC, False, ALL_ENDED, id="26j"),
        pytest.param(FIRING_12, set(), ABC, True, ALL_ENDED, id="26k"),
    ],
)
def test_peers_case_26(
    known: Known | None, is_open: set[object], ended: set[object], wants_ended: bool, reason: str
) -> None:
    assert decide(known, is_open, ended, now=NOW, remind=10 * MINUTE, wants_ended=wants_ended) == reason


def test_without_a_reminder_what_is_known_is_never_told_again() -> None:
    assert decide(Known(ABC, set(), 0), ABC, set(), now=NOW, remind=None, wants_ended=True) == NOTHING_NEW


@given(st.integers(0, 10**12), st.integers(1, 10**9), st.integers(0, 10**13))
def test_a_tick_is_the_first_of_its_grid_that_is_not_before(base: int, interval: int, instant: int) -> None:
    tick = tick_from(base, interval, instant)
    assert tick >= max(base, instant)
    assert (tick - base) % interval == 0
    assert tick == base or tick - interval < instant


def test_pauses_grow_to_a_quarter_of_an_hour() -> None:
    pauses = [pause_after(attempt) for attempt in range(1, 100)]
    assert pauses[:4] == [SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 15 * MINUTE
