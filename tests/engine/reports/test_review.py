"""The review of a deviation: everything in it is what the journal and the rows say."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.values.clock import MINUTE, iso
from engine.values.errors import NotFound
from tests.engine.desk_support import NOW
from tests.engine.execution_support import Run, chain, step


@pytest.fixture
def run(tmp_path: Path) -> Run:
    steps = [
        step("ask", escalations=chain("p"), form=({"name": "by", "type": "date"},)),
        step("book", "ask", owner="lou", function="logistics", due_at=NOW + 90 * MINUTE),
        step("tell", "book"),
    ]
    run = Run(tmp_path / "desk.db", steps).at(60)
    run.desk.done(["A1"], answers=["by=2026-03-20"], cost="100")
    run.at(100)
    run.as_("lou").done(["A2"], cost="250.50", currency="USD", reason="by air")
    run.at(110).desk.contain([run.deviation])
    run.at(120).desk.resolve([run.deviation], reason="flown in", outcome="two days late", cost="350")
    return run


def test_durations_count_from_when_it_was_noticed(run: Run) -> None:
    durations = {each["name"]: each for each in run.desk.review(run.deviation)["durations"]}
    assert {name: each["minutes"] for name, each in durations.items() if name != "detected"} == {
        "acknowledged": 0, "decided": None, "first_action": 60, "contained": 110, "restored": 120, "resolved": 120,
        "closed": None
    }  # fmt: skip
    assert (durations["contained"]["at"], durations["contained"]["by"]) == (iso(NOW + 110 * MINUTE), "stated")


def test_who_did_what_and_what_stayed_open(run: Run) -> None:
    found = run.desk.review(run.deviation)
    assert found["open"] == ["A3"]
    assert {each["who"] for each in found["people"]} == {"ana", "lou"}
    ask, book, _ = found["actions"]
    assert (ask["answers"], ask["escalations"], ask["late_minutes"]) == ({"by": "2026-03-20"}, 1, None)
    assert (book["late_minutes"], book["reason"], book["cost"]) == (10, "by air", {"amount": 250.5, "currency": "USD"})
    assert found["costs"] == {
        "stated": {"amount": 350, "currency": "EUR"},
        "actions": [{"amount": 100, "currency": "EUR"}, {"amount": 250.5, "currency": "USD"}],
    }
    (handover, _) = found["handovers"]
    assert (handover["action"], handover["wait_minutes"]) == ("A2", 40)
    assert found["deviation"]["outcome"] == "two days late"


def test_the_timeline_is_the_journal_and_what_was_known_is_with_it(run: Run) -> None:
    found = run.desk.review(run.deviation)
    history = run.desk.show(run.deviation)["history"]
    assert [(each["at"], each["actor"], each["subject"]) for each in found["timeline"]] == [
        (entry["at"], entry["actor"], entry["subject"]["id"]) for entry in history
    ]
    assert ("system", "escalate") in {(each["actor"], each["event"]) for each in found["timeline"]}
    assert found["known"]["signals"] == run.desk.show(run.deviation)["signals"]


def test_there_is_none_of_what_is_not_there(run: Run) -> None:
    with pytest.raises(NotFound, match="there is no deviation D99"):
        run.desk.review("D99")
