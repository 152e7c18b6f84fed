"""Deciding: what a choice keeps, what it leaves out, what it is told, and how it is made again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.values.clock import DAY, iso
from engine.values.errors import BadInput, Refused
from tests.engine.decision_support import AIR, OneDecision, compared, euros, late_motors, respond
from tests.engine.desk_support import NOW, open_desk
from tests.engine.deviations.test_value_at_risk import pumps
from tests.engine.network_support import load, said, take


def test_a_choice_keeps_what_was_known_and_what_was_rejected(tmp_path: Path) -> None:
    wait = {"id": "wait", "title": "Wait", "kind": "repromise", "keeps": 0.5, "cost": "9000"}
    desk, action = late_motors(tmp_path / "desk.db", AIR, wait)
    before = desk.options(action)
    outcome = desk.decide([action], option="air", reason="the customer pays half")
    states = {each["id"]: each["state"] for each in desk.actions(all=True).items}
    assert (states[action], sorted(states.values())) == ("done", ["done", "ready"])
    # The plan moves on; what was known when it was decided stays.
    take(desk, said("eta", "PO-1/eta2", order_ref="PO-1", eta=NOW + 30 * DAY))
    (kept,) = desk.options(action)
    assert kept["options"] == before[0]["options"]
    assert (kept["chosen"], kept["reason"], kept["decided_by"], kept["decided_at"]) == (
        "air", "the customer pays half", "ana", iso(NOW)
    )  # fmt: skip
    shown = desk.show(action)
    (entry,) = (each for each in shown["history"] if each["action"] == "complete")
    assert (entry["actor"], entry["reason"], entry["after"]["chosen"]) == ("ana", "air: the customer pays half", "air")
    known = json.loads(entry["after"]["decision"])
    assert [each["id"] for each in known["options"]] == ["nothing", "air", "wait"]
    deviation = desk.show(shown["deviation"])
    assert (deviation["decided_at"], deviation["options"]) == (iso(NOW), [kept])
    desk.undo(outcome.txn)
    assert desk.show(shown["deviation"])["decided_at"] is None
    assert compared(desk, action)["nothing"]["value_late"] == euros(13_000.0)
    assert desk.show(action)["chosen"] is None


def test_a_decision_is_reopened_to_decide_again(tmp_path: Path) -> None:
    desk, action = late_motors(tmp_path / "desk.db", AIR)
    desk.decide([action], option="nothing", reason="it can wait")
    with pytest.raises(Refused, match="A1 is decided: nothing; reopen it"):
        desk.decide([action], option="air", reason="it cannot")
    desk.reopen([action], reason="it cannot")
    assert desk.options(action)[0]["chosen"] is None
    desk.decide([action], option="air", reason="it cannot")
    assert desk.show(action)["chosen"] == "air"
    assert [each["id"] for each in desk.actions(["kind=decision", "chosen=air"], all=True).items] == [action]
    assert desk.actions(["kind=decision", "chosen!=air"], all=True).total == 0


def test_a_choice_against_the_figures_is_told(tmp_path: Path) -> None:
    dear = {"id": "dear", "title": "Dear", "kind": "repromise", "keeps": 0.0, "cost": "9000"}
    desk, action = late_motors(tmp_path / "desk.db", AIR, dear)
    assert compared(desk, action)["dear"]["dominated_by"] == "nothing"
    outcome = desk.decide([action], option="dear", reason="the boss wants it")
    assert outcome.notes[-1] == "dear is nowhere better than doing nothing by the figures of this decision"
    desk, action = late_motors(tmp_path / "again.db", AIR)
    outcome = desk.decide([action], option="nothing", reason="the boss wants it")
    assert outcome.notes[-1] == "by its weights air scores better than doing nothing"


def test_a_decision_asks_for_one_of_its_options(tmp_path: Path) -> None:
    desk, action = late_motors(tmp_path / "desk.db", AIR)
    with pytest.raises(BadInput, match="its options are nothing, air"):
        desk.decide([action], option="boat", reason="cheap")
    with pytest.raises(Refused, match="asks for a choice; use decide with --option, one of nothing, air"):
        desk.done([action])
    desk.decide([action], option="air", reason="fast")
    (book,) = (each["id"] for each in desk.actions().items)
    with pytest.raises(Refused, match="no decision between options"):
        desk.decide([book], option="air", reason="fast")


def test_a_choice_leaves_out_what_only_other_options_ask_for(tmp_path: Path) -> None:
    options = [
        {**AIR, "steps": ("book", "track")},
        {"id": "new-date", "title": "New date", "kind": "repromise", "keeps": 0.5, "steps": ("call", "track")},
    ]
    planner = OneDecision(options, steps=("book", "call", "track", "report"))
    desk = open_desk(tmp_path / "desk.db", planner=planner)
    load(desk, *pumps())
    take(desk, said("eta", "PO-1/eta", order_ref="PO-1", eta=NOW + 12 * DAY))
    action = respond(desk, "late_supply")

    def states() -> dict[str, str]:
        return {each["step"]: each["state"] for each in desk.actions(all=True).items}

    before = states()
    outcome = desk.decide([action], option="new-date", reason="they agreed")
    assert states() == {"decide": "done", "book": "skipped", "call": "ready", "track": "ready", "report": "ready"}
    (booked,) = (each for each in desk.actions(all=True).items if each["step"] == "book")
    assert booked["reason"] == f"{action} chose new-date"
    desk.undo(outcome.txn)
    assert states() == before
    desk.decide([action], option="nothing", reason="it can wait")
    assert states() == {"decide": "done", "book": "skipped", "call": "skipped", "track": "skipped", "report": "ready"}
