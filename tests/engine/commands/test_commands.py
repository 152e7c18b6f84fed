"""What people do: every command through the desk, on a real file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.values.clock import DAY, HOUR, FixedClock, iso
from engine.values.errors import BadInput, NotFound, Refused, StaleVersion
from tests.engine.desk_support import NOW, Steps, eta, late, open_desk, owners, take


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db", planner=Steps())


def state(desk: Desk, identity: str) -> str:
    return str(desk.show(identity)["state"])


def actions(desk: Desk) -> dict[str, dict[str, Any]]:
    return {item["step"]: item for item in desk.actions(all=True).items}


def respond(desk: Desk) -> tuple[str, dict[str, str]]:
    """One late line, answered: the deviation, and the ids of its actions by step."""
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    return deviation, {step: action["id"] for step, action in actions(desk).items()}


def test_ack_takes_a_deviation_into_hand(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    outcome = desk.ack([deviation])
    assert [(change.id, change.was, change.now) for change in outcome.changes] == [(deviation, "open", "acknowledged")]
    shown = desk.show(deviation)
    assert (shown["owner"], shown["acknowledged_at"], shown["version"]) == ("ana", iso(NOW), 2)
    entry = shown["history"][-1]
    assert (entry["actor"], entry["action"], entry["txn"]) == ("ana", "ack", outcome.txn)
    assert entry["before"] == {"acknowledged_at": None, "owner": None, "state": "open", "version": 1}


def test_ack_for_somebody_else_and_again(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.ack([deviation], to="bo")
    desk.ack([deviation])
    assert (state(desk, deviation), desk.show(deviation)["owner"]) == ("acknowledged", "ana")


def test_an_owner_must_be_known_once_the_plan_has_owners(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.assign([deviation], to="anybody")
    owners(desk, "bo", "chen")
    with pytest.raises(BadInput, match="to: 'anybody' is no owner; the owners are bo, chen"):
        desk.assign([deviation], to="anybody")
    desk.assign([deviation], to="chen")
    desk.assign([deviation], to="ana")  # the actor, who needs no record
    assert (state(desk, deviation), desk.show(deviation)["owner"]) == ("open", "ana")


def test_a_command_over_several_ids_is_all_or_none(desk: Desk) -> None:
    alpha, beta = late(desk, alpha=12, beta=20)
    desk.dismiss([beta], reason="agreed with the customer")
    with pytest.raises(Refused, match=f"{beta} is dismissed: ack is not possible, only reopen"):
        desk.ack([alpha, beta])
    assert state(desk, alpha) == "open"
    outcome = desk.dismiss([alpha, alpha.lower()], reason="the same")
    assert [change.id for change in outcome.changes] == [alpha]


@pytest.mark.parametrize(
    ("ids", "error", "sentence"),
    [
        ([], BadInput, "ids: none was given"),
        (["D99"], NotFound, "there is no deviation D99"),
        (["R1"], NotFound, "'R1' is no deviation"),
        (["4711/10"], NotFound, "'4711/10' is no deviation"),
        (["D0"], NotFound, "'D0' is no deviation"),
        (["D" + "9" * 30], NotFound, "is no deviation"),
    ],
)
def test_an_id_that_names_nothing(desk: Desk, ids: list[str], error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        desk.resolve(ids, reason="done")


def test_somebody_else_was_faster(desk: Desk, tmp_path: Path) -> None:
    """Two desks on one row: the second is told who changed what, and nothing is overwritten (RELIABILITY 7)."""
    (deviation,) = late(desk, alpha=12)
    seen = {deviation: desk.show(deviation)["version"]}
    other = open_desk(tmp_path / "desk.db", actor="bo", clock=FixedClock(NOW + HOUR))
    other.ack([deviation], expect=seen)
    with pytest.raises(StaleVersion) as refusal:
        desk.assign([deviation], to="chen", expect={deviation.lower(): seen[deviation]})
    assert str(refusal.value) == (
        f"{deviation} has changed since you looked: bo did ack at 2026-03-09T09:00:00Z"
        " (owner – → bo, state open → acknowledged); look again"
    )
    assert desk.show(deviation)["owner"] == "bo"


def test_detection_counts_as_somebody_else(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=3)
    seen = {deviation: desk.show(deviation)["version"]}
    take(desk, eta("alpha", NOW + 40 * DAY, number="2", recorded=NOW))
    with pytest.raises(StaleVersion, match=f"{deviation} has changed since you looked: system did"):
        desk.dismiss([deviation], reason="slight", expect=seen)


def test_snooze_hides_until_its_time_without_any_write(desk: Desk, tmp_path: Path) -> None:
    """PEERS, case 45: hidden at 99, shown at 100, and nothing was written in between."""
    (deviation,) = late(desk, alpha=12)
    desk.snooze([deviation], until=NOW + HOUR, reason="the supplier calls back")
    written = desk.store.connection.execute("SELECT max(seq) FROM journal").fetchone()

    def queue(at: int) -> list[str]:
        later = open_desk(tmp_path / "desk.db", clock=FixedClock(at))
        assert later.header()["open"] == later.deviations().total == len(later.queue_ids())
        return [item["id"] for item in later.deviations().items]

    assert queue(NOW + HOUR - 1) == []
    assert queue(NOW + HOUR) == [deviation]
    assert (state(desk, deviation), desk.show(deviation)["rank"]) == ("open", None)
    assert [item["id"] for item in desk.deviations(["state=open"]).items] == [deviation]
    assert desk.store.connection.execute("SELECT max(seq) FROM journal").fetchone() == written


def test_snooze_needs_a_time_to_come_and_a_place_in_the_queue(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    with pytest.raises(BadInput, match="until: 2026-03-09T08:00:00Z is not after now"):
        desk.snooze([deviation], until=NOW)
    desk.resolve([deviation], reason="expedited by phone")
    with pytest.raises(Refused, match="only what stands in the queue can be snoozed"):
        desk.snooze([deviation], until=NOW + HOUR)


def test_resolve_lists_open_actions_and_leaves_them(desk: Desk) -> None:
    deviation, by_step = respond(desk)
    desk.done([by_step["confirm"]])
    outcome = desk.resolve([deviation], reason="the customer took it")
    open_ones = f"{by_step['book']}, {by_step['tell']}"
    assert outcome.notes == (f"{open_ones} stay open (1 mandatory): finish, skip or cancel them",)
    assert (state(desk, deviation), state(desk, by_step["book"])) == ("resolved", "ready")
    assert desk.show(deviation)["reason"] == "the customer took it"


def test_the_note_of_open_actions_fits_on_a_status_line(desk: Desk) -> None:
    deviation, _ = respond(desk)
    desk.respond([deviation], playbook="reroute")
    (note,) = desk.dismiss([deviation], reason="slight").notes
    assert note == "A1, A2, A4, A5, A3 and 1 more stay open (4 mandatory): finish, skip or cancel them"


@pytest.mark.parametrize("end", ["resolve", "dismiss"])
def test_reopen_takes_an_end_back_and_is_judged_anew(desk: Desk, end: str) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.ack([deviation])
    getattr(desk, end)([deviation], reason="settled")
    desk.reopen([deviation], reason="it was not")
    shown = desk.show(deviation)
    assert (shown["state"], shown["reason"], shown["resolved_at"], shown["closed_at"]) == (
        "acknowledged", None, None, None
    )  # fmt: skip
    desk.detect()
    assert state(desk, deviation) == "acknowledged"
    desk.dismiss([deviation], reason="settled")
    take(desk, eta("alpha", NOW + 5 * DAY, number="2", recorded=NOW))
    desk.reopen([deviation], reason="look at it again")
    desk.detect()
    assert state(desk, deviation) == "recovered"


def test_reopen_is_refused_while_a_newer_episode_lives(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.resolve([deviation], reason="settled")
    take(desk, eta("alpha", NOW + 40 * DAY, number="2", recorded=NOW))
    newer = desk.deviations().items[0]
    assert (newer["id"] != deviation, newer["episode"]) == (True, 2)
    with pytest.raises(Refused, match=f"{deviation} cannot come back: {newer['id']} is its new episode"):
        desk.reopen([deviation], reason="it was not")


def test_a_comment_changes_nothing_but_the_history(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    before = desk.show(deviation)
    desk.comment([deviation], text="called ACME: [/nope] truck broke down")
    after = desk.show(deviation)
    added = after.pop("history")[-1]
    before.pop("history")
    assert after == before
    assert (added["action"], added["reason"]) == ("comment", "called ACME: [/nope] truck broke down")


def test_start_moves_the_deviation_once(desk: Desk) -> None:
    deviation, by_step = respond(desk)
    assert state(desk, deviation) == "acknowledged"
    desk.start([by_step["confirm"]])
    shown = desk.show(deviation)
    assert (shown["state"], shown["responded_at"]) == ("responding", iso(NOW))
    desk.start([by_step["tell"]])
    assert desk.show(deviation)["version"] == shown["version"]
    assert actions(desk)["confirm"]["owner"] == "bo"  # whoever gives the command, the owner has the ball


def test_done_on_an_unstarted_action_stamps_both_times(desk: Desk) -> None:
    deviation, by_step = respond(desk)
    outcome = desk.done([by_step["confirm"]], reason="12 December it is")
    done = actions(desk)["confirm"]
    assert (done["state"], done["started_at"], done["done_at"]) == ("done", iso(NOW), iso(NOW))
    assert state(desk, deviation) == "responding"
    assert {(change.id, change.was, change.now) for change in outcome.changes} == {
        (by_step["confirm"], "ready", "done"),
        (by_step["book"], "blocked", "ready"),
    }


def test_a_blocked_action_says_what_it_needs(desk: Desk) -> None:
    _, by_step = respond(desk)
    for command in (desk.start, desk.done):
        with pytest.raises(Refused, match=f"{by_step['book']} is blocked: it needs {by_step['confirm']} confirm it"):
            command([by_step["book"]])
    with pytest.raises(Refused, match="it needs"):
        desk.reopen([by_step["book"]], reason="now")


def test_waiting_and_going_on(desk: Desk) -> None:
    _, by_step = respond(desk)
    desk.start([by_step["confirm"]])
    desk.wait([by_step["confirm"]], reason="ACME calls back", until=NOW + DAY)
    waiting = actions(desk)["confirm"]
    assert (waiting["state"], waiting["reason"], waiting["waiting_until"]) == (
        "waiting", "ACME calls back", iso(NOW + DAY)
    )  # fmt: skip
    desk.start([by_step["confirm"]])
    going_on = actions(desk)["confirm"]
    assert (going_on["state"], going_on["reason"], going_on["waiting_until"]) == ("in_progress", None, None)


def test_a_failed_action_can_be_tried_again(desk: Desk) -> None:
    _, by_step = respond(desk)
    desk.fail([by_step["confirm"]], reason="nobody answers")
    assert state(desk, by_step["book"]) == "blocked"
    desk.reopen([by_step["confirm"]], reason="another number")
    again = actions(desk)["confirm"]
    assert (again["state"], again["attempt"], again["reason"]) == ("ready", 2, None)


def test_an_action_blocked_by_hand_stays_blocked_until_reopened(desk: Desk) -> None:
    _, by_step = respond(desk)
    desk.done([by_step["confirm"]])
    desk.block([by_step["book"]], reason="no budget yet")
    desk.reopen([by_step["confirm"]], reason="the date was wrong")
    desk.done([by_step["confirm"]])
    assert state(desk, by_step["book"]) == "blocked"
    with pytest.raises(Refused, match=r"is blocked \(no budget yet\); reopen it first"):
        desk.start([by_step["book"]])
    desk.reopen([by_step["book"]], reason="granted")
    assert state(desk, by_step["book"]) == "ready"


def test_owners_of_actions(desk: Desk) -> None:
    _, by_step = respond(desk)
    desk.ack([by_step["tell"]])
    desk.assign([by_step["confirm"]], to="chen")
    present = actions(desk)
    assert (present["tell"]["state"], present["tell"]["owner"]) == ("assigned", "dora")
    assert (present["confirm"]["state"], present["confirm"]["owner"]) == ("assigned", "chen")
    assert {row["id"]: row["load"] for row in desk.owners()} == {"bo": 1, "chen": 1, "dora": 1}


def test_a_readonly_desk_refuses_every_command(desk: Desk, tmp_path: Path) -> None:
    (deviation,) = late(desk, alpha=12)
    reader = open_desk(tmp_path / "desk.db", readonly=True, planner=Steps())
    for command in (
        lambda: reader.ack([deviation]),
        lambda: reader.comment([deviation], text="x"),
        lambda: reader.undo(),
        lambda: reader.declare_source("tower", "folder", None),
    ):
        with pytest.raises(Refused, match="this desk is read-only"):
            command()
    assert reader.deviations().total == 1
