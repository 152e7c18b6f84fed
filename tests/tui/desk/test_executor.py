"""Work beside the screen: commands in their turn, what takes long beside them, and memory that goes back."""

from __future__ import annotations

import asyncio
import ctypes
import threading
from pathlib import Path

import pytest

from engine.desk import Desk
from engine.storage.sqlite import sqlite3
from tests.tui.conftest import World
from tui.desk import memory
from tui.desk.executor import CommandThread
from tui.keys.request import Request


def test_no_command_waits_for_what_takes_long(world: World) -> None:
    acknowledged = threading.Event()

    def long(desk: Desk) -> str:
        assert acknowledged.wait(30)
        return str(desk.deviation_rows([1])[0]["state"])

    async def both() -> str:
        found = asyncio.create_task(commands.run_aside(long))
        await commands.carry_out(Request("ack", (world.ids[0],)))
        acknowledged.set()
        return await found

    commands = CommandThread(world.factory)
    try:
        assert asyncio.run(both()) == "acknowledged"
    finally:
        commands.close()


def test_the_desk_of_what_takes_long_is_closed_behind_it(world: World) -> None:
    opened: list[Desk] = []

    def failing(desk: Desk) -> None:
        opened.append(desk)
        raise LookupError

    commands = CommandThread(world.factory)
    with pytest.raises(LookupError):
        asyncio.run(commands.run_aside(failing))
    commands.close()
    with pytest.raises(sqlite3.ProgrammingError):
        opened[0].store.connection.execute("SELECT 1")


def test_what_takes_long_is_done_one_after_the_other_and_not_begun_for_nobody(world: World) -> None:
    begun: list[str] = []
    go_on = threading.Event()

    def first(desk: Desk) -> None:
        begun.append("first")
        assert go_on.wait(30)

    async def third_wanted() -> None:
        one = asyncio.create_task(commands.run_aside(first))
        two = asyncio.create_task(commands.run_aside(lambda desk: begun.append("second")))
        three = asyncio.create_task(commands.run_aside(lambda desk: begun.append("third")))
        await asyncio.wait([two], timeout=0)
        two.cancel()
        go_on.set()
        await asyncio.gather(one, three)

    commands = CommandThread(world.factory)
    asyncio.run(third_wanted())
    commands.close()
    assert begun == ["first", "third"]


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="only glibc gives memory back when asked")
def test_what_lies_free_between_what_is_in_use_goes_back() -> None:
    # Too large for Python's own allocator and too small for pages of their own; every tenth stays.
    blocks = [bytearray(4_000) for _ in range(20_000)]
    kept = blocks[::10]
    del blocks
    before = _resident()
    memory.give_back()
    assert before - _resident() > 40 * 2**20, len(kept)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096
