"""View 2: the whole list of deviations, in an order, in groups and columns of a person's choosing."""

from __future__ import annotations

from typing import Any

import pytest

from engine.values.clock import DAY
from tests.engine.desk_support import NOW, eta, line, take
from tests.tui.conftest import Open, World
from tests.tui.deviation_table import subjects, table
from tui.screens.deviations import DeviationsScreen


async def test_it_shows_all_that_is_live_and_says_what_hides_a_row(world: World, opened: Open) -> None:
    world.desk.silence(["subject=first"], reason="known")
    async with opened() as driven:
        assert len(driven.desk_screen.queue.ids) == 2
        await driven.press("2")
        assert "2 deviations" in driven.lines[0]
        assert subjects(driven) == ["second", "third", "first"]
        assert "L1" in next(text for text in driven.lines if "PO first" in text)


async def test_the_hidden_list_of_the_desk_says_by_what(world: World, opened: Open) -> None:
    world.desk.silence(["subject=first"], reason="known")
    world.desk.snooze([world.ids[1]], until=NOW + 3 * DAY)
    async with opened() as driven:
        assert "hidden by" not in driven.text
        await driven.press("h")
        assert "hidden by" in driven.text
        assert " L1 " in next(text for text in driven.lines if "PO first" in text)
        assert "snoozed 3d" in next(text for text in driven.lines if "PO second" in text)


async def test_a_filter_says_of_how_many_of_its_view(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("2", "/")
        await driven.type("second")
        await driven.finish("enter")
        assert "1/1 of 3" in driven.text
        world.desk.dismiss([world.ids[0]], reason="known")
        driven.on(DeviationsScreen).update()
        await driven.settle()
        assert "1/1 of 2" in driven.text
        # Another filter than the view's looks elsewhere.
        screen = driven.on(DeviationsScreen)
        for text, said in (
            ("state=dismissed", ""),
            ("second", ""),
            ("state=open,acknowledged,responding third", " of 2"),
        ):
            screen.try_filter("deviations", text)
            assert str(table(driven)._border_subtitle).endswith(said or f"1/{len(table(driven).ids)}"), text
        await driven.command("view queue")
        for text, of in (("second", 2), ("state=open", 0), ("suppressed=false", 0)):
            screen.try_filter("deviations", text)
            assert table(driven).out_of == of, text
        await driven.command("group owner")
        screen.try_filter("deviations", "second")
        assert table(driven).out_of == 0, "headings stand between the rows"


async def test_h_shows_what_is_hidden_and_the_header_names_it_where_it_works(world: World, opened: Open) -> None:
    world.desk.silence(["subject=first"], reason="known")
    async with opened() as driven:
        await driven.press("2")
        assert "1 silenced (h)" in driven.lines[0]
        await driven.press("h")
        assert subjects(driven) == ["first"]
        await driven.press("h")
        assert subjects(driven) == ["second", "third", "first"]
        await driven.press("4")
        assert "1 silenced" in driven.lines[0]
        assert "(h)" not in driven.lines[0]


async def test_words_that_no_choice_has_are_said_and_take_nothing(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("2", "V")
        await driven.type("jjj")
        assert "No line has these words" in driven.text
        await driven.press("enter")
        assert "Which view?" in driven.text
        await driven.press("escape")
        assert subjects(driven) == ["first", "second", "third"]


async def test_an_order_is_chosen_from_a_list_or_typed(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("2", "O")
        await driven.type("subject, smallest")
        await driven.press("enter")
        assert subjects(driven) == ["first", "second", "third"]
        await driven.command("sort -subject")
        assert subjects(driven) == ["third", "second", "first"]
        assert "by subject, largest first" in driven.text
        await driven.command("sort colour")
        assert driven.status.startswith("✗ sort: 'colour' cannot be sorted by")
        assert subjects(driven) == ["third", "second", "first"]
        await driven.command("sort")
        assert subjects(driven) == ["first", "second", "third"], "the queue's order again"


async def test_what_has_no_value_comes_last_in_either_direction(world: World, opened: Open) -> None:
    world.desk.ack([world.ids[1]], to="bo")
    async with opened() as driven:
        await driven.press("2")
        for order in ("owner", "-owner"):
            await driven.command(f"sort {order}")
            assert subjects(driven) == ["second", "first", "third"]


async def test_groups_come_with_headings_that_fold_and_mark(world: World, opened: Open) -> None:
    world.desk.ack([world.ids[2]], to="bo")
    async with opened() as driven:
        await driven.press("2", "B")
        await driven.type("owner")
        await driven.press("enter")
        headings = [text for text in driven.lines if "owner" in text and "·" in text and "▾" in text]
        assert "owner (none)  2 ·" in headings[0]
        assert "owner bo  1 ·" in headings[1]
        await driven.press("g", "k", "g")
        assert table(driven).at_cursor is None
        await driven.press("a")
        assert "the cursor is on nothing" in driven.status
        await driven.press("enter")
        assert subjects(driven) == ["third"]
        assert "▸ owner (none)" in driven.text
        await driven.press("space")
        assert "2 marked" in driven.text
        await driven.finish("a")
        assert [world.state(id_) for id_ in world.ids] == ["acknowledged"] * 3
        assert "owner ana  2 ·" in driven.text
        await driven.command("group")
        assert "▾" not in driven.text
        await driven.command("group exposure")
        assert driven.status.startswith("✗ group-by")


async def test_the_cursor_stays_on_its_deviation_when_the_list_changes(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("2", "j")
        before = table(driven).current
        world.desk.load([line("huge", value=99_000_000_00)], kind="purchase_order", scope="more", file="more")
        take(world.desk, eta("huge", NOW + 40 * DAY))
        driven.app.screen.update()  # type: ignore[attr-defined]
        await driven.settle()
        assert subjects(driven)[0] == "huge"
        assert table(driven).current == before


async def test_columns_are_typed_and_a_wrong_one_leaves_the_line_open(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("2", "C")
        assert "columns" in driven.text
        await driven.press(*["backspace"] * 200)
        await driven.type("id party colour")
        await driven.press("enter")
        assert "'colour' is no column" in driven.status
        await driven.press(*["backspace"] * 7)
        await driven.press("enter")
        assert table(driven).columns == ("id", "party")
        row = next(text for text in driven.lines if "ACME" in text)
        assert row.strip("│▌ ").split() == ["D1", "ACME"]
        await driven.command("columns")
        assert "decide by" in driven.text


async def test_a_view_is_left_as_it_is_and_found_so_again(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("2", "j", "space", "enter")
        assert "2 deviations › D3" in driven.lines[0]
        await driven.press("1")
        assert driven.app.screen is driven.desk_screen
        await driven.press("minus")
        assert isinstance(driven.app.screen, DeviationsScreen)
        assert len(driven.app.screen_stack) == 2, "the page on top of it was closed"
        assert table(driven).cursor == 2
        assert "1 marked" in driven.text
        await driven.press("escape")
        assert "marked" not in driven.text
        await driven.press("escape", "escape")
        assert driven.app.screen is driven.desk_screen


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36), (250, 70)])
async def test_every_row_shows_whole_ids_at_every_size(opened: Open, size: tuple[int, int]) -> None:
    async with opened(size) as driven:
        await driven.press("2")
        row: Any = next(text for text in driven.lines if "PO second" in text)
        assert "D2" in row.split()
        assert all(len(text) <= size[0] for text in driven.lines)


async def test_what_has_ended_can_be_listed_and_ordered_too(world: World, opened: Open) -> None:
    world.desk.dismiss([world.ids[1]], reason="they called")
    async with opened() as driven:
        await driven.press("2")
        await driven.command("view all")
        assert subjects(driven) == ["first", "third", "second"], "the live ones stand first"
        await driven.command("sort subject")
        assert subjects(driven) == ["first", "second", "third"]
        await driven.command("group state")
        assert "state dismissed  1 ·" in driven.text


async def test_signals_that_move_nothing_do_not_have_the_list_asked_for_anew(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened() as driven:
        await driven.press("2")
        screen = driven.app.screen
        assert isinstance(screen, DeviationsScreen)
        asked: list[str] = []
        monkeypatch.setattr(screen, "fill", lambda: asked.append("again"))
        take(world.desk, eta("nobody plans this", NOW), detect=False)
        screen.update()
        assert asked == []
        world.desk.ack([world.ids[0]])
        screen.update()
        assert asked == ["again"]


async def test_a_list_without_a_view_or_a_filter_has_its_name_alone(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("2", "escape")
        assert driven.lines[1].startswith("╭─ Deviations ──")


@pytest.mark.parametrize("line", ["view save mine", "sort -exposure", "group owner", "columns id kind"])
async def test_a_line_that_arranges_the_list_says_elsewhere_that_it_needs_it(
    world: World, opened: Open, line: str
) -> None:
    async with opened() as driven:
        await driven.press(":")
        await driven.type(line)
        await driven.finish("enter")
        assert driven.status == (
            f"✗ `{line}`: this arranges the list of deviations, and needs it in view; go there first"
        )
