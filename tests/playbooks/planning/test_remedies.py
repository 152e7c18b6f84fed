"""What playbooks state of remedies: which of them, for which deviations, and how long."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vocabulary.model import SEVERITIES
from engine.vocabulary.planning import Remedy
from playbooks.loader import load_library
from playbooks.planning.planner import PlaybookPlanner
from playbooks.planning.remedies import stated, work_minutes
from tests.playbooks.worlds import ONE_STEP, library

CHOICE = """\
  - id: choose
    title: Choose
    kind: decision
    role: buyer
    needs: [call]
    duration: PT1H
    options:
      - {id: fly, title: Fly it, kind: expedite, days: 1}
      - {id: second, title: Buy it elsewhere, kind: alternate, days: 6}
      - {id: other, title: Another item, kind: substitute, item: SKU-78, days: 4.5}
"""
LATE = "{field: kind, op: eq, value: late_supply}"


def of(folder: Path, text: str) -> list[Remedy]:
    return stated(library(folder, text).playbooks)


def asking(match: str, more: str = "") -> str:
    return ONE_STEP.format(id="a").replace(LATE, match) + more


def test_only_what_an_option_brings_anew_is_a_duration_and_the_fastest_counts(tmp_path: Path) -> None:
    supply, work = sorted(of(tmp_path, asking(LATE, CHOICE)), key=lambda each: not each.supply)
    assert supply == Remedy("late_supply", "", "", True, 4.5, "playbook a, option other")
    assert work == Remedy("late_supply", "", "", False, 3 / 8, "playbook a, 3 h of work at least")


def test_of_several_playbooks_the_fastest_states_it(tmp_path: Path) -> None:
    slow = library(tmp_path, asking(LATE, CHOICE)).playbooks
    fast = library(tmp_path, asking(LATE, CHOICE.replace("days: 4.5", "days: 2")).replace("id: a\n", "id: b\n", 1))
    for both in ((*slow, *fast.playbooks), (*fast.playbooks, *slow)):
        assert {each.source for each in stated(both) if each.supply} == {"playbook b, option other"}


@pytest.mark.parametrize(
    ("match", "scopes"),
    [
        (f"{{all: [{LATE}, {{field: severity, op: ge, value: high}}]}}", {("", "high"), ("", "critical")}),
        (f"{{all: [{LATE}, {{field: subject.type, op: eq, value: shipment}}]}}", {("shipment", "")}),
        (
            f"{{all: [{LATE}, {{field: subject.type, op: eq, value: shipment}}, {{field: severity, op: lt, value: medium}}]}}",
            {("shipment", "low")},
        ),
        (
            f"{{all: [{LATE}, {{any: [{{field: subject.type, op: eq, value: shipment}}, {{field: severity, op: eq, value: low}}]}}]}}",
            {("", "low"), ("shipment", "")},
        ),
        (f"{{all: [{LATE}, {{field: party, op: eq, value: ACME}}]}}", set()),
        (f"{{all: [{LATE}, {{not: {{field: party, op: eq, value: ACME}}}}]}}", set()),
        (f"{{all: [{LATE}, {{field: party, op: exists, value: false}}]}}", set()),
        (f"{{all: [{LATE}, {{not: {{field: party, op: exists}}}}]}}", set()),
    ],
)
def test_a_playbook_counts_where_it_answers_every_deviation(
    tmp_path: Path, match: str, scopes: set[tuple[str, str]]
) -> None:
    found = of(tmp_path, asking(match))
    assert {(each.subject_type, each.severity) for each in found} == scopes
    assert {each.kind for each in found} <= {"late_supply"}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("enabled: true", "enabled: false"),
        ("enabled: true", "enabled: true\nmode: shadow"),
        ("on: deviation.opened", "on: manual"),
        ("on: deviation.opened", "on: recurred"),
        ("on: deviation.opened", "on: severity_raised"),
    ],
)
def test_what_does_not_answer_by_itself_at_once_states_nothing(tmp_path: Path, was: str, now: str) -> None:
    assert of(tmp_path, asking(LATE).replace(was, now)) == []


@pytest.mark.parametrize(
    ("more", "minutes"),
    [
        ("", 120),
        ("  - {id: book, title: Book, role: buyer, needs: [call], duration: PT3H}\n", 300),
        ("  - {id: book, title: Book, role: buyer, duration: PT3H}\n", 180),
        ("  - {id: book, title: Book, role: buyer, needs: [call], duration: PT3H, mandatory: false}\n", 120),
        (
            "  - {id: book, title: Book, role: buyer, needs: [call], duration: PT3H,"
            " when: {field: severity, op: eq, value: high}}\n"
            "  - {id: end, title: End, role: buyer, needs: [book], duration: PT1H}\n",
            180,
        ),
        (
            "  - {id: book, title: Book, role: buyer, duration: PT1H}\n"
            "  - {id: end, title: End, role: buyer, needs: [call, book], join: any, duration: PT30M}\n",
            120,
        ),
    ],
)
def test_the_work_is_the_longest_chain_of_what_has_to_be_done(tmp_path: Path, more: str, minutes: int) -> None:
    (loaded,) = library(tmp_path, asking(LATE, more)).playbooks
    assert work_minutes(loaded.content) == minutes


def test_the_stamp_is_another_one_when_a_playbook_says_something_else(tmp_path: Path) -> None:
    first = PlaybookPlanner(library(tmp_path, asking(LATE))).remedies(None)
    assert first is not None
    assert PlaybookPlanner(library(tmp_path, asking(LATE))).remedies(first.stamp) is None
    second = PlaybookPlanner(library(tmp_path, asking(LATE).replace("PT2H", "PT4H"))).remedies(first.stamp)
    assert second is not None
    assert [each.days for each in (*first.stated, *second.stated)] == [0.25, 0.5]


def test_the_library_states_what_it_says_once_for_each_sort_of_deviation() -> None:
    found = stated(load_library().playbooks)
    keys = {(each.kind, each.subject_type, each.severity, each.supply) for each in found}
    assert len(keys) == len(found)
    assert {each.severity for each in found} <= {"", *SEVERITIES}
    bought = {(each.kind, each.days) for each in found if each.supply}
    assert ("late_supply", 8.0) in bought
