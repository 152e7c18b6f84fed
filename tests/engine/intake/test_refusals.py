"""What people read when a command is refused: the reason that is missing, and the commands that can be given."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.desk import Desk
from engine.values.clock import LATEST
from engine.values.errors import BadInput, Refused
from tests.engine.desk_support import Steps, late, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db", planner=Steps())


def test_reasons_are_asked_for_and_cleaned(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    for nothing in ("", " \u200b "):
        for command, id_ in (
            (desk.dismiss, deviation), (desk.resolve, deviation), (desk.skip, "A1"), (desk.cancel, "A1"),
            (desk.cancel, "R1"), (desk.fail, "A1"), (desk.block, "A1"), (desk.wait, "A1"), (desk.reopen, "A1"),
        ):  # fmt: skip
            with pytest.raises(BadInput, match=r"^reason: a reason is needed; say .*, such as '"):
                command([id_], reason=nothing)
        with pytest.raises(BadInput, match="reason: a reason is needed; leave it out"):
            desk.done(["A1"], reason=nothing)
        with pytest.raises(BadInput, match="comment: a text is needed; write what others should know, such as"):
            desk.comment([deviation], text=nothing)
    desk.dismiss([deviation], reason="not\x1b[2Jours")
    assert desk.show(deviation)["reason"] == "not\ufffd[2Jours"


def test_a_refusal_names_the_commands_that_can_be_given(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    desk.start(["A1"])
    with pytest.raises(Refused) as refusal:
        desk.start(["A1"])
    assert str(refusal.value) == (
        "A1 is in_progress: start is not possible, only done, wait, assign, cancel, fail, skip"
    )
    desk.done(["A1"])
    with pytest.raises(Refused, match=r"A1 is done: done is not possible, only reopen$"):
        desk.done(["A1"])
    desk.skip(["A3"], reason="they know")
    with pytest.raises(Refused, match="is skipped: start is not possible; only undo brings back what has ended so"):
        desk.start(["A3"])
    with pytest.raises(Refused, match=r"only ack, respond, resolve, assign, dismiss, merge, snooze$"):
        desk.reopen([deviation], reason="look again")


def test_a_refusal_names_what_others_did_by_their_commands(desk: Desk, tmp_path: Path) -> None:
    desk.respond(late(desk, alpha=12))
    started = desk.start(["A1"]).txn
    open_desk(tmp_path / "desk.db", actor="bo").done(["A1"])
    with pytest.raises(Refused, match="A1 has moved on since: bo did done at"):
        desk.undo(started)


def test_a_time_beyond_the_calendar_of_any_plan_is_no_time_to_wait_until(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    desk.start(["A1"])
    sentence = "until: 2200-01-01T00:00:00Z lies outside the years 1900 to 2199; correct the year"
    with pytest.raises(BadInput, match=sentence):
        desk.snooze([deviation], until=LATEST)
    with pytest.raises(BadInput, match=sentence):
        desk.wait(["A1"], reason="calls back", until=LATEST)
    desk.snooze([deviation], until=LATEST - 1)


def test_a_version_of_what_the_command_does_not_name_is_refused(desk: Desk) -> None:
    alpha, beta = late(desk, alpha=12, beta=20)
    with pytest.raises(BadInput, match=f"expect: {beta}=1 is of nothing that this command names; name the ids"):
        desk.ack([alpha], expect={beta: 1})
    with pytest.raises(BadInput, match="expect: 4711=1 is of nothing"):
        desk.respond([alpha], expect={alpha: 1, "4711": 1})
    assert (desk.show(alpha)["state"], desk.responses(all=True).total) == ("open", 0)
    desk.respond([alpha, beta], expect={alpha: 1, beta.lower(): 1})
