"""View 2: the whole list of deviations, in an order, in groups and columns of a person's choosing, and the views
kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.values.clock import DAY
from tests.engine.desk_support import NOW, eta, line, take
from tests.tui.conftest import Driven, Open, World
from tui.screens.deviations import DeviationsScreen
from tui.widgets.deviation_list import DeviationList


def table(driven: Driven) -> DeviationList:
    return driven.on(DeviationsScreen).table


def subjects(driven: Driven) -> list[str]:
    """The subjects of the list's rows, from top to bottom."""
    shown = table(driven)
    return [str(row["subject"]["id"]) for number in shown.ids if number >= 0 and (row := shown.row(number))]


async def typed(driven: Driven, line: str) -> None:
    await driven.press(":")
    await driven.type(line)
    await driven.finish("enter")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "offplan.toml").write_text('# ours\n[desk]\nname = "here"\n', encoding="utf-8")
    return tmp_path


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
        await typed(driven, "sort -subject")
        assert subjects(driven) == ["third", "second", "first"]
        assert "by subject, largest first" in driven.text
        await typed(driven, "sort colour")
        assert driven.status.startswith("✗ sort: 'colour' cannot be sorted by")
        assert subjects(driven) == ["third", "second", "first"]
        await typed(driven, "sort")
        assert subjects(driven) == ["first", "second", "third"], "the queue's order again"


async def test_what_has_no_value_comes_last_in_either_direction(world: World, opened: Open) -> None:
    world.desk.ack([world.ids[1]], to="bo")
    async with opened() as driven:
        await driven.press("2")
        for order in ("owner", "-owner"):
            await typed(driven, f"sort {order}")
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
        await typed(driven, "group")
        assert "▾" not in driven.text
        await typed(driven, "group exposure")
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
        await typed(driven, "columns")
        assert "decide by" in driven.text


@pytest.mark.parametrize("columns", ['["id", "colour"]', '[["id"]]', "[{}]", "7"])
async def test_columns_of_a_kept_view_that_are_none_are_named_with_their_place(
    opened: Open, workspace: Path, columns: str
) -> None:
    with (workspace / "offplan.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[view.big]\ncolumns = {columns}\n")
    async with opened(workspace=workspace) as driven:
        await driven.press("2")
        await driven.finish("V")
        assert "view.big.columns: " in driven.status
        assert "is no column; name some of decide_by" in driven.app.session.said[-1].message


async def test_a_view_is_kept_in_the_settings_and_chosen_again(world: World, opened: Open, workspace: Path) -> None:
    async with opened(workspace=workspace) as driven:
        await driven.press("2", "/")
        await driven.press(*["backspace"] * 60)
        await driven.type("!second")
        await driven.press("enter")
        await typed(driven, "sort -subject")
        await typed(driven, "view save big ones")
        assert driven.status.startswith("✓ view big ones: kept in ")
        assert "Deviations big ones /!second" in driven.text
        text = (workspace / "offplan.toml").read_text(encoding="utf-8")
        assert text == ('# ours\n[desk]\nname = "here"\n\n[view."big ones"]\nfilter = "!second"\nsort = "-subject"\n')
        await typed(driven, "view queue")
        assert subjects(driven) == ["first", "second", "third"]
    async with opened(workspace=workspace) as driven:
        await driven.press("2", "V")
        await driven.type("big")
        await driven.press("enter")
        assert subjects(driven) == ["third", "first"]
        await typed(driven, "group kind")
        await typed(driven, "view save big ones")
        assert (workspace / "offplan.toml").read_text(encoding="utf-8").count("[view.") == 1
        await typed(driven, "view forget big ones")
        assert "view" not in (workspace / "offplan.toml").read_text(encoding="utf-8")
        await typed(driven, "view big ones")
        assert "there is no such view" in driven.status


async def test_without_a_workspace_a_view_is_not_kept_and_says_so(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("2")
        await typed(driven, "view save mine too")
        assert driven.status.startswith("✗ there is no workspace here")
        await typed(driven, "view mine")
        assert table(driven).ids == []
        assert "The view 'mine' has nothing in it." in driven.text


async def test_a_read_only_desk_keeps_no_view(opened: Open, workspace: Path) -> None:
    async with opened(workspace=workspace, readonly=True) as driven:
        await driven.press("2")
        await typed(driven, "view save x")
        assert driven.status == "✗ this desk was opened read-only"
        assert "view" not in (workspace / "offplan.toml").read_text(encoding="utf-8")


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
        await typed(driven, "view all")
        assert subjects(driven) == ["first", "third", "second"], "the live ones stand first"
        await typed(driven, "sort subject")
        assert subjects(driven) == ["first", "second", "third"]
        await typed(driven, "group state")
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


@pytest.mark.parametrize("name", ["late #1", 'of "ACME"', "a.b", "x]y", "[@click=app.exit]"])
async def test_a_view_of_any_name_is_kept_again_and_forgotten(
    world: World, opened: Open, workspace: Path, name: str
) -> None:
    """Behind a # was taken for a remark: such a view could not be kept twice, and forgetting it did nothing."""
    file = workspace / "offplan.toml"
    before = file.read_text(encoding="utf-8").splitlines()
    async with opened(workspace=workspace) as driven:
        await driven.press("2")
        for _ in range(2):
            await typed(driven, f"view save {name}")
            assert driven.status.startswith(f"✓ view {name}: kept in"), driven.status
        await typed(driven, f"view forget {name}")
        assert driven.status.startswith(f"✓ view {name}: taken out of")
    assert [text for text in file.read_text(encoding="utf-8").splitlines() if text] == [text for text in before if text]


@pytest.mark.parametrize("written", ["[view.'big ones']", '  [ view . "big ones" ] # big', "[view]\n[view.'big ones']"])
async def test_a_view_that_was_written_by_hand_is_forgotten_too(
    world: World, opened: Open, workspace: Path, written: str
) -> None:
    file = workspace / "offplan.toml"
    file.write_text(f"{written}\nsort = 'kind'\n", encoding="utf-8")
    async with opened(workspace=workspace) as driven:
        await driven.press("2")
        await typed(driven, "view forget big ones")
        assert driven.status.startswith("✓ view big ones: taken out of")
    assert "big ones" not in file.read_text(encoding="utf-8")


async def test_a_view_that_is_no_table_of_its_own_is_not_said_to_be_gone(
    world: World, opened: Open, workspace: Path
) -> None:
    file = workspace / "offplan.toml"
    file.write_text("[view]\nbig = { sort = 'kind' }\n", encoding="utf-8")
    async with opened(workspace=workspace) as driven:
        await driven.press("2")
        await typed(driven, "view forget big")
        assert "[view.big] is no table of its own there, and the file stays as it was" in driven.status
    assert file.read_text(encoding="utf-8") == "[view]\nbig = { sort = 'kind' }\n"


async def test_a_list_without_a_view_or_a_filter_has_its_name_alone(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("2", "escape")
        assert driven.lines[1].startswith("╭─ Deviations ──")
