"""Jump mode: letters on the rows in sight, in every pane."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.tui.conftest import Open, World
from tui.screens import jump


@pytest.mark.parametrize("count", [0, 1, 26, 27, 100, 676])
def test_no_label_begins_another(count: int) -> None:
    made = jump.labels(count)
    assert len(set(made)) == count
    assert not any(one.startswith(other) or other.startswith(one) for one, other in combinations(made, 2))


async def test_the_letters_of_a_row_go_there_in_whatever_pane(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened() as driven:
        desk = driven.desk_screen
        await driven.press("'")
        wanted = desk.timeline.ids[2]
        letters = desk.timeline._labels[wanted]
        assert f"│{letters} " in driven.text
        await driven.press(*letters)
        assert desk.selection().ids == (f"A{wanted}",)
        assert not desk.timeline._labels


async def test_another_key_leaves_and_does_nothing_else(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("'")
        assert driven.desk_screen.queue._labels
        await driven.finish("escape")
        assert not driven.desk_screen.queue._labels
        await driven.finish("'", "7", "a")
        assert world.state(world.ids[0]) == "acknowledged"


async def test_pages_have_it_too(world: World, opened: Open) -> None:
    async with opened((120, 60)) as driven:
        await driven.press("enter", "'")
        page = driven.app.screen.query_one("#page")
        assert page._labels  # type: ignore[attr-defined]
        number, letters = list(page._labels.items())[7]  # type: ignore[attr-defined]
        await driven.press(*letters)
        assert page.cursor == number  # type: ignore[attr-defined]
