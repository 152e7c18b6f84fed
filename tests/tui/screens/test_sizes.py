"""Terminals that change their size, or are too small: what is seen then, and that nothing is lost or done blind."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.tui.conftest import Open, World
from tests.tui.key_effects import Hand
from tests.tui.key_expectations import PLACES, SMALL, USUAL, WIDE, Place
from tests.tui.keys.test_every_key import Visit, visited
from tui.screens.signals import SignalsScreen
from tui.widgets.page_list import PageList

TINY: Final = ((59, 36), (120, 14), (20, 5))
"""Too narrow, too low, and both."""
SCREENS: Final = [place for place in PLACES if place.size == USUAL]


async def rest(visit: Visit) -> None:
    """Have shown what waits for the cursor to rest."""
    await visit.settle()
    screen = visit.driven.app.screen
    if isinstance(screen, SignalsScreen):
        screen._show_record()
    await visit.driven.rest()
    await visit.settle()


@pytest.mark.parametrize("place", SCREENS, ids=lambda place: place.name)
async def test_every_screen_says_that_a_terminal_is_too_small_and_comes_back_as_it_was(
    place: Place, tmp_path: Path
) -> None:
    async with visited(tmp_path, place) as visit:
        await visit.arrive()
        await rest(visit)
        before = visit.seen()
        for size in TINY:
            await visit.driven.pilot.resize_terminal(*size)
            await visit.settle()
            lines = [line.strip() for line in visit.driven.lines]
            told = " ".join(" ".join(lines).split())
            assert told.startswith("60x15 cells are needed; q leaves" if size == TINY[-1] else "This terminal has"), (
                told
            )
            assert told.endswith("q leaves" if size == TINY[-1] else "which leaves."), told
            await visit.finish("a", "j", "d", "enter", "space", "colon", "escape", "z")
        await visit.driven.pilot.resize_terminal(*place.size)
        await rest(visit)
        assert visit.seen() == before


@pytest.mark.parametrize("keys", [("o",), ("r",), ("question_mark",), ("ctrl+p",), ("at",)], ids=lambda keys: keys[0])
async def test_what_asks_and_what_is_read_says_it_too(keys: tuple[str, ...], world: World, opened: Open) -> None:
    async with opened() as driven:
        hand = Hand(driven)
        await driven.press(*keys)
        await hand.settle()
        before = hand.seen()
        await driven.pilot.resize_terminal(59, 14)
        await hand.settle()
        assert driven.lines[0].startswith("This terminal has 59x14 cells; 60x15 are needed.")
        await driven.press("enter", "y", "j")
        await driven.pilot.resize_terminal(*USUAL)
        await hand.settle()
        assert hand.seen() == before


async def test_a_screen_that_is_opened_in_a_tiny_terminal_says_it_as_well(opened: Open) -> None:
    async with opened((58, 14)) as driven:
        assert driven.lines[0].startswith("This terminal has 58x14 cells")
        await driven.press("q")
        assert not driven.app.is_running or driven.app._exit


async def test_the_detail_goes_to_the_queue_where_the_terminal_has_no_room_for_it(tmp_path: Path) -> None:
    detail = next(place for place in PLACES if place.name == "detail")
    async with visited(tmp_path, detail) as visit:
        for size in (USUAL, SMALL):
            await visit.driven.pilot.resize_terminal(*WIDE)
            await visit.settle()
            await visit.arrive()
            assert visit.seen().pane == "detail"
            await visit.driven.pilot.resize_terminal(*size)
            await visit.settle()
            assert visit.seen().pane == "queue"
            assert "Deviations" in visit.driven.text
            at = visit.seen().cursor
            await visit.finish("j")
            assert visit.seen().cursor == at + 1


@pytest.mark.parametrize("place", [place for place in SCREENS if place.name != "log"], ids=lambda place: place.name)
async def test_what_lies_below_another_screen_is_resized_with_it(place: Place, tmp_path: Path) -> None:
    async with visited(tmp_path, place) as visit:
        await visit.arrive()
        at = visit.seen()
        await visit.driven.press("question_mark")
        await visit.driven.pilot.resize_terminal(*SMALL)
        await visit.settle()
        await visit.finish("escape")
        after = visit.seen()
        assert (after.screen, after.place) == (at.screen, at.place)
        assert {strip.cell_length for strip in visit.driven.app.screen._compositor.render_strips()} == {SMALL[0]}
        shown = after.text
        await visit.finish("k" if after.cursor else "j")
        assert visit.seen().text != shown, "the list in front takes keys"


async def test_the_part_of_a_page_that_is_read_is_still_in_front_at_another_size(world: World, opened: Open) -> None:
    world.desk.respond(["D1"], playbook="expedite")
    async with opened(SMALL) as driven:
        hand = Hand(driven)
        await hand.finish("enter", "tab", "tab", "tab", "tab")
        part = driven.lines[1].split(maxsplit=1)[0]
        await driven.pilot.resize_terminal(*USUAL)
        await hand.settle()
        page = driven.app.screen.query_one(PageList)
        assert page.line is not None
        assert page.line.section == part
        page.go_to([line.target for line in page.lines].index("A2"))
        await driven.pilot.resize_terminal(*SMALL)
        await hand.settle()
        assert driven.lines[1].startswith(" Response")
        assert page.line.target == "A2"
