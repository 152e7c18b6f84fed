"""What tab makes of the last word of a `:` line: what may stand there, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vocabulary.model import DISMISSALS
from tests.tui.conftest import Open, World
from tui.keys.completing import Known, completions
from tui.keys.request import READS, VERBS
from tui.widgets.one_line import OneLine
from tui.words.command_table import COMMANDS

KNOWN = Known(["D1", "D12", "A3"], ["ana", "bo"], lambda named: [f"expedite-{named}"], lambda words: [])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("dis", ["dismiss"]),
        ("help dis", ["dismiss"]),
        ("ack D1", ["D1", "D12"]),
        ("show a", ["A3"]),
        ("assign D1 --to ", ["ana", "bo"]),
        ("ack D1 --to b", ["bo"]),
        ("respond D12 --playbook e", ["expedite-D12"]),
        ("respond --playbook ", ["expedite-"]),
        ("dismiss D1 --as ", [*DISMISSALS]),
        ("merge D1 --into D12", ["D12"]),
        ("deviations --where ki", ["kind="]),
        ("deviations --where kind=late_s", ["kind=late_supply"]),
        ("actions --where state=wait", ["state=waiting"]),
        ("report handover --format m", ["markdown"]),
        ("deviations --group-by own", ["owner"]),
        ("silence a", ["add"]),
        ("silence add --re", ["--reason"]),
        ("sil", ["silence add", "silence change", "silence end", "silence"]),
        ("silence en", ["end"]),
        ("silence end --re", ["--reason"]),
        ("report review D12", ["D12"]),
        ("theme li", ["light"]),
    ],
)
def test_what_may_stand_there(line: str, found: list[str]) -> None:
    assert completions(line, KNOWN) == found


@pytest.mark.parametrize(
    "line",
    [
        "dismiss D1 --reason ",
        "snooze D1 --until ",
        "deviations --limit ",
        "deviations --where item=",
        "sources ",
        "check ",
        "view ",
        "dance ",
        "deviations --db ",
    ],
)
def test_where_only_the_person_knows_nothing_is_offered(line: str) -> None:
    assert completions(line, KNOWN) == []


def test_no_option_that_takes_another_thing_is_followed_by_ids() -> None:
    for verb in {*VERBS, *READS}:
        for names, _, options in COMMANDS[verb].arguments:
            if names[0][0] == "-" and options.get("action") != "store_true" and options.get("metavar") != "ID":
                offered = completions(f"{verb} {names[0]} ", KNOWN)
                assert not {*offered} & {*KNOWN.ids}, (verb, names[0])


async def test_a_field_waits_for_its_value(opened: Open) -> None:
    async with opened() as driven:
        await driven.press(":")
        await driven.type("deviations --where ki")
        await driven.press("tab")
        line = driven.app.screen.query_one(OneLine)
        assert line.value == "deviations --where kind="
        await driven.type("late_su")
        await driven.press("tab")
        assert line.value == "deviations --where kind=late_supply "
        await driven.finish("escape")


async def test_playbooks_are_those_of_the_deviation_that_is_named(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("4", ":")
        await driven.type(f"respond {world.ids[0]} --playbook ")
        await driven.press("tab")
        line = driven.app.screen.query_one(OneLine)
        assert line.value == f"respond {world.ids[0]} --playbook expedite "
        await driven.finish("escape")


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("view hid", "view hidden "),
        ("view forget mor", "view forget morning "),
        ("sort -expo", "sort -exposure "),
        ("group own", "group owner "),
        ("columns id own", "columns id owner "),
    ],
)
async def test_the_list_of_deviations_knows_what_follows_its_words(
    typed: str, becomes: str, opened: Open, tmp_path: Path
) -> None:
    (tmp_path / "offplan.toml").write_text('[view.morning]\nfilter = "kind=late_supply"\n', encoding="utf-8")
    async with opened(workspace=tmp_path) as driven:
        await driven.press("2", ":")
        await driven.type(typed)
        await driven.press("tab")
        assert driven.app.screen.query_one(OneLine).value == becomes
        await driven.finish("escape")
