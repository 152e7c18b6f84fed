"""The palette: every key that holds here, found by its words."""

from __future__ import annotations

from tests.tui.conftest import Open, World
from tui.keys.key_table import KEYS
from tui.screens.pickers import Picker


async def test_the_palette_finds_a_command_by_its_words_and_does_it(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("ctrl+p")
        await driven.type("acknowledge")
        await driven.press("enter")
        await driven.finish()
        assert world.state(first) == "acknowledged"


async def test_the_palette_has_every_key_that_holds_here(opened: Open) -> None:
    async with opened((120, 90)) as driven:
        await driven.press("ctrl+p")
        scopes = driven.desk_screen.scopes
        wanted = {key.id for key in KEYS if key.scope in scopes and (not key.kinds or "deviation" in key.kinds)}
        picker = driven.app.screen
        assert isinstance(picker, Picker)
        assert {choice.id for choice in picker._shown} == wanted
        await driven.type("mark all rows that")
        await driven.press("enter")
        await driven.finish()
        assert len(driven.desk_screen.queue.marks) == 3
