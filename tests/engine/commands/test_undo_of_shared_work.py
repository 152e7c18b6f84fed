"""Undo of a command that others have built on since: it is refused, or what they hold is kept; nothing contradicts
itself."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.actions import needs
from engine.desk import Desk
from engine.storage import journal
from engine.storage.store import rows
from engine.values.clock import HOUR
from engine.values.errors import OffplanError, Refused
from engine.vocabulary.lifecycle import ACTION_OPEN_STATES
from engine.vocabulary.planning import ResponsePlan
from tests.engine.desk_support import NOW, Steps, late, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db", planner=Steps())


@pytest.fixture
def bo(desk: Desk, tmp_path: Path) -> Desk:
    """The same file in another person's hands."""
    return open_desk(tmp_path / "desk.db", actor="bo", planner=Steps())


def states(desk: Desk, *ids: str) -> list[str]:
    return [desk.show(identity)["state"] for identity in ids]


def contradictions(desk: Desk) -> list[str]:
    """What cannot be at once, whatever people did."""
    connection = desk.store.connection
    found = []
    actions = rows(connection, "SELECT * FROM action")
    for response in rows(connection, "SELECT * FROM response"):
        mine = [action for action in actions if action["response_id"] == response["id"]]
        if (response["state"] == "running") != any(action["state"] in ACTION_OPEN_STATES for action in mine):
            found.append(f"R{response['id']} is {response['state']}: {[action['state'] for action in mine]}")
    for action in actions:
        if action["state"] == "blocked" and action["reason"] is None and not needs.open_needs(connection, action):
            found.append(f"A{action['id']} is blocked by nothing")
        if action["state"] in ("ready", "assigned") and needs.open_needs(connection, action):
            found.append(f"A{action['id']} is {action['state']} before what it needs")
    unanswered = (
        "SELECT DISTINCT deviation.id FROM deviation JOIN response ON deviation_id = deviation.id"
        " WHERE deviation.state = 'open' AND response.state = 'running'"
    )
    found += [f"D{row[0]} is open and has an answer" for row in connection.execute(unanswered)]
    return found


def test_the_second_undo_takes_back_the_command_before_the_first(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.ack([deviation])
    desk.respond([deviation])
    desk.undo()
    desk.undo()
    assert states(desk, deviation, "R1", "A1", "A2", "A3") == ["open", *["cancelled"] * 4]
    with pytest.raises(Refused, match="there is no command of ana to take back"):
        desk.undo()
    desk.respond([deviation])
    assert desk.actions().total == 3


def test_no_action_opens_again_in_a_response_that_was_called_off(desk: Desk) -> None:
    desk.respond(late(desk, alpha=12))
    skipped = desk.skip(["A3"], reason="they know").txn
    desk.cancel(["R1"], reason="no use")
    with pytest.raises(
        Refused, match=r"A3 has moved on since with R1: ana did cancel .*; that must be taken back first"
    ):
        desk.undo(skipped)
    desk.undo()
    desk.undo(skipped)
    assert states(desk, "R1", "A3") == ["running", "ready"]


def test_a_done_response_runs_again_with_an_action_that_comes_back(desk: Desk, bo: Desk) -> None:
    desk.respond(late(desk, alpha=12))
    told = desk.done(["A3"]).txn
    bo.done(["A1", "A2"])
    assert states(desk, "R1") == ["done"]
    desk.undo(told)
    assert states(desk, "R1", "A1", "A2", "A3") == ["running", "done", "done", "ready"]
    assert desk.show("R1")["closed_at"] is None


def test_a_response_stays_running_while_another_action_is_open_again(desk: Desk, bo: Desk) -> None:
    desk.respond(late(desk, alpha=12))
    desk.done(["A1", "A2", "A3"])
    desk.reopen(["A1"], reason="wrong date")
    bo.reopen(["A3"], reason="wrong person")
    desk.undo()
    assert states(desk, "R1", "A1", "A3") == ["running", "done", "in_progress"]
    bo.undo()
    assert states(desk, "R1") == ["done"]


def test_a_called_off_response_does_not_run_beside_the_one_that_replaced_it(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    cancelled = desk.cancel(["R1"], reason="wrong supplier").txn
    desk.respond([deviation])
    sentence = rf"R1 cannot run again: R2 \(running\) answers {deviation} with expedite too; cancel R2 first"
    with pytest.raises(Refused, match=sentence):
        desk.undo(cancelled)


def test_a_done_response_is_not_reopened_beside_a_newer_one(desk: Desk, tmp_path: Path) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    desk.done(["A1", "A2", "A3"])
    open_desk(tmp_path / "desk.db", planner=Steps(version=2)).respond([deviation])
    with pytest.raises(Refused, match="R1 cannot run again"):
        desk.reopen(["A1"], reason="wrong date")


def test_a_deviation_stays_responding_while_others_work_on_it(desk: Desk, bo: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    desk.start(["A1"])
    bo.start(["A3"])
    outcome = desk.undo()
    assert states(desk, deviation, "A1", "A3") == ["responding", "ready", "in_progress"]
    assert outcome.notes == (f"{deviation} stays responding",)


def test_a_deviation_stays_acknowledged_while_it_has_another_answer(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    first = desk.respond([deviation]).txn
    desk.respond([deviation], playbook="reroute")
    desk.undo(first)
    assert states(desk, deviation, "R1", "R2") == ["acknowledged", "cancelled", "running"]


def test_an_ack_is_not_taken_back_under_an_answer(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    acknowledged = desk.ack([deviation]).txn
    desk.respond([deviation])
    with pytest.raises(Refused, match=f"{deviation} has moved on since with R1: ana did respond"):
        desk.undo(acknowledged)


def test_a_resolution_is_not_taken_back_under_work_that_began_since(desk: Desk, bo: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    desk.resolve([deviation], reason="settled")
    bo.start(["A1"])
    with pytest.raises(Refused, match=f"{deviation} has moved on since with A1: bo did start"):
        desk.undo()


def test_a_step_that_comes_back_is_ready_once_its_needs_were_met_meanwhile(desk: Desk) -> None:
    desk.respond(late(desk, alpha=12))
    skipped = desk.skip(["A2"], reason="no truck needed").txn
    desk.done(["A1"])
    desk.undo(skipped)
    assert states(desk, "A2") == ["ready"]


def test_a_need_is_not_taken_back_from_a_step_that_another_one_released(tmp_path: Path) -> None:
    def both_needed(plan: ResponsePlan) -> ResponsePlan:
        confirm, book, tell = plan.actions
        return replace(plan, actions=[confirm, replace(book, needs=("confirm", "tell")), tell])

    planner = Steps(then=both_needed)
    desk = open_desk(tmp_path / "desk.db", planner=planner)
    bo = open_desk(tmp_path / "desk.db", actor="bo", planner=planner)
    desk.respond(late(desk, alpha=12))
    desk.done(["A1"])
    bo.done(["A3"])
    with pytest.raises(Refused, match="A1 has moved on since with A2: bo did release"):
        desk.undo()
    bo.undo()
    desk.undo()
    assert states(desk, "A1", "A2", "A3") == ["ready", "blocked", "ready"]


def test_what_an_undo_wrote_is_no_command_to_take_back_first(desk: Desk, bo: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    bo.assign([deviation], to="bo")
    middle = desk.assign([deviation], to="chen").txn
    later = bo.assign([deviation], to="dora").txn
    desk.comment([deviation], text="called")
    bo.undo(later)
    desk.undo(middle)
    assert desk.show(deviation)["owner"] == "bo"
    assert [entry["action"] for entry in desk.show(deviation)["history"]][-2:] == ["undo", "undo"]


@pytest.mark.parametrize("on_fail", ["block", "continue", "abort"])
@pytest.mark.parametrize("seed", range(8))
def test_nothing_contradicts_itself_after_random_histories(tmp_path: Path, on_fail: str, seed: int) -> None:
    """Two people give any command, and take any back; whatever is refused is refused in words."""
    dice = random.Random(seed)
    hands = [open_desk(tmp_path / "desk.db", actor=name, planner=Steps(on_fail=on_fail)) for name in ("ana", "bo")]
    late(hands[0], alpha=12, beta=20)
    given: list[int] = []
    for _ in range(80):
        desk = dice.choice(hands)
        name = dice.choice([*COMMANDS, "undo", "undo", "undo"])
        try:
            if name == "undo":
                desk.undo(dice.choice([None, *given]))
            else:
                given.append(COMMANDS[name](desk, dice).txn)
        except OffplanError:
            continue
        assert contradictions(desk) == [], name
    assert given
    assert journal.verify(hands[0].store.connection) is None


@pytest.mark.parametrize("seed", range(8))
def test_undone_backwards_everything_stands_as_before(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    desk = open_desk(tmp_path / "desk.db", planner=Steps(on_fail=dice.choice(["block", "continue", "abort"])))
    late(desk, alpha=12, beta=20)
    before = []
    for _ in range(80):
        stood = world(desk)
        try:
            outcome = COMMANDS[dice.choice(list(COMMANDS))](desk, dice)
        except OffplanError:
            continue
        if outcome.changes:  # not where somebody got what was theirs already
            before.append(stood)
    for stood in reversed(before):
        desk.undo()
        present = world(desk)
        assert {key: present[key] for key in stood} == stood
        assert {row["state"] for key, row in present.items() if key not in stood} <= {"cancelled"}


def world(desk: Desk) -> dict[tuple[str, int], dict[str, Any]]:
    """Every row that commands write, without its version, which only ever grows."""
    return {
        (table, row["id"]): {name: value for name, value in row.items() if name != "version"}
        for table in ("deviation", "response", "action")
        for row in rows(desk.store.connection, f"SELECT * FROM {table}")
    }


def _action(desk: Desk, dice: random.Random) -> list[str]:
    count = desk.store.connection.execute("SELECT count(*) FROM action").fetchone()[0]
    return [f"A{dice.randint(1, max(1, count))}" for _ in range(dice.choice([1, 1, 2]))]


def _deviation(dice: random.Random) -> list[str]:
    return [dice.choice(["D1", "D2"])]


COMMANDS: dict[str, Callable[[Desk, random.Random], Any]] = {
    "ack": lambda desk, dice: desk.ack(dice.choice([_deviation(dice), _action(desk, dice)])),
    "assign": lambda desk, dice: desk.assign(dice.choice([_deviation(dice), _action(desk, dice)]), to="chen"),
    "respond": lambda desk, dice: desk.respond(_deviation(dice)),
    "reroute": lambda desk, dice: desk.respond(_deviation(dice), playbook="reroute"),
    "start": lambda desk, dice: desk.start(_action(desk, dice)),
    "wait": lambda desk, dice: desk.wait(_action(desk, dice), reason="calls back"),
    "done": lambda desk, dice: desk.done(_action(desk, dice)),
    "fail": lambda desk, dice: desk.fail(_action(desk, dice), reason="no answer"),
    "skip": lambda desk, dice: desk.skip(_action(desk, dice), reason="they know"),
    "cancel": lambda desk, dice: desk.cancel(_action(desk, dice), reason="no use"),
    "cancel response": lambda desk, dice: desk.cancel([f"R{dice.randint(1, 4)}"], reason="no use"),
    "block": lambda desk, dice: desk.block(_action(desk, dice), reason="no budget"),
    "snooze": lambda desk, dice: desk.snooze(_deviation(dice), until=NOW + HOUR),
    "dismiss": lambda desk, dice: desk.dismiss(_deviation(dice), reason="slight"),
    "resolve": lambda desk, dice: desk.resolve(_deviation(dice), reason="settled"),
    "reopen": lambda desk, dice: desk.reopen(dice.choice([_deviation(dice), _action(desk, dice)]), reason="it was not"),
    "comment": lambda desk, dice: desk.comment(_deviation(dice), text="called"),
}
