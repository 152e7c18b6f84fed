"""Options in a playbook: what a file may say, what lint finds, and what is frozen with the action."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from engine.options.option_effects import KINDS
from engine.vocabulary.terms import Terms
from playbooks.language.findings import LintFinding
from playbooks.language.option_shapes import OptionKind
from tests.playbooks.planning.test_step_terms import plan, terms
from tests.playbooks.worlds import ONE_STEP, lint, write

DECISION = """\
  - id: choose
    title: Choose
    kind: decision
    role: buyer
    duration: PT1H
    weights: {{co2: 0.2}}
    options:
      - {option}
"""


def test_the_kinds_are_those_that_have_an_effect() -> None:
    assert {*get_args(OptionKind), "nothing"} == set(KINDS)


def test_options_are_frozen_with_their_decision(tmp_path: Path) -> None:
    option = (
        "{id: air, title: Air for $item, kind: expedite, days: 6, cost: 450 + 3.2 * kg, currency: USD, kg_per_unit: 2,"
        " legs: [{mode: air_belly_long, km: 8000}], instead_of: [{mode: sea_container}], risk: 0.1, reversible: false}"
    )
    found = terms(plan(tmp_path, DECISION.format(option=option)))["choose"]
    assert list(found.options) == [{
        "id": "air", "title": "Air for SKU-77", "kind": "expedite", "days": 6.0, "cost": "450 + 3.2 * kg", "currency": "USD",
        "kg_per_unit": 2.0, "legs": [{"mode": "air_belly_long", "km": 8000.0}], "instead_of": [{"mode": "sea_container"}],
        "risk": 0.1, "reversible": False,
    }]  # fmt: skip
    assert found.weights == {"co2": 0.2}
    assert Terms.load(found.dump()).dump() == found.dump()


@pytest.mark.parametrize(
    ("option", "fault", "mend"),
    [
        ("{id: nothing, title: T, kind: expedite, days: 1}", "nothing is always an option", "another id"),
        ("{id: air, title: T, kind: expedite}", "an option of kind expedite needs days", "add it"),
        ("{id: air, title: T, kind: substitute, days: 1}", "an option of kind substitute needs item", "add it"),
        ("{id: air, title: T, kind: expedite, days: 1, keeps: 0.5}", "keeps has no effect on an option of kind expedite", "take it out"),
        ("{id: air, title: T, kind: fly, days: 1}", "'fly'", "expedite"),
        ("{id: air, title: T, kind: expedite, days: 1, currency: USD}", "currency has no effect without cost", "take it out"),
        ("{id: air, title: T, kind: expedite, days: 1, cost: 2 * gold}", "gold is no name of a formula", "value_at_risk"),
        ("{id: air, title: T, kind: expedite, days: 1, cost: __import__('os')}", "'_' is no part of a formula", "use numbers"),
        ("{id: air, title: T, kind: expedite, days: 1, cost: [450]}", "a cost is a number or a formula", "450 + 3.2 * kg"),
        ("{id: air, title: T, kind: expedite, days: 1, cost: true}", "a cost is a number or a formula", "450 + 3.2 * kg"),
        ("{id: air, title: T, kind: expedite, days: -1}", "days", ""),
        ("{id: air, title: T, kind: expedite, days: 1, quantity: lots}", "a quantity is needed, all or a number", "write one"),
        ("{id: air, title: T, kind: expedite, days: 1, quantity: true}", "a quantity is needed, all or a number", "write one"),
        ("{id: air, title: T, kind: expedite, days: 1, risk: 2}", "risk", ""),
        ("{id: air, title: T, kind: expedite, days: 1, legs: [{mode: air, km: 0}]}", "km", ""),
        ("{id: air, title: $itm, kind: expedite, days: 1}", "$itm is not a name", "$item"),
    ],
)  # fmt: skip
def test_an_option_that_cannot_be_used_is_found_with_its_mend(
    tmp_path: Path, option: str, fault: str, mend: str
) -> None:
    found = lint_of(tmp_path, DECISION.format(option=option))
    assert any(fault in each.message and mend in each.mend for each in found), found


def test_an_option_twice_and_options_of_a_task_are_found(tmp_path: Path) -> None:
    twice = "{id: a, title: T, kind: repromise, keeps: 1}\n      - {id: a, title: U, kind: repromise, keeps: 0}"
    assert "has the option a twice" in lint_of(tmp_path, DECISION.format(option=twice))[0].message
    task = DECISION.format(option="{id: a, title: T, kind: repromise, keeps: 1}").replace(
        "kind: decision", "kind: task"
    )
    assert "has no effect on a step of kind task" in lint_of(tmp_path, task)[0].message
    alone = "  - {id: choose, title: T, kind: decision, role: buyer, duration: PT1H, weights: {co2: 1}}\n"
    assert "weights have no effect without options" in lint_of(tmp_path, alone)[0].message


def lint_of(folder: Path, steps: str) -> list[LintFinding]:
    return [
        each for each in lint(write(folder, "one.yaml", ONE_STEP.format(id="one") + steps)) if each.severity == "error"
    ]


@pytest.mark.parametrize(
    ("written", "kept"), [("1200", "1200"), ("12.50", "12.5"), ("0", "0"), ("'12.5 * days'", "12.5 * days")]
)
def test_a_cost_may_be_a_plain_number(tmp_path: Path, written: str, kept: str) -> None:
    option = f"{{id: air, title: T, kind: expedite, days: 1, cost: {written}}}"
    (found,) = terms(plan(tmp_path, DECISION.format(option=option)))["choose"].options
    assert found["cost"] == kept


def test_steps_that_hang_on_a_choice_come_behind_it_and_hold_nothing_up(tmp_path: Path) -> None:
    option = "{id: air, title: T, kind: expedite, days: 1, steps: [book]}"
    book = "  - {id: book, title: T, role: buyer, duration: PT1H, needs: [choose]}\n"
    last = "  - {id: last, title: T, role: buyer, duration: PT1H, needs: [book]}\n"
    sound = DECISION.format(option=option) + book
    assert lint_of(tmp_path, sound) == []
    found = lint_of(tmp_path, DECISION.format(option=option.replace("[book]", "[bok]")) + book)
    assert (found[0].message[-30:], found[0].mend[:17]) == ("asks for bok, which is no step", "did you mean book")
    found = lint_of(tmp_path, DECISION.format(option=option) + book.replace(", needs: [choose]", ""))
    assert "does not come behind the decision choose" in found[0].message
    (warning,) = (each for each in lint(write(tmp_path, "one.yaml", ONE_STEP.format(id="one") + sound + last)))
    assert (warning.severity, warning.mend) == ("warning", "write on_fail: continue")
    assert "step last needs book, which is left out where choose chooses otherwise" in warning.message
