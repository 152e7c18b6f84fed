"""View 7: the handover brief and the metrics say what their commands say, from when a person wants, and lead to
objects."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from engine.desk import Desk
from engine.values.clock import DAY, HOUR
from tests.engine.desk_support import NOW, eta, line, take
from tests.tui.conftest import Driven, Open, World
from tui.commands import handover
from tui.screens import reports
from tui.screens.deviation_page import DeviationPage
from tui.screens.reports import ReportsScreen
from tui.terminal.safe import plain
from tui.widgets.page_list import PageList
from tui.widgets.section_lines import section_lines
from tui.words.documents import Section, markdown


def view(driven: Driven) -> ReportsScreen:
    return driven.on(ReportsScreen)


def part(found: dict[str, Any], title: str) -> Section:
    """The section of a brief with this title, whatever the count in it."""
    return next(section for section in handover.sections(found) if section.title.partition(" (")[0] == title)


def ids(found: dict[str, Any], title: str) -> list[str]:
    return [row[0] for row in part(found, title).rows]


class TestTheBrief:
    def test_it_tells_what_came_what_ended_and_what_is_first(self, world: World) -> None:
        world.desk.ack([world.ids[1]], to="bo")
        world.desk.dismiss([world.ids[2]], reason="they called", category="noise")
        found = world.desk.handover(NOW - HOUR)
        assert ids(found, "To decide first") == world.ids[:2]
        assert ids(found, "Nobody has") == world.ids[:1]
        assert sorted(ids(found, "Came in")) == world.ids
        assert [[*list(row)[:2], row[-1]] for row in part(found, "Ended").rows] == [["D3", "dismissed", "they called"]]
        assert "3 came in and 1 ended" in next(iter(handover.sections(found))).sentences[1]

    def test_what_lies_before_the_period_is_not_told(self, world: World) -> None:
        world.desk.comment([world.ids[0]], text="before")
        world.clock.set(NOW + 2 * HOUR)
        world.desk.comment([world.ids[0]], text="within")
        found = world.desk.handover(NOW + HOUR)
        assert ids(found, "Came in") == []
        assert [row[3] for row in part(found, "Written down").rows] == ["within"]

    def test_it_tells_who_has_what_and_what_is_late(self, world: World) -> None:
        world.desk.respond([world.ids[0]])
        world.desk.done(["A1"])
        world.desk.start(["A2"])
        world.desk.wait(["A2"], reason="for the carrier", until=NOW + DAY)
        world.clock.set(NOW + 2 * HOUR)
        found = world.desk.handover(NOW - HOUR)
        assert "A3" in ids(found, "Overdue")
        assert part(found, "Waiting").rows[0][-1] == "book it: for the carrier"
        mine = {row[0]: list(row[1:]) for row in part(found, "Who has what").rows}
        assert mine["bo"][2] == "1, 1 in time"
        assert mine["dora"][:2] == ["1", "1"]

    def test_it_tells_where_the_desk_is_blind(self, world: World) -> None:
        world.desk.declare_source("broken", "http", None)
        world.desk.source_failed("broken", "503", next_poll_at=None)
        world.desk.silence(["subject=first"], reason="known", until=NOW + HOUR)
        found = world.desk.handover(NOW)
        assert [list(row)[:2] for row in part(found, "Sources to look after").rows] == [["broken", "✖ error"]]
        assert [row[0] for row in part(found, "Silences").rows] == ["L1"]

    def test_an_empty_desk_says_so_in_sentences(self, world: World) -> None:
        world.desk.dismiss(world.ids, reason="all over")
        world.clock.set(NOW + 3 * DAY)
        text = "\n".join(markdown("x", list(handover.sections(world.desk.handover(NOW + 2 * DAY)))))
        assert "Nothing is off plan." in text
        assert "|" not in text, "no table has no row"


async def test_the_view_shows_the_brief_and_leads_to_what_it_names(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("7")
        await driven.settle()
        assert "7 reports" in driven.lines[0]
        assert "To decide first (3)" in driven.text
        page = driven.app.screen.query_one("#handover", PageList)
        page.go_to([each.target for each in page.lines].index("D2"))
        await driven.press("enter")
        assert isinstance(driven.app.screen, DeviationPage)
        await driven.press("escape", "tab")
        assert "Metrics since -30d" in driven.text
        assert "3 deviations opened" in driven.text
        await driven.press("escape")
        assert len(driven.app.screen_stack) == 1


async def test_the_period_is_asked_for_and_a_wrong_one_keeps_the_line_open(world: World, opened: Open) -> None:
    world.clock.set(NOW + 3 * HOUR)
    async with opened() as driven:
        await driven.press("7", "P", "ctrl+u")
        await driven.type("soon")
        await driven.press("enter")
        assert driven.status.startswith("✗ since")
        assert "write -12h, -7d or a date such as 2026-03-09" in driven.status
        await driven.press("ctrl+u")
        await driven.type("-1h")
        await driven.finish("enter")
        assert "Handover since -1h" in driven.text
        assert "Since then 0 came in" in driven.text
        assert "offplan report handover --since -1h" in driven.text


async def test_the_brief_follows_what_is_done(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("7")
        await driven.settle()
        world.desk.load([line("fourth")], kind="purchase_order", scope="more", file="more")
        take(world.desk, eta("fourth", NOW + 40 * DAY))
        view(driven).update()
        await driven.settle()
        assert "To decide first (4)" in driven.text


def test_a_table_that_is_too_wide_gives_words_first_and_then_whole_columns() -> None:
    headings = ["id", "what", "amount", "owner", "state"]
    section = Section(
        "T", (), headings, [["D1", "a long sentence about the trouble that goes on", "€412k", "anastasia", "open"]]
    )
    for width in range(12, 120):
        lines = [plain(each.pieces) for each in section_lines([section], width)]
        assert all(len(text.rstrip()) <= width for text in lines)
        assert ("€412k" in lines[-1]) == ("amount" in lines[-2]), "a column stands whole or not at all"
    assert "On a wider screen also: amount, owner, state." in [
        plain(each.pieces) for each in section_lines([section], 30)
    ][1] + " " + plain(section_lines([section], 30)[2].pieces)
    assert section_lines([section], 100)[-1].target == "D1"


def test_a_table_that_is_shown_whole_has_every_word_in_any_width() -> None:
    headings = ["id", "what", "amount", "owner", "state"]
    row = ["D1", "a long sentence about the trouble that goes on", "€412k", "anastasia", "–"]
    section = Section("T", (), headings, [row])
    for width in range(30, 120):
        lines = section_lines([section], width, whole=True)[2:]
        assert {each.target for each in lines} == {"D1"}
        told = [plain(each.pieces) for each in lines]
        assert all(len(text.rstrip()) <= width for text in told)
        assert "…" not in "".join(told)
        assert {*" ".join(row[:4]).split()} <= {*" ".join(told).replace(",", "").split()}


async def test_a_review_is_a_page_of_columns(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened((120, 36)) as driven:
        await driven.command("report review D1")
        await driven.settle()
        assert "# " not in driven.text
        heads = next(text for text in driven.lines if " function " in text)
        action = next(text for text in driven.lines if " A1 " in text)
        assert action.index("procurement") == heads.index("function")
        assert action.index("ready") == heads.index("state")


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (250, 70)])
async def test_one_document_is_shown_at_a_time(opened: Open, size: tuple[int, int]) -> None:
    async with opened(size) as driven:
        await driven.press("7")
        await driven.settle()
        assert "deviations stand in the queue" in driven.text.replace("\n", " ")
        await driven.press("tab")
        assert [pane.size.height > 0 for pane in view(driven).lists] == [False, True, False]


def test_the_command_says_the_same(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    from tui.command_line import main

    assert main(["report", "handover", "--db", str(world.path), "--now", "2026-03-09T08:00:00Z"]) == 0
    text = capsys.readouterr().out
    assert "# Handover of" in text
    assert "## To decide first" in text
    assert main(["report", "handover", "--db", str(world.path), "--now", "2026-03-09T08:00:00Z", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in found["first"]["items"]] == world.ids
    assert (found["since"], found["until"]) == ("2026-03-08T20:00:00Z", "2026-03-09T20:00:00Z")


async def test_the_load_is_the_third_and_has_no_period(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened((160, 40)) as driven:
        await driven.press("7", "tab", "tab")
        await driven.settle()
        assert "Load, 7 days" in driven.text
        assert "offplan report load" in driven.text
        assert "By owner and day" in driven.text
        assert next(line for line in driven.lines if "│  bo " in line)
        await driven.press("P")
        assert "looks ahead" in driven.status


async def test_a_filter_says_that_a_report_is_no_list(opened: Open) -> None:
    """It ended the desk."""
    async with opened() as driven:
        await driven.press("7", *":filter", "space", *"late", "enter")
        await driven.settle()
        assert driven.status == "there is no list to filter here"
        assert view(driven).is_current


async def test_figures_of_one_period_do_not_stand_under_the_name_of_another(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, ask = threading.Event(), reports._asked

    def slow(report: Any, since: int, desk: Desk) -> Any:
        found = ask(report, since, desk)
        gate.wait(5)
        return found

    monkeypatch.setattr(reports, "_asked", slow)
    world.clock.set(NOW + 3 * HOUR)
    async with opened() as driven:
        await driven.press("7")
        assert "It is being worked out." in driven.text
        gate.set()
        await driven.settle()
        assert "Since then 3 came in" in driven.text
        gate.clear()
        world.desk.ack(world.ids[:1])
        driven.app._look()
        await driven.pilot.pause()
        assert "Since then 3 came in" in driven.text, "what is read stays until there is another"
        await driven.press("P", "ctrl+u")
        await driven.type("-1h")
        await driven.press("enter")
        assert "Handover since -1h" in driven.text
        assert "Since then 3 came in" not in driven.text
        assert "It is being worked out." in driven.text
        gate.set()
        await driven.settle()
        assert "Since then 0 came in" in driven.text
