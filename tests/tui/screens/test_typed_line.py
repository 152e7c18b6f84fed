"""The `:` line: the shell's words, completion, help, and a reason without quotes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tui.conftest import Open, World
from tui.keys import key_map
from tui.keys.request import LOCAL, READS, VERBS
from tui.keys.screen_options import DEFAULTS
from tui.screens.deviation_page import DeviationPage
from tui.screens.pickers import TextScreen
from tui.screens.record_page import RecordPage
from tui.widgets.one_line import OneLine
from tui.words.command_table import COMMANDS


async def test_the_command_line_has_the_shells_words(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.command(f"assign {world.ids[1]} --to chen")
        assert world.desk.show(world.ids[1])["owner"] == "chen"
        await driven.command("dance D1")
        assert driven.status.startswith("✗ `dance D1`")
        await driven.press(":")
        line = driven.app.screen.query_one(OneLine)
        assigns = f"assign {world.ids[1]} --to chen"
        for key, value in (("up", "dance D1"), ("up", assigns), ("up", assigns), ("down", "dance D1"), ("down", "")):
            await driven.press(key)
            assert line.value == value
        await driven.finish("escape")


async def test_tab_completes_verbs_and_ids(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press(":")
        await driven.type("dism")
        await driven.press("tab")
        assert driven.app.screen.query_one(OneLine).value == "dismiss "
        await driven.press("D", "tab")
        assert "D1 D2 D3" in driven.status
        await driven.finish("escape")
        assert not driven.status, "it was about the line, which is gone"


async def test_show_opens_any_object(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.command("show S1")
        assert isinstance(driven.app.screen, RecordPage)
        assert "tower" in driven.text


@pytest.mark.parametrize("line", ["show {} --explain", "explain {}"])
async def test_what_is_explained_in_the_shell_is_explained_here(line: str, world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.command(line.format(world.ids[0]))
        page = driven.app.screen
        assert isinstance(page, DeviationPage)
        assert page.page.line is not None
        assert page.page.line.section == "Explain"


async def test_help_says_how_a_command_is_written(opened: Open) -> None:
    async with opened() as driven:
        await driven.command("help dismiss")
        assert isinstance(driven.app.screen, TextScreen)
        assert "dismiss ID... --reason TEXT" in driven.text
        assert "why; kept in the journal" in driven.text
        await driven.press("escape")
        await driven.command("help report review")
        assert "report review ID" in driven.text, "what only reads is typed here as well"
        await driven.press("escape")
        for words, meant in (("dismis", "dismiss"), ("review", "report review"), ("report revew", "report review")):
            await driven.command(f"help {words}")
            assert f"did you mean `{meant}`?" in driven.status


async def test_a_comment_needs_no_option_and_no_quotes(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.command("comment D1 they can't ship: D2 first")
        assert world.desk.show("D1")["history"][-1]["reason"] == "they can't ship: D2 first"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("deviations --where party=ACME --limit 2", "purchase_order"),
        ("signals", "tower"),
        ("report review D1", "Review of D1"),
        ("playbook explain D1", "late-purchase-order"),
        ("check", "fault and mend"),
    ],
)
async def test_what_only_reads_prints_what_the_shell_prints(line: str, words: str, world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.command(line)
        assert isinstance(driven.app.screen, TextScreen), driven.app.session.said
        assert f"offplan {line}" in driven.lines[0]
        assert words in driven.text
        await driven.press("escape", ":", "up")
        assert driven.app.screen.query_one(OneLine).value == line


async def test_what_the_shell_refuses_is_refused_and_what_writes_is_for_the_shell(world: World, opened: Open) -> None:
    async with opened() as driven:
        for line, said in (
            ("report review D99", "✗ there is no deviation D99"),
            ("deviations --where colour=red", "✗ filter colour=red: there is no such field"),
            ("load plan.csv --as purchase_order", "✗ `load plan.csv --as purchase_order`: this is for the shell"),
            ("watch", "✗ `watch`: this is for the shell"),
            ("quarantine --retry Q1", "✗ `quarantine --retry Q1`: this is for the shell"),
        ):
            await driven.command(line)
            assert driven.app.session.said[-1].message.startswith(said), line
            assert driven.app.screen is driven.desk_screen
        await driven.press(":")
        await driven.type("report ha")
        await driven.press("tab")
        assert driven.app.screen.query_one(OneLine).value == "report handover "


async def test_what_is_no_command_names_the_one_that_was_meant(opened: Open) -> None:
    async with opened() as driven:
        for line, said in (
            ("review D1", "did you mean `report review`?"),
            ("dismis D1", "did you mean `dismiss`?"),
            ("report revew D1", "did you mean `report review`?"),
            ("zebra", "use one of ack, "),
            ("approve", "are required: ID; :help approve says how it is written"),
        ):
            await driven.command(line)
            assert said in driven.app.session.said[-1].message, line


def test_every_command_of_the_shell_is_known_here_or_brings_data_in_or_tends_a_file() -> None:
    known = {*VERBS, *LOCAL, *READS}
    for_the_shell = {"init", "demo", "map", "load", "ingest", "watch", "tick", "backup"}
    assert {words for words in COMMANDS if words and words not in known} == for_the_shell


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ack {}", "✓ ack: {} open → acknowledged. a does it too"),
        ("assign {} --to chen", ". o does it too"),
        ("filter late", "/ does it too"),
        ("sort exposure", "O does it too"),
        ("contain {}", ""),
    ],
)
async def test_a_typed_command_names_the_key_that_does_it(line: str, said: str, world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("2")
        await driven.command(line.format(world.ids[0]))
        assert said.format(world.ids[0]) in driven.status
        assert ("does it too" in driven.status) == bool(said)


async def test_what_a_key_did_names_no_key_and_one_that_was_moved_is_named_as_it_is(world: World, opened: Open) -> None:
    keys = key_map.read({"ack": "K"}, "offplan.toml")
    async with opened(options=replace(DEFAULTS, keys=keys)) as driven:
        await driven.finish("K")
        assert driven.status == f"✓ ack: {world.ids[0]} open → acknowledged"
        await driven.command(f"ack {world.ids[1]}")
        assert driven.status.endswith(". K does it too")


async def test_a_refused_filter_is_what_is_said(opened: Open) -> None:
    async with opened() as driven:
        await driven.command("filter kind=zebra")
        assert driven.status.startswith("✗ ")
