"""A typed line, a key's answers and the shell make the same request."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.values.clock import HOUR
from engine.values.errors import OffplanError
from engine.vocabulary.model import Change, Outcome
from tests.engine.desk_support import NOW, late, open_desk
from tui.keys import request
from tui.keys.request import Request
from tui.terminal.cells import Present

HERE = Present(NOW, "UTC")


def test_what_a_verb_cannot_do_without() -> None:
    assert request.needs("assign") == ["to"]
    assert request.needs("snooze") == ["until"]
    assert request.needs("dismiss") == ["reason"]
    assert request.needs("comment") == ["text"]
    assert request.needs("ack") == []


def test_a_line_is_read_as_in_the_shell() -> None:
    asked = request.from_line("snooze D12 D3 --until +4h --reason 'at lunch'", HERE)
    assert asked == Request("snooze", ("D12", "D3"), {"reason": "at lunch", "until": NOW + 4 * HOUR})
    assert request.from_line("undo 7", HERE) == Request("undo", ("7",))
    assert request.from_line("undo D1", HERE) == Request("undo", ("D1",))
    assert request.from_line("ack D1 --expect D1=3", HERE).expect == {"D1": 3}


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("comment D15 can't reach ACME", Request("comment", ("D15",), {"text": "can't reach ACME"})),
        ('comment D1 A2 "two of them"', Request("comment", ("D1", "A2"), {"text": "two of them"})),
        ("dismiss D1 --reason 'a typo'", Request("dismiss", ("D1",), {"reason": "a typo"})),
        ("dismiss D1 D2x is right", Request("dismiss", ("D1",), {"reason": "D2x is right"})),
        ("skip A4 - not here", Request("skip", ("A4",), {"reason": "- not here"})),
        ("wait A4 for the bank", Request("wait", ("A4",), {"reason": "for the bank"})),
    ],
)
def test_a_text_or_reason_may_be_the_rest_of_the_line(line: str, asked: Request) -> None:
    assert request.from_line(line, HERE) == asked


@pytest.mark.parametrize(
    "line",
    [
        "dance D1",
        "assign D1",
        "dismiss D1",
        "ack",
        "comment D1 --text 'open",
        "dismiss D1 D2",
        "comment D1",
        "undo --soon",
        "snooze D1 --until soon",
        "",
        "load x",
    ],
)
def test_a_line_that_makes_no_command_is_refused_in_a_sentence(line: str) -> None:
    with pytest.raises(OffplanError) as refusal:
        request.from_line(line, HERE)
    assert str(refusal.value)


@pytest.mark.parametrize(
    "line",
    ["undo -1", "undo X1", f"undo {'9' * 25}", f"redo {'9' * 25}", "redo D1", f"ack D1 --expect D1={'9' * 5000}"],
)
def test_numbers_that_no_command_has_are_refused_in_a_sentence(tmp_path: Path, line: str) -> None:
    desk = open_desk(tmp_path / "desk.db")
    desk.ack(late(desk, alpha=12))
    with pytest.raises(OffplanError):
        request.carry_out(desk, request.from_line(line, HERE))
    assert desk.show("D1")["state"] == "acknowledged"


def test_undo_takes_the_last_command_on_an_object_or_a_named_one(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk.db")
    first, second = late(desk, alpha=12, beta=12)
    about = desk.ack([first])
    desk.ack([second])
    assert request.carry_out(desk, request.from_line(f"undo {first}", HERE)).about == about.txn
    assert desk.show(second)["state"] == "acknowledged"


def test_many_at_once_are_shown_first_and_one_is_not_unless_it_is_cancelled() -> None:
    asked = {verb for verb in request.VERBS if Request(verb, ("X1", "X2")).dangerous}
    assert {*request.VERBS} - asked == {"ack", "assign", "comment"}
    assert [verb for verb in request.VERBS if Request(verb, ("X1",)).dangerous] == ["cancel"]


def test_the_sentence_names_what_changed_and_the_notes() -> None:
    outcome = Outcome(4, tuple(Change(f"D{n}", "open", "acknowledged") for n in range(1, 6)), ("A7 is still open",))
    said = request.sentence(Request("ack", ("D1",)), outcome, Present(NOW, "UTC"))
    assert "D1 open → acknowledged" in said
    assert "and 2 more" in said
    assert said.endswith("A7 is still open")


def test_a_time_without_an_offset_is_in_the_desk_s_zone() -> None:
    here = Present(NOW, "Europe/Berlin")
    for typed in ("2026-03-09T10:00", "2026-03-09T09:00Z", "+1h"):
        assert request.until(typed, here) == NOW + HOUR, typed
    asked = request.from_line("snooze D1 --until 2026-03-09T10:00", here)
    assert asked.options["until"] == NOW + HOUR


def test_a_tolerance_that_is_tried_or_written_is_for_the_shell() -> None:
    """The desk asked a read-only process for it, which said that this desk is read-only."""
    assert request.reads(["tolerance"])
    for line in ("tolerance late_supply days=2", "tolerance late_supply days=2 --preview"):
        assert not request.reads(line.split())
        with pytest.raises(OffplanError, match="this is for the shell"):
            request.from_line(line, Present(NOW, "UTC"))
