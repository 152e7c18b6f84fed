"""Responses: writing what a planner made, and what the end of one action means for the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.values.clock import DAY, HOUR, FixedClock, iso
from engine.values.errors import NotFound, Refused
from tests.engine.desk_support import NOW, Steps, eta, late, open_desk, take


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db", planner=Steps())


def by_step(desk: Desk) -> dict[str, dict[str, Any]]:
    return {item["step"]: item for item in desk.actions(all=True).items}


def test_respond_writes_the_plan(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    outcome = desk.respond([deviation])
    assert outcome.notes == ("the last step ends late",)
    shown = desk.show("R1")
    assert (shown["deviation"], shown["playbook"], shown["state"], shown["owner"]) == (
        deviation, "expedite", "running", "ana"
    )  # fmt: skip
    assert shown["definition"] == f"frozen for {deviation} at {iso(NOW)}"
    assert [(action["step"], action["state"], action["owner"]) for action in shown["actions_detail"]] == [
        ("confirm", "ready", "bo"),
        ("book", "blocked", "bo"),
        ("tell", "ready", "dora"),
    ]
    book = shown["actions_detail"][1]
    assert (book["start_at"], book["due_at"], book["needs"]) == (iso(NOW + 2 * HOUR), iso(NOW + 3 * HOUR), ["confirm"])
    assert book["instructions"] == "Call the supplier.\nWrite down the name."
    of_deviation = desk.show(deviation)
    assert (of_deviation["state"], of_deviation["owner"], of_deviation["response"]) == ("acknowledged", "ana", "R1")
    assert {entry["subject"]["id"] for entry in of_deviation["history"]} == {deviation, "R1", "A1", "A2", "A3"}


def test_preview_writes_nothing(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    before = desk.store.connection.execute("SELECT max(seq) FROM journal").fetchone()
    assert [action.step for action in desk.preview(deviation).actions] == ["confirm", "book", "tell"]
    assert desk.matches(deviation)[0].matches
    assert desk.store.connection.execute("SELECT max(seq) FROM journal").fetchone() == before
    assert desk.responses(all=True).total == 0


def test_one_command_spreads_the_load(desk: Desk) -> None:
    """Each plan counts in the load that the next one sees."""
    desk.respond(late(desk, alpha=12, beta=12))
    owners = [item["owner"] for item in desk.actions().items if item["step"] == "confirm"]
    assert sorted(owners) == ["bo", "chen"]


def test_the_same_playbook_runs_once(desk: Desk, tmp_path: Path) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    newer = open_desk(tmp_path / "desk.db", planner=Steps(version=2))
    for again in (desk, newer):
        with pytest.raises(Refused, match=f"{deviation} is already answered with expedite: R1, run by ana"):
            again.respond([deviation])
    desk.respond([deviation], playbook="reroute")
    desk.done([action["id"] for action in desk.show("R1")["actions_detail"]])
    with pytest.raises(Refused, match="was answered with expedite already: R1 is done; reopen one of its actions"):
        desk.respond([deviation])
    newer.respond([deviation])
    assert [item["playbook_version"] for item in desk.responses().items] == [2, 1]


def test_after_a_cancelled_response_the_playbook_may_run_again(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    outcome = desk.cancel(["R1"], reason="wrong supplier")
    assert [(change.id, change.now) for change in outcome.changes] == [
        ("A1", "cancelled"), ("A2", "cancelled"), ("A3", "cancelled"), ("R1", "cancelled")
    ]  # fmt: skip
    assert desk.show(deviation)["response"] is None
    desk.respond([deviation])
    assert [item["id"] for item in desk.responses().items] == ["R2"]
    with pytest.raises(Refused, match="R1 is cancelled: there is nothing to call off"):
        desk.cancel(["R1"], reason="again")


def test_a_response_is_done_with_its_last_action(desk: Desk) -> None:
    desk.respond(late(desk, alpha=12))
    steps = {step: item["id"] for step, item in by_step(desk).items()}
    desk.done([steps["confirm"], steps["book"]])
    assert desk.show("R1")["state"] == "running"
    desk.skip([steps["tell"]], reason="they know")
    shown = desk.show("R1")
    assert (shown["state"], shown["closed_at"]) == ("done", iso(NOW))
    desk.reopen([steps["book"]], reason="the truck was cancelled")
    assert (desk.show("R1")["state"], by_step(desk)["book"]["done_at"]) == ("running", None)


@pytest.mark.parametrize(
    ("on_fail", "book", "response"),
    [("block", "blocked", "running"), ("continue", "ready", "running"), ("abort", "cancelled", "cancelled")],
)
@pytest.mark.parametrize("end", ["skip", "fail", "cancel"])
def test_an_unmet_need_goes_by_on_fail(tmp_path: Path, on_fail: str, book: str, response: str, end: str) -> None:
    """PEERS, case 90."""
    desk = open_desk(tmp_path / "desk.db", planner=Steps(on_fail=on_fail))
    desk.respond(late(desk, alpha=12))
    outcome = getattr(desk, end)(["A1"], reason="no use")
    assert (by_step(desk)["book"]["state"], desk.show("R1")["state"]) == (book, response)
    if on_fail == "block":
        assert outcome.notes == ("A2 book it stays blocked: it needs A1; skip or cancel it",)
    if on_fail == "abort":
        assert by_step(desk)["tell"]["state"] == "cancelled"
        assert outcome.notes[0].startswith("R1 was called off: A1 ")


@pytest.mark.parametrize("accepted", [False, True])
def test_what_needs_a_reopened_action_is_blocked_again_unless_it_has_begun(desk: Desk, accepted: bool) -> None:
    desk.respond(late(desk, alpha=12))
    desk.done(["A1"])
    if accepted:
        desk.ack(["A2"])
    released = by_step(desk)["book"]["state"]
    outcome = desk.reopen(["A1"], reason="wrong date")
    assert ("A2", released, "blocked") in outcome.changes
    with pytest.raises(Refused, match="A2 is blocked: it needs A1 confirm it first"):
        desk.start(["A2"])
    desk.undo()
    assert by_step(desk)["book"]["state"] == released
    desk.reopen(["A1"], reason="wrong date")
    desk.done(["A1"])
    assert by_step(desk)["book"]["state"] == "ready"
    desk.start(["A2"])
    desk.reopen(["A1"], reason="wrong again")
    assert by_step(desk)["book"]["state"] == "in_progress"


def test_a_failed_action_that_is_tried_again_blocks_what_went_on_without_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk.db", planner=Steps(on_fail="continue"))
    desk.respond(late(desk, alpha=12))
    desk.fail(["A1"], reason="no answer")
    assert by_step(desk)["book"]["state"] == "ready"
    desk.reopen(["A1"], reason="another number")
    assert by_step(desk)["book"]["state"] == "blocked"


def test_a_blocked_action_gets_another_owner_and_stays_blocked(desk: Desk) -> None:
    desk.respond(late(desk, alpha=12))
    (change,) = desk.assign(["A2"], to="chen").changes
    assert change == ("A2", "bo", "chen")
    assert (by_step(desk)["book"]["state"], by_step(desk)["book"]["owner"]) == ("blocked", "chen")
    desk.done(["A1"])
    assert (by_step(desk)["book"]["state"], by_step(desk)["book"]["owner"]) == ("ready", "chen")


def test_an_assignment_that_changes_nothing_says_so_and_writes_nothing(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    written = desk.store.connection.execute("SELECT max(seq) FROM journal").fetchone()
    outcome = desk.assign([deviation], to="ana")
    assert (outcome.changes, outcome.notes) == ((), (f"{deviation} is ana's already: nothing was changed",))
    assert desk.assign(["A2"], to="bo").notes == ("A2 is bo's already: nothing was changed",)
    assert desk.store.connection.execute("SELECT max(seq) FROM journal").fetchone() == written
    assert desk.assign(["A1"], to="bo").changes == (("A1", "ready", "assigned"),)


def test_an_action_that_waits_past_its_time_is_overdue(desk: Desk, tmp_path: Path) -> None:
    desk.respond(late(desk, alpha=12))
    desk.start(["A1"])
    desk.wait(["A1"], reason="calls back", until=NOW + HOUR // 2)

    def overdue(at: int) -> tuple[bool, int, int]:
        later = open_desk(tmp_path / "desk.db", clock=FixedClock(at))
        counted = {row["id"]: row["overdue"] for row in later.owners()}["bo"]
        return by_step(later)["confirm"]["overdue"], later.actions(["overdue=yes"]).total, counted

    assert overdue(NOW + HOUR // 2) == (False, 0, 0)
    assert overdue(NOW + HOUR // 2 + 1) == (True, 1, 1)
    desk.start(["A1"])
    assert overdue(NOW + HOUR // 2 + 1) == (False, 0, 0)


def test_a_response_whose_actions_were_all_cancelled_was_called_off(desk: Desk) -> None:
    desk.respond(late(desk, alpha=12))
    desk.cancel(["A1", "A2", "A3"], reason="the order was withdrawn")
    assert desk.show("R1")["state"] == "cancelled"
    with pytest.raises(Refused, match="A1 belongs to R1, which was called off; respond to D1 anew"):
        desk.reopen(["A1"], reason="it was not")


def test_what_cannot_be_answered(desk: Desk, tmp_path: Path) -> None:
    (deviation,) = late(desk, alpha=12)
    with pytest.raises(NotFound, match="there is no playbook nonsense"):
        desk.respond([deviation], playbook="nonsense")
    with pytest.raises(NotFound, match="there is no deviation D99"):
        desk.respond(["D99"])
    with pytest.raises(Refused, match="this desk has no playbooks"):
        open_desk(tmp_path / "desk.db").respond([deviation])
    for end in (desk.resolve, desk.dismiss):
        end([deviation], reason="settled")
        with pytest.raises(Refused, match="only what stands in the queue can be answered; reopen it first"):
            desk.respond([deviation], playbook="nonsense")  # its end is said before any fault of the plan
        desk.reopen([deviation], reason="it was not")
    take(desk, eta("alpha", NOW + 5 * DAY, number="2", recorded=NOW))
    with pytest.raises(Refused, match=f"{deviation} is recovered: only what stands in the queue can be answered; it"):
        desk.respond([deviation])
    with pytest.raises(
        Refused, match=f"{deviation} is recovered: ack is not possible, only resolve, assign, dismiss, merge"
    ):
        desk.ack([deviation])
    assert desk.responses(all=True).total == 0


def orphan(desk: Desk, response: str) -> None:
    """An open action of a response that has ended, as an earlier version's undo left them behind."""
    desk.respond(late(desk, alpha=12))
    with desk.store.write() as connection:
        connection.execute("UPDATE response SET state = ?", (response,))
        connection.execute("UPDATE action SET state = CASE id WHEN 1 THEN 'ready' ELSE 'cancelled' END")


@pytest.mark.parametrize(
    ("response", "sentence"),
    [
        ("cancelled", "A1 belongs to R1, which was called off; cancel A1, and respond to D1 anew"),
        ("done", "A1 belongs to R1, which is done; cancel A1"),
    ],
)
def test_actions_of_an_ended_response_do_not_move(desk: Desk, response: str, sentence: str) -> None:
    orphan(desk, response)
    commands: tuple[Callable[[], object], ...] = (
        lambda: desk.ack(["A1"]),
        lambda: desk.assign(["A1"], to="chen"),
        lambda: desk.start(["A1"]),
        lambda: desk.wait(["A1"], reason="calls back"),
        lambda: desk.done(["A1"]),
        lambda: desk.fail(["A1"], reason="no answer"),
        lambda: desk.skip(["A1"], reason="they know"),
        lambda: desk.block(["A1"], reason="no budget"),
    )
    for command in commands:
        with pytest.raises(Refused, match=sentence):
            command()
    assert desk.show("D1")["state"] == "acknowledged"
    desk.cancel(["A1"], reason="left behind")
    assert (desk.show("A1")["state"], desk.show("R1")["state"]) == ("cancelled", response)
