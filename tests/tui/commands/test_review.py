"""`offplan report review`: the review of one deviation as a page, in which what comes from data is only ever text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.values.clock import MINUTE
from tests.engine.desk_support import NOW
from tests.engine.execution_support import Run, step
from tui.command_line import main


@pytest.fixture
def db(tmp_path: Path) -> list[str]:
    run = Run(tmp_path / "desk.db", [step("ask"), step("book", "ask", function="logistics", owner="lou")])
    run.clock.set(NOW + 45 * MINUTE)
    run.desk.done(["A1"], reason="they <b>promised</b> | it", cost="80")
    run.desk.resolve([run.deviation], reason="flown in", outcome="two days late", cost="350")
    run.desk.store.close()
    return ["--db", str(tmp_path / "desk.db"), "--now", "2026-03-09T10:00:00Z"]


def test_the_page_says_what_came_of_it(db: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "review", "D1", "--format", "markdown", *db]) == 0
    page = capsys.readouterr().out
    for text in (
        "# Review of D1: ", "Outcome: two days late. Reason: flown in.", "Cost stated at its end: 350 EUR; costs of its actions, added up: 80 EUR.",
        "Still open: A2.", "| first action started |", "| resolved |", "45 min", "procurement (bo)", "logistics (lou)",
    ):  # fmt: skip
        assert text in page, text
    # Times as everywhere else on the page, money in its currency.
    assert not re.search(r"\d{4}-\d\d-\d\dT", page)
    assert re.search(r"\| value of the line \| [\d,]+ \| EUR \|", page)
    assert "minor units" not in page
    assert "they \\<b\\>promised\\</b\\> \\| it" in page


def test_as_html_and_json(db: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "review", "D1", "--format", "html", *db]) == 0
    page = capsys.readouterr().out
    assert "<h1>Review of D1: " in page
    assert "they &lt;b&gt;promised&lt;/b&gt; | it" in page
    assert main(["report", "review", "D1", "--json", *db]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["open"], found["costs"]["stated"]) == (["A2"], {"amount": 350, "currency": "EUR"})


def test_an_unknown_one_is_refused_in_a_sentence(db: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "review", "D99", *db]) == 1
    assert capsys.readouterr().err == "offplan: there is no deviation D99\n"


def test_an_action_is_shown_in_the_desks_time_and_money(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    approval = {"role": "lead-buyer", "owner": "lea", "because": "the only one", "amount": 1000_00, "currency": "EUR"}
    run = Run(tmp_path / "desk.db", [step("ask", approval=approval)])
    run.desk.start(["A1"])
    run.desk.store.close()
    assert main(["show", "A1", "--db", str(tmp_path / "desk.db"), "--now", "2026-03-09T10:00:00Z"]) == 0
    page = capsys.readouterr().out
    assert "lea (lead-buyer) above 1,000 EUR; the only one" in page
    assert not re.search(r"\d{4}-\d\d-\d\dT", page)


def test_what_nobody_stated_and_nothing_handed_over_are_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Run(tmp_path / "plain.db", [step("ask")]).desk.store.close()

    assert main(["report", "review", "D1", "--db", str(tmp_path / "plain.db"), "--now", "2026-03-09T10:00:00Z"]) == 0
    page = capsys.readouterr().out
    assert "Cost stated at its end: not stated; costs of its actions, added up: none stated." in page
    assert "## Hand-overs between functions\n\nThere was none.\n" in page
