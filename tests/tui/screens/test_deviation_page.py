"""A deviation's page: every section, acting on the action under the cursor, tabs on a small terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.values.clock import DAY
from tests.engine.desk_support import NOW, eta, line, open_desk, take
from tests.engine.network_support import line as network_line
from tests.engine.network_support import load, said
from tests.tui.conftest import Open, World
from tui.screens import deviation_sections
from tui.screens.action_page import ActionPage
from tui.screens.deviation_page import DeviationPage
from tui.terminal import safe
from tui.terminal.cells import Present
from tui.widgets.drawn_list import GUTTER


async def test_the_page_tells_the_whole_story(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    world.desk.comment([world.ids[0]], text="called ACME")
    async with opened((120, 90)) as driven:
        await driven.command(f"show {world.ids[0]}")
        assert isinstance(driven.app.screen, DeviationPage)
        for words in ("Compare", "Impact", "Signals", "Response", "Explain", "Journal", "tower", "confirm it"):
            assert words in driven.text, words
        assert "10,000 EUR" in driven.text
        assert "called ACME" in driven.text
        assert "(in 10d)" in driven.text


async def test_opening_reads_the_deviation_once_and_coming_back_reads_no_header(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    show, header = Desk.show, Desk.header

    def counted_show(self: Desk, text: str) -> dict[str, Any]:
        asked.append(text)
        return show(self, text)

    def counted_header(self: Desk) -> dict[str, Any]:
        asked.append("header")
        return header(self)

    async with opened((120, 36)) as driven:
        monkeypatch.setattr(Desk, "show", counted_show)
        monkeypatch.setattr(Desk, "header", counted_header)
        await driven.press("enter")
        assert isinstance(driven.app.screen, DeviationPage)
        assert asked == [world.ids[0]]
        await driven.press("escape")
        assert asked == [world.ids[0]], "nothing was written meanwhile"
        world.desk.ack([world.ids[0]])
        driven.app.screen.update()
        assert asked[-1] == "header"


async def test_the_first_lines_of_a_page_are_as_wide_as_the_last(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths: list[int] = []
    sections = deviation_sections.sections

    def counted(detail: Any, width: int, *rest: Any) -> Any:
        widths.append(width)
        return sections(detail, width, *rest)

    async with opened((120, 36)) as driven:
        monkeypatch.setattr(deviation_sections, "sections", counted)
        await driven.press("enter")
        page = driven.app.screen
        assert isinstance(page, DeviationPage)
        assert set(widths) == {page.page.size.width - GUTTER}


@pytest.mark.parametrize(("section", "row"), [("Compare", 1), ("Compare", 3), ("Explain", 2), ("Journal", 1)])
async def test_what_is_read_stays_where_it_is_when_lines_come_in_above_it(
    world: World, opened: Open, section: str, row: int
) -> None:
    """A signal more moved all below it a line down, away from the cursor and from the eye."""
    world.desk.comment([world.ids[0]], text="called ACME")
    async with opened((120, 36)) as driven:
        await driven.press("enter")
        page = driven.app.screen
        assert isinstance(page, DeviationPage)
        page.page.go_to_section(section)
        await driven.press(*["j"] * row)

        def under_the_cursor() -> str:
            return "" if page.page.line is None else safe.plain(page.page.line.pieces)

        def on_screen() -> int:
            return page.page.cursor - page.page.scroll_offset.y

        read, place, headings = under_the_cursor(), on_screen(), [each.section for each in page.page.lines]
        take(world.desk, eta("first", NOW + 30 * DAY, number="2", recorded=NOW))
        world.desk.comment([world.ids[0]], text="and again")
        page.update()
        await driven.pilot.pause()
        assert [each.section for each in page.page.lines].index(section) > headings.index(section), (
            "there is a line more"
        )
        assert (under_the_cursor()[:16], on_screen()) == (read[:16], place)
        if section == "Journal":
            assert "called ACME" in under_the_cursor(), "and not what came in above it"


async def test_commands_act_on_the_action_under_the_cursor_else_on_the_deviation(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened((120, 36)) as driven:
        driven.desk_screen.open_deviation(world.ids[0], at="A1")
        await driven.pilot.pause()
        page = driven.app.screen
        assert isinstance(page, DeviationPage)
        assert page.selection().ids == ("A1",)
        await driven.finish("s")
        assert world.state("A1") == "in_progress"
        assert world.state(world.ids[0]) == "responding"
        assert page.selection().ids == ("A1",), "the cursor stays on its action"
        await driven.finish("d")
        assert world.state("A1") == "done"
        await driven.press("g")
        assert page.selection().ids == (world.ids[0],)
        await driven.press("x")
        await driven.type("known")
        await driven.finish("enter", "enter")
        assert world.state(world.ids[0]) == "dismissed"


def test_what_each_customer_would_see_is_on_the_page(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "network.db")
    load(
        desk,
        network_line("purchase_order", "PO-1", 50.0, 5, value_minor=500_00, currency="EUR"),
        network_line("sales_order", "SO-1", 50.0, 7, party="HYDRA", value_minor=9_000_00, currency="EUR"),
    )
    take(desk, said("eta", "1", order_ref="PO-1", eta=NOW + 10 * DAY, recorded_at=NOW))
    (late,) = desk.deviations(["kind=late_supply"]).items
    for width in (120, 60):
        whole = deviation_sections.sections(desk.show(late["id"]), width, Present(NOW, "UTC"), "r")
        found = [whole[place] for place in deviation_sections.part_of(whole, "Impact")]
        text = "\n".join(safe.plain(each.pieces) for each in found)
        assert "5 days late, 2 days of slack: 1 customer order hit" in text
        assert "HYDRA" in text
        assert "SO-1" in text
        assert all(safe.width_of(each.pieces) <= width for each in found if each.section is None and each.pieces)
    desk.store.close()


async def test_e_goes_to_the_explanation(world: World, opened: Open) -> None:
    async with opened((120, 36)) as driven:
        await driven.press("e")
        page = driven.app.screen
        assert isinstance(page, DeviationPage)
        line = page.page.line
        assert line is not None
        assert line.section == "Explain"
        await driven.press("escape")
        assert driven.app.screen is driven.desk_screen


async def test_a_small_terminal_shows_one_section_at_a_time(world: World, opened: Open) -> None:
    async with opened((80, 24)) as driven:
        await driven.press("enter")
        assert "planned (as of baseline" not in driven.text
        await driven.press("tab")
        assert "planned (as of baseline" in driven.text
        assert "r chooses a playbook" not in driven.text
        await driven.press(*["tab"] * 7)
        assert "r chooses a playbook" in driven.text
        assert "planned (as of baseline" not in driven.text
        await driven.press("e")
        assert "from" in driven.text
        await driven.press("q")
        assert driven.app.screen is driven.desk_screen


async def test_enter_on_a_signal_shows_it_whole(world: World, opened: Open) -> None:
    async with opened((120, 36)) as driven:
        await driven.press("enter", "tab", "j", "enter")
        assert "source id" in driven.text
        assert "tower" in driven.text


async def test_enter_on_an_action_shows_what_it_is_and_why(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[1]])
    async with opened((120, 60)) as driven:
        await driven.press("tab", "j", "enter")
        page = driven.app.screen
        assert isinstance(page, ActionPage)
        for words in ("book it", "Write down the name.", "has the least to do", "an hour after its start", "Journal"):
            assert words in driven.text, words
        needed = next(text for text in driven.lines if "A1  confirm it" in text)
        assert "ready" in needed
        await driven.press("j", "enter")
        assert isinstance(driven.app.screen, DeviationPage)
        assert driven.app.screen.selection().ids == ("A2",), "the deviation's page, with the cursor on the action"
        await driven.press("enter")
        assert isinstance(driven.app.screen, ActionPage)


async def test_keys_act_on_the_action_of_the_page(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[1]])
    async with opened((120, 60)) as driven:
        await driven.press("tab", "enter")
        assert "s start" in driven.lines[-1]
        await driven.finish("s")
        assert world.state("A1") == "in_progress"
        assert any("started" in text and "08:00" in text for text in driven.lines)
        await driven.press("q")
        assert driven.app.screen is driven.desk_screen


async def test_an_explanation_shows_money_as_money_and_times_in_the_desks_zone(world: World, opened: Open) -> None:
    world.desk.configure(
        {"name": "eu", "zone": "Europe/Berlin", "currency": "EUR", "rates": {}, "tolerance": {}, "rules": []}
    )
    async with opened((120, 70)) as driven:
        await driven.press("e")
        assert "minor units" not in driven.text
        value = next(text for text in driven.lines if "value at risk" in text)
        assert "10,000 EUR" in " ".join(value.split())
        planned = next(text for text in driven.lines if "│  planned " in text and "CET" in text)
        assert "19 Mar 09:00" in planned
        bucket = next(text for text in driven.lines if "bucket" in text and "now is" in text)
        assert "now is 09:00" in bucket


async def test_a_merged_one_says_where_it_went(world: World, opened: Open) -> None:
    async with opened((120, 36)) as driven:
        await driven.command("merge D2 --into D1 --reason ship")
        assert world.state("D2") == "merged"
        driven.desk_screen.open_deviation("D2")
        await driven.pilot.pause()
        assert "merged into D1, ship" in driven.text


async def test_a_candidate_says_how_often_it_was_stated(world: World, opened: Open) -> None:
    world.desk.configure({"tolerance": {"late_supply": {"breaches": 3}}})
    world.desk.load([line("again", due=NOW + DAY)], kind="purchase_order", scope="more", file="m")
    take(world.desk, eta("again", NOW + 30 * DAY, recorded=NOW))
    async with opened((120, 36)) as driven:
        driven.desk_screen.open_deviation(world.desk.deviations(["state=candidate"]).items[0]["id"])
        await driven.pilot.pause()
        assert "candidate, stated 1 time in a row" in driven.text


async def test_the_page_says_who_else_has_it_open(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("enter")
        page = driven.app.screen
        assert isinstance(page, DeviationPage)
        assert "also open" not in driven.text
        assert world.desk.who_has_open("bo's", "D1") == ["ana"]
        world.desk.say_open("bo's", "D1")
        page._be_present()
        await driven.pilot.pause()
        assert "D1, also open: bo" in driven.text
        world.desk.say_open("bo's", "D2")
        page._be_present()
        await driven.pilot.pause()
        assert "also open" not in driven.text
        await driven.press("?")
        assert world.desk.who_has_open("bo's", "D1") == [], "another page is in front"
        await driven.press("escape")
        assert world.desk.who_has_open("bo's", "D1") == ["ana"]
        await driven.press("escape")
        assert world.desk.who_has_open("bo's", "D1") == []


async def test_a_unit_that_is_a_sentence_is_whole_where_there_is_room(opened: Open, world: World) -> None:
    async with opened((200, 60)) as driven:
        await driven.finish("enter", "e")
        assert "size from which it is medium" in driven.text


async def test_a_part_that_is_gone_to_has_the_cursor_and_the_head_stays(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened((80, 24)) as driven:
        await driven.press("enter", *["tab"] * 8)
        page = driven.on(DeviationPage).page
        assert page.line is not None
        assert page.line.section == "Response"
        assert page.scroll_offset.y == 0
        await driven.press("j", "j")
        assert driven.on(DeviationPage).selection().ids == ("A1",)
