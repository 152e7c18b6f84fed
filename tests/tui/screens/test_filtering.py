"""Filters of the desk's lists: they hold while they are typed, leave the cursor where it was, and say what is wrong."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Open, World
from tui.widgets.prompt import Prompt


async def test_the_filter_works_while_it_is_typed_and_esc_takes_it_back(opened: Open) -> None:
    async with opened() as driven:
        queue = driven.desk_screen.queue
        await driven.press("/")
        await driven.type("second")
        assert len(queue.ids) == 1
        await driven.finish("escape")
        assert len(queue.ids) == 3
        await driven.press("/")
        await driven.type("!second")
        await driven.finish("enter")
        assert len(queue.ids) == 2
        assert "/!second" in driven.text
        await driven.press("escape")
        assert len(queue.ids) == 3


@pytest.mark.parametrize("leaves", ["enter", "escape"])
async def test_half_a_word_takes_the_cursor_nowhere(opened: Open, leaves: str) -> None:
    async with opened() as driven:
        queue = driven.desk_screen.queue
        await driven.press("j")
        second = queue.current
        await driven.press("/")
        await driven.type("third")
        assert queue.current != second
        await driven.press("ctrl+u")
        await driven.finish(leaves)
        assert queue.current == second


async def test_where_a_filter_leaves_the_row_out_the_cursor_is_on_the_first(opened: Open) -> None:
    async with opened() as driven:
        queue = driven.desk_screen.queue
        await driven.press("G", "/")
        await driven.type("!third")
        assert (len(queue.ids), queue.cursor) == (2, 0)


async def test_a_filter_that_cannot_be_read_says_why_and_esc_brings_the_list_back(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("/")
        await driven.type("colour=red")
        assert driven.status.startswith("✗")
        assert "colour" in driven.status
        await driven.finish("escape")
        assert len(driven.desk_screen.queue.ids) == 3


async def test_enter_stays_in_the_prompt_while_the_filter_cannot_be_read(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("/")
        await driven.type("state=snoozed")
        await driven.press("enter")
        prompt = driven.app.screen.query_one(Prompt)
        assert prompt.is_open
        assert driven.status.startswith("✗ filter state=snoozed")
        for _ in "snoozed":
            await driven.press("backspace")
        await driven.type("open")
        await driven.finish("enter")
        assert not prompt.is_open
        assert "/state=open" in driven.text
        assert len(driven.desk_screen.queue.ids) == 3


async def test_the_signals_and_actions_have_their_own_filter(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened() as driven:
        await driven.press("tab", "/")
        await driven.type("book")
        await driven.finish("enter")
        assert len(driven.desk_screen.timeline.ids) == 1
        await driven.press("tab", "/")
        await driven.type("first")
        await driven.finish("enter")
        assert len(driven.desk_screen.feed.ids) == 1
        assert len(driven.desk_screen.queue.ids) == 3


async def test_a_burst_is_filtered_once(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as driven:
        await driven.press("/")
        asked: list[str] = []
        desk, before = driven.app.session.desk, driven.app.session.desk.queue_ids

        def counted(text: str = "") -> list[int]:
            asked.append(text)
            return before(text)

        monkeypatch.setattr(desk, "queue_ids", counted)
        await driven.burst(*"second" * 20)
        await driven.pilot.pause()
        assert len(asked) < 12
        assert asked[-1] == "second" * 20
