"""Clicks and the wheel: what they mean on lists, tabs, panes and the keys that are shown, and what they never mean."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.events import Key, MouseDown, MouseEvent, MouseScrollDown, MouseScrollUp
from textual.widgets import Input

from tests.engine.desk_support import late
from tests.tui.conftest import Driven, Open, World
from tui.keys import key_map
from tui.keys.screen_options import ScreenOptions
from tui.screens.deviation_page import DeviationPage
from tui.screens.pickers import Confirm, Picker, TextScreen
from tui.widgets.footer import KeyLine


class Mouse:
    """What a terminal tells of its mouse: cells from the upper left one, 0, 0."""

    def __init__(self, driven: Driven) -> None:
        self._driven = driven

    async def _tell(self, kind: type[MouseEvent], x: int, y: int, button: int, held: str = "") -> None:
        driver = self._driven.app._driver
        assert driver is not None
        shift, meta, ctrl = (held == key for key in ("shift", "meta", "ctrl"))
        driver.send_message(kind(None, x, y, 0, 0, button, shift, meta, ctrl, screen_x=x, screen_y=y))
        for _ in range(3):
            await self._driven.pilot.pause()

    async def click(self, x: int, y: int, *, button: int = 1, held: str = "") -> None:
        await self._tell(MouseDown, x, y, button, held)

    async def on(self, words: str, line: int | None = None, left: int = 0) -> None:
        """Click on the first cell of some words, the first from `left` on."""
        x, y = self._place(words, line, left)
        await self.click(x, y)

    async def on_row(self, words: str) -> None:
        """The same in the desk's queue."""
        await self.on(words, left=self._driven.desk_screen.queue.region.x)

    async def wheel(self, words: str, *notches: int) -> None:
        """Roll over some words: down, or up where it is negative."""
        x, y = self._place(words, None, 0)
        for notch in notches:
            for _ in range(abs(notch)):
                await self._tell(MouseScrollDown if notch > 0 else MouseScrollUp, x, y, 0)

    def _place(self, words: str, line: int | None, left: int) -> tuple[int, int]:
        lines = self._driven.lines
        found = [
            (text.index(words, left), y) for y, text in enumerate(lines) if words in text[left:] and line in (None, y)
        ]
        assert found, f"{words!r} is not on\n{self._driven.text}"
        return found[0]


def focused(driven: Driven) -> str | None:
    return None if driven.app.focused is None else driven.app.focused.id


async def test_a_click_goes_to_the_row_and_a_second_one_opens_it(world: World, opened: Open) -> None:
    async with opened() as driven:
        mouse, queue = Mouse(driven), driven.desk_screen.queue
        assert queue.cursor == 0
        await mouse.on_row("second")
        assert (queue.cursor, focused(driven), len(driven.app.screen_stack)) == (1, "queue", 1)
        await mouse.on_row("second")
        page = driven.app.screen
        assert isinstance(page, DeviationPage)
        assert page.place == world.ids[1]


async def test_the_first_click_on_the_row_under_the_cursor_opens_nothing(opened: Open) -> None:
    async with opened() as driven:
        mouse = Mouse(driven)
        await mouse.on_row("first")
        assert len(driven.app.screen_stack) == 1
        await driven.press("j", "k")
        await mouse.on_row("first")
        assert len(driven.app.screen_stack) == 1, "a key between them makes it a first one"
        await mouse.wheel("first", 1)
        await mouse.on_row("first")
        assert len(driven.app.screen_stack) == 1, "and so does the wheel"
        await mouse.on_row("first")
        assert isinstance(driven.app.screen, DeviationPage)


async def test_a_row_that_took_the_place_of_the_clicked_one_is_not_opened(world: World, opened: Open) -> None:
    async with opened() as driven:
        mouse, queue = Mouse(driven), driven.desk_screen.queue
        await mouse.on_row("second")
        line = next(y for y, text in enumerate(driven.lines) if "second" in text[queue.region.x :])
        queue.show([number for number in queue.ids if f"D{number}" != world.ids[1]])
        await driven.pilot.pause()
        await mouse.click(queue.region.x + 4, line)
        assert len(driven.app.screen_stack) == 1


async def test_a_click_on_a_pane_goes_there_and_its_keys_mean_it(opened: Open) -> None:
    async with opened((200, 60)) as driven:
        mouse = Mouse(driven)
        for words, name in (
            ("Signals", "feed"), ("Actions", "timeline"), ("Detail", "detail"), ("Deviations", "queue"),
        ):  # fmt: skip
            await mouse.on(words)
            assert focused(driven) == name
        timeline = driven.desk_screen.timeline.content_region
        await mouse.click(timeline.x + 3, timeline.bottom - 1)
        assert focused(driven) == "timeline"
        assert driven.desk_screen.has_class("-pane-timeline"), "where the terminal grows small it is the one in front"


async def test_tabs_change_by_their_names_and_by_the_key_beside_them(opened: Open) -> None:
    async with opened((80, 24)) as driven:
        mouse = Mouse(driven)
        await mouse.on("Actions", line=1)
        assert focused(driven) == "timeline"
        await mouse.on("tab changes")
        assert focused(driven) == "feed"
        await driven.press("3")
        await mouse.on("Load", line=1)
        assert focused(driven) == "load"
        await driven.press("6")
        await mouse.on("Quarantine", line=1)
        assert focused(driven) == "quarantine"
        await driven.press("7")
        await mouse.on("Metrics", line=1)
        assert focused(driven) == "metrics"
        await driven.press("1", "tab", "enter")
        await mouse.on("tab changes")
        assert "2 of 10" in driven.text


async def test_the_wheel_scrolls_what_is_under_it_and_leaves_the_cursor_on_its_row(world: World, opened: Open) -> None:
    late(world.desk, **{f"item{number}": 2 for number in range(60)})
    async with opened() as driven:
        mouse, queue = Mouse(driven), driven.desk_screen.queue
        await driven.press(*"jjjjjjjj")
        await driven.press("shift+tab")
        row = queue.current
        await mouse.wheel("decide by", 1, 1)
        assert (queue.scroll_offset.y, queue.current) == (6, row)
        assert focused(driven) == "feed", "it is scrolled where it is"
        await mouse.wheel("decide by", 1)
        assert (queue.scroll_offset.y, queue.cursor) == (9, 9), "no row out of sight has the cursor"
        await mouse.wheel("decide by", 40)
        assert queue.scroll_offset.y == len(queue.ids) - queue.rows_in_sight
        await mouse.wheel("decide by", -40)
        assert (queue.scroll_offset.y, queue.cursor) == (0, queue.rows_in_sight - 1)


async def test_the_wheel_moves_nothing_where_all_is_in_sight(opened: Open) -> None:
    async with opened() as driven:
        mouse, queue = Mouse(driven), driven.desk_screen.queue
        await driven.press("j")
        await mouse.wheel("decide by", 3, -1)
        assert (queue.scroll_offset.y, queue.cursor) == (0, 1)


@pytest.mark.parametrize("moved", [{}, {"ack": "f5", "keys": "K", "open": "ctrl+e"}])
async def test_a_key_of_the_footer_is_that_key(world: World, opened: Open, moved: dict[str, str]) -> None:
    async with opened(options=ScreenOptions(keys=key_map.read(moved, "test"))) as driven:
        mouse = Mouse(driven)
        await mouse.on("ack", line=35)
        await driven.settle()
        assert world.state(world.ids[0]) == "acknowledged"
        await mouse.on("undo", line=35)
        await driven.settle()
        assert world.state(world.ids[0]) == "open"
        await mouse.on("keys", line=35)
        assert isinstance(driven.app.screen, TextScreen)
        await mouse.on("esc back")
        await mouse.on("open", line=35)
        assert isinstance(driven.app.screen, DeviationPage)
        await mouse.on("quit", line=35)
        await mouse.on_row("second")
        await mouse.on_row("second")
        assert isinstance(driven.app.screen, DeviationPage)


async def test_every_cell_of_the_footer_is_the_key_that_is_drawn_there(opened: Open) -> None:
    for width in (60, 80, 120):
        async with opened((width, 36)) as driven:
            line = driven.app.screen.query_one(KeyLine)
            drawn = "".join(text for text, _ in line.pieces(width))
            for key in driven.app.session.keys.footer("deviation", driven.desk_screen.scopes):
                words = f" {key.keys[0].replace('escape', 'esc')} {key.title}"
                if words in drawn:
                    begin = drawn.index(words)
                    assert {line.key_at(cell) for cell in range(begin, begin + len(words))} == {key.keys[0]}
            assert line.key_at(len(drawn)) is None
            assert line.key_at(drawn.index(" ? ")) == "?", "however narrow it is"


async def test_while_a_line_is_typed_only_its_keys_take_clicks(world: World, opened: Open) -> None:
    ids = late(world.desk, **{f"item{number}": 2 for number in range(60)})
    async with opened() as driven:
        mouse, queue = Mouse(driven), driven.desk_screen.queue
        await driven.type("/item")
        await mouse.on("Signals")
        await mouse.wheel("decide by", 1)
        assert (queue.scroll_offset.y, queue.cursor) == (0, 0)
        assert isinstance(driven.app.focused, Input), "else the next letter would be a command"
        await driven.type("x")
        await mouse.on("leaves it")
        assert focused(driven) == "queue"
        assert len(queue.ids) == 60
        assert {world.state(id_) for id_ in ids} == {"open"}
        await driven.type("/item42")
        await mouse.on("takes the line")
        assert len(queue.ids) == 1


async def test_a_choice_is_taken_by_a_second_click_and_the_line_keeps_the_letters(opened: Open) -> None:
    async with opened() as driven:
        mouse = Mouse(driven)
        await driven.press("ctrl+p")
        assert isinstance(driven.app.screen, Picker)
        await driven.type("acknowledge")
        await mouse.on("Acknowledge")
        assert isinstance(driven.app.screen, Picker)
        assert isinstance(driven.app.focused, Input)
        await mouse.on("Acknowledge")
        assert not isinstance(driven.app.screen, Picker)


async def test_a_danger_is_done_by_the_key_that_says_so_and_by_nothing_else(world: World, opened: Open) -> None:
    async with opened() as driven:
        mouse = Mouse(driven)
        await driven.press("*", "x")
        await driven.type("all known")
        await driven.press("enter", "enter")
        assert isinstance(driven.app.screen, Confirm)
        for y, line in enumerate(driven.lines[:-1]):
            await mouse.click(len(line) // 3, y)
            await mouse.click(len(line) // 3, y)
        assert {world.state(id_) for id_ in world.ids} == {"open"}
        await mouse.on("does it")
        await driven.settle()
        assert {world.state(id_) for id_ in world.ids} == {"dismissed"}


async def test_other_buttons_and_clicks_with_a_key_held_mean_nothing(opened: Open) -> None:
    async with opened() as driven:
        mouse, queue = Mouse(driven), driven.desk_screen.queue
        x, y = queue.content_region.x + 4, queue.content_region.y + 3
        for button in (2, 3):
            await mouse.click(x, y, button=button)
        for held in ("shift", "meta", "ctrl"):
            await mouse.click(x, y, held=held)
        assert queue.cursor == 0
        await mouse.click(x, y)
        assert queue.cursor == 2


async def test_a_click_takes_a_refusal_away_as_a_key_does(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("n")
        assert driven.status == "/ says what to look for"
        await Mouse(driven).on_row("second")
        assert not driven.status


async def test_a_click_ends_jump_mode(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("tab", "'")
        assert driven.status.startswith("the letters of a row")
        timeline = driven.desk_screen.timeline.content_region
        await Mouse(driven).click(timeline.x + 3, timeline.bottom - 1)
        assert not driven.status
        await driven.press("s")
        assert focused(driven) == "timeline", "no row's letter any more"


async def test_jump_mode_brings_the_pane_to_the_front_for_a_smaller_terminal_too(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("'")
        label = next(label for label, (pane, _) in driven.desk_screen._jump._rows.items() if pane.id == "feed")  # type: ignore[union-attr]
        await driven.press(*label)
        assert driven.desk_screen.has_class("-pane-feed")


async def test_a_click_on_too_small_a_terminal_does_nothing(opened: Open) -> None:
    async with opened((50, 12)) as driven:
        for y in range(12):
            await Mouse(driven).click(3, y)
        assert driven.app.is_running
        assert driven.desk_screen.queue.cursor == 0


async def test_a_click_that_cannot_be_taken_at_once_is_not_taken_later(opened: Open) -> None:
    async with opened() as driven:
        driver, feed = driven.app._driver, driven.desk_screen.feed
        assert driver is not None
        x, y = feed.content_region.x + 4, feed.content_region.y + 1
        # The key asks for something; before it does, the click is there, on what is no more what the person sees.
        driver.send_message(Key("x", "x"))
        driver.send_message(MouseDown(None, x, y, 0, 0, 1, False, False, False, screen_x=x, screen_y=y))
        for _ in range(3):
            await driven.pilot.pause()
        assert isinstance(driven.app.focused, Input)
        await driven.press("escape")
        assert (focused(driven), feed.cursor) == ("queue", 0)


HOSTILE: Sequence[str] = ("[@click=app.exit()]order[/]", "[@click=screen.act('dismiss')]x")


@pytest.mark.parametrize("text", HOSTILE)
async def test_text_from_outside_is_no_button(world: World, opened: Open, text: str) -> None:
    late(world.desk, **{text: 2})
    async with opened((160, 40)) as driven:
        mouse, pane = Mouse(driven), driven.desk_screen.queue
        for style in {segment.style for strip in driven.app.screen._compositor.render_strips() for segment in strip}:
            assert style is None or (not style.meta.get("@click") and style.link is None)
        states = {id_: world.state(id_) for id_ in world.ids}
        for x in range(pane.region.x, pane.region.right, 3):
            await mouse.click(x, pane.content_region.y + 1)
            # Each is a first one: a second would open the row's page.
            await driven.press("j")
        assert driven.app.is_running
        assert {id_: world.state(id_) for id_ in world.ids} == states
