"""The reference's cases of episodes: 39 to 42, 45, 77 to 80 (PEERS 16). A signal is a line's expected date."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.values.clock import SECOND
from engine.values.errors import Refused
from tests.engine.desk_support import NOW
from tests.engine.peers.story import Story

Make = Callable[..., Story]
SECONDS = 1 / 3600
"""One second in hours, the unit of the tolerance's spans."""
IN_DAYS = SECONDS / 24


def test_39_a_breach_after_a_person_resolved_is_episode_2(story: Make) -> None:
    desk = story(reopen_window_hours=60 * SECONDS)
    desk.late()
    desk.at(10).desk.resolve(["D1"], reason="agreed")
    before = desk.rows()
    desk.at(20).late(days=6)
    first, second = desk.rows()
    assert (second["episode"], second["state"]) == (2, "open")
    assert second["id"] == "D2"
    assert desk.desk.store.connection.execute("SELECT previous_id FROM deviation WHERE id = 2").fetchone() == (1,)
    assert first == before[0]
    assert first["state"] == "resolved"


def test_40_a_clear_without_an_open_one_opens_nothing(story: Make) -> None:
    """An orphan is kept as a signal; after an ended episode it only ends what the person's word left standing."""
    desk = story()
    desk.on_time()
    assert desk.rows() == []
    assert desk.desk.signals().total == 1
    desk.at(1).late()
    desk.at(2).desk.resolve(["D1"], reason="agreed")
    desk.at(3).on_time()
    assert desk.states() == ["resolved"]


def test_41_a_candidate_opens_at_the_third_breach_in_the_span(story: Make) -> None:
    """Adapted: with us a threshold counts the statements about one subject, and a clear starts the count anew."""
    desk = story(breaches=3, within_hours=60 * SECONDS)
    desk.at(1).late()
    assert (desk.states(), desk.queue()) == (["candidate"], [])
    desk.at(5).on_time()
    assert desk.states() == ["discarded"]
    for second in (10, 15):
        desk.at(second).late(days=5 + second)
        assert (desk.states(), desk.queue()) == (["discarded", "candidate"], [])
    desk.at(20).late(days=30)
    assert (desk.states(), desk.queue()) == (["discarded", "open"], ["X"])
    assert desk.history("D2") == [("system", "suspect", 10), ("system", "fire", 15), ("system", "confirm", 20)]
    opened = desk.rows()[1]
    assert (opened["breaches"], opened["opened_at"], opened["detected_at"]) == (
        3, "2026-03-09T08:00:20Z", "2026-03-09T08:00:10Z"
    )  # fmt: skip


@pytest.mark.parametrize(("third", "state"), [(59.9, "open"), (60, "candidate")])
def test_41_the_end_of_the_span_is_excluded(story: Make, third: float, state: str) -> None:
    desk = story(breaches=3, within_hours=60 * SECONDS)
    for days, second in ((5, 0), (6, 30), (7, third)):
        desk.at(second).late(days=days)
    assert desk.states() == [state]


def test_41_a_breach_too_few_does_not_hold_a_recovered_one_back(story: Make) -> None:
    desk = story(breaches=2, reopen_window_hours=60 * SECONDS)
    for days, second, state in ((5, 0, "candidate"), (6, 5, "open"), (0, 10, "recovered"), (7, 20, "recovered")):
        desk.at(second).late(days=days)
        assert desk.states() == [state]
    assert desk.at(70).states() == ["resolved", "candidate"], "what is still said is suspected anew"
    desk.late(days=8)
    assert desk.states() == ["resolved", "open"]


def test_42_a_clear_holds_then_stays_quiet_then_is_closed(story: Make) -> None:
    desk = story(
        clear_hold_hours=5 * SECONDS, reopen_window_hours=10 * SECONDS, close_after_days=20 * IN_DAYS
    )  # fmt: skip
    desk.late()
    desk.at(30).on_time()
    for second, state in ((34.9, "open"), (35, "recovered"), (44.9, "recovered"), (45, "resolved"), (64.9, "resolved")):
        assert desk.at(second).states() == [state], second
    assert desk.at(65).states() == ["closed"]
    assert desk.history("D1") == [
        ("system", "open", 0), ("system", "clear", 35), ("system", "quiet", 45), ("system", "close", 65)
    ]  # fmt: skip
    with pytest.raises(Refused, match="D1 is closed: reopen is not possible"):
        desk.desk.reopen(["D1"], reason="wrong")


def test_45_a_snooze_ends_by_the_clock_alone(story: Make) -> None:
    desk = story()
    desk.late()
    desk.desk.snooze(["D1"], until=NOW + 100 * SECOND)
    for second, queue in ((99, []), (100, ["X"])):
        desk.clock.set(NOW + second * SECOND)
        assert desk.queue() == queue


def test_77_a_new_episode_beside_one_that_is_not_closed_yet(story: Make) -> None:
    desk = story()
    desk.late()
    desk.desk.resolve(["D1"], reason="agreed")
    desk.at(100).late(days=6)
    assert desk.states() == ["resolved", "open"]


def test_78_what_was_dismissed_stays_away_until_its_date(story: Make) -> None:
    desk = story(re_raise_days=990 * IN_DAYS)
    desk.late()
    desk.at(10).desk.dismiss(["D1"], reason="known")
    for second in (20, 30):
        desk.at(second).late(days=5 + second / 100)
        assert desk.states() == ["dismissed"]
    assert desk.at(999).states() == ["dismissed"]
    desk.at(1000)
    assert desk.states() == ["dismissed", "open"]
    assert desk.at(2000).states() == ["dismissed", "open"], "once"


@pytest.mark.parametrize("days", [0, 40])
def test_78_earlier_where_it_cleared_once_or_is_more_severe(story: Make, days: int) -> None:
    desk = story(re_raise_days=990 * IN_DAYS)
    desk.late()
    desk.at(10).desk.dismiss(["D1"], reason="known")
    desk.at(20).late(days=days)
    if not days:
        assert desk.states() == ["dismissed"]
        desk.at(30).late()
    assert desk.states() == ["dismissed", "open"]


def test_78_without_a_date_it_stays_away(story: Make) -> None:
    desk = story()
    desk.late()
    desk.at(10).desk.dismiss(["D1"], reason="known")
    assert desk.at(10**5).states() == ["dismissed"]


def test_80_a_breach_in_the_window_goes_back_to_the_state_it_left(story: Make) -> None:
    desk = story(reopen_window_hours=60 * SECONDS)
    desk.late()
    desk.desk.ack(["D1"])
    desk.at(35).on_time()
    assert desk.states() == ["recovered"]
    desk.at(40).late()
    (row,) = desk.rows()
    assert (row["state"], row["flaps"], row["owner"], row["recovered_at"]) == ("acknowledged", 1, "ana", None)
    assert [action for _, action, _ in desk.history("D1")] == ["open", "ack", "clear", "fire"]
