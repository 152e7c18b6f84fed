"""When the screen is brought up to date: at once after a pause, and never more often than the link bears."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from tui.desk.live import Live, gap_of


def test_fewer_refreshes_are_further_apart() -> None:
    assert [gap_of(wanted) for wanted in (20, 10, 2, 0.5)] == [1, 2, 10, 40]


def test_nothing_is_drawn_while_nothing_changes() -> None:
    live = Live(lambda: 1, lambda: 0, gap=2)
    assert not any(live.ask() for _ in range(100))


def test_the_first_change_shows_at_once_and_a_burst_is_gathered() -> None:
    version = 0

    def read() -> int:
        return version

    live = Live(read, lambda: 0, gap=4)
    drawn = []
    for _ in range(8):
        version += 1
        drawn.append(live.ask())
    assert drawn == [True, False, False, False, True, False, False, False]


def test_a_refresh_that_takes_long_leaves_twice_its_time_to_the_keys() -> None:
    version = 0

    def read() -> int:
        return version

    live = Live(read, lambda: 0, gap=1)
    drawn = []
    for _ in range(10):
        version += 1
        drawn.append(live.ask())
        if drawn[-1]:
            live.took(0.1)
    assert drawn == [True, False, False, False, True, False, False, False, True, False]
    assert not any(live.ask() for _ in range(2)), "what is waiting waits no longer than that"
    assert live.ask()


def test_a_passing_minute_counts_as_a_change() -> None:
    minutes = iter([0, 0, 1, 1])
    live = Live(lambda: 1, lambda: next(minutes), gap=1)
    assert [live.ask() for _ in range(3)] == [False, True, False]


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 10))
def test_whatever_changed_is_shown_in_the_end(changes: list[bool], gap: int) -> None:
    def versions() -> Iterator[int]:
        version = 0
        yield version
        for changed in changes:
            version += changed
            yield version
        while True:
            yield version

    source = versions()
    live = Live(lambda: next(source), lambda: 0, gap)
    asks = [live.ask() for _ in range(len(changes) + gap)]
    if any(changes):
        last_change = max(index for index, changed in enumerate(changes) if changed)
        assert any(asks[last_change : last_change + gap])
    else:
        assert not any(asks)
