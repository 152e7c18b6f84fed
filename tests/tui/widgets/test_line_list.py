"""The list draws only what is in sight, from a cache that really hits, and keeps the cursor on its id."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

from tui.terminal import theme
from tui.terminal.safe import Pieces
from tui.widgets.line_list import LineList
from tui.widgets.row_window import Row


class Numbers(LineList):
    """Rows that say their number; counts how often a row is really drawn."""

    kind = "deviation"

    def __init__(self) -> None:
        super().__init__(self.fetch_rows)
        self.drawn: list[int] = []
        self.fetched: list[Sequence[int]] = []
        self.words: dict[int, str] = {}

    def fetch_rows(self, ids: Sequence[int]) -> Sequence[Row]:
        self.fetched.append(list(ids))
        said = {number: self.words.get(number, f"row {number}") for number in ids}
        return [{"id": f"D{number}", "text": text, "version": len(text)} for number, text in said.items()]

    def draw(self, row: Row, width: int) -> Pieces:
        self.drawn.append(int(row["id"][1:]))
        return [(row["text"], "plain")]


class Program(App[None]):
    CSS = theme.STYLE_SHEET

    def compose(self) -> ComposeResult:
        yield Numbers()
        yield Static("below", markup=False)


@asynccontextmanager
async def listing(ids: Sequence[int] = ()) -> AsyncIterator[tuple[Pilot[None], Numbers]]:
    """The list with some ids, in front of a person."""
    async with Program().run_test(size=(40, 20)) as pilot:
        numbers = pilot.app.query_one(Numbers)
        numbers.show(ids)
        numbers.focus()
        await pilot.pause()
        yield pilot, numbers


def shown(pilot: Pilot[None]) -> list[str]:
    """The rows in sight."""
    lines = [strip.text.strip("│▌* ").strip() for strip in pilot.app.screen._compositor.render_strips()]
    return [line for line in lines if line.startswith("row")]


async def test_moving_the_cursor_draws_two_rows_and_takes_the_others_from_the_cache() -> None:
    async with listing(range(1, 100_001)) as (pilot, numbers):
        await pilot.press("j")
        await pilot.press("k")
        await pilot.pause()
        numbers.drawn.clear()
        hits = numbers._strips.hits
        await pilot.press("j")
        await pilot.pause()
        assert numbers.drawn == [], "both looks of both rows have been drawn before"
        assert numbers._strips.hits > hits
        numbers.refresh()
        await pilot.pause()
        assert numbers.drawn == []


async def test_a_changed_row_is_drawn_anew_and_alone() -> None:
    ids = list(range(1, 101))
    async with listing(ids) as (pilot, numbers):
        numbers.drawn.clear()
        numbers.words[3] = "row three"
        numbers.show(ids)
        await pilot.pause()
        assert numbers.drawn == [3]
        assert "row three" in shown(pilot)


async def test_only_rows_near_the_window_are_fetched() -> None:
    async with listing(range(1, 100_001)) as (pilot, numbers):
        await pilot.press("G")
        await pilot.pause()
        assert numbers.current == 100_000
        assert shown(pilot)[-1] == "row 100000"
        assert sum(map(len, numbers.fetched)) < 300


async def test_a_held_key_fetches_rows_by_the_half_screen_and_shows_every_one() -> None:
    async with listing(range(1, 100_001)) as (pilot, numbers):
        numbers.fetched.clear()
        for _ in range(100):
            await pilot.press("j")
        await pilot.pause()
        assert shown(pilot)[-1] == "row 101"
        assert numbers.fetched
        assert min(map(len, numbers.fetched)) >= numbers.rows_in_sight // 2


async def test_a_page_key_turns_the_page_and_the_cursor_stays_on_its_line_of_the_screen() -> None:
    async with listing(range(1, 101)) as (pilot, numbers):
        page = numbers.rows_in_sight
        await pilot.press("j", "j", "pagedown")
        await pilot.pause()
        assert numbers.current == 3 + page
        assert shown(pilot)[0] == f"row {1 + page}", "the page was turned, not moved by a line"
        assert shown(pilot)[2] == f"row {numbers.current}"
        await pilot.press("pageup")
        await pilot.pause()
        assert (numbers.current, shown(pilot)[0]) == (3, "row 1")
        for _ in range(100 // page + 1):
            await pilot.press("pagedown")
        await pilot.pause()
        assert (numbers.current, shown(pilot)[-1]) == (100, "row 100"), "past the end it is on the last row"


async def test_a_walk_through_a_long_list_keeps_no_more_than_some_screens_of_rows_and_every_marked_one() -> None:
    async with listing(range(1, 100_001)) as (pilot, numbers):
        await pilot.press("space")
        for first in range(0, 6_000, 30):
            numbers.go_to(first)
        assert shown(pilot)[-1] == "row 5971"
        assert len([number for number in range(1, 6_100) if numbers.row(number) is not None]) < 2_200
        assert numbers.seen(1) == {"version": len("row 1")}, "what a command has to know of it"
        numbers.words[1] = "row one"
        numbers.go_to(0)
        assert numbers.seen(1) == {"id": "D1", "text": "row one", "version": len("row one")}


async def test_the_selection_is_looked_for_once_for_many_keys() -> None:
    async with listing(list(range(1, 10_001))) as (pilot, numbers):
        await pilot.press("*")
        chosen = numbers.chosen
        await pilot.press("j", "j")
        assert numbers.chosen is chosen
        assert len(chosen) == 10_000
        await pilot.press("space")
        assert numbers.chosen == [1, 2, *range(4, 10_001)]
        numbers.show(list(range(9_000, 0, -1)))
        assert numbers.chosen == [*range(9_000, 3, -1), 2, 1]


async def test_the_cursor_stays_on_its_id_and_on_its_line_of_the_screen() -> None:
    ids = list(range(100, 200))
    async with listing(ids) as (pilot, numbers):
        await pilot.press(*"jjjjj")
        await pilot.pause()
        before = shown(pilot)
        numbers.show([1, 2, 3, *ids])
        await pilot.pause()
        assert numbers.current == 105
        assert shown(pilot) == before, "what came in above moves nothing that is read"


async def test_when_its_row_goes_the_cursor_stays_on_the_line() -> None:
    async with listing([1, 2, 3, 4]) as (pilot, numbers):
        await pilot.press("j")
        numbers.show([1, 3, 4])
        assert numbers.current == 3
        numbers.show([])
        assert numbers.current is None
        numbers.show([7])
        assert numbers.current == 7


async def test_a_feed_follows_its_top_only_while_the_cursor_is_there() -> None:
    async with listing() as (pilot, numbers):
        numbers.show([3, 2, 1], follow=True)
        numbers.show([4, 3, 2, 1], follow=True)
        assert numbers.current == 4
        await pilot.press("j")
        numbers.show([5, 4, 3, 2, 1], follow=True)
        assert numbers.current == 3


async def test_marks_go_with_their_ids() -> None:
    async with listing([1, 2, 3, 4, 5]) as (pilot, numbers):
        await pilot.press("space", "j", "j", "v")
        assert numbers.chosen == [1, 2, 3, 4]
        numbers.show([5, 4, 3])
        assert numbers.chosen == [4, 3]
        await pilot.press("*")
        assert numbers.chosen == [5, 4, 3]
        assert numbers.unmark()
        assert not numbers.unmark()


async def test_every_way_to_move_stays_inside() -> None:
    async with listing(range(1, 31)) as (pilot, numbers):
        await pilot.press("k", "pageup", "ctrl+u")
        assert numbers.current == 1
        for key, expected in (
            ("ctrl+d", 9),
            ("pagedown", 26),
            ("pagedown", 30),
            ("end", 30),
            ("home", 1),
            ("down", 2),
            ("up", 1),
        ):
            await pilot.press(key)
            assert numbers.current == expected, key


async def test_a_list_that_fits_shows_all_and_a_longer_one_says_what_is_above() -> None:
    async with listing([3, 4, 5]) as (pilot, numbers):
        numbers.show([1, 2, 3, 4, 5])
        await pilot.pause()
        assert numbers.current == 3
        assert shown(pilot)[:2] == ["row 1", "row 2"]
        numbers.show(range(100, 200))
        numbers.show([7, 8, *range(100, 200)])
        await pilot.pause()
        assert "▲ 2 above" in str(numbers._border_subtitle)
