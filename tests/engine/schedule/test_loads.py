"""The load of owners through the desk: open actions, absences of the plan, and what can be asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.values.errors import BadInput, Refused
from engine.vocabulary.model import PlanRecord
from tests.engine.desk_support import Steps, late, open_desk, owners


def test_open_actions_count_until_they_are_done(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk.db", planner=Steps())
    owners(desk, "bo", "chen")
    desk.respond(late(desk, alpha=12))
    load = {owner["id"]: owner for owner in desk.owner_load(2)["owners"]}
    assert list(load) == ["bo", "chen", "dora"]
    assert [day["planned_minutes"] for day in load["bo"]["days"]] == [120, 0]
    assert (load["dora"]["known"], load["dora"]["days"][0]["actions"]) == (False, ["A3"])
    desk.done(["A1"])
    assert {owner["id"]: owner["days"][0]["planned_minutes"] for owner in desk.owner_load(1)["owners"]} == {
        "bo": 60, "chen": 0, "dora": 60
    }  # fmt: skip


def test_an_absence_of_the_plan_counts_until_it_is_loaded_away(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk.db", planner=Steps())
    owners(desk, "bo")
    holiday = PlanRecord("absence", {"owner": "bo", "first_day": "2026-03-10", "last_day": "2026-03-11"}, 1)
    desk.load([holiday], kind="absence", scope="absence", file="absences.csv")
    assert [day["capacity_minutes"] for day in desk.owner_load(4)["owners"][0]["days"]] == [540, 0, 0, 540]
    desk.load([], kind="absence", scope="absence", file="absences.csv", accept_removal=True)
    assert [day["capacity_minutes"] for day in desk.owner_load(4)["owners"][0]["days"]] == [540] * 4


@pytest.mark.parametrize("data", [
    {"owner": "bo"},
    {"owner": "bo", "first_day": "10.3.2026"},
    {"owner": "bo", "first_day": "2026-03-10", "last_day": "2026-03-09"},
    {"owner": "bo", "first_day": "2026-03-10", "last_day": "2036-03-09"},
])  # fmt: skip
def test_an_absence_that_is_none_is_refused(tmp_path: Path, data: dict[str, str]) -> None:
    desk = open_desk(tmp_path / "desk.db")
    result = desk.load([PlanRecord("absence", data, 7)], kind="absence", scope="absence", file="absences.csv")
    assert (result.added, result.quarantined) == (0, 1)


def test_what_cannot_be_asked(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no playbooks"):
        open_desk(tmp_path / "desk.db").owner_load()
    for days in (0, 367):
        with pytest.raises(BadInput, match=f"{days} days cannot be shown"):
            open_desk(tmp_path / "desk.db", planner=Steps()).owner_load(days)
