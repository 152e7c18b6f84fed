"""What becomes of a playbook's steps in one response: inputs and values, a step for each item, playbooks inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.values.errors import BadInput, NotFound, Refused
from engine.vocabulary.planning import Owner, PlannedAction, ResponsePlan
from playbooks.language.loaded import Library
from playbooks.loader import load_library, load_paths
from playbooks.planning.planner import PlaybookPlanner
from tests.playbooks.answered import Answered
from tests.playbooks.worlds import ONE_STEP, deviation, library, lint, world, write

ANA = Owner("ana", "Ana", ["procurement"])
KIM = Owner("kim", "Kim", ["quality"])


def text_of(id_: str, steps: str, inputs: str = "") -> str:
    return ONE_STEP.format(id=id_).replace("roles:\n", f"{inputs}roles:\n") + steps


def plan(folder: Path, steps: str, inputs: str = "", about: dict[str, Any] | None = None, **given: Any) -> ResponsePlan:
    planner = PlaybookPlanner(library(folder, text_of("whole", steps, inputs)))
    return planner.plan(about or deviation(), world(ANA, KIM), None, given)


def by_step(made: ResponsePlan) -> dict[str, PlannedAction]:
    return {action.step: action for action in made.actions}


INPUTS = """\
inputs:
  days: {type: number, default: 3}
  urgent: {type: boolean, required: false}
  customers: {type: list, required: false}
  way: {type: text, enum: [air, sea], required: false}
"""
USED = """\
  - id: fly
    title: By $way within $days days, urgent $urgent
    role: buyer
    duration: PT1H
    needs: [call]
    when: {any: [{field: inputs.days, op: lt, value: 5}, {field: inputs.urgent, op: eq, value: "yes"}]}
  - {id: tell, title: Tell $customer, role: buyer, duration: PT1H, foreach: {items: inputs.customers, as: customer}}
"""


def test_inputs_are_read_by_their_type_and_used_in_texts_and_conditions(tmp_path: Path) -> None:
    made = plan(tmp_path, USED, INPUTS, days="7", urgent="yes", way="air")
    assert by_step(made)["fly"].title == "By air within 7 days, urgent yes"
    assert made.inputs == {"days": 7, "urgent": True, "way": "air"}
    assert "fly" not in by_step(plan(tmp_path, USED, INPUTS, days="7"))
    unsaid = plan(tmp_path, USED, INPUTS)
    assert by_step(unsaid)["fly"].title == "By (not known) within 3 days, urgent (not known)"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"days": "many"}, "input days of playbook whole: 'many' is no number"),
        ({"way": "rail"}, "input way of playbook whole: 'rail' is not one of its values"),
        ({"dyas": "3"}, "input dyas of playbook whole: this is not asked; the names are days, urgent, customers, way"),
    ],
)
def test_an_input_that_cannot_be_used_is_refused_before_anything_is_planned(
    tmp_path: Path, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        plan(tmp_path, USED, INPUTS, **given)


def test_an_input_without_default_has_to_be_given_and_a_choice_says_what_is_asked(tmp_path: Path) -> None:
    step = "  - {id: go, title: In $days days, role: buyer, duration: PT1H}\n"
    asked = "inputs:\n  days: {type: number}\n"
    with pytest.raises(BadInput, match="input days of playbook whole: no answer was given; give days as a number"):
        plan(tmp_path, step, asked)
    (match,) = PlaybookPlanner(library(tmp_path, text_of("whole", step, asked))).matches(deviation(), 0)
    assert list(match.inputs) == [{"name": "days", "type": "number", "title": "days", "required": True}]


def test_text_of_an_input_is_filled_in_once(tmp_path: Path) -> None:
    step = "  - {id: go, title: Note $note, role: buyer, duration: PT1H}\n"
    made = plan(tmp_path, step, "inputs:\n  note: {type: text}\n", note="{{ 7*7 }} <% x %> $item ${id}")
    assert by_step(made)["go"].title == "Note {{ 7*7 }} <% x %> $item ${id}"


def test_values_are_set_for_the_steps_behind(tmp_path: Path) -> None:
    steps = """\
  - {id: keep, title: Keep, kind: set, role: buyer, set: {limit: 4, ref: "$item of $party"}}
  - {id: low, title: "$ref", role: buyer, duration: PT1H, needs: [keep], when: {field: values.limit, op: lt, value: 5}}
  - {id: high, title: H, role: buyer, duration: PT1H, needs: [keep], when: {field: values.limit, op: gt, value: 5}}
"""
    made = by_step(plan(tmp_path, steps))
    assert made["low"].title == "SKU-77 of ACME"
    assert "high" not in made


def test_a_step_for_each_item_side_by_side_or_one_after_the_other(tmp_path: Path) -> None:
    """PEERS case 62: `collect` makes items that do not wait for each other, `stop` a chain that a failure holds up."""
    steps = """\
  - {id: tell, title: Tell $who, role: buyer, duration: PT1H, needs: [call], foreach: {items: [X, Y, Z], as: who}}
  - id: walk
    title: Visit $who
    role: buyer
    duration: PT1H
    foreach: {items: [X, Y], as: who, on_item_error: stop}
  - {id: last, title: L, role: buyer, duration: PT1H, needs: [tell, walk], due: {within: PT1H, from: "step:tell"}}
"""
    made = by_step(plan(tmp_path, steps))
    assert [(made[f"tell.{n}"].title, made[f"tell.{n}"].terms.item) for n in (1, 2, 3)] == [
        ("Tell X", "X"), ("Tell Y", "Y"), ("Tell Z", "Z"),
    ]  # fmt: skip
    assert [list(made[step].needs) for step in ("tell.1", "tell.3", "walk.1", "walk.2")] == [
        ["call"], ["call"], [], ["walk.1"],
    ]  # fmt: skip
    assert list(made["last"].needs) == ["tell.1", "tell.2", "tell.3", "walk.1", "walk.2"]
    assert "step tell ends" in made["last"].due_because


@pytest.mark.parametrize(
    ("rule", "on_fail", "expected"),
    [
        ("collect", "block", {"tell.1": "done", "tell.2": "failed", "tell.3": "done", "last": "blocked"}),
        ("collect", "continue", {"tell.1": "done", "tell.2": "failed", "tell.3": "done", "last": "ready"}),
        ("collect", "abort", {"tell.1": "done", "tell.2": "cancelled", "tell.3": "cancelled", "last": "cancelled"}),
        ("stop", "block", {"tell.1": "done", "tell.2": "failed", "tell.3": "blocked", "last": "blocked"}),
    ],
)
def test_62_of_three_items_the_second_fails(tmp_path: Path, rule: str, on_fail: str, expected: dict[str, str]) -> None:
    """PEERS case 62 as it runs. With `abort` the response is called off with the failure, so the third item is not
    done any more."""
    run = Answered(
        tmp_path,
        f"  - {{id: tell, title: Tell $who, role: buyer, duration: PT1H, foreach: {{items: [X, Y, Z], as: who, on_item_error: {rule}}}}}\n"
        f"  - {{id: last, title: L, role: buyer, duration: PT1H, needs: [tell], on_fail: {on_fail}}}\n",
    )
    run.done("tell.1")
    failed = run.desk.fail([run.id("tell.2")], reason="nobody answers")
    if run.states["tell.3"] == "ready":
        run.done("tell.3")
    assert {step: run.states[step] for step in expected} == expected
    waiting = [note for note in failed.notes if "stays blocked" in note]
    assert bool(waiting) is (on_fail == "block")
    assert all(run.id("tell.2") in note for note in waiting)


def test_an_empty_list_leaves_the_step_out_with_a_note_or_refuses(tmp_path: Path) -> None:
    """PEERS case 61."""
    steps = """\
  - {id: tell, title: Tell $who, role: buyer, duration: PT1H, needs: [call], foreach: {items: customers, as: who}}
  - {id: last, title: L, role: buyer, duration: PT1H, needs: [tell]}
"""
    made = plan(tmp_path, steps, about=deviation(customers=[]))
    assert list(by_step(made)["last"].needs) == ["call"]
    assert made.warnings == ("step tell is left out: customers is empty",)
    assert "tell.2" in by_step(plan(tmp_path, steps, about=deviation(customers=["C1", "C2"])))
    with pytest.raises(Refused, match="step tell has nothing to do: customers is empty"):
        plan(tmp_path, steps.replace("as: who}", "as: who, on_empty: refuse}"))


def test_more_items_than_it_is_for_are_named_and_a_response_has_an_end(tmp_path: Path) -> None:
    step = "  - {id: tell, title: T $who, role: buyer, duration: PT1H, foreach: {items: customers, as: who, max: 2}}\n"
    made = plan(tmp_path, step, about=deviation(customers=["A", "B", "C", "D"]))
    assert [action.step for action in made.actions] == ["call", "tell.1", "tell.2"]
    assert made.warnings == ("step tell is planned for the first 2 of 4: not for C, D",)
    many = "".join(step.replace("tell,", f"tell{number},").replace("max: 2", "max: 100") for number in range(3))
    with pytest.raises(Refused, match="playbook whole has 301 steps for this deviation"):
        plan(tmp_path, many, about=deviation(customers=[f"C{number}" for number in range(100)]))


INNER = """\
  - id: block
    title: Block $item for $why
    role: buyer
    duration: PT1H
    approval: {role: buyer}
    reverse: unblock
  - {id: check, title: Check, role: checker, duration: PT1H, needs: [call, block], due: {within: P1D, from: "step:block"}}
  - {id: unblock, title: Unblock, role: buyer, duration: PT1H}
"""
OUTER = """\
  - {id: keep, title: Keep it safe, kind: playbook, use: inner@1, with: {why: "$party late"}, needs: [call], mandatory: false}
  - {id: after, title: A, role: buyer, duration: PT1H, needs: [keep], due: {within: PT1H, from: "step:keep"}}
"""


def with_inner(folder: Path, outer: str = OUTER, inner: str = INNER, version: int = 1) -> Library:
    inside = text_of("inner", inner, "inputs:\n  why: {type: text}\n").replace("version: 1", f"version: {version}")
    write(folder, "inner.yaml", inside.replace("steps:\n", "  checker: {function: quality, fallback: sales}\nsteps:\n"))
    write(
        folder,
        "outer.yaml",
        text_of("outer", outer)
        .replace("match: {f", "match: {all: [{f")
        .replace("value: late_supply}", "value: late_supply}, {field: item, op: exists}]}"),
    )
    return load_library(folder)


def test_a_playbook_inside_another_stands_in_the_place_of_its_step(tmp_path: Path) -> None:
    found = with_inner(tmp_path)
    made = PlaybookPlanner(found).plan(deviation(), world(ANA, KIM), "outer")
    actions = by_step(made)
    assert {step: list(action.needs) for step, action in actions.items()} == {
        "call": [],
        "keep.call": ["call"],
        "keep.block": ["call"],
        "keep.check": ["keep.call", "keep.block"],
        "after": ["keep.check"],
    }
    assert actions["keep.block"].title == "Block SKU-77 for ACME late"
    assert (actions["keep.check"].owner, actions["keep.check"].role) == ("kim", "keep.checker")
    assert {action.mandatory for step, action in actions.items() if step.startswith("keep.")} == {False}
    assert (actions["keep.block"].approval or {})["owner"] == "ana"
    assert actions["keep.block"].terms.reverse == "keep.unblock"
    assert [step.step for step in made.reversals] == ["keep.unblock"]
    assert "step keep.block ends" in actions["keep.check"].due_because
    assert "step keep ends" in actions["after"].due_because
    kept = json.loads(made.definition)
    assert kept["uses"]["inner@1"]["id"] == "inner"
    assert made.sha256 != found.get("outer").sha256


def test_a_playbook_inside_is_left_out_as_a_whole(tmp_path: Path) -> None:
    outer = OUTER.replace("needs: [call],", "needs: [call], when: {field: site, op: eq, value: ANR},")
    made = PlaybookPlanner(with_inner(tmp_path, outer)).plan(deviation(), world(ANA, KIM), "outer")
    assert {step: list(action.needs) for step, action in by_step(made).items()} == {"call": [], "after": ["call"]}
    assert made.warnings[0].startswith("step keep is left out: site is RTM")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("inner@1", "inner@2"), "inner is version 1, and step keep uses inner@2"),
        (("inner@1", "iner@1"), "uses iner, which is no playbook"),
        (('with: {why: "$party late"}, ', ""), "does not give inner the why that it asks for"),
        (("why:", "wyh: 3, why:"), "inner asks for no wyh"),
        (('"$party late"', "3"), "inner cannot use this why: 3 is no text"),
    ],
)
def test_a_use_that_cannot_be_made_keeps_the_playbook_out_and_says_where(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    assert change[0] in OUTER
    found = with_inner(tmp_path, OUTER.replace(*change))
    (finding,) = (each for each in found.findings if each.severity == "error")
    assert message in finding.message
    assert (Path(finding.path).name, finding.level) == ("outer.yaml", "semantics")
    shown = Path(finding.path).read_text(encoding="utf-8").splitlines()[finding.line - 1]
    assert "id: keep" in shown
    assert finding.mend
    with pytest.raises(NotFound):
        found.get("outer")
    assert found.get("inner")
    assert str(finding) in [str(each) for each in lint(tmp_path)]


def test_playbooks_in_a_circle_or_too_deep_are_kept_out(tmp_path: Path) -> None:
    step = "  - {{id: on, title: On, kind: playbook, use: {0}@1}}\n"
    for name, other in (("a", "b"), ("b", "a"), ("c", "a")):
        write(tmp_path, f"{name}.yaml", text_of(name, step.format(other)))
    loaded, findings = load_paths([tmp_path])
    assert loaded == []
    assert "a -> b -> a" in findings[0].message
    deep = tmp_path / "deep"
    deep.mkdir()
    for number in range(7):
        write(deep, f"{number}.yaml", text_of(f"p{number}", step.format(f"p{number + 1}") if number < 6 else ""))
    loaded, findings = load_paths([deep])
    assert [playbook.id for playbook in loaded] == ["p2", "p3", "p4", "p5", "p6"]
    assert {finding.message.partition(" leads ")[2][:6] for finding in findings} <= {"over 5", ""}


def test_a_review_comes_after_everything_where_its_condition_holds(tmp_path: Path) -> None:
    close = """\
  - {id: other, title: O, role: buyer, duration: PT1H}
close:
  review: {when: {field: severity, op: ge, value: high}, role: buyer, due: P5D}
"""
    made = by_step(plan(tmp_path, close, about=deviation(severity="high")))
    review = made["review"]
    assert (list(review.needs), review.owner, review.mandatory, review.on_fail) == (
        ["call", "other"],
        "ana",
        False,
        "continue",
    )
    assert "review" not in by_step(plan(tmp_path, close))
