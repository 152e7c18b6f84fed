"""Jeopardy: the delay of one action shows on those that need it, on their due times and on the decide-by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.actions import jeopardy
from engine.values.clock import DAY, HOUR, MINUTE, iso
from tests.engine.desk_support import NOW
from tests.engine.execution_support import Run, step


@pytest.fixture
def run(tmp_path: Path) -> Run:
    steps = [
        step("ask", due_at=NOW + 2 * HOUR),
        step("book", "ask", start_at=NOW + HOUR, due_at=NOW + 3 * HOUR),
        step("tell", "book", start_at=NOW + 2 * HOUR, due_at=NOW + 3 * HOUR),
        step("aside", start_at=NOW + 6 * HOUR),
    ]
    return Run(tmp_path / "desk.db", steps)


def shown(run: Run) -> dict[str, Any]:
    return {name: item["jeopardy"] for name, item in run.actions().items()}


def test_what_runs_as_planned_is_in_no_jeopardy(run: Run) -> None:
    assert shown(run) == dict.fromkeys(("ask", "book", "tell", "aside"))


def test_a_slip_goes_down_the_needs_and_nowhere_else(run: Run) -> None:
    run.at(90)
    found = shown(run)
    assert found["aside"] is None
    assert found["ask"] == {
        "start_at": iso(NOW + 90 * MINUTE), "end_at": iso(NOW + 150 * MINUTE), "slip_minutes": 90, "because": None,
        "late_minutes": 30, "past_decide_by_minutes": None
    }  # fmt: skip
    assert (found["book"]["because"], found["book"]["slip_minutes"], found["book"]["late_minutes"]) == ("A1", 90, 30)
    assert (found["tell"]["because"], found["tell"]["end_at"]) == ("A2", iso(NOW + 270 * MINUTE))
    assert run.desk.show("A3")["jeopardy"] == found["tell"]
    assert [item["jeopardy"] for item in run.desk.timeline_rows([3])] == [found["tell"]]


def test_what_waits_is_not_over_before_its_time(run: Run) -> None:
    run.desk.start(["A1"])
    run.desk.wait(["A1"], reason="ACME", until=NOW + 5 * HOUR)
    assert shown(run)["book"]["start_at"] == iso(NOW + 5 * HOUR)


def test_what_is_done_holds_nothing_up_any_more(run: Run) -> None:
    run.at(90)
    run.desk.done(["A1"])
    assert shown(run)["ask"] is None
    assert shown(run)["book"]["because"] is None, "it waits for nobody any more"


def test_a_response_that_ends_after_the_decide_by_says_by_how_much(run: Run) -> None:
    decide_by = run.desk.show(run.deviation)["decide_by"]
    assert decide_by is None or shown(run)["tell"] is None
    with run.desk.store.write() as connection:
        connection.execute("UPDATE deviation SET decide_by = ?", (NOW + 150 * MINUTE,))
    assert shown(run)["tell"]["past_decide_by_minutes"] == 30
    assert shown(run)["book"] is None


lengths = st.lists(st.integers(min_value=1, max_value=600), min_size=1, max_size=8)


@given(lengths=lengths, data=st.data(), now=st.integers(min_value=0, max_value=3 * DAY // MINUTE))
def test_nothing_starts_before_its_open_needs_end_nor_before_now(
    lengths: list[int], data: st.DataObject, now: int
) -> None:
    rows: list[dict[str, Any]] = []
    for number, length in enumerate(lengths):
        needs = data.draw(st.lists(st.integers(min_value=0, max_value=number - 1), unique=True)) if number else []
        rows.append(
            {
                "id": number, "step": f"s{number}", "needs": str([f"s{need}" for need in needs]).replace("'", '"'),
                "state": "ready", "started_at": None, "home_at": None, "waiting_until": None, "duration_minutes": length,
                "start_at": data.draw(st.integers(min_value=0, max_value=2000)) * MINUTE
            }
        )  # fmt: skip
    found = jeopardy.project(rows, now * MINUTE)
    for row, length in zip(rows, lengths, strict=True):
        start, end, because = found[row["id"]]
        assert start >= max(now * MINUTE, row["start_at"])
        assert end - start == length * MINUTE
        behind = [found[int(need[2:-1])].end_at for need in row["needs"].strip("[]").split(", ") if need]
        assert start == max([now * MINUTE, row["start_at"], *behind])
        assert (because is None) == (start == max(now * MINUTE, row["start_at"]))
