"""What a command prints is waited for; esc ends that, and the keys are taken again."""

from __future__ import annotations

import asyncio

import pytest

from tests.tui.conftest import Open
from tui.desk import shell


async def test_an_answer_that_takes_long_is_given_up_with_what_was_typed_for_it(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For up to a minute no key did anything, nor did leaving."""
    ended: list[str] = []

    async def slow(*_: object) -> list[str]:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("killed")
        return []

    monkeypatch.setattr(shell, "answer", slow)
    async with opened() as driven:
        await driven.type(":check")
        await driven.press("enter")
        assert driven.status == ":check is worked out; esc gives it up"
        await driven.press("a", "escape")
        await driven.settle()
        assert (driven.status, ended) == ("given up", ["killed"])
        await driven.press("2")
        await driven.settle()
        assert driven.app.session.view == "deviations"
