"""Readings beside the screen's loop: one at a time, and of those that wait only the last."""

from __future__ import annotations

import asyncio

import pytest

from tui.desk.rereading import Reading, Rereading


def test_of_those_that_wait_only_the_last_is_read() -> None:
    read: list[str] = []
    go_on = asyncio.Event()

    def reading(name: str) -> Reading:
        async def carry_out() -> None:
            read.append(name)
            await go_on.wait()

        return carry_out

    async def four() -> None:
        rereading = Rereading()
        first = asyncio.create_task(rereading.read(reading("first")))
        await asyncio.wait([first], timeout=0)
        for name in ("second", "third"):
            await rereading.read(reading(name))
        assert read == ["first"]
        go_on.set()
        await first
        await rereading.read(reading("fourth"))

    asyncio.run(four())
    assert read == ["first", "third", "fourth"]


def test_one_that_fails_keeps_none_from_being_read() -> None:
    read: list[str] = []

    async def fails() -> None:
        raise LookupError

    async def goes() -> None:
        read.append("gone")

    async def both() -> None:
        rereading = Rereading()
        with pytest.raises(LookupError):
            await rereading.read(fails)
        await rereading.read(goes)

    asyncio.run(both())
    assert read == ["gone"]
