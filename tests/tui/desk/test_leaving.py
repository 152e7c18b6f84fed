"""A desk that is left while a command waits for the file: what became of it is said."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Driven, World
from tui.app import OffplanApp
from tui.desk.session import Session


@pytest.mark.parametrize("file_goes", [False, True])
async def test_what_became_of_a_command_that_nobody_waited_for_is_said(world: World, file_goes: bool) -> None:
    app = OffplanApp(Session(world.factory, readonly=False))
    said: list[str] = []
    with world.desk.store.write():
        async with app.run_test(size=(120, 36)) as pilot:
            driven = Driven(app, pilot)
            await driven.press("a")
            while not app.session.commands.under_way:
                await pilot.pause()
            await driven.press("escape", "q")
        if file_goes:
            world.path.rename(world.path.with_name("aside.db"))
    app.close(said.append)
    if file_goes:
        (fault,) = said[-1:]
        assert fault.startswith("ack was not done: ")
        assert "the file that was open is not there any more" in fault
        return
    assert said[-1] == "ack: D1 open → acknowledged"
    assert world.state("D1") == "acknowledged"


async def test_a_desk_in_which_nothing_waits_says_nothing(world: World) -> None:
    app = OffplanApp(Session(world.factory, readonly=False))
    said: list[str] = []
    async with app.run_test(size=(120, 36)) as pilot:
        await Driven(app, pilot).finish("a")
    app.close(said.append)
    assert said == []
