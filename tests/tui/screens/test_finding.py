"""`n` and `N`: the rows that the last filter shows, one after the other, in every list and also once it is taken
away."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Driven, Open, World
from tui.screens.filtering import FilteringScreen
from tui.widgets.line_list import LineList


async def look_for(driven: Driven, text: str) -> LineList:
    """Filter, take the filter away, and go to the top."""
    screen = driven.app.screen
    assert isinstance(screen, FilteringScreen)
    pane = screen.query_one(f"#{screen.filtered_pane()}", LineList)
    screen.try_filter(screen.filtered_pane(), "")
    await driven.press("/")
    await driven.type(text)
    await driven.press("enter", "escape", "g")
    return pane


@pytest.mark.parametrize("view", ["1", "2", "4"])
async def test_hits_are_found_one_after_the_other_round_the_end(world: World, opened: Open, view: str) -> None:
    async with opened() as driven:
        await driven.press(view)
        pane = await look_for(driven, "!second")
        assert len(pane.ids) == 3
        middle = 2
        seen = []
        for key in ("n", "n", "n", "N"):
            await driven.press(key)
            seen.append(pane.current)
        assert middle not in seen
        assert seen[0] == seen[2]
        assert seen[1] == seen[3]
        assert "/!second: " in driven.status
        assert driven.status.endswith("of 2")


async def test_under_a_filter_every_row_is_a_hit(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("/")
        await driven.type("!second")
        await driven.press("enter", "n")
        assert driven.desk_screen.queue.cursor == 1
        await driven.press("n")
        assert driven.desk_screen.queue.cursor == 0


async def test_without_anything_looked_for_or_found_it_says_so(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("n")
        assert driven.status == "/ says what to look for"
        await driven.press("/")
        await driven.type("zebra")
        await driven.press("enter", "escape", "N")
        assert driven.status == "nothing here meets 'zebra'"


async def test_sources_and_playbooks_are_found_by_words(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("6")
        pane = await look_for(driven, "tower")
        await driven.press("n")
        assert pane.cursor == 0
        await driven.press("5")
        table = await look_for(driven, "demand-drop")
        await driven.press("n")
        assert driven.status == "/demand-drop: 1 of 1"
        assert table.cursor > 0


@pytest.mark.parametrize(
    ("view", "text", "said"),
    [
        ("1", "second", "1/1 of 3"),
        ("1", "!second", "1/2 of 3"),
        ("1", "zebra", "0 of 3"),
        ("1", "state=resolved", ""),
        ("1 tab", "owner=dora", "1/1 of 3"),
        ("2", "second", "1/1 of 3"),
        ("2", "zebra", "0 of 3"),
        ("3", "owner=dora", "1/1 of 3"),
        ("3", "zebra", "0 of 3"),
        ("4", "second", "1/1 of 3"),
        ("5", "demand-drop", "1/1 of "),
        ("6", "tower", "1/1 of 1"),
        ("6", "zebra", "0 of 1"),
    ],
)
async def test_a_filtered_list_says_of_how_many(view: str, text: str, said: str, world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened() as driven:
        await driven.press(*view.split())
        screen = driven.app.screen
        assert isinstance(screen, FilteringScreen)
        pane = screen.query_one(f"#{screen.filtered_pane()}", LineList)
        assert " of " not in str(pane._border_subtitle)
        await driven.press("/")
        await driven.type(text)
        assert said in str(pane._border_subtitle)
        assert (" of " in str(pane._border_subtitle)) == bool(said)
        await driven.press("escape")
        assert " of " not in str(pane._border_subtitle)
