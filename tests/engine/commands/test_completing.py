"""Completing actions: the answers that their steps ask for, typed, kept in the journal and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.values.clock import DAY, iso
from engine.values.errors import BadInput, Refused
from tests.engine.execution_support import Run, step

FORM = (
    {"name": "promised_on", "type": "date", "title": "Promised on", "required": True},
    {"name": "quantity", "type": "number", "required": False},
    {"name": "carrier", "type": "text", "required": False, "enum": ["sea", "air"]},
)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "desk.db", [step("ask", form=FORM), step("tell", "ask")])


def test_answers_are_typed_kept_and_shown(run: Run) -> None:
    run.desk.done(["A1"], answers=["promised_on=2026-03-20", "quantity=80", "carrier=air"])
    shown = run.desk.show("A1")
    assert shown["answers"] == {"promised_on": "2026-03-20", "quantity": 80, "carrier": "air"}
    assert [question["name"] for question in shown["form"]] == ["promised_on", "quantity", "carrier"]
    (entry,) = [entry for entry in shown["history"] if entry["action"] == "complete"]
    assert (entry["actor"], entry["after"]["answers"]) == ("ana", shown["answers"])
    assert run.state("tell") == "ready"


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ([], "A1: promised_on: no answer was given"),
        (["promised_on=tomorrow"], "A1: promised_on: 'tomorrow' is no date"),
        (["promised_on=2026-03-20", "quantity=much"], "A1: quantity: 'much' is no number"),
        (
            ["promised_on=2026-03-20", "carrier=rail"],
            "A1: carrier: 'rail' is not one of its values; give one of sea, air",
        ),
        (["promised_on=2026-03-20", "weight=5"], "A1: weight: this is not asked; the names are promised_on"),
    ],
)
def test_an_answer_that_cannot_be_used_completes_nothing(run: Run, answers: list[str], fault: str) -> None:
    with pytest.raises(Refused) as refused:
        run.desk.done(["A1"], answers=answers)
    assert str(refused.value).startswith(fault)
    assert str(refused.value).endswith("answers are given with --answer NAME=VALUE")
    assert run.states() == {"ask": "ready", "tell": "blocked"}


def test_a_time_may_be_said_from_now_on_as_everywhere(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("ask", form=({"name": "at", "type": "time"},))])
    with pytest.raises(
        Refused, match=r"A1: at: 'soon' is not a time; write it as .*, or from now as \+45m, \+4h, \+2d"
    ):
        run.desk.done(["A1"], answers=["at=soon"])
    run.desk.done(["A1"], answers=["at=+2d"])
    assert run.desk.show("A1")["answers"] == {"at": iso(run.clock.now() + 2 * DAY)}


@pytest.mark.parametrize("text", ["promised_on", "=2026-03-20", " =x"])
def test_an_answer_without_a_name_or_a_value(run: Run, text: str) -> None:
    with pytest.raises(BadInput, match="is not NAME=VALUE; write it as promised_on=2026-03-20"):
        run.desk.done(["A1"], answers=[text])


def test_an_answer_given_twice(run: Run) -> None:
    with pytest.raises(BadInput, match="quantity is given twice"):
        run.desk.done(["A1"], answers=["quantity=1", "quantity=2"])


def test_done_again_keeps_the_answers_that_nobody_corrects(run: Run) -> None:
    run.desk.done(["A1"], answers=["promised_on=2026-03-20", "carrier=sea"])
    run.desk.reopen(["A1"], reason="they changed their mind")
    run.desk.done(["A1"], answers=["promised_on=2026-03-25"])
    assert run.desk.show("A1")["answers"] == {"promised_on": "2026-03-25", "carrier": "sea"}


def test_a_step_that_asks_nothing_takes_no_answer(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call")])
    with pytest.raises(Refused, match="A1: name: this is not asked; nothing is asked"):
        run.desk.done(["A1"], answers=["name=Mia"])


def test_undoing_done_takes_the_answers_back(run: Run) -> None:
    before: dict[str, Any] = run.desk.show("A1")["answers"]
    run.desk.done(["A1"], answers=["promised_on=2026-03-20"])
    run.desk.undo()
    assert run.desk.show("A1")["answers"] == before == {}
