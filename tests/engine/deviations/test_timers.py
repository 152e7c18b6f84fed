"""Timers of actions: waiting, trying again, reminding, steps that nobody works on; armed by a row, fired exactly
once."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from engine.deviations import timers
from engine.values.clock import DAY, HOUR, MINUTE, iso
from engine.vocabulary.terms import Terms
from tests.engine.desk_support import NOW
from tests.engine.execution_support import Run, step


def armed(run: Run) -> dict[tuple[str, int], float]:
    """Kind and action of the armed timers, and the minute at which each is due."""
    found = run.desk.store.connection.execute("SELECT kind, subject, due_at FROM timer WHERE due_at IS NOT NULL")
    return {(kind, subject): (due_at - NOW) / MINUTE for kind, subject, due_at in found}


def test_a_wait_that_is_over_is_said_once(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call")])
    run.desk.start(["A1"])
    run.desk.wait(["A1"], reason="ACME calls back", until=NOW + HOUR)
    assert armed(run) == {("wait", 1): 60, ("overdue", 1): 480}
    for minutes in (59, 60, 61, 200):
        run.at(minutes)
    assert run.told("call", "wait_over") == [("wait_over", 60)]
    assert (run.state("call"), run.actions()["call"]["overdue"]) == ("waiting", True)
    run.desk.start(["A1"])
    assert ("wait", 1) not in armed(run)


def test_overdue_is_reminded_of_once_a_day_and_what_was_missed_is_one(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call"), step("book", "call")])
    assert armed(run) == {("overdue", 1): 480}, "what is blocked reminds nobody"
    run.at(480).at(481).at(480 + 4 * 24 * 60 + 30).at(480 + 4 * 24 * 60 + 40)
    assert run.told("call", "overdue") == [("overdue", 480), ("overdue", 480 + 4 * 24 * 60 + 30)]
    assert armed(run) == {("overdue", 1): 480 + 5 * 24 * 60}
    run.desk.done(["A1"])
    assert armed(run) == {("overdue", 2): 480}
    assert run.at(480 + 6 * 24 * 60).told("book", "overdue") == [("overdue", 480 + 6 * 24 * 60)]


def test_nobody_is_reminded_of_what_is_over(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call")])
    run.desk.resolve([run.deviation], reason="they sent it after all")
    assert run.at(3 * 24 * 60).told("call", "overdue") == []


def test_a_failed_action_is_tried_again_until_its_retries_are_spent(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", retry_count=2, retry_delay_minutes=15), step("book", "call")])
    for attempt, minutes in ((1, 0), (2, 15), (3, 30)):
        assert (run.at(minutes).state("call"), run.actions()["call"]["attempt"]) == ("ready", attempt)
        run.desk.fail(["A1"], reason="engaged")
    run.at(10_000)
    assert (run.states(), run.actions()["call"]["attempt"]) == ({"call": "failed", "book": "blocked"}, 3)
    assert run.told("call", "retry") == [("retry", 15), ("retry", 30)]


def test_what_is_tried_again_aborts_nothing_until_it_is_spent(tmp_path: Path) -> None:
    steps = [step("call", retry_count=1, retry_delay_minutes=5), step("book", "call", on_fail="abort")]
    run = Run(tmp_path / "desk.db", steps)
    run.desk.fail(["A1"], reason="engaged")
    assert run.states() == {"call": "failed", "book": "blocked"}
    run.at(5)
    run.desk.fail(["A1"], reason="engaged")
    assert run.states() == {"call": "cancelled", "book": "cancelled"}


def test_taking_a_failure_back_disarms_its_retry(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", retry_count=1, retry_delay_minutes=5)])
    run.desk.start(["A1"])
    run.desk.fail(["A1"], reason="the wrong one")
    assert ("retry", 1) in armed(run)
    run.desk.undo()
    assert armed(run) == {("overdue", 1): 480}
    assert run.at(60).state("call") == "in_progress"


def test_steps_that_nobody_works_on_go_on_by_themselves(tmp_path: Path) -> None:
    steps = [
        step("call"),
        step("note", "call", kind="set", effect={"values": {"promised": "2026-03-20"}}),
        step("settle", "note", kind="wait", effect={"minutes": 90}),
        step("check", "settle"),
    ]
    run = Run(tmp_path / "desk.db", steps)
    assert run.states() == {"call": "ready", "note": "blocked", "settle": "blocked", "check": "blocked"}
    run.at(10).desk.done(["A1"])
    assert run.states() == {"call": "done", "note": "done", "settle": "waiting", "check": "blocked"}
    assert run.actions()["settle"]["waiting_until"] == iso(NOW + 100 * MINUTE)
    assert run.at(99).state("settle") == "waiting"
    assert run.at(100).states() == {"call": "done", "note": "done", "settle": "done", "check": "ready"}
    assert run.told("settle", "complete") == [("complete", 100)]


def test_a_response_whose_steps_were_done_at_once_can_be_taken_back(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("note", kind="set"), step("call", "note")])
    assert run.states() == {"note": "done", "call": "ready"}
    outcome = run.desk.undo()
    assert run.states() == {"note": "done", "call": "cancelled"}
    assert f"{run.id('note')} stays done" in outcome.notes
    assert run.desk.show("R1")["state"] == "cancelled"
    run.desk.redo()
    assert run.states() == {"note": "done", "call": "ready"}


def test_a_wait_until_an_instant_that_has_passed_is_over_at_once(tmp_path: Path) -> None:
    steps = [step("settle", kind="wait", effect={"until": iso(NOW - HOUR)}), step("check", "settle")]
    assert Run(tmp_path / "desk.db", steps).states() == {"settle": "done", "check": "ready"}


def test_a_response_of_nothing_but_steps_of_its_own_ends_with_the_last(tmp_path: Path) -> None:
    run = Run(
        tmp_path / "desk.db", [step("note", kind="set"), step("settle", "note", kind="wait", effect={"minutes": 5})]
    )
    assert run.at(5).desk.show("R1")["state"] == "done"


def test_taking_back_what_released_them_takes_them_back(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call"), step("settle", "call", kind="wait", effect={"minutes": 5})])
    run.desk.done(["A1"])
    run.desk.undo()
    assert run.states() == {"call": "ready", "settle": "blocked"}
    assert run.at(60).states() == {"call": "ready", "settle": "blocked"}
    run.desk.done(["A1"])
    assert run.at(64).state("settle") == "waiting"
    assert run.at(65).state("settle") == "done"


def test_timers_fire_in_due_order_also_when_all_are_late(tmp_path: Path) -> None:
    steps = [step(f"s{minutes}", kind="wait", effect={"minutes": minutes}) for minutes in (50, 10, 30)]
    run = Run(tmp_path / "desk.db", steps).at(600)
    entries = [entry for entry in run.desk.show("R1")["history"] if entry["action"] == "complete"]
    assert [entry["subject"]["id"] for entry in entries] == ["A2", "A3", "A1", "R1"]


def test_a_timer_does_nothing_where_an_earlier_one_ended_its_action(tmp_path: Path) -> None:
    """Both are due at once; the first one's end calls the response off."""
    steps = [
        step("first", retry_count=0),
        step("late", kind="wait", effect={"minutes": 10}),
        step("last", "first", "late", on_fail="abort"),
    ]
    run = Run(tmp_path / "desk.db", steps)
    run.desk.fail(["A1"], reason="no")
    assert set(run.states().values()) == {"cancelled"}
    assert armed(run) == {}
    run.at(10)
    assert set(run.states().values()) == {"cancelled"}


minutes = st.integers(min_value=0, max_value=3 * 24 * 60)


@given(due=minutes, fired=st.none() | minutes)
def test_reminders_come_at_the_due_time_and_then_a_whole_number_of_days_after_it(due: int, fired: int | None) -> None:
    row = {
        "state": "ready", "state_at": 0, "escalation": 0, "escalated_at": None, "waiting_until": None, "attempt": 1,
        "due_at": due * MINUTE
    }  # fmt: skip
    last = None if fired is None else fired * MINUTE
    at = timers.wanted(row, Terms(), {"overdue": last}, list)["overdue"]
    assert at >= due * MINUTE
    assert (at - due * MINUTE) % DAY == 0
    if last is not None:
        assert at > last or last < due * MINUTE
        assert at <= max(last + DAY, due * MINUTE)
