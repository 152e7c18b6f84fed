"""Lanes through the desk: who works on what and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.values.clock import HOUR
from engine.values.errors import Refused
from tests.engine.desk_support import NOW, Steps, late, open_desk


def test_lanes_stand_by_owner_and_start_with_what_they_wait_for(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk.db", planner=Steps())
    desk.respond(late(desk, alpha=12))
    found = desk.lanes()
    assert [(lane.number, lane.owner, lane.start_at, lane.needs, lane.critical) for lane in found] == [
        (1, "bo", NOW, (), True),
        (2, "bo", NOW + 2 * HOUR, (1,), True),
        (3, "dora", NOW, (), False),
    ]
    assert [(lane.end_at, lane.slack_minutes) for lane in found] == [
        (NOW + HOUR, 0), (NOW + 3 * HOUR, 0), (NOW + HOUR, 0)
    ]  # fmt: skip
    desk.done(["A1"])
    assert [(lane.number, lane.needs) for lane in desk.lanes()] == [(2, ()), (3, ())]


def test_a_desk_without_playbooks_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no playbooks"):
        open_desk(tmp_path / "desk.db").lanes()
