"""Keys go before refreshes: what others wrote is drawn piece by piece, and a key waits for one of them at most."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator

import pytest

from tests.tui.conftest import Open, World
from tui.app import OffplanApp
from tui.desk.following import Following, KeyTurn
from tui.screens.telling import TellingScreen
from tui.terminal.painting import PaintedApp

PATIENCE = 30


def test_it_is_a_keys_turn_from_when_it_is_typed_until_it_is_drawn() -> None:
    typed = [-math.inf]
    turn = KeyTurn(lambda: typed[0])
    assert not turn.is_on(0.0)
    typed[0] = 1.0
    assert turn.is_on(1.1)
    for _ in range(20):
        turn.tick()
    assert turn.is_on(1.1), "however much was done meanwhile, it was not taken"
    turn.taken(1.1)
    ticks = 0
    while turn.is_on(1.11):
        turn.tick()
        ticks += 1
    assert 1 < ticks < 12


def test_a_key_of_long_ago_keeps_nothing_waiting_taken_or_not() -> None:
    typed = [1.0]
    turn = KeyTurn(lambda: typed[0])
    assert not turn.is_on(2.0)
    turn.taken(2.0)
    assert not turn.is_on(2.0)


class _Refresh:
    """Three pieces, of which each may be followed by a key."""

    def __init__(self, *, key_after: tuple[int, ...]) -> None:
        self.typed_at = -math.inf
        self.turn = KeyTurn(lambda: self.typed_at)
        self.took: list[float] = []
        self.done: list[int] = []
        self.is_over = asyncio.Event()
        self.following = Following(self.turn, self.took.append)
        self._key_after = key_after

    def pieces(self) -> Iterator[None]:
        for piece in (1, 2, 3):
            self.done.append(piece)
            if piece in self._key_after:
                self.typed_at = time.monotonic()
            yield
        self.is_over.set()


async def test_without_a_key_all_pieces_are_done_at_once() -> None:
    refresh = _Refresh(key_after=())
    refresh.following.begin(refresh.pieces())
    assert refresh.done == [1, 2, 3]
    assert not refresh.following.is_under_way
    assert len(refresh.took) == 1


async def test_a_key_is_taken_and_drawn_before_the_next_piece() -> None:
    refresh = _Refresh(key_after=(1,))
    refresh.following.begin(refresh.pieces())
    assert refresh.done == [1]
    assert refresh.following.is_under_way
    refresh.turn.taken(time.monotonic())
    assert refresh.done == [1]
    await asyncio.wait_for(refresh.is_over.wait(), PATIENCE)
    assert refresh.done == [1, 2, 3]
    assert len(refresh.took) == 1


async def test_however_fast_keys_come_the_refresh_ends() -> None:
    refresh = _Refresh(key_after=(1, 2, 3))
    refresh.typed_at = time.monotonic()
    refresh.following.begin(refresh.pieces())
    assert refresh.done == []
    await asyncio.wait_for(refresh.is_over.wait(), PATIENCE)
    assert refresh.done == [1, 2, 3]


async def test_the_screen_follows_others_once_a_key_has_gone_before(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = [-math.inf]
    monkeypatch.setattr(PaintedApp, "typed_at", property(lambda _: typed[0]))
    async with opened() as driven:
        world.desk.ack([world.ids[0]])
        typed[0] = math.inf
        monkeypatch.setattr("tui.desk.following._LONG_AGO", math.inf)
        driven.app._look()
        assert driven.app._following.is_under_way
        typed[0] = -math.inf
        deadline = time.monotonic() + PATIENCE
        while driven.app._following.is_under_way and time.monotonic() < deadline:
            await driven.pilot.pause()
        assert "bo" in next(text for text in driven.lines if "PO first" in text)


@pytest.mark.parametrize("way", [(), "2", "3", "4", "5", "6", ["enter"], ["tab", "enter"]])
async def test_keys_between_pieces_leave_what_a_whole_refresh_shows(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch, way: tuple[str, ...]
) -> None:
    world.desk.respond([world.ids[0]])
    async with opened() as driven:
        await driven.press(*way)
        monkeypatch.setattr(driven.app._live, "ask", lambda: False)
        world.desk.assign([world.ids[0], "A1"], to="chen")
        count = 0
        screen = driven.app.screen
        assert isinstance(screen, TellingScreen)
        for _ in screen.follow():
            count += 1
            await driven.press("j")
        shown = driven.text
        assert count > 1
        screen.update()
        await driven.pilot.pause()
        assert driven.text == shown


async def test_a_refresh_that_another_one_overtakes_ends(world: World, opened: Open) -> None:
    """What it began with is old: a filter that is typed between two pieces stays."""
    async with opened() as driven:
        screen = driven.desk_screen
        world.desk.ack([world.ids[0]])
        pieces = screen.follow()
        next(pieces)
        screen.try_filter("queue", "second")
        assert len(screen.queue.ids) == 1
        assert list(pieces) == []
        assert len(screen.queue.ids) == 1
        assert screen._shown_by["queue"] == "second"


async def test_a_refresh_ends_with_its_screen(world: World, opened: Open) -> None:
    async with opened() as driven:
        world.desk.ack([world.ids[0]])
        pieces = driven.app._pieces(driven.desk_screen)
        next(pieces)
        await driven.press("enter")
        assert driven.app.screen is not driven.desk_screen
        assert list(pieces) == []


async def test_what_fails_in_a_later_piece_ends_the_desk_as_any_fault(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[Exception] = []
    monkeypatch.setattr(OffplanApp, "_handle_exception", lambda _, fault: faults.append(fault))
    async with opened() as driven:
        pieces = driven.app._pieces(driven.desk_screen)
        next(pieces)
        monkeypatch.setattr(type(driven.desk_screen), "hear_news", lambda _: 1 / 0)
        assert list(pieces) == []
    assert [type(fault) for fault in faults] == [ZeroDivisionError]
