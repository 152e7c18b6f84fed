"""What execution adds to the pages: jeopardy and offers on a deviation's page, approval and answers on an action's."""

from __future__ import annotations

from pathlib import Path

from engine.values.clock import DAY, HOUR, MINUTE
from tests.engine.desk_support import NOW, eta, take
from tests.engine.execution_support import Run, step
from tests.tui.conftest import driving
from tui.app import OffplanApp
from tui.desk.session import Session
from tui.screens import deviation_sections
from tui.screens.action_page import action_lines
from tui.terminal import safe
from tui.terminal.cells import Present


def page_of(run: Run) -> str:
    present = Present(run.clock.now(), "UTC")
    lines = deviation_sections._response(run.desk.show(run.deviation), 100, present, responds="r")
    return "\n".join(safe.plain(line.pieces) for line in lines)


def action_of(run: Run, id_: str) -> str:
    present = Present(run.clock.now(), "UTC")
    return "\n".join(safe.plain(line.pieces) for line in action_lines(run.desk.show(id_), [], 100, present))


def test_a_deviations_page_names_who_would_be_late_and_by_whom(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("ask"), step("book", "ask", start_at=NOW, due_at=NOW + HOUR)])
    assert "! A2 would end 10:00, since it waits for A1, after its due" in page_of(run)
    assert "! would end" in action_of(run, "A2")
    run.desk.done(["A1"])
    assert "would end" not in page_of(run)


def test_a_deviations_page_offers_to_call_off_what_is_open_once_it_is_over(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("ask"), step("book", "ask")])
    assert "offered" not in page_of(run)
    take(run.desk, eta("alpha", NOW + 9 * DAY, number="2", recorded=NOW))
    run.at(60 * 24 * 3)
    assert "offered: cancel A1 A2; D1 is re" in page_of(run)
    assert "cancel: D1 is re" in action_of(run, "A1")


def test_an_actions_page_says_what_it_asks_and_who_approves_it(tmp_path: Path) -> None:
    approval = {"role": "lead-buyer", "owner": "lea", "because": "the only one", "amount": 1000_00, "currency": "EUR"}
    form = ({"name": "by", "type": "date", "title": "Promised by"},)
    run = Run(tmp_path / "desk.db", [step("ask", approval=approval, form=form, ack_within_minutes=30)])
    page = action_of(run, "A1")
    assert "needed of lea (lead-buyer) above 1,000 EUR" in page
    assert "Promised by: needed when it is done" in page
    assert "08:30" in page
    run.clock.set(NOW + 5 * MINUTE)
    run.as_("lea").approve(["A1"])
    run.desk.done(["A1"], answers=["by=2026-03-20"])
    page = action_of(run, "A1")
    assert "by lea, " in page
    assert "Promised by: 2026-03-20" in page


async def test_done_asks_what_the_step_asks_and_can_be_left(tmp_path: Path) -> None:
    form = ({"name": "by", "type": "date", "title": "Promised by"},)
    run = Run(tmp_path / "desk.db", [step("ask", form=form)])
    app = OffplanApp(Session(lambda: run.as_("ana"), readonly=False))
    async with driving(app) as driven:
        await driven.press("tab", "d")
        assert "Promised by, a date: 2026-03-09" in driven.text
        await driven.finish("escape")
        assert run.state("ask") == "ready"
        await driven.press("d")
        await driven.type("2026-03-20")
        await driven.finish("enter")
        assert (run.state("ask"), run.desk.show("A1")["answers"]) == ("done", {"by": "2026-03-20"})


async def test_a_time_is_asked_for_and_typed_in_the_desks_zone(tmp_path: Path) -> None:
    form = ({"name": "stops", "type": "time", "title": "When the line stops"},)
    run = Run(tmp_path / "desk.db", [step("ask", form=form)])
    run.desk.configure(
        {"name": "eu", "zone": "Europe/Berlin", "currency": "EUR", "rates": {}, "tolerance": {}, "rules": []}
    )
    app = OffplanApp(Session(lambda: run.as_("ana"), readonly=False))
    async with driving(app) as driven:
        await driven.press("tab", "d")
        assert "When the line stops, a time: 2026-03-10T08:00 in Europe/Berlin, +4h or +2d" in driven.text
        await driven.type("tomorrow")
        await driven.press("enter")
        assert "'tomorrow' is not a time; write it as 2026-03-10T08:00 in Europe/Berlin, +4h or +2d" in driven.text
        assert run.desk.show("A1")["state"] != "done"
        await driven.press("ctrl+u")
        await driven.type("2026-03-20T07:00")
        await driven.finish("enter")
        assert "'tomorrow'" not in driven.text
        assert run.desk.show("A1")["answers"] == {"stops": "2026-03-20T06:00:00Z"}


async def test_a_refused_answer_keeps_the_form_open_with_the_answers_before_it(tmp_path: Path) -> None:
    form = (
        {"name": "line", "type": "text", "title": "Which line"},
        {"name": "lost", "type": "number", "title": "Pieces lost"},
    )
    run = Run(tmp_path / "desk.db", [step("ask", form=form)])
    app = OffplanApp(Session(lambda: run.as_("ana"), readonly=False))
    async with driving(app, (80, 24)) as driven:
        await driven.press("tab", "d", "enter")
        assert "line: this has to be answered; give text; esc leaves all as it was" in driven.status
        await driven.type("two")
        await driven.press("enter")
        assert driven.status == "", "what was refused is answered"
        await driven.type("many")
        await driven.press("enter")
        assert "lost: 'many' is no number" in driven.status
        await driven.press("ctrl+u")
        await driven.type("12")
        await driven.finish("enter")
        assert run.desk.show("A1")["answers"] == {"line": "two", "lost": 12}


async def test_a_refusal_goes_with_the_next_key(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("ask"), step("book", "ask")])
    app = OffplanApp(Session(lambda: run.as_("ana"), readonly=True))
    async with driving(app) as driven:
        await driven.press("a")
        assert driven.status == "✗ this desk was opened read-only"
        await driven.press("j")
        assert driven.status == ""


def test_the_journal_of_a_deviation_names_the_action_that_an_entry_is_about(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("ask"), step("book", "ask")])
    run.desk.start(["A1"])
    lines = deviation_sections.journal(run.desk.show(run.deviation), 100, Present(run.clock.now(), "UTC"))
    told = "\n".join(safe.plain(line.pieces) for line in lines)
    assert "start A1 (state ready → in_progress)" in told
    assert "respond A2 (state – → blocked" in told
    assert f" open {run.deviation}" not in told


def test_an_actions_page_has_what_its_step_gave_to_later_ones(tmp_path: Path) -> None:
    run = Run(
        tmp_path / "desk.db",
        [step("cool", kind="wait", effect={"minutes": 60}, publish={"stands": "state", "late_by": "gap.days"})],
    )
    assert "Answers" not in action_of(run, "A1")
    run.at(60)
    assert "Answers\nlate_by: 12\nstands: acknowledged" in action_of(run, "A1")
