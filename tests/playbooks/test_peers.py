"""The numbered cases of playbooks that the planner and lint answer: 54, 63, 67 and 68 (PEERS 16), in our words.

"Only between two times" is the working time of whoever has the action, in slots of five minutes: with less than one
left nothing begins. A time of the wall clock is computed late.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.values.clock import iso
from engine.vocabulary.planning import Owner, WorkingCalendar
from playbooks.loader import load_library
from playbooks.planning.planner import PlaybookPlanner
from tests.playbooks.worlds import ONE_STEP, deviation, library, lint, world, write

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ASKED = "{field: kind, op: eq, value: late_supply}"


def begins(folder: Path, begin: str, end: str, now: str) -> str:
    """When the only step starts, whose owner works from `begin` to `end` in Berlin on every day."""
    calendar = WorkingCalendar("c", "Europe/Berlin", dict.fromkeys(DAYS, ((begin, end),)))
    owner = Owner("ana", "Ana", ["procurement"], calendar="c")
    here = replace(world(owner, now=now), calendars={"c": calendar})
    planner = PlaybookPlanner(library(folder, ONE_STEP.format(id="call")))
    (action,) = planner.plan(deviation(opened_at=now, need_at=None, decide_by=None), here).actions
    return iso(action.start_at)


@pytest.mark.parametrize(
    ("reached", "goes"),
    [
        ("2026-03-06T20:59:00Z", "2026-03-06T21:00:00Z"),
        ("2026-03-06T22:30:00Z", "2026-03-06T22:30:00Z"),
        ("2026-03-07T04:55:00Z", "2026-03-07T04:55:00Z"),
        ("2026-03-07T05:00:00Z", "2026-03-07T21:00:00Z"),
    ],
    ids=["21:59", "23:30", "05:55", "06:00"],
)
def test_54a_between_22_and_6_it_goes_and_before_it_waits(tmp_path: Path, reached: str, goes: str) -> None:
    assert begins(tmp_path, "22:00", "06:00", reached) == goes


@pytest.mark.parametrize(
    ("evening", "goes"),
    [("2026-03-28T20:00:00Z", "2026-03-29T01:00:00Z"), ("2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z")],
    ids=["gap", "overlap"],
)
def test_54b_half_past_two_that_is_not_there_or_twice(tmp_path: Path, evening: str, goes: str) -> None:
    assert begins(tmp_path, "02:30", "06:00", evening) == goes


def test_63_a_cycle_back_to_the_first_step_is_an_error_with_its_path(tmp_path: Path) -> None:
    steps = "  - {id: book, title: Book, role: buyer, duration: PT1H, needs: [call]}\n"
    text = ONE_STEP.format(id="round").replace("duration: PT2H\n", "duration: PT2H\n    needs: [book]\n") + steps
    path = write(tmp_path, "p.yaml", text)
    (finding,) = [each for each in lint(path) if each.severity == "error"]
    assert (finding.level, "call -> book -> call" in finding.message) == ("semantics", True)
    assert "round" not in [each.id for each in load_library(tmp_path).playbooks], "it is not loadable"


def test_67_templates_in_data_are_printed_as_they_came(tmp_path: Path) -> None:
    text = ONE_STEP.format(id="call") + "    instructions: Ask $party about $summary\n"
    nasty = "{{ 7*7 }} and <% x %> and ${party}"
    planner = PlaybookPlanner(library(tmp_path, text))
    (action,) = planner.plan(deviation(summary=nasty, party="$summary"), world()).actions
    assert (action.title, action.instructions) == ("Call $summary", f"Ask $summary about {nasty}")


@pytest.mark.parametrize("constant", ['"succeeded"', "true", f"{{any: [{ASKED}, {{not: {ASKED}}}]}}"])
def test_68_a_constant_when_is_refused(tmp_path: Path, constant: str) -> None:
    more = f"  - {{id: book, title: Book, role: buyer, duration: PT1H, when: {constant}}}\n"
    path = write(tmp_path, "p.yaml", ONE_STEP.format(id="call") + more)
    assert [each.severity for each in lint(path)].count("error") == 1
