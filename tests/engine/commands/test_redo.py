"""Redo: what an undo took back stands again, as long as nobody has moved on; and it can be undone in its turn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.desk import Desk
from engine.storage import journal
from engine.values.clock import DAY, HOUR
from engine.values.errors import NotFound, Refused
from tests.engine.commands.test_undo import ON_ACTIONS, ON_DEVIATIONS, world
from tests.engine.desk_support import NOW, Steps, late, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db", planner=Steps())


def check(desk: Desk, command: Callable[[Desk], object]) -> None:
    """Done, undone and done again is done; undone once more is as it was."""
    before = world(desk)
    command(desk)
    done = world(desk)
    undone = desk.undo()
    redone = desk.redo()
    assert world(desk) == done
    assert redone.about == undone.txn
    desk.undo()
    assert world(desk) == before
    desk.redo()
    assert world(desk) == done
    assert journal.verify(desk.store.connection) is None


@pytest.mark.parametrize("command", ON_DEVIATIONS)
def test_a_command_on_deviations_is_done_again(desk: Desk, command: str) -> None:
    late(desk, alpha=12, beta=20)
    check(desk, ON_DEVIATIONS[command])


@pytest.mark.parametrize("command", ON_ACTIONS)
def test_a_command_on_actions_is_done_again(desk: Desk, command: str) -> None:
    desk.respond(late(desk, alpha=12))
    check(desk, ON_ACTIONS[command])


def test_a_response_that_was_called_off_runs_again(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    before = world(desk)
    desk.undo()
    desk.redo()
    assert world(desk) == before
    desk.done(["A1"])
    assert desk.show("A2")["state"] == "ready", "its steps go on"


def test_a_silence_that_was_undone_hides_again(desk: Desk) -> None:
    late(desk, alpha=12)
    desk.silence(["kind=late_supply"], reason="strike", until=NOW + DAY)
    desk.undo()
    assert desk.deviations().total == 1
    desk.redo()
    assert desk.deviations().total == 0


def test_what_others_did_meanwhile_stands_in_the_way(desk: Desk, tmp_path: Path) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.ack([deviation])
    desk.undo()
    open_desk(tmp_path / "desk.db", actor="bo").ack([deviation])
    before = world(desk)
    with pytest.raises(Refused, match=f"{deviation} has moved on since: bo did ack"):
        desk.redo()
    assert world(desk) == before


def test_an_undo_that_was_redone_can_be_undone_by_either_number(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    given = desk.snooze([deviation], until=NOW + HOUR).txn
    desk.undo()
    desk.redo()
    desk.undo(given)
    assert desk.show(deviation)["snoozed_until"] is None


def test_there_has_to_be_an_undo_of_ones_own(desk: Desk, tmp_path: Path) -> None:
    (deviation,) = late(desk, alpha=12)
    with pytest.raises(Refused, match="there is no undo of ana to take back"):
        desk.redo()
    given = desk.ack([deviation]).txn
    with pytest.raises(NotFound, match=f"command {given} is no undo"):
        desk.redo(given)
    undone = desk.undo().txn
    bo = open_desk(tmp_path / "desk.db", actor="bo")
    with pytest.raises(Refused, match="there is no undo of bo"):
        bo.redo()
    with pytest.raises(Refused, match=f"command {undone} is ana's"):
        bo.redo(undone)
    desk.redo(undone)
    with pytest.raises(Refused, match=f"command {undone} was taken back already"):
        desk.redo(undone)
