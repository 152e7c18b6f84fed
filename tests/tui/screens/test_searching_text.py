"""`/`, `n` and `N` in text: a page, the record of a signal, a report; with the count of hits, and a way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.conftest import Driven, Open, World
from tui.screens.deviation_page import DeviationPage
from tui.terminal import found, safe
from tui.widgets.page_list import PageList


def under_cursor(driven: Driven) -> str:
    pane = driven.app.screen.focused
    assert isinstance(pane, PageList)
    assert pane.line is not None
    return safe.plain(pane.line.pieces)


async def look_for(driven: Driven, text: str) -> None:
    await driven.press("/")
    await driven.type(text)
    await driven.finish("enter")


async def commented(world: World, driven: Driven) -> None:
    for text in ("called ACME once", "wrote to them", "called ACME twice"):
        world.desk.comment([world.ids[0]], text=text)
    await driven.press("enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_journal_is_searched_from_hit_to_hit_and_round_its_end(
    size: tuple[int, int], world: World, opened: Open
) -> None:
    async with opened(size) as driven:
        await commented(world, driven)
        await look_for(driven, "acme called")
        first = under_cursor(driven)
        assert "called ACME" in first
        assert driven.status == "/acme called: 1 of 2"
        assert "/acme called: 2 lines" in driven.text
        await driven.press("n")
        assert "called ACME" in under_cursor(driven) != first
        assert driven.status == "/acme called: 2 of 2"
        await driven.press("n")
        assert under_cursor(driven) == first
        await driven.press("N")
        assert driven.status == "/acme called: 2 of 2"


async def test_where_one_part_is_shown_at_a_time_a_search_leaves_the_part_in_front_unless_it_finds(
    world: World, opened: Open
) -> None:
    async with opened((80, 24)) as driven:
        await commented(world, driven)
        await driven.press("tab")
        await driven.press("/")
        await driven.type("twice")
        assert "Journal   10 of 10" in driven.text
        await driven.type("zz")
        assert "Compare   2 of 10" in driven.text
        await driven.press("backspace", "backspace")
        await driven.finish("escape")
        assert "Compare   2 of 10" in driven.text


async def test_the_cursor_goes_to_the_first_hit_with_every_letter_and_back_with_esc(world: World, opened: Open) -> None:
    async with opened() as driven:
        await commented(world, driven)
        await driven.press("j")
        began = under_cursor(driven)
        await driven.press("/")
        await driven.type("wrote")
        page = driven.app.screen
        assert isinstance(page, DeviationPage)
        assert "wrote to them" in safe.plain(page.page.lines[page.page.cursor].pieces)
        await driven.type("zz")
        assert page.page.lines[page.page.cursor].pieces == page.page.lines[1].pieces
        assert driven.status == "nothing here has 'wrotezz'"
        await driven.finish("escape")
        assert under_cursor(driven) == began
        assert not page.page.sought


async def test_a_search_begins_where_the_cursor_is(world: World, opened: Open) -> None:
    async with opened() as driven:
        await commented(world, driven)
        await look_for(driven, "wrote")
        await look_for(driven, "called")
        assert driven.status == "/called: 2 of 2"


async def test_esc_takes_the_light_away_first_and_n_finds_it_again(world: World, opened: Open) -> None:
    async with opened() as driven:
        await commented(world, driven)
        await look_for(driven, "called")
        page = driven.app.screen
        await driven.press("escape")
        assert driven.app.screen is page
        assert "2 lines" not in driven.text
        await driven.press("n")
        assert driven.status == "/called: 2 of 2"
        await driven.press("escape", "escape")
        assert driven.app.screen is driven.desk_screen


async def test_a_hit_is_lit_and_the_count_follows_what_comes_in(world: World, opened: Open) -> None:
    async with opened((120, 90)) as driven:
        await commented(world, driven)
        await look_for(driven, "called")
        await driven.press("k")
        strips = driven.app.screen._compositor.render_strips()
        lit = [segment.text for strip in strips for segment in strip if segment.style and segment.style.reverse]
        assert lit.count("called") == 2
        world.desk.comment([world.ids[0]], text="called again")
        driven.app.screen.update()  # type: ignore[attr-defined]
        assert "/called: 3 lines" in driven.text


async def test_the_record_of_a_signal_and_a_report_are_text_too(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("4", "tab")
        await look_for(driven, "tower")
        assert "tower" in under_cursor(driven)
        assert driven.status.startswith("/tower: 1 of ")
        await driven.press("escape", "tab")
        assert driven.app.session.view == "signals"
        await driven.press("/")
        await driven.type("zebra")
        assert "Nothing here matches" in driven.text, "the list beside it has its filter"
        await driven.finish("escape")
        await driven.press("7")
        await driven.settle()
        await look_for(driven, "owner")
        assert driven.status.startswith("/owner: 1 of ")


async def test_without_anything_looked_for_the_keys_say_so(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("enter", "n")
        assert driven.status == "/ says what to look for"


texts = st.text(alphabet="abAB ßİ\u0301é", max_size=12)


@given(pieces=st.lists(st.tuples(texts, st.just("plain")), max_size=4), text=texts)
def test_light_changes_no_letter_and_stands_on_what_was_looked_for(pieces: list[tuple[str, str]], text: str) -> None:
    words = found.sought(text)
    lit = found.lit(pieces, words)
    assert safe.plain(lit) == safe.plain(pieces)
    shown = [piece for piece, style in lit if style == "found"]
    assert bool(shown) == (found.has(pieces, words))
    for each in shown:
        assert all(letter in text.lower() + text.upper() or not letter.isascii() for letter in each)
