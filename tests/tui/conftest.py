"""A real desk on a real file, and the screen on it driven by keys."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen

from engine.desk import Desk
from engine.values.clock import DAY, FixedClock
from tests.engine.desk_support import NOW, Steps, eta, late, line, open_desk, owners, take
from tui.app import OffplanApp
from tui.desk.session import Session
from tui.keys.screen_options import DEFAULTS, ScreenOptions
from tui.screens.desk import DeskScreen
from tui.screens.filtering import FilteringScreen
from tui.widgets.footer import StatusLine

Kind = TypeVar("Kind", bound=Screen[Any])


@dataclass
class World:
    """A desk file with three late orders, the clock that everybody in it lives on, and what was opened on it."""

    path: Path
    clock: FixedClock
    desk: Desk
    """Somebody else's desk on the same file: bo's."""
    ids: list[str]

    def factory(self) -> Desk:
        """ana's desk."""
        return open_desk(self.path, actor="ana", clock=self.clock, planner=Steps())

    def one_more(self, ref: str, *, value: int = 10_000_00) -> None:
        """One late order more: due tomorrow, expected in thirty days; `value` in cents."""
        self.desk.load([line(ref, value=value, due=NOW + DAY)], kind="purchase_order", scope="more", file="m")
        take(self.desk, eta(ref, NOW + 30 * DAY))

    def state(self, id_: str) -> str:
        return str(self.desk.show(id_)["state"])


@dataclass
class Driven:
    """An open screen: keys in, lines out."""

    app: OffplanApp
    pilot: Pilot[Any]

    def on(self, kind: type[Kind]) -> Kind:
        """The screen in front, which has to be of that kind."""
        screen = self.app.screen
        assert isinstance(screen, kind)
        return screen

    @property
    def desk_screen(self) -> DeskScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, DeskScreen)
        return screen

    @property
    def lines(self) -> list[str]:
        """What the terminal shows."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def status(self) -> str:
        return self.app.screen.query_one(StatusLine).message

    async def press(self, *keys: str) -> None:
        """Press keys and let the screen answer."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def type(self, text: str) -> None:
        await self.press(*("space" if letter == " " else letter for letter in text))

    async def finish(self, *keys: str) -> None:
        """Press the last keys of a command and wait until it is carried out and drawn."""
        await self.press(*keys)
        await self.settle()

    async def command(self, line: str) -> None:
        """Type a command behind `:` and wait until it is carried out and drawn."""
        await self.press(":")
        await self.type(line)
        await self.finish("enter")

    async def settle(self) -> None:
        """Wait until everything that was begun has ended and is drawn; what ended may have begun more."""
        while running := [worker for worker in self.app.workers if not worker.is_finished]:
            await self.app.workers.wait_for_complete(running)
        await self.pilot.pause()

    async def rest(self) -> None:
        """Have said what is said once the cursor rests, without waiting for that."""
        if isinstance(self.app.screen, FilteringScreen):
            self.app.screen._show_keys_at_rest()
        self.desk_screen._at_cursor.show()
        await self.pilot.pause()

    async def burst(self, *keys: str) -> None:
        """Type faster than anything can answer: all keys are there before the first is looked at."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            letter = key if len(key) == 1 else None
            driver.send_message(Key(_character_to_key(key) if letter else key, letter))
        await self.pilot.pause()
        while self.app.message_queue_size or self.app._typed:
            # On a busy machine the last of them may not be taken yet.
            await self.pilot.pause()


@contextlib.asynccontextmanager
async def driving(app: OffplanApp, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Driven]:
    """An application on a terminal of a size, closed when the test is done with it."""
    try:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            yield Driven(app, pilot)
    finally:
        app.close()


Open = Callable[..., contextlib.AbstractAsyncContextManager[Driven]]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    path, clock = tmp_path / "desk.db", FixedClock(NOW)
    desk = open_desk(path, actor="bo", clock=clock, planner=Steps())
    owners(desk, "ana", "bo", "chen", "dora")
    yield World(path, clock, desk, late(desk, first=9, second=6, third=3))
    desk.store.close()


@pytest.fixture
def opened(world: World) -> Open:
    """Opens ana's screen on the world."""

    def open_screen(
        size: tuple[int, int] = (120, 36),
        *,
        readonly: bool = False,
        options: ScreenOptions = DEFAULTS,
        workspace: Path | None = None,
    ) -> contextlib.AbstractAsyncContextManager[Driven]:
        session = Session(world.factory, readonly=readonly, workspace=workspace)
        return driving(OffplanApp(session, options=options), size)

    return open_screen
