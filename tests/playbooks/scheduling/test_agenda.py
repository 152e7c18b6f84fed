"""Several responses planned together are those that they would be one by one, and slots are taken as they are
booked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.commands import responses
from engine.desk import Desk
from engine.values.clock import DAY, MINUTE
from engine.values.errors import Refused
from engine.vocabulary.model import PlanRecord
from engine.vocabulary.planning import Booking
from playbooks.language.loaded import Library
from playbooks.loader import load_files, load_library
from playbooks.planning.planner import PlaybookPlanner
from playbooks.scheduling.agenda import SLOT_MINUTES, Diary
from playbooks.working_time.calendars import WorkingTime, office_hours
from tests.engine.desk_support import NOW, eta, line, open_desk, take
from tests.playbooks.worlds import write

SHARED = """\
schema: 1
id: shared
version: 1
title: Ask $party once
description: For tests.
enabled: true
triggers:
  - on: deviation.opened
    match:
      all:
        - {field: kind, op: eq, value: late_supply}
        - {field: party, op: eq, value: ACME}
        - {field: site, op: eq, value: RTM}
        - {field: item, op: eq, value: SKU-1}
        - {field: subject.type, op: eq, value: purchase_order}
concurrency: {key: $party, on_conflict: join}
roles:
  buyer: {function: procurement}
steps:
  - {id: ask, title: Ask, role: buyer, duration: PT4H}
  - {id: settle, title: Let it settle, kind: wait, role: buyer, wait: {for: PT2H}, needs: [ask]}
"""
WEEK = {day: [["08:00", "12:00"], ["13:00", "16:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
FUNCTIONS = ("procurement", "logistics", "inventory planning", "customer service", "sales", "quality", "procurement")


@pytest.fixture
def planner(tmp_path: Path) -> PlaybookPlanner:
    own, findings = load_files([write(tmp_path, "shared.yaml", SHARED)])
    assert [str(finding) for finding in findings if finding.severity == "error"] == []
    return PlaybookPlanner(Library((*load_library(None).playbooks, *own), ()))


def busy_desk(path: Path, planner: PlaybookPlanner) -> tuple[Desk, list[str]]:
    """Ten late lines of two suppliers, and people in two zones, one of whom has a calendar that is not there."""
    desk = open_desk(path, planner=planner)
    calendars = [
        PlanRecord("calendar", {"id": zone, "zone": zone, "week": WEEK}, None)
        for zone in ("Europe/Berlin", "America/Chicago")
    ]
    people = [
        PlanRecord(
            "owner",
            {
                "id": f"owner {number}",
                "functions": [function],
                "calendar": ("Europe/Berlin", "America/Chicago", "lost")[number % 3],
                "lead": number == 0,
            },
            None,
        )
        for number, function in enumerate(FUNCTIONS)
    ]
    desk.load(calendars, kind="calendar", scope="calendar", file="calendars.csv")
    desk.load(people, kind="owner", scope="owner", file="owners.csv")
    lines = [
        line(
            f"PO{number}",
            due=NOW + (2 + number) * DAY,
            value=(number + 1) * 1000_00,
            party=("ACME", "BETA")[number % 2],
        )
        for number in range(10)
    ]
    desk.load(lines, kind="purchase_order", scope="test", file="plan.csv")
    take(desk, *(eta(f"PO{number}", NOW + (9 + number) * DAY) for number in range(10)))
    return desk, [item["id"] for item in desk.deviations().items]


def kept(desk: Desk) -> dict[str, list[Any]]:
    tables = ("response", "action", "timer", "deviation")
    return {name: desk.store.connection.execute(f"SELECT * FROM {name} ORDER BY id").fetchall() for name in tables}


def test_several_are_answered_as_they_would_be_one_by_one(tmp_path: Path, planner: PlaybookPlanner) -> None:
    together, ids = busy_desk(tmp_path / "together.db", planner)
    together.respond(ids)
    one_by_one, ids = busy_desk(tmp_path / "one by one.db", planner)
    for each in ids:
        one_by_one.respond([each])
    assert kept(together) == kept(one_by_one)
    # Four of the five lines of ACME joined the response for the first of them.
    assert together.responses().total == 6
    starts = {(item["owner"], item["start_at"]) for item in together.actions(["kind=task"], limit=None).items}
    assert len(starts) > 10


def test_several_responses_are_written_as_one_command(tmp_path: Path, planner: PlaybookPlanner) -> None:
    desk, ids = busy_desk(tmp_path / "desk.db", planner)
    before = kept(desk)
    desk.respond(ids[-1:])
    with pytest.raises(Refused, match="already answered"):
        desk.respond(ids)
    assert desk.responses().total == 1
    desk.undo()
    desk.respond(ids)
    desk.undo()
    assert {item["state"] for item in desk.responses(all=True).items} == {"cancelled"}
    assert [row[5:7] for row in kept(desk)["deviation"]] == [row[5:7] for row in before["deviation"]]


def test_a_warning_about_a_calendar_stands_with_each_response_that_it_is_about(
    tmp_path: Path, planner: PlaybookPlanner
) -> None:
    desk, ids = busy_desk(tmp_path / "desk.db", planner)
    warning = "the plan has no calendar lost; office hours are used for it"
    alone = [warning in desk.preview(each).warnings for each in ids]
    assert True in alone
    planning = planner.planning(responses.world(desk.store.connection, NOW))
    assert [warning in planning.plan(desk.show(each)).warnings for each in ids] == alone


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8), st.booleans()), max_size=20))
@settings(max_examples=100, deadline=None)
def test_a_diary_takes_an_action_whole_or_not_at_all(asked: Sequence[tuple[int, int, bool]]) -> None:
    working = WorkingTime(office_hours("UTC"))
    diary, taken = Diary(working, NOW), set[int]()
    for slot, length, begun in asked:
        start = NOW if begun else NOW + slot * SLOT_MINUTES * MINUTE
        booking = Booking("ana", "A1", start, length * SLOT_MINUTES, start if begun else None)
        diary.book(booking)
        wanted = set(range(0 if begun else slot, (0 if begun else slot) + length))
        if not wanted & taken:
            taken |= wanted
        assert {each for begin, end in diary.taken for each in range(begin, end)} == taken
        assert all(end < begin for (_, end), (begin, _) in zip(diary.taken, diary.taken[1:], strict=False))
