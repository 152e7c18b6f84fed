"""What a key has drawn: the lines that are new, of the widget that it changed."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from textual._styles_cache import StylesCache
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tests.tui.conftest import Open, World
from tests.tui.terminal.test_painting import fill
from tui.terminal.composing import KeptLines
from tui.widgets.queue import QueueList


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many lines each kind of widget was asked for."""
    counts: Counter[str] = Counter()
    render_lines = Widget.render_lines

    def counted(self: Widget, crop: Region) -> list[Strip]:
        counts[type(self).__name__] += crop.height
        return render_lines(self, crop)

    monkeypatch.setattr(Widget, "render_lines", counted)
    return counts


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[StylesCache]:
    """Whose line Textual styled, each time that it did."""
    whose: list[StylesCache] = []
    render_line = StylesCache.render_line

    def counted(self: StylesCache, styles: Any, y: int, *rest: Any) -> Strip:
        whose.append(self)
        return render_line(self, styles, y, *rest)

    monkeypatch.setattr(StylesCache, "render_line", counted)
    return whose


@pytest.fixture
def unreachable() -> Iterator[list[Any]]:
    """What only the garbage collection could free since the test began, once it has run."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


async def test_lines_that_are_gone_are_freed_without_a_garbage_collection(
    opened: Open, world: World, unreachable: list[Any]
) -> None:
    fill(world.desk, 60)
    # A screen of an earlier test may be let go only now.
    of_others = {id(each) for each in gc.get_objects() if isinstance(each, Strip)}
    async with opened((120, 36)) as driven:
        await driven.press(*"jjjj", "G", *"kkkk", "g")
        gc.collect()
        assert not [each for each in unreachable if isinstance(each, Strip) and id(each) not in of_others]


async def test_of_a_long_list_no_more_finished_lines_are_kept_than_some_screens_full(
    opened: Open, world: World
) -> None:
    fill(world.desk, 400)
    async with opened((120, 36)) as driven:
        kept = driven.app.query_one(QueueList)._styles_cache
        assert isinstance(kept, KeptLines)
        for _ in range(30):
            await driven.press("ctrl+d")
            assert 0 < len(kept._finished) <= 128


async def test_a_key_in_a_pane_asks_no_other_widget_for_lines(opened: Open, world: World, asked: Counter[str]) -> None:
    fill(world.desk, 60)
    async with opened((120, 36)) as driven:
        for key in "jj":
            await driven.press(key)
        asked.clear()
        await driven.press("j")
        assert asked["QueueList"] > 0
        assert set(asked) <= {"QueueList", "WhyLines"}, "the lines of why follow where the cursor rests"


async def test_a_scroll_makes_the_line_that_came_in_and_those_of_the_cursor(
    opened: Open, world: World, made: list[StylesCache]
) -> None:
    fill(world.desk, 60)
    async with opened((120, 36)) as driven:
        queue = driven.app.query_one(QueueList)
        for _ in range(queue.rows_in_sight + 3):
            await driven.press("j")
        first = queue.scroll_offset.y
        made.clear()
        await driven.press("j")
        assert queue.scroll_offset.y == first + 1
        assert made.count(queue._styles_cache) <= 5, (
            "the row that came in, the one that was left, the heading, the border"
        )
