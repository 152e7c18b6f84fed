"""When a deviation is over by itself: open actions are offered for cancellation, done ones with a reversal to be
taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.values.clock import DAY, HOUR, iso
from engine.values.errors import Refused
from tests.engine.desk_support import NOW, eta, take
from tests.engine.execution_support import Run, Written, step


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = Run(tmp_path / "desk.db", [step("ask"), step("book", "ask", reverse="unbook"), step("tell", "book")])
    made.desk.cancel(["R1"], reason="planned anew")
    made.desk.planner = Written(made.steps, reversals=(step("unbook"),))
    made.desk.respond([made.deviation])
    made.desk.done(["A4", "A5"])
    return made


def recovered(run: Run) -> None:
    take(run.desk, eta("alpha", NOW + 9 * DAY, number="2", recorded=NOW))
    run.at(60 * 24 * 3)


def test_nothing_is_offered_while_it_is_off_plan(run: Run) -> None:
    assert {item["offered"] for item in run.desk.actions(all=True).items} == {None}
    assert run.desk.actions(["offered=cancel,reverse"]).total == 0


def test_open_ones_are_offered_to_cancel_and_done_ones_to_reverse(run: Run) -> None:
    recovered(run)
    state = run.desk.show(run.deviation)["state"]
    assert state in ("recovered", "resolved")
    assert {item["id"]: item["offered"]["what"] for item in run.desk.actions(["offered!=none"]).items} == {
        "A5": "reverse", "A6": "cancel"
    }  # fmt: skip
    offered = run.desk.show("A5")["offered"]
    assert offered["because"] == f"{run.deviation} is {state}: what it did can be taken back"
    assert offered["command"] == "offplan reverse A5 --reason ..."
    run.desk.cancel(["A6"], reason="not needed any more")
    assert [item["id"] for item in run.desk.actions(["offered!=none"]).items] == ["A5"]


def test_reversing_makes_an_action_of_the_planned_step(run: Run) -> None:
    recovered(run)
    run.desk.cancel(["A6"], reason="not needed any more")
    assert run.desk.show("R2")["state"] == "done"
    run.desk.reverse(["A5"], reason="it comes in time")
    back = run.desk.show("A7")
    assert (back["step"], back["state"], back["due_at"]) == ("unbook", "ready", iso(NOW + 3 * DAY + 8 * HOUR))
    assert back["history"][0]["reason"] == "takes A5 back: it comes in time"
    assert (run.desk.show("R2")["state"], run.desk.show("A5")["offered"]) == ("running", None)
    with pytest.raises(Refused, match="A5 is taken back by A7 already"):
        run.desk.reverse(["A5"], reason="again")
    run.desk.done(["A7"])
    assert run.desk.show("R2")["state"] == "done"


def test_undo_of_a_reversal_calls_its_action_off(run: Run) -> None:
    recovered(run)
    run.desk.cancel(["A6"], reason="not needed any more")
    run.desk.reverse(["A5"], reason="it comes in time")
    run.desk.undo()
    assert (run.desk.show("A7")["state"], run.desk.show("R2")["state"]) == ("cancelled", "done")


@pytest.mark.parametrize(
    ("action", "refusal"),
    [
        ("A4", "A4 has no step that takes it back"),
        ("A6", "A6 is ready: only what is done is taken back; cancel calls it off"),
        ("A1", "A1 is cancelled: only what is done is taken back"),
    ],
)
def test_what_cannot_be_reversed(run: Run, action: str, refusal: str) -> None:
    with pytest.raises(Refused, match=refusal):
        run.desk.reverse([action], reason="it comes in time")


def test_the_hand_overs_of_a_response_are_measured_on_both_sides(tmp_path: Path) -> None:
    steps = [step("ask"), step("move", "ask", owner="lou", function="logistics"), step("note", "ask")]
    run = Run(tmp_path / "desk.db", steps)
    run.at(10).desk.done(["A1"])
    run.at(40)
    assert run.desk.show("R1")["handovers"] == [
        {
            "action": "A2", "from_action": "A1", "from_function": "procurement", "to_function": "logistics",
            "from_owner": "bo", "to_owner": "lou", "accept_minutes": 30, "wait_minutes": 30, "open": True
        }
    ]  # fmt: skip
    run.desk.ack(["A2"])
    run.at(70).desk.start(["A2"])
    (handover,) = run.at(500).desk.show("R1")["handovers"]
    assert (handover["accept_minutes"], handover["wait_minutes"], handover["open"]) == (30, 60, False)


def test_check_names_what_time_did_not_reach_and_what_it_lost(tmp_path: Path) -> None:
    desk = Run(tmp_path / "desk.db", [step("ask"), step("book")])
    desk.clock.set(NOW + 8 * HOUR + 6 * 60_000_000)
    (found,) = [each for each in desk.desk.check() if each["place"] == "timers"]
    assert found["fault"] == f"what time does to A1, A2 is due since {iso(NOW + 8 * HOUR)}"
    desk.at(490)
    assert not [each for each in desk.desk.check() if each["place"] == "timers"]
    with desk.desk.store.write() as connection:
        connection.execute("DELETE FROM timer WHERE subject = 2")
    assert [each["place"] for each in desk.desk.check() if each["place"].startswith("action")] == ["action A2"]
    desk.desk.assign(["A2"], to="zoe")
    assert not [each for each in desk.desk.check() if each["place"].startswith("action")]
