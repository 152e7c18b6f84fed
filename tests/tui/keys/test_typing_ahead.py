"""Keys that come faster than the screen answers mean what they would have meant typed slowly."""

from __future__ import annotations

import pytest
from textual.events import Paste

from tests.tui.conftest import Open, World
from tui.screens.deviation_page import DeviationPage
from tui.widgets.one_line import OneLine
from tui.widgets.prompt import Prompt


async def test_a_command_in_one_burst_is_a_command_and_its_letters_are_no_keys(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened() as driven:
        await driven.press("tab")
        await driven.burst(":", "d", "o", "n", "e", "enter")
        await driven.settle()
        assert driven.app.session.history == ["done"]
        assert world.state("A1") == "ready", "d did not mark it done"
        assert driven.app.screen is driven.desk_screen, "o did not ask for an owner"
        assert driven.status.startswith("✗")


async def test_a_filter_in_one_burst_reaches_the_list_whole(opened: Open) -> None:
    async with opened() as driven:
        await driven.burst("/", "!", "s", "e", "c", "o", "n", "d", "enter", "j", "a")
        await driven.settle()
        queue = driven.desk_screen.queue
        assert "/!second" in driven.text
        assert len(queue.ids) == 2
        assert queue.cursor == 1, "after enter a key is a key again"
        assert f"D{queue.current} open → acknowledged" in driven.status


async def test_there_is_one_line_however_often_it_is_opened(opened: Open) -> None:
    async with opened() as driven:
        for _ in range(3):
            await driven.burst(":", "x", "escape", "/", "y", "escape")
            await driven.settle()
        await driven.burst(":", "q", ":", "/")
        line = driven.app.screen.query_one(OneLine)
        assert line.value == "q:/"
        assert line.region.x < 5, "it begins at the left"


async def test_a_reason_and_its_yes_are_kept_for_their_questions(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.burst("*", "x", "k", "j", "enter", "enter", "y", "G")
        await driven.settle()
        assert {world.state(id_) for id_ in world.ids} == {"dismissed"}
        assert world.desk.show(world.ids[0])["reason"] == "kj"


async def test_a_page_takes_the_keys_that_follow_its_opening(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.burst("enter", "j", "j", "j")
        await driven.settle()
        page = driven.app.screen
        assert isinstance(page, DeviationPage)
        assert page.page.cursor == 3
        assert driven.desk_screen.queue.cursor == 0


async def test_an_owner_is_found_in_one_burst(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.burst("o", "c", "h", "e", "enter", "j")
        await driven.settle()
        assert world.desk.show(first)["owner"] == "chen"
        assert driven.desk_screen.queue.cursor == 1


async def test_what_is_pasted_stays_in_its_place(opened: Open) -> None:
    async with opened() as driven:
        driver = driven.app._driver
        assert driver is not None
        await driven.burst(":", "a")
        driver.send_message(Paste("bc"))
        await driven.burst("d")
        assert driven.app.screen.query_one(OneLine).value == "abcd"


async def test_lines_that_are_pasted_into_a_reason_become_one_and_none_is_lost(world: World, opened: Open) -> None:
    """A terminal pastes a line break as a carriage return."""
    async with opened() as driven:
        driver = driven.app._driver
        assert driver is not None
        first = driven.desk_screen.selection().ids[0]
        await driven.burst("c", "h", "e")
        driver.send_message(Paste(" says\rthe 27th\nq D1"))
        await driven.burst("!")
        await driven.finish("enter")
        assert "he says the 27th q D1!" in [each["reason"] for each in world.desk.show(first)["history"]]


@pytest.mark.parametrize("key", ["ctrl+p", "shift+tab", "f1", "ctrl+d"])
async def test_no_other_key_leaves_the_line(opened: Open, key: str) -> None:
    async with opened() as driven:
        await driven.burst(":", "a", key, "b")
        assert driven.app.screen is driven.desk_screen
        assert driven.app.screen.query_one(Prompt).is_open
        assert driven.app.screen.query_one(OneLine).value == "ab"
