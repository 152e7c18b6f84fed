"""The views of the desk: one key each, kept as they were left, with the pages of one on top of it."""

from __future__ import annotations

from tests.tui.conftest import Open, World
from tui.keys.key_table import KEYS
from tui.screens.views import VIEWS
from tui.widgets.drawn_list import DrawnList


def test_every_view_has_its_key() -> None:
    told = {key.action: key.keys for key in KEYS if key.action.startswith("view(")}
    assert told == {f"view('{view.name}')": (view.key,) for view in VIEWS}


async def test_the_key_of_a_view_closes_the_pages_on_top_of_it(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("j", "enter")
        assert "1 desk › D2" in driven.lines[0]
        await driven.press("1")
        assert driven.app.screen is driven.desk_screen
        assert "›" not in driven.lines[0]
        assert driven.desk_screen.queue.cursor == 1


async def test_the_view_before_is_another_one_also_after_the_same_key_twice(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("4", "2", "2", "-")
        assert "4 signals" in driven.lines[0]
        await driven.press("-")
        assert "2 deviations" in driven.lines[0]
        await driven.press("q")
        assert driven.app.screen is driven.desk_screen


async def test_a_view_that_is_left_keeps_no_drawn_line_and_comes_back_as_it_was(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("j")
        await driven.rest()
        before = driven.lines
        assert driven.desk_screen.queue._strips
        await driven.press("2")
        assert not any(pane._strips for pane in driven.desk_screen.query(DrawnList))
        await driven.press("1")
        await driven.rest()
        assert driven.lines == before
