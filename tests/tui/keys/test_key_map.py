"""The person's own keys: what is moved works everywhere, and a map that would take something away is refused."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from engine.values.errors import BadInput
from tests.tui.conftest import Open, World
from tui.command_line import main
from tui.keys import key_map
from tui.keys.key_map import KeyMap
from tui.keys.screen_options import ScreenOptions
from tui.screens import help_lines
from tui.screens.pickers import Confirm, TextScreen
from tui.screens.timeline import TimelineScreen
from tui.terminal.safe import plain
from tui.widgets.page_list import PageList


def moved(**table: Any) -> KeyMap:
    return key_map.read(table, "offplan.toml")


async def test_a_moved_key_acts_and_the_old_one_does_not(world: World, opened: Open) -> None:
    async with opened((120, 200), options=ScreenOptions(keys=moved(ack="K", keys="f5, f6"))) as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.finish("a")
        assert world.state(first) == "open"
        assert " K ack" in driven.lines[-1]
        await driven.finish("K")
        assert world.state(first) == "acknowledged"
        await driven.press("f5")
        assert isinstance(driven.app.screen, TextScreen)
        assert any(line.startswith("│  f5, f6") for line in driven.lines)
        await driven.press("escape", "?")
        assert len(driven.app.screen_stack) == 1


async def test_of_two_on_one_key_one_may_move(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened(options=ScreenOptions(keys=moved(dismiss="ö"))) as driven:
        driven.desk_screen.open_deviation(world.ids[0], at="A1")
        await driven.pilot.pause()
        await driven.press("x")
        await driven.type("known")
        await driven.finish("enter")
        assert world.state("A1") == "skipped", "x still leaves an action out"
        await driven.press("g", "x")
        assert driven.status == "nothing under the cursor takes this key"
        await driven.press("ö")
        await driven.type("known")
        await driven.finish("enter", "enter")
        assert world.state(world.ids[0]) == "dismissed"


async def test_a_key_of_lists_moves_in_every_list_and_letters_stay_text(world: World, opened: Open) -> None:
    async with opened(options=ScreenOptions(keys=moved(down="ö", up="ü"))) as driven:
        await driven.press("ö", "ö", "ü")
        assert driven.desk_screen.queue.cursor == 1
        await driven.press("j")
        assert driven.desk_screen.queue.cursor == 1
        await driven.press("?")
        page = driven.app.screen.query_one("PageList")
        await driven.press("ö")
        assert page.cursor == 1  # type: ignore[attr-defined]
        await driven.press("escape")
        await driven.command("comment D1 ööj")
        assert world.desk.show("D1")["history"][-1]["reason"] == "ööj"


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"akc": "A"}, "keys.akc: there is no such id; did you mean 'ack'"),
        ({"ack": "o"}, "keys.ack: o is the key of assign too; choose another key, or move assign as well"),
        ({"ack": "j"}, "keys.ack: j is the key of down too"),
        ({"ack": "B", "assign": "B"}, "B is the key of assign too"),
        ({"ack": "ctrl+b"}, "keys.ack: ctrl\\+b does not arrive everywhere: tmux takes it"),
        ({"ack": "alt+a"}, "alt\\+a sends the same bytes as esc"),
        ({"ack": "hyper"}, "'hyper' is no key"),
        ({"ack": "ctrl+ef"}, "'ctrl\\+ef' is no key"),
        ({"ack": ""}, "'' is no key"),
        ({"ack": 7}, "7 is no key"),
        ({"back": "x"}, "keys.back: x is the key of skip too"),
        ({"yes": "j"}, "keys.yes: j is the key of down too"),
        ({"yes": "n"}, "keys.yes: n is the key of no too"),
        ({"line_take": "K"}, "keys.line_take: K is text there"),
        ({"choice_leave": "home"}, "keys.choice_leave: home is text there, or mends it"),
        ({"line_later": "up"}, "keys.line_later: up is the key of line_earlier too"),
    ],
)
def test_a_map_that_cannot_be_used_is_refused_with_its_place(table: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        key_map.read(table, "offplan.toml")


def test_two_may_change_places_and_share_a_letter_for_different_things() -> None:
    map_ = moved(ack="o", assign="a", start="r")
    assert (map_.first("ack"), map_.first("assign")) == ("o", "a")
    assert map_.meant("r", "action", ("act",)) == map_.of("start")
    assert map_.meant("r", "deviation", ("act",)) is None, "the table has respond there"
    assert not map_.given_up("a", ("act",))
    assert map_.given_up("s", ("act",))
    assert not map_.given_up("s", ("everywhere",)), "it did nothing there"


async def test_a_yes_on_another_key_is_told_and_used(world: World, opened: Open) -> None:
    async with opened(options=ScreenOptions(keys=moved(yes="a", no="f7, o", line_take="f8"))) as driven:
        await driven.press("*", "x")
        await driven.type("late")
        assert " f8 takes the line " in driven.lines[-1]
        await driven.press("enter")
        assert "why" in driven.text, "enter does nothing here any more"
        await driven.press("f8", "enter")
        assert driven.status == "a does it   f7 or o leaves everything as it is"
        await driven.press("y", "n", "escape", "q")
        assert isinstance(driven.app.screen, Confirm)
        await driven.finish("a")
        assert {world.state(id_) for id_ in world.ids} == {"dismissed"}


async def test_hints_of_other_keys_follow_too(opened: Open) -> None:
    keys = moved(open="f5", next_pane="f6", quit="K", back="f7", command="f9", filter="f4")
    async with opened((80, 24), options=ScreenOptions(keys=keys)) as driven:
        assert "f6 changes" in driven.lines[1]
    told = [plain(line.pieces) for line in help_lines.of_place(TimelineScreen.scopes, keys, 200)]
    assert any("several keys add up, f5 does it, f7 leaves it" in line for line in told)
    assert any("f4snoozed_until>now shows it" in line for line in told)
    async with opened((50, 12), options=ScreenOptions(keys=keys)) as driven:
        assert "K, which leaves" in " ".join(driven.text.split())
        await driven.press("q")
        assert driven.app.is_running
        await driven.press("K")
        assert not driven.app.is_running


def test_check_names_what_is_wrong_with_the_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path), "--quiet"]) == 0
    settings = tmp_path / "offplan.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before + '\n[keys]\nack = "ctrl+b"\n', encoding="utf-8")
    assert main(["check", "--workspace", str(tmp_path)]) == 3
    assert "tmux takes it as its prefix" in capsys.readouterr().out
    settings.write_text(before + '\n[keys]\nack = "K"\n', encoding="utf-8")
    main(["check", "--workspace", str(tmp_path)])
    assert "keys" not in capsys.readouterr().out


def test_the_example_of_a_new_workspace_holds(tmp_path: Path) -> None:
    main(["init", str(tmp_path), "--quiet"])
    lines = (tmp_path / "offplan.toml").read_text(encoding="utf-8").splitlines()
    begin = lines.index("# [keys]") + 1
    example = tomllib.loads("\n".join(line.removeprefix("# ") for line in lines[begin : begin + 2]))
    assert key_map.read(example, "offplan.toml").moved


@pytest.mark.parametrize("table", [{"open": "f5"}, {"down": "f6", "up": "f7"}, {"next_pane": "f8"}])
async def test_what_a_dialog_says_of_its_keys_holds_whatever_was_moved(
    world: World, opened: Open, table: dict[str, str]
) -> None:
    """`enter` took no choice where the key that opens rows was moved, and arrows moved in no list."""
    async with opened(options=ScreenOptions(keys=moved(**table))) as driven:
        await driven.press("o", "down")
        await driven.finish("enter")
        assert world.desk.show(world.ids[0])["owner"] == "bo"
        await driven.press("r", "tab")
        assert driven.app.focused is not None
        assert driven.app.focused.id == "preview"
        await driven.press("shift+tab")
        await driven.finish("enter")
        assert driven.status.startswith("✓ respond: R1")


async def test_a_danger_is_done_with_y_also_where_a_list_has_that_key(world: World, opened: Open) -> None:
    async with opened(options=ScreenOptions(keys=moved(mark="y", copy="E", copy_line="f6"))) as driven:
        await driven.press("*", "x")
        await driven.type("all known")
        await driven.press("enter", "enter")
        await driven.finish("y")
        assert {world.state(id_) for id_ in world.ids} == {"dismissed"}


async def test_keys_of_lists_that_were_moved_hold_in_dialogs_too(world: World, opened: Open) -> None:
    async with opened(options=ScreenOptions(keys=moved(down="f6", open="f5"))) as driven:
        await driven.press("o", "f6")
        await driven.finish("f5")
        assert world.desk.show(world.ids[0])["owner"] == "bo"


async def test_hints_name_the_keys_that_hold(world: World, opened: Open) -> None:
    keys = moved(next_pane="f8", open="f5", back="f9", copy_line="f6", mend="f7", explain="f4")
    world.desk.respond([world.ids[0]])
    async with opened((80, 24), options=ScreenOptions(keys=keys)) as driven:
        assert "f8 changes" in driven.lines[1]
        await driven.press("@")
        assert "f6 copies the line" in driven.text
        await driven.press("escape", "3", ">")
        await driven.settle()
        assert driven.status.startswith("f5 does it, f9 leaves it")
        await driven.press("?")
        lines = driven.app.screen.query_one(PageList).lines
        said = " ".join(" ".join(text for text, _ in line.pieces).strip() for line in lines)
        assert "shows what follows, f5 does it" in " ".join(said.split())
        assert "f5 does it, f9 leaves it" in " ".join(said.split())
        await driven.press("escape")
        await driven.press("f9", "f8")
        assert "f5 shows the numbers" in driven.text
        await driven.press("6", "f7")
        assert driven.status == "f7 mends a held record: f8 to the quarantine"


async def test_what_says_how_to_go_on_names_the_keys_that_hold(opened: Open) -> None:
    keys = moved(filter="f5", respond="f6", since="f7")
    async with opened((120, 90), options=ScreenOptions(keys=keys)) as driven:
        await driven.press("n")
        assert driven.status == "f5 says what to look for"
        await driven.press("enter")
        assert "No response yet: f6 chooses a playbook." in driven.text
        await driven.press("7", "shift+tab", "f7")
        assert driven.status == "the load looks ahead from now on; f7 is for what has passed"
