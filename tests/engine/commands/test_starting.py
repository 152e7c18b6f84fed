"""Which responses may start: cooldown, shadow, and beside others with one key; through the Desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.values.clock import DAY, HOUR, FixedClock, iso
from engine.values.errors import Refused
from tests.engine.desk_support import NOW, Steps, eta, late, open_desk, starting, take


def desk_with(folder: Path, **rules: Any) -> Desk:
    """A desk whose plans have rules about their start."""
    return open_desk(folder / "desk.db", planner=starting(**rules))


def states(desk: Desk, response: str) -> list[str]:
    return [action["state"] for action in desk.show(response)["actions_detail"]]


def finish(desk: Desk, response: str) -> None:
    for action in desk.show(response)["actions_detail"]:
        desk.skip([action["id"]], reason="not needed")


def test_a_playbook_in_shadow_mode_starts_nothing(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, shadow=True)
    (deviation,) = late(desk, alpha=12)
    assert desk.preview(deviation).actions
    with pytest.raises(Refused, match=f"in shadow mode: it shows what it would do .playbook dry-run {deviation}"):
        desk.respond([deviation])
    assert desk.responses(all=True).total == 0


def test_inputs_are_kept_with_the_response(tmp_path: Path) -> None:
    desk = desk_with(tmp_path)
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation], inputs={"days": 3})
    assert desk.show("R1")["inputs"] == {"days": 3}


def test_a_second_response_with_one_key_is_refused_while_the_first_runs(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, key="ACME", on_conflict="skip")
    first, second = late(desk, alpha=12, beta=12)
    desk.respond([first])
    with pytest.raises(Refused, match=f"{second}: expedite runs once at a time for ACME: R1 for {first} is running"):
        desk.respond([second])
    finish(desk, "R1")
    desk.respond([second])
    assert desk.show(second)["response"] == "R2"


def test_queued_responses_begin_one_after_the_other_as_each_ends(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, key="ACME", on_conflict="queue")
    first, second, third = late(desk, alpha=12, beta=12, gamma=12)
    desk.respond([first, second, third])
    assert [states(desk, response) for response in ("R1", "R2", "R3")] == [
        ["ready", "blocked", "ready"], ["blocked"] * 3, ["blocked"] * 3,
    ]  # fmt: skip
    waiting = desk.show("R2")["actions_detail"][0]["id"]
    with pytest.raises(Refused, match=f"{waiting} is blocked: it needs R1 to end first"):
        desk.start([waiting])
    desk.cancel(["R2"], reason="not worth it")
    assert states(desk, "R3") == ["blocked"] * 3, "R1 still runs, and R3 has moved up behind it"
    finish(desk, "R1")
    assert states(desk, "R3") == ["ready", "blocked", "ready"]


def test_a_joined_deviation_is_answered_by_the_response_that_runs(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, key="ACME", on_conflict="join")
    first, second = late(desk, alpha=12, beta=12)
    desk.respond([first])
    outcome = desk.respond([second])
    assert f"{second} is answered by R1, which runs for {first} already" in outcome.notes
    assert desk.responses(all=True).total == 1
    shown = desk.show(second)
    assert (shown["state"], shown["response"]) == ("acknowledged", "R1")
    assert [item["id"] for item in desk.deviations(["response=R1"]).items] == [first, second]
    with pytest.raises(Refused, match=f"{second} is already answered with expedite: R1"):
        desk.respond([second])
    desk.start([desk.show("R1")["actions_detail"][0]["id"]])
    assert {desk.show(each)["state"] for each in (first, second)} == {"responding"}
    assert desk.show("R1")["joined"] == [second]


def test_joining_can_be_taken_back(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, key="ACME", on_conflict="join")
    first, second = late(desk, alpha=12, beta=12)
    desk.respond([first])
    desk.respond([second])
    desk.undo()
    shown = desk.show(second)
    assert (shown["state"], shown["response"]) == ("open", None)
    assert desk.show("R1")["state"] == "running"


def test_a_cooldown_holds_for_the_kind_and_subject_and_ends_by_the_clock(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "desk.db", planner=starting(cooldown_minutes=48 * 60), clock=clock)
    first, other = late(desk, alpha=12, beta=12)
    desk.respond([first])
    desk.respond([other])
    finish(desk, "R1")
    desk.resolve([first], reason="settled")
    clock.set(NOW + 47 * HOUR)
    take(desk, eta("alpha", NOW + 30 * DAY, number="2", recorded=NOW + 46 * HOUR))
    again = next(item["id"] for item in desk.deviations().items if item["id"] not in (first, other))
    with pytest.raises(
        Refused, match=rf"{again}: expedite answered late_supply of .* \(R1 for {first}\), and cools down"
    ) as caught:
        desk.respond([again])
    assert f"until {iso(NOW + 48 * HOUR)}" in str(caught.value)
    clock.set(NOW + 48 * HOUR)
    desk.respond([again])
    assert desk.show(again)["response"] == "R3"


def test_a_raise_of_severity_is_dated_for_the_triggers_that_wait_for_it(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    desk = open_desk(tmp_path / "desk.db", planner=Steps(), clock=clock)
    (deviation,) = late(desk, alpha=3)
    assert desk.show(deviation)["raised_at"] is None
    clock.set(NOW + HOUR)
    take(desk, eta("alpha", NOW + 90 * DAY, number="2", recorded=NOW))
    assert desk.show(deviation)["raised_at"] == iso(NOW + HOUR)


def test_undo_and_redo_of_a_response_carry_the_queue_behind_it_along(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, key="ACME", on_conflict="queue")
    desk.respond(late(desk, alpha=12)[:1])
    desk.respond(late(desk, alpha=12, beta=12)[1:])
    desk.undo(about="R1")
    assert states(desk, "R2") == ["ready", "blocked", "ready"], "what it waited for was called off"
    desk.redo()
    assert states(desk, "R2") == ["blocked"] * 3


def test_the_end_that_lets_the_next_response_begin_is_taken_back_with_it(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, key="ACME", on_conflict="queue")
    desk.respond(late(desk, alpha=12, beta=12))
    desk.cancel(["R1"], reason="not worth it")
    assert states(desk, "R2") == ["ready", "blocked", "ready"]
    desk.undo()
    assert (states(desk, "R1"), states(desk, "R2")) == (["ready", "blocked", "ready"], ["blocked"] * 3)
    desk.redo()
    assert states(desk, "R2") == ["ready", "blocked", "ready"]


def test_a_response_that_is_over_again_by_an_undo_lets_the_next_begin(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, key="ACME", on_conflict="queue")
    first, second = late(desk, alpha=12, beta=12)
    desk.respond([first])
    for action in desk.show("R1")["actions_detail"]:
        desk.done([action["id"]])
    desk.reopen([desk.show("R1")["actions_detail"][0]["id"]], reason="too soon")
    reopened = desk.show("R1")["history"][-1]["txn"]
    desk.respond([second])
    assert states(desk, "R2") == ["blocked"] * 3
    desk.undo(reopened)
    assert desk.show("R1")["state"] == "done"
    assert states(desk, "R2") == ["ready", "blocked", "ready"]
