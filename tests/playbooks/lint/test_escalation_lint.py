"""Lint of escalation chains and of the people whom playbooks name: each at its place, with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbooks.language.describe import describe, summarize
from playbooks.lint.people_checks import people_findings
from playbooks.loader import load_file
from tests.playbooks.worlds import ONE_STEP, at_place, lint, write

SOUND = ONE_STEP.format(id="sound").replace("roles:\n", "roles:\n  mover: {function: logistics, fallback: sales}\n")
SOUND += "  - {id: move, title: Move it, role: mover, duration: PT1H}\n"


def said(tmp_path: Path, words: str) -> list[tuple[str, str, str, str]]:
    """Level and severity, the text at its place, the fault and the mend of each finding of a step that says `words`."""
    path = write(tmp_path, "p.yaml", SOUND.replace("PT2H\n", f"PT2H\n    {words}\n", 1))
    return [(f"{each.level} {each.severity}", at_place(path, each), each.message, each.mend) for each in lint(path)]


CHAINS = [
    ("escalate: [{after: PT1H, to: {role: buyer}}]", "{role: buyer", "handed on to the role buyer, who has it already"),
    (
        "escalate: [{after: PT1H, to: {role: mover}}, {after: PT1H, to: {role: mover}}]",
        "{role: mover}}]", "handed on to the role mover, who has it already",
    ),
    (
        "escalate: [{after: PT1H, to: {person: bo}}, {after: PT1H, to: {person: bo}}]",
        "{person: bo}}]", "handed on to bo, who has it already",
    ),
    (
        "escalate: [{after: PT1H, to: {lead: true}}, {after: PT1H, to: {lead: true}}]",
        "{lead: true}}]", "handed on to the desk lead, who has it already",
    ),
    (
        "ack_within: PT2H\n    escalate: [{after: PT30M, to: {lead: true}}]",
        "PT30M", "handed on 30 min after it is ready, and its owner has 2 h to accept it",
    ),
    ("due: {within: PT4H, from: ready}\n    ack_within: PT5H", "PT5H", "has 5 h to accept it, and it may be due before"),
    ("due: {within: PT4H, from: opened}\n    ack_within: PT5H", "PT5H", "has 5 h to accept it, and it may be due before"),
    (
        "due: {within: P2D, from: ready}\n    escalate: [{after: PT20H, to: {role: mover}}, {after: PT20H, to: {lead: true}}]",
        "PT20H, to: {lead", "reaches the desk lead 40 h after it is ready, and it may be due before that",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("words", "shown", "fault"), CHAINS)
def test_a_chain_that_reaches_nobody_in_time_is_a_warning_at_its_place(
    tmp_path: Path, words: str, shown: str, fault: str
) -> None:
    (found,) = said(tmp_path, words)
    assert found[0] == "operations warning"
    assert found[1].startswith(shown)
    assert fault in found[2]
    assert found[3]


@pytest.mark.parametrize(
    "words",
    [
        "ack_within: PT1H\n    escalate: [{after: PT1H, to: {role: mover}}, {after: PT30M, to: {lead: true}}]",
        "escalate: [{after: PT1H, to: {role: mover}}, {after: PT1H, to: {role: buyer}}]",
        # A working day from nine ends a day later on the clock.
        "due: {within: P2D, from: ready}\n    ack_within: PT24H",
        "due: {before: PT4H, from: need}\n    ack_within: PT48H",
        "due: {within: PT2H, from: 'need'}\n    ack_within: PT48H",
    ],
)
def test_a_chain_that_works_out_is_no_finding(tmp_path: Path, words: str) -> None:
    assert said(tmp_path, words) == []


def test_people_whom_the_plan_does_not_have_are_named_where_they_stand(tmp_path: Path) -> None:
    text = SOUND.replace(
        "fallback: logistics}",
        "fallback: logistics, resolve: [{person: ana}, {rota: {people: [bo, boo], days: 7, since: 2026-03-02}}]}",
    ).replace("PT2H\n", "PT2H\n    escalate: [{after: PT1H, to: {person: annna}}]\n", 1)
    text += "  - {id: tell, title: T, kind: notify, owner: {person: eve}, notify: {to: [{person: bo}, {person: zoe}], message: M}}\n"
    path = write(tmp_path, "p.yaml", text)
    loaded, findings = load_file(path)
    assert loaded is not None
    assert findings == []
    found = people_findings([loaded], {"ana", "bo", "lou"})
    assert [(at_place(path, each).split("}")[0].split("]")[0], each.severity) for each in found] == [
        ("boo", "warning"), ("annna", "warning"), ("eve", "warning"), ("zoe", "warning")
    ]  # fmt: skip
    assert found[1].message.startswith("annna is no owner of the plan")
    assert "did you mean ana" in found[1].mend
    assert people_findings([loaded], ()) == [], "a plan without owners tells nothing"


def test_the_owners_of_a_playbook_are_whom_to_ask_about_what_lint_finds(tmp_path: Path) -> None:
    text = SOUND.replace("title: A playbook", "title: A playbook\nowners: [ana, boo, ana]", 1)
    path = write(tmp_path, "p.yaml", text)
    loaded, (twice,) = load_file(path)
    assert loaded is not None
    assert (twice.message, twice.severity, twice.ask) == (
        "ana keeps the playbook twice",
        "warning",
        ("ana", "boo", "ana"),
    )
    assert (describe(loaded)["owners"], summarize(loaded)["owners"]) == (["ana", "boo", "ana"],) * 2
    (stranger,) = people_findings([loaded], {"ana", "bo"})
    assert at_place(path, stranger).startswith("boo")
    assert stranger.message == "boo is no owner of the plan, so nobody can be asked there about this playbook"
    broken, (fault,) = load_file(
        write(tmp_path, "q.yaml", text.replace("boo, ana", "bo").replace("version: 1", "version: 0"))
    )
    assert broken is None, "whom to ask is said of a file with an error, too"
    assert str(fault).endswith("; ask ana or bo")
    assert people_findings([loaded], ()) == []
