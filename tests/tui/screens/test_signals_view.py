"""View 4: all signals, searched in full a piece at a time, and what their records say."""

from __future__ import annotations

from typing import Any

import pytest

from engine.values.clock import HOUR
from engine.values.errors import BadInput
from tests.engine.desk_support import NOW, eta, take
from tests.tui.conftest import Driven, Open, World
from tui.desk.signal_search import SignalSearch
from tui.screens.deviation_page import DeviationPage
from tui.screens.record_page import RecordPage
from tui.screens.signals import SignalsScreen


def screen_of(driven: Driven) -> SignalsScreen:
    return driven.on(SignalsScreen)


def say(world: World, count: int, words: str, *, first: int = 1) -> None:
    """Signals about an order that nobody plans, with words in what came; they open nothing."""
    signals = [
        eta(f"free{number}", NOW)._replace(payload=f'{{"note": "{words} {number}", "ship": "Ærø [bold]"}}')
        for number in range(first, first + count)
    ]
    take(world.desk, *signals, source="words", detect=False)


class TestTheSearch:
    def test_it_finds_everything_whatever_the_size_of_its_pieces(self, world: World) -> None:
        say(world, 20, "salt")
        say(world, 5, "pepper", first=21)
        for piece in (1, 3, 7, 1000):
            search = SignalSearch(world.desk, piece)
            search.follow("pepper")
            looked = 1
            while search.further():
                looked += 1
            assert list(search.ids) == [28, 27, 26, 25, 24]
            assert search.below is None
            assert looked + 1 >= 28 // piece, "no piece looks at more than it may"

    def test_what_comes_while_it_is_under_way_stands_on_top_once(self, world: World) -> None:
        say(world, 10, "salt")
        search = SignalSearch(world.desk, 4)
        search.follow("salt")
        say(world, 9, "salt", first=11)
        search.follow("salt")
        while search.further():
            pass
        assert list(search.ids) == list(range(22, 3, -1))

    def test_without_a_filter_it_is_all_of_them_and_costs_no_list(self, world: World) -> None:
        search = SignalSearch(world.desk)
        search.follow("")
        assert search.ids == range(3, 0, -1)
        search.follow("first")
        assert list(search.ids) == [1]
        with pytest.raises(BadInput):
            search.follow("colour=red")
        assert search.text == "first"


async def test_a_word_is_looked_for_in_everything_that_came(world: World, opened: Open) -> None:
    say(world, 3, "salt")
    async with opened() as driven:
        await driven.press("4", "/")
        await driven.type("SALT 2")
        await driven.press("enter")
        table = screen_of(driven).table
        assert [f"S{number}" for number in table.ids] == ["S5"]
        assert "Signals /SALT 2" in driven.text
        await driven.press("escape")
        assert len(table.ids) == 6
        await driven.press("/")
        await driven.type("!kind=eta")
        await driven.press("enter")
        assert "Nothing here matches '!kind=eta'." in driven.text
        await driven.press("escape", "escape")
        assert driven.app.screen is driven.desk_screen


async def test_the_search_goes_on_by_itself(world: World, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    say(world, 40, "salt")
    async with opened() as driven:
        await driven.press("4")
        screen = screen_of(driven)
        monkeypatch.setattr(screen, "_search", SignalSearch(screen.session.desk, 2))
        screen.try_filter("signals", "first")
        assert list(screen.table.ids) == []
        assert "searched back to S42" in screen.table.note
        while screen._search.below is not None:
            await driven.pilot.pause()
        assert list(screen.table.ids) == [1]


async def test_what_else_the_record_of_the_signal_under_the_cursor_says_is_shown_as_it_came(
    world: World, opened: Open
) -> None:
    say(world, 2, "salt")
    async with opened() as driven:
        await driven.press("4")
        screen = screen_of(driven)
        screen._show_record()
        await driven.settle()
        assert '"note": "salt 2",' in driven.text
        assert '"ship": "Ærø [bold]"' in driven.text, "what came cannot style itself"
        await driven.press("j")
        screen._show_record()
        await driven.settle()
        assert '"note": "salt 1",' in driven.text


async def test_a_signal_of_whose_record_nothing_else_is_kept_says_so_below_its_fields(
    world: World, opened: Open
) -> None:
    take(world.desk, eta("free1", NOW)._replace(payload="{}"), source="words", detect=False)
    async with opened((120, 60)) as driven:
        await driven.press("4")
        screen_of(driven)._show_record()
        await driven.settle()
        assert driven.text.index("source id ") < driven.text.index("What else the record says")
        await driven.press("enter")
        assert "nothing: all that is kept of it are its fields" in driven.text


async def test_a_signals_page_leads_to_what_it_supports_and_says_in_which_file_it_came(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("4", "G", "enter")
        assert isinstance(driven.app.screen, RecordPage)
        assert "4 signals › S1" in driven.lines[0]
        assert next(text for text in driven.lines if "came in" in text).split()[-2] == "test.csv"
        page = driven.app.screen.page
        page.go_to([line.target for line in page.lines].index("D1"))
        await driven.press("enter")
        assert isinstance(driven.app.screen, DeviationPage)
        assert "4 signals › S1 › D1" in driven.lines[0]
        await driven.press("escape", "e")
        assert "explains deviations" in driven.status
        await driven.press("q")
        assert isinstance(driven.app.screen, SignalsScreen)


async def test_tab_leads_to_the_record_on_a_signals_page_and_back(world: World, opened: Open) -> None:
    say(world, 1, "salt")
    async with opened() as driven:
        await driven.press("4", "enter", "tab")
        screen = driven.app.screen
        assert isinstance(screen, RecordPage)
        assert screen.page.lines[screen.page.cursor].section == "Record"
        await driven.press("tab")
        assert screen.page.cursor == 0


async def test_a_signal_that_comes_is_on_top_and_the_cursor_stays_where_it_reads(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("4", "j")
        table = screen_of(driven).table
        assert table.current == 2
        take(world.desk, eta("first", NOW + HOUR, number="2"))
        screen_of(driven).update()
        assert table.ids[0] == 4
        assert table.current == 2
        assert table.note == "reading · 1 new"


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (250, 70)])
async def test_small_terminals_show_one_pane_at_a_time(opened: Open, size: tuple[int, int]) -> None:
    async with opened(size) as driven:
        await driven.press("4")
        shown: Any = [pane.display and pane.size.height > 0 for pane in screen_of(driven).lists]
        assert shown == [True, size[1] >= 30]
        assert "first" in driven.text
        await driven.press("tab")
        assert screen_of(driven).record.has_focus
        assert screen_of(driven).record.size.height > 0


async def test_to_mark_all_signals_reads_none_of_them_and_says_what_no_command_is_for(
    world: World, opened: Open
) -> None:
    say(world, 400, "salt")
    async with opened((120, 36)) as driven:
        await driven.press("4")
        table = screen_of(driven).table
        await driven.press("*")
        assert len(table.marks) == 403
        assert sum(table.seen(number) is not None for number in table.ids) < 200
        await driven.finish("a")
        assert driven.status == "ack is for actions or deviations; the cursor is on a signal"
