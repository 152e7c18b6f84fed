"""Views of the list of deviations that people keep in offplan.toml, by whatever name and in whatever writing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import Open, World
from tests.tui.deviation_table import subjects, table


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "offplan.toml").write_text('# ours\n[desk]\nname = "here"\n', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("columns", ['["id", "colour"]', '[["id"]]', "[{}]", "7"])
async def test_columns_of_a_kept_view_that_are_none_are_named_with_their_place_and_it_can_be_forgotten(
    opened: Open, workspace: Path, columns: str
) -> None:
    with (workspace / "offplan.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[view.big]\ncolumns = {columns}\n")
    async with opened(workspace=workspace) as driven:
        await driven.press("2")
        await driven.finish("V")
        assert "view.big.columns: " in driven.status
        assert "is no column; name some of decide_by" in driven.app.session.said[-1].message
        await driven.command("view forget big")
        assert driven.status.startswith("✓ view big: taken out of")
    assert "view" not in (workspace / "offplan.toml").read_text(encoding="utf-8")


async def test_a_view_is_kept_in_the_settings_and_chosen_again(world: World, opened: Open, workspace: Path) -> None:
    async with opened(workspace=workspace) as driven:
        await driven.press("2", "/")
        await driven.press(*["backspace"] * 60)
        await driven.type("!second")
        await driven.press("enter")
        await driven.command("sort -subject")
        await driven.command("view save big ones")
        assert driven.status.startswith("✓ view big ones: kept in ")
        assert "Deviations big ones /!second" in driven.text
        text = (workspace / "offplan.toml").read_text(encoding="utf-8")
        assert text == ('# ours\n[desk]\nname = "here"\n\n[view."big ones"]\nfilter = "!second"\nsort = "-subject"\n')
        await driven.command("view queue")
        assert subjects(driven) == ["first", "second", "third"]
    async with opened(workspace=workspace) as driven:
        await driven.press("2", "V")
        await driven.type("big")
        await driven.press("enter")
        assert subjects(driven) == ["third", "first"]
        await driven.command("group kind")
        await driven.command("view save big ones")
        assert (workspace / "offplan.toml").read_text(encoding="utf-8").count("[view.") == 1
        await driven.command("view forget big ones")
        assert "view" not in (workspace / "offplan.toml").read_text(encoding="utf-8")
        await driven.command("view big ones")
        assert "there is no such view" in driven.status


async def test_without_a_workspace_a_view_is_not_kept_and_says_so(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("2")
        await driven.command("view save mine too")
        assert driven.status.startswith("✗ there is no workspace here")
        await driven.command("view mine")
        assert list(table(driven).ids) == []
        assert "The view 'mine' has nothing in it." in driven.text


async def test_a_read_only_desk_keeps_no_view(opened: Open, workspace: Path) -> None:
    async with opened(workspace=workspace, readonly=True) as driven:
        await driven.press("2")
        await driven.command("view save x")
        assert driven.status == "✗ this desk was opened read-only"
        assert "view" not in (workspace / "offplan.toml").read_text(encoding="utf-8")


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
            await driven.command(f"view save {name}")
            assert driven.status.startswith(f"✓ view {name}: kept in"), driven.status
        await driven.command(f"view forget {name}")
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
        await driven.command("view forget big ones")
        assert driven.status.startswith("✓ view big ones: taken out of")
    assert "big ones" not in file.read_text(encoding="utf-8")


async def test_a_view_that_is_no_table_of_its_own_is_not_said_to_be_gone(
    world: World, opened: Open, workspace: Path
) -> None:
    file = workspace / "offplan.toml"
    file.write_text("[view]\nbig = { sort = 'kind' }\n", encoding="utf-8")
    async with opened(workspace=workspace) as driven:
        await driven.press("2")
        await driven.command("view forget big")
        assert "[view.big] is no table of its own there, and the file stays as it was" in driven.status
    assert file.read_text(encoding="utf-8") == "[view]\nbig = { sort = 'kind' }\n"
