"""Undo: every command of a person is taken back by compensating entries, as long as nobody has moved on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.storage import journal
from engine.storage.store import rows
from engine.values.clock import DAY, HOUR
from engine.values.errors import NotFound, Refused
from tests.engine.desk_support import NOW, Steps, eta, late, open_desk, take


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db", planner=Steps())


def world(desk: Desk) -> list[dict[str, Any]]:
    """Everything that commands write, except the versions, which only ever grow."""
    found = [row for table in ("deviation", "response", "action") for row in rows(
        desk.store.connection, f"SELECT * FROM {table} ORDER BY id"
    )]  # fmt: skip
    return [{name: value for name, value in row.items() if name != "version"} for row in found]


Command = Callable[[Desk], object]
ON_DEVIATIONS: dict[str, Command] = {
    "ack": lambda desk: desk.ack(["D1"], to="bo"),
    "assign": lambda desk: desk.assign(["D1", "D2"], to="chen"),
    "snooze": lambda desk: desk.snooze(["D1"], until=NOW + HOUR),
    "dismiss": lambda desk: desk.dismiss(["D1", "D2"], reason="slight"),
    "resolve": lambda desk: desk.resolve(["D1"], reason="settled"),
    "comment": lambda desk: desk.comment(["D1"], text="called"),
}
ON_ACTIONS: dict[str, Command] = {
    "accept": lambda desk: desk.ack(["A1"]),
    "assign": lambda desk: desk.assign(["A1"], to="chen"),
    "start": lambda desk: desk.start(["A1"]),
    "done": lambda desk: desk.done(["A1"]),
    "done all": lambda desk: desk.done(["A1", "A2", "A3"]),
    "fail": lambda desk: desk.fail(["A1"], reason="no answer"),
    "skip": lambda desk: desk.skip(["A3"], reason="they know"),
    "cancel": lambda desk: desk.cancel(["A2"], reason="no use"),
    "cancel response": lambda desk: desk.cancel(["R1"], reason="no use"),
    "block": lambda desk: desk.block(["A1"], reason="no budget"),
}


def test_what_was_planned_anew_is_taken_back_by_its_start(desk: Desk) -> None:
    """An undo of a new start said `fixed asks`, which is a column and its value."""
    late(desk, alpha=12)
    desk.respond(["D1"])
    before = desk.show("A1")["start_at"]
    desk.reschedule(["A1"], start_at=NOW + 5 * HOUR)
    after = desk.show("A1")["start_at"]
    assert ("A1", after, before) in desk.undo().changes
    assert ("A1", before, after) in desk.redo().changes
    desk.undo()
    desk.keep(["A1"])
    assert desk.undo().changes == (("A1", "fixed stays", "ready"),)


@pytest.mark.parametrize("command", ON_DEVIATIONS)
def test_a_command_on_deviations_is_taken_back(desk: Desk, command: str) -> None:
    late(desk, alpha=12, beta=20)
    check_undo(desk, ON_DEVIATIONS[command])


@pytest.mark.parametrize("command", ON_ACTIONS)
def test_a_command_on_actions_is_taken_back(desk: Desk, command: str) -> None:
    desk.respond(late(desk, alpha=12))
    check_undo(desk, ON_ACTIONS[command])


def test_wait_and_reopen_are_taken_back(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    desk.start(["A1"])
    check_undo(desk, lambda desk: desk.wait(["A1"], reason="calls back", until=NOW + DAY))
    desk.done(["A1"])
    check_undo(desk, lambda desk: desk.reopen(["A1"], reason="wrong date"))
    desk.dismiss([deviation], reason="slight")
    check_undo(desk, lambda desk: desk.reopen([deviation], reason="it is not"))


def check_undo(desk: Desk, command: Command) -> None:
    """The world is as before, every row is a newer version, and the journal tells both."""
    before = world(desk)
    given = command(desk)
    taken_back = desk.undo()
    assert world(desk) == before
    assert taken_back.txn > given.txn  # type: ignore[attr-defined]
    told = rows(desk.store.connection, "SELECT * FROM journal WHERE txn = ?", (taken_back.txn,))
    assert {entry["reason"].split(" (")[0] for entry in told} == {f"undo of command {given.txn}"}  # type: ignore[attr-defined]
    assert journal.verify(desk.store.connection) is None


def test_respond_is_taken_back_by_calling_the_response_off(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    desk.undo()
    assert desk.show("R1")["state"] == "cancelled"
    assert {action["state"] for action in desk.actions(all=True).items} == {"cancelled"}
    shown = desk.show(deviation)
    assert (shown["state"], shown["owner"], shown["acknowledged_at"]) == ("open", None, None)
    desk.respond([deviation])  # and may be given again
    assert desk.show(deviation)["response"] == "R2"


def test_an_undo_tells_instants_as_time(desk: Desk, tmp_path: Path) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.snooze([deviation], until=NOW + HOUR)
    (change,) = desk.undo().changes
    assert change == (deviation, "snoozed until 2026-03-09T09:00:00Z", "open")
    (change,) = desk.redo().changes
    assert change == (deviation, "open", "snoozed until 2026-03-09T09:00:00Z")
    desk.undo()
    snoozed = desk.snooze([deviation], until=NOW + HOUR).txn
    open_desk(tmp_path / "desk.db", actor="bo").snooze([deviation], until=NOW + DAY)
    told = r"bo did snooze at .* \(snoozed_until 2026-03-09T09:00:00Z → 2026-03-10T08:00:00Z\)"
    with pytest.raises(Refused, match=told):
        desk.undo(snoozed)


def test_undo_goes_back_step_by_step_and_then_says_so(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    before = world(desk)
    desk.ack([deviation])
    desk.assign([deviation], to="bo")
    desk.snooze([deviation], until=NOW + HOUR)
    for _ in range(3):
        desk.undo()
    assert world(desk) == before
    with pytest.raises(Refused, match="there is no command of ana to take back"):
        desk.undo()


def test_what_detection_measured_meanwhile_does_not_stand_in_the_way(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=3)
    desk.ack([deviation])
    take(desk, eta("alpha", NOW + 40 * DAY, number="2", recorded=NOW))
    desk.undo()
    shown = desk.show(deviation)
    assert (shown["state"], shown["gap"]["days"]) == ("open", 30.0)


def test_what_somebody_built_on_it_does(desk: Desk, tmp_path: Path) -> None:
    (deviation,) = late(desk, alpha=12)
    outcome = desk.respond([deviation])
    bo = open_desk(tmp_path / "desk.db", actor="bo")
    bo.start(["A1"])
    before = world(desk)
    with pytest.raises(Refused, match=r"has moved on since: bo did start .*that must be taken back first"):
        desk.undo(outcome.txn)
    assert world(desk) == before
    bo.undo()
    desk.undo(outcome.txn)
    assert desk.show("R1")["state"] == "cancelled"


def test_a_dismissal_is_not_taken_back_over_a_newer_episode(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.resolve([deviation], reason="settled")
    take(desk, eta("alpha", NOW + 40 * DAY, number="2", recorded=NOW))
    with pytest.raises(Refused, match=f"{deviation} cannot come back"):
        desk.undo()


def test_only_who_gave_a_command_takes_it_back_and_only_once(desk: Desk, tmp_path: Path) -> None:
    (deviation,) = late(desk, alpha=12)
    given = desk.ack([deviation]).txn
    bo = open_desk(tmp_path / "desk.db", actor="bo")
    with pytest.raises(Refused, match="there is no command of bo to take back"):
        bo.undo()
    with pytest.raises(Refused, match=f"command {given} is ana's"):
        bo.undo(given)
    undone = desk.undo(given).txn
    with pytest.raises(Refused, match=f"command {given} was taken back already"):
        desk.undo(given)
    with pytest.raises(
        Refused, match=f"command {undone} is the undo of command {given}; `offplan redo {undone}` has that"
    ):
        desk.undo(undone)
    for number in (10_000, 1):  # nothing, a load of the baseline
        with pytest.raises(NotFound, match=f"there is no command {number} that can be taken back"):
            desk.undo(number)


def test_undo_about_one_object_takes_back_the_last_command_on_it(desk: Desk) -> None:
    one, other = late(desk, alpha=12, beta=13)
    desk.ack([one])
    desk.ack([other])
    assert [change.id for change in desk.undo(about=one).changes] == [one]
    with pytest.raises(Refused, match=f"no command of .* on {one} to take back"):
        desk.undo(about=one)
    assert desk.show(other)["state"] == "acknowledged"


def test_what_undo_looks_at_does_not_grow_with_what_its_actor_did_before(tmp_path: Path) -> None:
    """One command that wrote very much stood in the way of every undo after it: 18 s behind 300 responses at once."""

    def work(name: str, lines: int) -> int:
        desk = open_desk(tmp_path / name, planner=Steps())
        ids = late(desk, **{f"line{number}": 12 for number in range(lines)})
        desk.respond(ids)
        desk.start(["A1"])
        steps = []
        desk.store.connection.set_progress_handler(lambda: steps.append(1), 100)
        desk.undo()
        desk.store.connection.set_progress_handler(None, 100)
        return len(steps)

    few, many = work("few.db", 2), work("many.db", 60)
    assert many < 2 * few
