"""Reversal steps: kept with their response as they were planned, and no actions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.actions import reversals
from engine.vocabulary.planning import ResponsePlan
from engine.vocabulary.terms import Escalation, Terms
from tests.engine.desk_support import Steps, late, open_desk


def with_reversal(plan: ResponsePlan) -> ResponsePlan:
    """A step more, which takes the first one back."""
    terms = Terms(ack_within_minutes=30, escalations=(Escalation(60, "lea", "the desk lead"),))
    approval = {"role": "buyer", "owner": "bo", "because": "the only one", "amount": 500, "currency": "EUR"}
    back = replace(plan.actions[0], step="take-back", needs=(), terms=terms, approval=approval)
    return replace(plan, reversals=(back,))


def test_what_takes_a_step_back_waits_with_the_response(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk.db", planner=Steps(then=with_reversal))
    (deviation,) = late(desk, alpha=12)
    planned = desk.preview(deviation).reversals
    desk.respond([deviation])
    assert "take-back" not in {action["step"] for action in desk.actions(all=True).items}
    (kept,) = desk.store.connection.execute("SELECT reversals FROM response").fetchone()
    assert reversals.load(kept) == {step.step: replace(step, needs=[]) for step in planned}
