"""Signals that flow: in sight while the cursor is on top, counted while it is not, held still by a key."""

from __future__ import annotations

import pytest

from engine.values.clock import HOUR
from tests.engine.desk_support import NOW, eta, take
from tests.tui.conftest import Driven, Open, World
from tui.screens.acting import ActingScreen
from tui.widgets.feed import SignalList


async def go_to_signals(driven: Driven, view: str) -> SignalList:
    await driven.press(*(("shift+tab",) if view == "1" else (view,)))
    pane = driven.app.screen.focused
    assert isinstance(pane, SignalList)
    return pane


async def come(driven: Driven, world: World, number: str) -> None:
    take(world.desk, eta("first", NOW + HOUR, number=number))
    screen = driven.app.screen
    assert isinstance(screen, ActingScreen)
    screen.update()
    await driven.pilot.pause()


@pytest.mark.parametrize("view", ["1", "4"])
async def test_new_signals_are_counted_while_the_cursor_is_elsewhere(view: str, world: World, opened: Open) -> None:
    async with opened() as driven:
        pane = await go_to_signals(driven, view)
        assert pane.note == "live"
        await driven.press("j")
        assert (pane.note, pane.current) == ("reading", 2)
        await come(driven, world, "2")
        await come(driven, world, "3")
        assert (pane.note, pane.current) == ("reading · 2 new", 2)
        assert "2 new" in driven.text
        await driven.press("g")
        assert pane.note == "live"


@pytest.mark.parametrize("view", ["1", "4"])
async def test_a_key_holds_them_still_and_lets_them_go_on_at_the_newest(view: str, world: World, opened: Open) -> None:
    async with opened() as driven:
        pane = await go_to_signals(driven, view)
        await driven.press("p")
        assert pane.note == "paused"
        await come(driven, world, "2")
        assert (pane.note, pane.current) == ("paused · 1 new", 3)
        await driven.press("p")
        assert (pane.note, pane.current) == ("live", 4)
        await come(driven, world, "3")
        assert (pane.note, pane.current) == ("live", 5)


async def test_what_is_held_still_does_not_move_on_the_screen(world: World, opened: Open) -> None:
    for number in range(2, 60):
        take(world.desk, eta("first", NOW + HOUR, number=str(number)))
    async with opened() as driven:
        pane = await go_to_signals(driven, "4")
        await driven.press("p")
        before = pane.numbers_in_sight
        for number in range(60, 63):
            await come(driven, world, str(number))
        assert list(pane.numbers_in_sight) == list(before)
        assert "paused · 3 new" in driven.text


async def test_what_does_not_flow_says_so(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("p")
        assert "pause is for signals" in driven.status
