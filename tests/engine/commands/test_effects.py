"""Effects outside: begun before, recorded after, and what becomes of one that a crash left between (PEERS 13, case
66)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.values.errors import Refused
from tests.engine.execution_support import Run, step

CALL: dict[str, Any] = {"kind": "http", "effect": {"channel": "erp", "body": "{{ 7*7 }}"}}


def test_an_effect_is_begun_done_and_carries_its_response_on(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", **CALL, side_effect="once"), step("look", "call")])
    (effect,) = run.desk.due_effects()
    assert (effect.action, effect.kind, effect.attempt, effect.key, effect.again) == ("A1", "http", 1, "R1:call", False)
    assert effect.effect == {"channel": "erp", "body": "{{ 7*7 }}"}, "text from outside is never filled in again"
    assert run.desk.begin_effect("A1") == effect
    assert (run.states(), run.desk.due_effects()) == ({"call": "in_progress", "look": "blocked"}, [])
    with pytest.raises(Refused, match="A1 is in_progress: its effect is not to be carried out now"):
        run.desk.begin_effect("A1")
    assert run.desk.finish_effect(effect, "done")
    assert run.states() == {"call": "done", "look": "ready"}
    assert not run.desk.finish_effect(effect, "failed"), "an effect ends once"
    assert run.state("call") == "done"


def test_a_begun_effect_of_once_is_in_doubt_after_a_crash_and_a_person_says(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", **CALL, side_effect="once"), step("look", "call")])
    effect = run.desk.begin_effect("A1")
    assert run.desk.recover_effects() == ["A1"]
    assert run.state("call") == "unknown"
    assert (run.desk.due_effects(), run.desk.recover_effects()) == ([], []), "it is never repeated by itself"
    assert not run.desk.finish_effect(effect, "done"), "who comes back late changes nothing"
    run.desk.reopen(["A1"], reason="the ERP has no trace of it")
    assert run.desk.due_effects() == [effect], "now that a person says that it did not happen"
    run.desk.finish_effect(run.desk.begin_effect("A1"), "done")
    assert run.states() == {"call": "done", "look": "ready"}


@pytest.mark.parametrize("side_effect", ["none", "idempotent"])
def test_others_are_carried_out_again_with_the_same_key(tmp_path: Path, side_effect: str) -> None:
    run = Run(tmp_path / "desk.db", [step("call", **CALL, side_effect=side_effect, idempotency_key="call/alpha")])
    first = run.desk.begin_effect("A1")
    assert run.desk.recover_effects() == []
    (again,) = run.desk.due_effects()
    assert again == first._replace(again=True)
    assert again.key == "call/alpha"
    run.desk.begin_effect("A1")
    assert run.desk.finish_effect(again, "done", "204")
    assert (run.state("call"), run.desk.due_effects()) == ("done", [])


def test_doubt_of_who_carries_it_out_is_as_a_crash(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", **CALL, side_effect="once"), step("tell", kind="notify")])
    for action, state in (("A1", "unknown"), ("A2", "in_progress")):
        assert run.desk.finish_effect(run.desk.begin_effect(action), "doubt", "it hung after the last byte")
        assert run.actions()[{"A1": "call", "A2": "tell"}[action]]["state"] == state
    assert [effect.action for effect in run.desk.due_effects()] == ["A2"]


def test_a_failed_effect_is_tried_again_as_its_step_says(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", **CALL, retry_count=1, retry_delay_minutes=10)])
    run.desk.finish_effect(run.desk.begin_effect("A1"), "failed", "503")
    assert (run.state("call"), run.desk.due_effects()) == ("failed", [])
    assert run.at(10).state("call") == "ready"
    (second,) = run.desk.due_effects()
    assert (second.attempt, second.key) == (2, "R1:call")
    run.desk.finish_effect(run.desk.begin_effect("A1"), "failed", "503")
    assert run.at(60 * 24 * 30).state("call") == "failed", "its retries are spent"
    assert run.desk.due_effects() == []


def test_what_a_person_ended_meanwhile_stays_as_it_is(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", **CALL), step("look")])
    effect = run.desk.begin_effect("A1")
    run.desk.cancel(["A1"], reason="by telephone")
    assert run.desk.finish_effect(effect, "done", "200")
    assert run.state("call") == "cancelled"
    assert run.told("call", "effect") == [("effect", 0)]


def test_a_response_that_was_called_off_has_no_effects(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", **CALL)])
    run.desk.cancel(["R1"], reason="a mistake")
    assert run.desk.due_effects() == []
    with pytest.raises(Refused, match="A1 is cancelled"):
        run.desk.begin_effect("A1")
