"""The life of a deviation: opening, raising, clearing, episodes, dismissal; PEERS cases 39, 42, 45, 77, 78, 80."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.storage import journal
from engine.values.clock import DAY, HOUR
from tests.engine.detect.world import NOW, World, day, order, signal


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    order(world, due=5)
    yield world
    assert journal.verify(world.store.connection) is None
    world.store.close()


def eta(world: World, offset: int) -> None:
    """The newest word: the line is now expected on that day."""
    now = world.clock.now()
    world.say(signal("eta", f"e{offset}-{now}", order_ref="4711/10", eta=day(offset), at=now))
    world.settle()


def minutes(world: World, count: int) -> None:
    """Let time pass, doing what it makes due."""
    world.tick(world.clock.now() + count * 60_000_000)


def test_a_raise_is_an_event_and_a_field_of_the_same_deviation(world: World) -> None:
    eta(world, 7)
    minutes(world, 1)
    eta(world, 13)
    minutes(world, 1)
    eta(world, 9)
    row = world.one("late_supply")
    assert (row["severity"], row["gap"], row["version"], row["episode"]) == ("medium", {"days": 4.0}, 3, 1)
    assert world.journal(row["id"]) == ["open", "raise", "lower"]


def test_a_raise_ends_a_snooze_and_the_journal_says_so(world: World) -> None:
    eta(world, 8)
    world.end(1, "open", snoozed_until=NOW + 20 * DAY)
    minutes(world, 1)
    eta(world, 10)
    assert world.one("late_supply")["snoozed_until"] == NOW + 20 * DAY, "as severe as when it was put off"
    minutes(world, 1)
    eta(world, 40)
    row = world.one("late_supply")
    assert (row["severity"], row["snoozed_until"]) == ("critical", None)
    (last,) = world.store.connection.execute("SELECT before, after FROM journal ORDER BY seq DESC LIMIT 1").fetchall()
    assert json.loads(last[0])["snoozed_until"] == NOW + 20 * DAY
    assert json.loads(last[1])["snoozed_until"] is None


def test_a_snoozed_one_that_comes_back_worse_is_awake(world: World) -> None:
    eta(world, 8)
    world.end(1, "open", snoozed_until=NOW + 20 * DAY)
    eta(world, 5)
    assert world.one("late_supply")["state"] == "recovered"
    minutes(world, 1)
    eta(world, 40)
    row = world.one("late_supply")
    assert (row["state"], row["snoozed_until"]) == ("open", None)


def test_a_changed_gap_is_an_update_and_the_same_word_again_is_nothing(world: World) -> None:
    eta(world, 8)
    minutes(world, 1)
    eta(world, 9)
    minutes(world, 1)
    eta(world, 9)
    row = world.one("late_supply")
    assert world.journal(row["id"]) == ["open", "update"]
    count = world.store.connection.execute("SELECT count(*) FROM deviation_signal").fetchone()[0]
    assert count == 3, "every signal that it rested on is linked"


def test_a_clear_must_hold_and_then_stay_quiet(world: World) -> None:
    """Case 42: each step once, by the system, at its own time."""
    world.rule("late_supply", clear_hold_hours=5, reopen_window_hours=10)
    eta(world, 20)
    eta(world, 5)
    start = world.clock.now()
    assert world.one("late_supply")["state"] == "open"
    world.tick(start + 5 * HOUR - 1)
    assert world.one("late_supply")["state"] == "open"
    world.tick(start + 5 * HOUR)
    row = world.one("late_supply")
    assert (row["state"], row["recovered_at"], row["clear_since"]) == ("recovered", start + 5 * HOUR, start)
    world.tick(start + 15 * HOUR - 1)
    assert world.one("late_supply")["state"] == "recovered"
    world.tick(start + 15 * HOUR)
    assert world.one("late_supply")["resolved_at"] == start + 15 * HOUR
    assert world.journal(row["id"]) == ["open", "clear", "quiet"]


def test_a_breach_inside_the_hold_starts_the_hold_anew(world: World) -> None:
    world.rule("late_supply", clear_hold_hours=5)
    eta(world, 20)
    eta(world, 5)
    minutes(world, 60)
    eta(world, 20)
    assert world.one("late_supply")["clear_since"] is None
    minutes(world, 60)
    eta(world, 5)
    minutes(world, 299)
    assert world.one("late_supply")["state"] == "open"


def test_a_breach_inside_the_reopen_window_returns_to_the_state_it_left(world: World) -> None:
    """Case 80."""
    eta(world, 20)
    world.end(1, "acknowledged", owner="ana", acknowledged_at=NOW)
    minutes(world, 1)
    eta(world, 5)
    assert world.one("late_supply")["state"] == "recovered"
    minutes(world, 60)
    eta(world, 20)
    row = world.one("late_supply")
    assert (row["id"], row["state"], row["flaps"], row["owner"], row["recovered_at"]) == (
        1,
        "acknowledged",
        1,
        "ana",
        None,
    )


def test_a_breach_after_the_window_is_a_new_episode(world: World) -> None:
    """Cases 39 and 77."""
    eta(world, 20)
    eta(world, 5)
    world.clock.set(NOW + 3 * DAY)  # nobody ticked meanwhile
    eta(world, 20)
    first, second = world.rows("late_supply")
    assert (first["state"], second["state"]) == ("resolved", "open")
    assert (second["episode"], second["previous_id"], first["flaps"]) == (2, first["id"], 0)


def test_what_a_person_resolved_stays_away_until_something_new_is_said(world: World) -> None:
    eta(world, 20)
    world.end(1, "resolved", recovered_at=NOW, resolved_at=NOW)
    world.touch("order", "4711/10")
    world.settle()
    assert world.states("late_supply") == [("4711/10", "resolved")]
    minutes(world, 1)
    eta(world, 21)
    assert [row["state"] for row in world.rows("late_supply")] == ["resolved", "open"]


def test_what_was_dismissed_opens_nothing_until_it_is_worse(world: World) -> None:
    """Case 78: imports bring it back neither by repetition nor by news of the same severity."""
    eta(world, 8)
    world.end(1, "dismissed", dismissed_severity="medium", closed_at=NOW)
    for offset in (8, 9, 10):
        minutes(world, 1)
        eta(world, offset)
    assert len(world.rows("late_supply")) == 1
    minutes(world, 1)
    eta(world, 13)
    assert [(row["state"], row["severity"]) for row in world.rows("late_supply")] == [
        ("dismissed", "medium"),
        ("open", "high"),
    ]


def test_what_was_dismissed_opens_again_once_it_has_cleared(world: World) -> None:
    eta(world, 8)
    world.end(1, "dismissed", dismissed_severity="medium", closed_at=NOW)
    minutes(world, 1)
    eta(world, 5)
    minutes(world, 1)
    eta(world, 8)
    assert [row["state"] for row in world.rows("late_supply")] == ["dismissed", "open"]


def test_a_dismissed_line_that_then_arrives_late_makes_no_noise(world: World) -> None:
    eta(world, 8)
    world.end(1, "dismissed", dismissed_severity="medium", closed_at=NOW)
    world.clock.set(day(9))
    world.say(signal("receipt", "r1", order_ref="4711/10", occurred_at=day(8), at=day(9)))
    world.settle()
    assert world.states("late_supply") == [("4711/10", "dismissed")]


def test_a_departure_under_the_minimum_value_is_not_reported(world: World) -> None:
    world.rule("late_supply", {"party": "ACME"}, minimum_value=1001)
    eta(world, 20)
    assert world.rows() == []


def test_one_deviation_for_each_kind_and_subject_whatever_is_repeated(world: World) -> None:
    eta(world, 20)
    for _ in range(3):
        world.touch("order", "4711/10")
        assert (world.settle().opened, world.settle().judged) == (0, 0)
    assert len(world.rows()) == 1


def test_wake_ups_are_written_only_when_they_change(world: World) -> None:
    world.settle()
    before = world.store.connection.total_changes
    world.touch("order", "4711/10")
    world.settle()
    # The touched row in and out, and nothing else.
    assert world.store.connection.total_changes - before == 2
