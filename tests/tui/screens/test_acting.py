"""A command key does through the Desk what it says, shows what it did, and is refused in a sentence."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Open, World
from tui.desk.live import Live
from tui.screens.pickers import Picker, TextScreen


async def test_ack_takes_the_row_under_the_cursor(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.finish("a")
        assert world.state(first) == "acknowledged"
        assert world.desk.show(first)["owner"] == "ana"
        assert first in driven.status
        assert "acknowledged" in driven.status


async def test_owner_is_chosen_from_people_with_their_load(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("o")
        assert isinstance(driven.app.screen, Picker)
        assert "chen" in driven.text
        assert "0 open" in driven.text
        await driven.type("che")
        await driven.finish("enter")
        assert world.desk.show(first)["owner"] == "chen"


async def test_undo_names_what_it_undid(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.finish("a")
        await driven.finish("z")
        assert world.state(first) == "open"
        assert "undid" in driven.status
        assert first in driven.status


async def test_a_row_that_moved_on_is_refused_with_what_changed(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A desk that has not looked since: a stalled line, a busy moment.
    monkeypatch.setattr(Live, "ask", lambda self: False)
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        seen = driven.desk_screen.selection()
        world.desk.ack([first])
        assert driven.desk_screen.selection() == seen, "the screen has not looked yet"
        await driven.finish("a")
        assert driven.status.startswith("✗")
        assert "bo" in driven.status
        assert world.desk.show(first)["owner"] == "bo"


async def test_a_key_for_another_kind_says_so(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.finish("s")
        assert driven.status == "start is for actions; the cursor is on a deviation"


async def test_a_readonly_desk_refuses(world: World, opened: Open) -> None:
    async with opened(readonly=True) as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.finish("a")
        assert "read-only" in driven.status
        assert world.state(first) == "open"
        assert " a ack" not in driven.lines[-1]


async def test_messages_can_be_read_in_full(world: World, opened: Open) -> None:
    async with opened((60, 24)) as driven:
        await driven.finish("*", "a")
        assert "m shows all of it" in driven.lines[-2]
        assert "D3 open → acknowledged" not in driven.lines[-2]
        await driven.finish("z")
        await driven.press("m")
        assert isinstance(driven.app.screen, TextScreen)
        shown = " ".join(text.strip("│ ") for text in driven.lines)
        assert all(f"{id_} open → acknowledged" in " ".join(shown.split()) for id_ in world.ids)
        assert shown.index("undid") < shown.index("✓ ack"), "the last on top"


async def test_what_is_marked_while_a_command_waits_stays_marked(world: World, opened: Open) -> None:
    async with opened() as driven:
        first, second, third = world.ids
        await driven.press("space")
        with world.desk.store.write():
            await driven.press("a", "space", "space")
        await driven.settle()
        assert (world.state(first), world.state(second)) == ("acknowledged", "open")
        assert {driven.desk_screen.queue.id_of(number) for number in driven.desk_screen.queue.marks} == {second, third}
