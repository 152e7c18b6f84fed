"""The tests inside a playbook: what they find, where they say it, and that a test cannot pass by a slip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from playbooks.language.loaded import Library, LoadedPlaybook
from playbooks.loader import load_files
from playbooks.planning.rehearse import rehearse
from tests.playbooks.worlds import ONE_STEP, at_place, lint, write

NO_OTHERS = Library((), ())

PLAYBOOK = (
    ONE_STEP.format(id="tried")
    + """\
    due: {within: PT1H, from: opened}
  - {id: next, title: N, role: mover, duration: PT1H, needs: [call], due: {before: PT0M, from: decide_by}}
tests:
  - name: a late line
    now: 2026-03-02T09:00:00Z
    zone: Europe/Amsterdam
    deviation: {kind: late_supply, party: ACME, decide_by: 2026-03-02T15:00:00Z}
    people:
      - {id: ana, functions: [procurement]}
      - {id: lou, functions: [logistics], busy: PT2H}
    expect:
      steps: [call, next]
      owners: {call: ana, next: lou}
      due: {call: 2026-03-02T10:00:00Z, next: 2026-03-02T16:00:00+01:00}
      warnings: [step call is due]
  - name: something else
    now: 2026-03-02T09:00:00Z
    deviation: {kind: overdue}
    expect:
      matches: false
"""
).replace("steps:\n", "  mover: {function: logistics, fallback: sales}\nsteps:\n", 1)


def loaded(folder: Path, *changes: tuple[str, str]) -> LoadedPlaybook:
    text = PLAYBOOK
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    playbooks, findings = load_files([write(folder, "p.yaml", text)])
    assert [str(each) for each in findings if each.severity == "error"] == []
    return playbooks[0]


def test_a_playbook_that_does_what_its_tests_expect(tmp_path: Path) -> None:
    assert rehearse(loaded(tmp_path), NO_OTHERS) == []
    assert rehearse(loaded(tmp_path, ("enabled: true", "enabled: false")), NO_OTHERS) == []


@pytest.mark.parametrize(
    ("change", "shown", "what", "found"),
    [
        (("steps: [call, next]", "steps: [next, call]"), "[next, call]", "steps", "call, next"),
        (("owners: {call: ana", "owners: {call: lou"), "lou", "owner of call", "ana (procurement: the only one)"),
        (
            ("2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z"), "2026-03-02T11",
            "due time of call", "2026-03-02T10:00:00Z (1 h of working time after the deviation opened (Mon 2026-03-02 10:00 CET))",
        ),
        (("[step call is due]", "[]"), "[]", "warnings", "step call is due Mon 2026-03-02 11:00 CET, but its"),
        (("[step call is due]", "[step next]"), "[step next]", "warnings", "step call is due"),
        (("{kind: overdue}", "{kind: late_supply}"), "false", "matches", "it applies: kind is late_supply"),
        (
            ("{kind: late_supply, party", "{kind: overdue, party"), "steps:",
            "matches", "it does not apply: kind is overdue (asked: = late_supply)",
        ),
    ],
)  # fmt: skip
def test_what_differs_is_said_where_it_is_expected(
    tmp_path: Path, change: tuple[str, str], shown: str, what: str, found: str
) -> None:
    playbook = loaded(tmp_path, change)
    (difference,) = rehearse(playbook, NO_OTHERS)
    assert (difference.playbook, difference.what) == ("tried", what)
    assert difference.found.startswith(found)
    assert at_place(playbook.path, difference).startswith(shown)
    assert str(difference).startswith(f"{playbook.path}, line {difference.line}, column {difference.column}: ")


def test_tests_are_no_part_of_what_a_response_keeps(tmp_path: Path) -> None:
    with_tests = loaded(tmp_path)
    text = PLAYBOOK.split("tests:\n")[0]
    (without,), _ = load_files([write(tmp_path, "p.yaml", text)])
    assert (without.definition, without.sha256) == (with_tests.definition, with_tests.sha256)


@pytest.mark.parametrize(
    ("old", "new", "level", "message"),
    [
        ("{kind: overdue}", "{kind: overdu}", "expressions", "'overdu' is no value of kind"),
        ("{kind: overdue}", "{kind: overdue, gap.dais: 3}", "expressions", "'gap.dais' is no field"),
        ("{kind: overdue}", "{kind: overdue, gap.days: '3'}", "expressions", "'3' is no value of gap.days"),
        ("{kind: overdue}", "{party: ACME}", "semantics", "the deviation has no kind"),
        ("[call, next]", "[call, nxt]", "semantics", "nxt is no step"),
        ("owners: {call: ana", "owners: {cal: ana", "semantics", "cal is no step"),
        ("due: {call: 2026", "due: {cal: 2026", "semantics", "cal is no step"),
        ("owners: {call: ana", "owners: {call: bob", "semantics", "bob is none of the people"),
        ("name: something else", "name: a late line", "semantics", "'a late line' is there twice"),
        ("{id: lou, ", "{id: ana, ", "semantics", "ana is there twice"),
        ("Europe/Amsterdam", "Mars/Olympus", "syntax", "'Mars/Olympus' is no time zone"),
        ("Europe/Amsterdam", "../etc/passwd", "syntax", "is no time zone"),
        ("now: 2026-03-02T09:00:00Z\n    zone", "now: monday\n    zone", "syntax", "'monday' is not a time"),
        ("now: 2026-03-02T09:00:00Z\n    zone", "now: 0001-01-01\n    zone", "syntax", "outside 1971 to 9000"),
        ("matches: false", "matches: false\n      steps: [call]", "syntax", "nothing is planned where matches is false"),
        ("matches: false", "macthes: false", "syntax", "macthes is no key"),
        ("busy: PT2H", "bussy: PT2H", "syntax", "bussy is no key"),
    ],
)  # fmt: skip
def test_a_slip_in_a_test_is_a_fault_of_the_file(tmp_path: Path, old: str, new: str, level: str, message: str) -> None:
    assert old in PLAYBOOK
    found = lint(write(tmp_path, "p.yaml", PLAYBOOK.replace(old, new, 1)))
    told: list[Any] = [each for each in found if each.severity == "error" and message in each.message]
    assert [each.level for each in told][:1] == [level], [str(each) for each in found]
    assert told[0].line > 20
