"""`offplan report load`: who works how much on which day, and what to hand on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.commands.shell import Run, one_sentence
from tui.commands.workload import sections
from tui.terminal import safe
from tui.widgets.section_lines import section_lines

OWNERS = "id,name,functions\nbo,Bo,procurement\nchen,Chen,procurement\n"


@pytest.fixture
def busy(desk: Run, tmp_path: Path) -> Run:
    (tmp_path / "owners.csv").write_text(OWNERS, encoding="utf-8")
    (tmp_path / "absences.csv").write_text("owner,first_day,last_day\nbo,2026-03-02,2026-03-06\n", encoding="utf-8")
    assert desk("load", "owners.csv", "--as", "owner").code == 0
    assert desk("respond", "D1").code == 0
    owner = desk("actions", "--json").document["items"][0]["owner"]
    (tmp_path / "absences.csv").write_text(
        f"owner,first_day,last_day\n{owner},2026-03-02,2026-03-31\n", encoding="utf-8"
    )
    assert desk("load", "absences.csv", "--as", "absence").code == 0
    return desk


def test_the_report_says_who_has_too_much_and_who_could_take_it(busy: Run) -> None:
    report = busy("report", "load", "--days", "3", "--format", "markdown")
    assert report.code == 0
    assert "## To hand on" in report.out
    assert "| owner | Mon 2 Mar |" in report.out
    found = busy("report", "load", "--json").document
    handed = [each for owner in found["owners"] for each in owner["handovers"]]
    assert handed
    assert all(each["action"] in report.out for each in handed[:1])
    assert "free)" in report.out


def test_the_load_of_a_day_is_never_cut_on_the_smallest_screen() -> None:
    day = {"planned_minutes": 285, "capacity_minutes": 495, "over_minutes": 80}
    days = [{"day": f"2026-03-{number:02}", **day} for number in range(9, 16)]
    owner = {"id": "greta", "known": True, "days": days, "handovers": [], "further_handovers": 0}
    lines = [safe.plain(line.pieces) for line in section_lines(sections({"zone": "UTC", "owners": [owner]}), 76)]
    (row,) = (line for line in lines if line.startswith("greta"))
    assert row.split() == ["greta", *["4:45", "of", "8:15", "+1:20"] * (len(row.split()) // 4)]
    assert row.count("4:45") == 3
    assert "…" not in row


def test_of_hundreds_to_hand_on_the_first_are_named_and_the_rest_is_counted() -> None:
    each = {"action": "A1", "title": "Call", "minutes": 30, "to": []}
    known = {"known": True, "days": [], "handovers": [each] * 30, "further_handovers": 7}
    _, hand_on = sections({"zone": "UTC", "owners": [{"id": "ana", **known}, {"id": "bo", **known}]})
    assert len(hand_on.rows) == 40
    assert "34 more" in hand_on.sentences[0]


def test_html_and_json(busy: Run) -> None:
    assert busy("report", "load", "--format", "html").out.startswith("<!doctype html>")
    by_format = busy("report", "load", "--format", "json").document
    assert by_format == busy("report", "load", "--json").document
    assert len(by_format["owners"][0]["days"]) == 7


def test_days_that_cannot_be_shown_are_one_sentence(busy: Run) -> None:
    assert one_sentence(busy("report", "load", "--days", "0"))
    assert one_sentence(busy("report", "load", "--days", "x"))
