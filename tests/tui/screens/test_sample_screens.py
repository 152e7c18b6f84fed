"""The sample world on terminals of three sizes: what a newcomer has to be able to read there."""

from __future__ import annotations

import re
import shutil
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from engine.desk import Desk
from engine.storage.store import Store
from engine.values.clock import FixedClock
from playbooks.loader import load_library
from playbooks.planning.planner import PlaybookPlanner
from tests.sample_world import feeds
from tests.sample_world.copies import SAMPLE
from tests.tui.conftest import Driven, driving
from tui.app import OffplanApp
from tui.command_line import main
from tui.desk.session import Session
from tui.terminal.safe import plain
from tui.widgets.line_list import LineList
from tui.widgets.page_list import PageList

PLANNER = PlaybookPlanner(load_library())


def sample(folder: Path, size: tuple[int, int]) -> AbstractAsyncContextManager[Driven]:
    """ana's screen on a copy of the sample world, at its last instant."""
    copy = folder / "desk.db"
    shutil.copy(SAMPLE, copy)
    clock = FixedClock(feeds.NOW)
    session = Session(lambda: Desk(Store.open(copy), clock, actor="ana", planner=PLANNER), readonly=False)
    return driving(OffplanApp(session), size)


def row(driven: Driven, words: str) -> str:
    return next(line for line in driven.lines if words in line)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_queue_says_the_id_of_every_deviation(tmp_path: Path, size: tuple[int, int]) -> None:
    async with sample(tmp_path, size) as driven:
        for id_, subject in (("D73", "PO 4693/10"), ("D60", "SH MAEU8814218"), ("D57", "PMP-100@LYS")):
            assert re.search(rf" {id_} +[a-z_. ]+ +{subject} ", driven.text)


async def test_what_signals_say_has_the_room_that_it_needs(tmp_path: Path) -> None:
    async with sample(tmp_path, (120, 36)) as driven:
        assert "confirmed 300 EA …" in row(driven, "✉ 4693/10"), "and no number without its word"
    async with sample(tmp_path, (200, 60)) as driven:
        assert "confirmed 300 EA 30 Mar" in row(driven, "✉ 4693/10")
        await driven.press("4")
        said = row(driven, "S798 ")
        assert re.search(r"S798 07:41 +✉ confirmation 4693/10 +confirmed 300 EA 30 Mar +ACME +edi ", said)
        assert said.index("edi") < 90, "the record as it came has the rest"


async def test_the_playbooks_of_a_deviation_say_first_what_tells_them_apart(tmp_path: Path) -> None:
    async with sample(tmp_path, (80, 24)) as driven:
        assert driven.desk_screen.selection().ids == ("D73",)
        await driven.press("r")
        assert re.search(r"late-critical-part +severity is high  Late critical part", driven.text)
        assert re.search(r"coordinate-by-hand +any deviation; only when chosen by name  ", driven.text)
        whole = " ".join(driven.text.replace("│", " ").split())
        assert "applies because kind is late_supply; subject.type is purchase_order; severity is high" in whole


async def test_options_say_what_they_emit_and_by_which_distance_and_factor(tmp_path: Path) -> None:
    async with sample(tmp_path, (200, 60)) as driven:
        driven.desk_screen.open_id("A14")
        await driven.pilot.pause()
        assert "1,118.22" in row(driven, "courier: On-board courier")
        assert "117" in row(driven, "second-source: Buy it"), "taken to come 800 km by road"
        await driven.press("pagedown")
        whole = " ".join(driven.text.replace("│", " ").split())
        assert (
            "726.8 km × 1.95 t × 789 g/tkm ÷ 1000 (air_freighter; distance: great circle from FONDERIE to KAS; well-to-"
            in whole
        )
        assert "third-party copy of GLEC v3.2" in whole
        assert "800 km × 1.95 t × 75 g/tkm ÷ 1000 (road; distance: as the option says;" in whole


async def test_who_has_an_action_and_how_it_stands_is_never_cut(tmp_path: Path) -> None:
    async with sample(tmp_path, (80, 24)) as driven:
        driven.desk_screen.open_id("A23")
        await driven.pilot.pause()
        await driven.press("G")
        assert re.search(
            r"A20  Get a date for the balance of purchase_order 4692/10 from TENUTA +│\n│ +jan, in progress ",
            driven.text,
        )


async def test_a_day_with_room_and_work_that_is_late_do_not_contradict_each_other(tmp_path: Path) -> None:
    async with sample(tmp_path, (200, 60)) as driven:
        await driven.press("3")
        note = row(driven, "enter shows the numbers")
        assert "late: " in note
        assert "nobody has too much" not in note


def test_the_handover_says_in_slack_where_the_queue_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(SAMPLE, tmp_path / "desk.db")
    assert main(["report", "handover", "--db", str(tmp_path / "desk.db"), "--now", "2026-03-09T08:12:00Z"]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("D50 ")]
    assert told
    assert all("in slack" in line and "€0" not in line for line in told)


async def test_a_time_in_a_sentence_is_that_of_the_desk_everywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The end of D67's storm, and when A21 was due: both stand in sentences, in UTC."""
    async with sample(tmp_path, (200, 60)) as driven:
        told = []
        for id_ in ("D67", "A21"):
            driven.desk_screen.open_id(id_)
            await driven.pilot.pause()
            told += [plain(line.pieces) for line in driven.app.screen.query_one(PageList).lines]
            await driven.press("escape")
    for words in (["deviations"], ["show", "D67"], ["show", "A21"]):
        assert main([*words, "--db", str(tmp_path / "desk.db"), "--now", "2026-03-09T08:12:00Z"]) == 0
        told += capsys.readouterr().out.splitlines()
    assert not [line for line in told if re.search(r"\d\d:\d\d(:\d\d)?Z", line)]
    assert sum("until 15 Mar 06:00: 1 open line" in line for line in told) >= 3
    assert sum("it was due 5 Mar 16:05, and is ready" in line for line in told) >= 2


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_options_and_actions_of_a_page_are_named_in_full(tmp_path: Path, size: tuple[int, int]) -> None:
    async with sample(tmp_path, size) as driven:
        driven.desk_screen.open_id("A14")
        await driven.pilot.pause()
        page = driven.app.screen.query_one(PageList)
        shown = " ".join(" ".join(plain(line.pieces) for line in page.lines).split())
        for option in ("courier: On-board courier or charter", "sister-site: Take it from another site of ours"):
            assert set(option.split()) <= set(shown.split())
        assert {"1,118.22", "dominated", "chosen"} <= set(shown.replace("(", "").replace(")", "").split())
        driven.desk_screen.open_id("D42")
        await driven.pilot.pause()
        await driven.press(*["tab"] * (8 if size[0] == 80 else 9))
        page = driven.app.screen.query_one(PageList)
        words = [plain(line.pieces) for line in page.lines if line.target == "A8"]
        assert "FONDERIE" in " ".join(words)


async def test_a_line_that_is_open_says_its_own_keys_in_the_footer(tmp_path: Path) -> None:
    async with sample(tmp_path, (120, 36)) as driven:
        before = driven.lines[-1]
        assert "r respond" in before
        await driven.press("x")
        assert driven.lines[-1].split() == ["enter", "takes", "the", "line", "esc", "leaves", "it"]
        await driven.press("escape", ":")
        assert "tab completes" in driven.lines[-1]
        await driven.press("escape")
        assert driven.lines[-1] == before


async def test_what_cannot_be_is_said_before_anything_is_typed(tmp_path: Path) -> None:
    """D50 has mandatory actions open, and A24 is a decision, which `done` does not make."""
    async with sample(tmp_path, (120, 36)) as driven:
        driven.desk_screen.open_id("D50")
        await driven.pilot.pause()
        await driven.press("R")
        assert driven.status.startswith("✗ D50: A")
        assert "mandatory and open" in driven.status
        await driven.press("escape")
        driven.desk_screen.open_id("A24")
        await driven.pilot.pause()
        await driven.press("d")
        assert driven.status == "✗ A24 asks for a choice: D chooses, with every sum in view"


async def test_a_hint_goes_with_the_next_key(tmp_path: Path) -> None:
    async with sample(tmp_path, (120, 36)) as driven:
        await driven.press("s")
        assert driven.status == "start is for actions; the cursor is on a deviation"
        await driven.press("j")
        assert driven.status == ""


async def test_lists_are_narrowed_down_by_the_ids_that_people_say(tmp_path: Path) -> None:
    async with sample(tmp_path, (120, 36)) as driven:
        await driven.press("/", *"D73", "enter")
        assert list(driven.desk_screen.queue.ids) == [73]
        await driven.press("escape", "/", *"D7", "enter")
        assert 73 not in driven.desk_screen.queue.ids, "D7 is not D73"
        await driven.press("escape")
        await driven.press("tab", "/", *"d50", "enter")
        actions = driven.app.screen.query_one("#timeline", LineList)
        assert 24 in actions.ids
        assert len(actions.ids) < 9
        assert "Actions /d50" in driven.text
