"""`?`: what each key does here, and now; the one under the cursor is pressed by `enter`."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Driven, Open, World
from tui.keys import key_map
from tui.keys.screen_options import ScreenOptions
from tui.screens.keys_screen import KeysScreen
from tui.terminal import safe
from tui.widgets.page_list import PageLine, PageList


async def to_key(driven: Driven, id_: str) -> PageLine:
    """Open `?` and put the cursor on a key."""
    await driven.press("?")
    screen = driven.app.screen
    assert isinstance(screen, KeysScreen)
    page = screen.query_one(PageList)
    page.go_to([line.target for line in page.lines].index(id_))
    assert page.line is not None
    return page.line


async def test_a_key_is_pressed_from_the_list_of_them(world: World, opened: Open) -> None:
    async with opened((80, 24)) as driven:
        await to_key(driven, "ack")
        assert "enter does what the line says" in driven.lines[-1]
        await driven.finish("enter")
        assert driven.app.screen is driven.desk_screen
        assert world.state(world.ids[0]) == "acknowledged"
        assert driven.status.startswith("✓ ack: D1")


async def test_what_asks_for_more_asks_and_what_moves_moves_in_the_list(world: World, opened: Open) -> None:
    async with opened() as driven:
        await to_key(driven, "comment")
        await driven.press("enter")
        await driven.type("called")
        await driven.finish("enter")
        assert "called" in str(world.desk.show(world.ids[0])["history"])
        await to_key(driven, "last")
        await driven.finish("enter")
        assert driven.desk_screen.queue.cursor == 2


@pytest.mark.parametrize("typed", ["escape", "q", "?"])
async def test_without_a_choice_nothing_is_done(typed: str, world: World, opened: Open) -> None:
    async with opened() as driven:
        await to_key(driven, "ack")
        await driven.finish(typed)
        assert driven.app.screen is driven.desk_screen
        assert world.state(world.ids[0]) == "open"


async def test_what_does_not_fit_what_is_under_the_cursor_stands_back(world: World, opened: Open) -> None:
    def styles(line: PageLine) -> set[str]:
        return {style for _, style in line.pieces}

    async with opened() as driven:
        assert styles(await to_key(driven, "ack")) == {"key", "plain"}
        await driven.finish("escape")
        assert styles(await to_key(driven, "start")) == {"quiet"}, "the cursor is on a deviation"
        await driven.finish("enter")
        assert "start is for actions" in driven.status
        await driven.finish("a")
        assert styles(await to_key(driven, "ack")) == {"quiet"}, "it is acknowledged"


async def test_keys_that_were_moved_are_pressed_as_well(world: World, opened: Open) -> None:
    keys = key_map.read({"ack": "K", "help_do": "f7"}, "offplan.toml")
    async with opened(options=ScreenOptions(keys=keys)) as driven:
        line = await to_key(driven, "ack")
        assert safe.plain(line.pieces).startswith("K ")
        await driven.finish("f7")
        assert world.state(world.ids[0]) == "acknowledged"


async def test_keys_of_dialogs_and_headings_do_nothing_there(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("?", "enter")
        assert isinstance(driven.app.screen, KeysScreen)
        targets = {line.target for line in driven.app.screen.query_one(PageList).lines}
        assert "ack" in targets
        assert not targets & {"line_take", "choice_take", "yes", "copy_all"}
