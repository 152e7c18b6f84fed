"""View 6: the health of each source, and the quarantine: why a record is held, mending it in its place, trying
again."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.files.reading import signal_batches
from connectors.settings.settings_file import load
from engine.values.clock import HOUR, iso
from tests.engine.desk_support import NOW
from tests.tui.conftest import Driven, Open, World
from tui.screens.record_page import RecordPage
from tui.screens.sources import SourcesScreen
from tui.widgets.prompt import Prompt

TOML = """
[source.edi]
type = "folder"
path = "inbox"
pattern = "*.csv"
mapping = "dates"

[mapping.dates]
as = "signal"
date = "{date}"

[mapping.dates.fields]
id = "no"
kind = {{ const = "eta" }}
order_kind = {{ const = "purchase_order" }}
order_ref = "order"
eta = "eta"
quantity = "pieces"
"""


@pytest.fixture
def workspace(tmp_path: Path, world: World) -> Path:
    """A workspace whose source has two records held: one with no number in it, one with no date."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "offplan.toml").write_text(TOML.format(date="%d.%m.%Y"), encoding="utf-8")
    file = tmp_path / "inbox" / "march.csv"
    file.write_text("no,order,eta,pieces\n1,first,30.03.2026,100\n2,second,soon,100\n3,third,31.03.2026,eight\n")
    for batch in signal_batches(file, load(tmp_path / "offplan.toml"), "edi"):
        world.desk.take(batch)
    return tmp_path


def view(driven: Driven) -> SourcesScreen:
    return driven.on(SourcesScreen)


def row(driven: Driven, word: str) -> str:
    return next(text for text in driven.lines if word in text)


async def test_the_health_of_a_source_is_a_shape_and_a_word(world: World, opened: Open) -> None:
    world.desk.declare_source("silent", "folder", 2 * HOUR)
    world.desk.declare_source("broken", "http", None)
    world.desk.source_failed("broken", "503 from the server", next_poll_at=NOW + HOUR)
    async with opened() as driven:
        await driven.press("6")
        assert "✖ error" in row(driven, "broken")
        assert "503 from the server" in row(driven, "broken")
        assert row(driven, "broken").split()[8] == "1h", "when it is asked next"
        assert "○ silent" in row(driven, " silent ")
        assert "● ok" in row(driven, "tower")
        assert row(driven, "tower").split()[7] == "1h", "received an hour after it was recorded"
        assert "Nothing is held: every record that came could be taken." in driven.text
        for health, name in (("error", "broken"), ("silent", "silent"), ("ok", "tower")):
            await driven.press("/", "ctrl+u")
            await driven.type(f"health={health}")
            await driven.finish("enter")
            found = view(driven).sources
            assert [found.named(number)["name"] for number in found.ids] == [name]
    assert [item["name"] for item in world.desk.sources(["health<held"]).items] == ["broken"]


async def test_a_source_that_is_overdue_looks_stale(world: World, opened: Open) -> None:
    world.desk.declare_source("tower", "folder", HOUR)
    world.clock.set(NOW + 9 * HOUR)
    world.desk.tick()
    async with opened() as driven:
        await driven.press("6")
        assert "▲ stale" in row(driven, "tower")


async def test_enter_shows_a_sources_history_and_a_held_record_as_it_came(opened: Open, workspace: Path) -> None:
    async with opened(workspace=workspace) as driven:
        await driven.press("6", "enter")
        assert isinstance(driven.app.screen, RecordPage)
        assert "6 sources › edi" in driven.lines[0]
        assert "ingest" in driven.text
        await driven.press("escape", "tab", "enter")
        assert "6 sources › Q2" in driven.lines[0]
        assert '"pieces": "eight"' in driven.text


async def test_a_record_is_mended_in_the_column_that_was_refused(world: World, opened: Open, workspace: Path) -> None:
    async with opened(workspace=workspace) as driven:
        await driven.press("6", "tab", "i")
        assert "pieces: eight" in driven.text
        await driven.press("ctrl+u")
        await driven.type("80")
        await driven.finish("enter")
        assert driven.status.startswith("1 of 1 taken, 0 still held")
        assert list(view(driven).held.ids) == [1]
        await driven.press("@")
        assert "# Q2 tried with pieces = 80" in driven.text
    assert world.desk.signals(["source_id=3"]).items[0]["quantity"] == 80
    history = world.desk.show("Q2")["history"][-1]
    assert (history["actor"], history["reason"]) == ("ana", "mended: pieces 'eight' → '80'")


async def test_a_record_is_mended_on_its_page_and_then_no_more(world: World, opened: Open, workspace: Path) -> None:
    async with opened(workspace=workspace) as driven:
        await driven.press("6", "tab", "enter")
        assert "t try again i mend" in driven.lines[-1]
        await driven.finish("t")
        assert driven.status.startswith("0 of 1 taken, 1 still held; Q2: ")
        await driven.press("i", "ctrl+u")
        await driven.type("80")
        await driven.finish("enter")
        assert driven.status.startswith("1 of 1 taken, 0 still held")
        assert "6 sources › Q2" in driven.lines[0]
        assert "mend" not in driven.lines[-1]
        await driven.press("i")
        assert driven.status == "Q2 is not held any more"
    assert world.state("Q2") != "held"


async def test_a_wrong_mend_leaves_the_record_and_says_why(world: World, opened: Open, workspace: Path) -> None:
    async with opened(workspace=workspace) as driven:
        await driven.press("6", "tab", "i", "escape")
        assert driven.status == "Q2: left as it was"
        await driven.press("i")
        await driven.type("!")
        await driven.finish("enter")
        assert driven.status.startswith("0 of 1 taken, 1 still held; Q2: still refused")
        assert list(view(driven).held.ids) == [2, 1]
        assert world.state("Q2") == "held"


async def test_marked_records_are_tried_again_as_the_mapping_is_now(
    world: World, opened: Open, workspace: Path
) -> None:
    async with opened(workspace=workspace) as driven:
        await driven.press("6", "tab", "*")
        file = workspace / "inbox" / "march.csv"
        file.write_text(file.read_text().replace("eight", "8").replace("soon", "01.04.2026"))
        await driven.finish("t")
        assert driven.status.startswith("2 of 2 taken, 0 still held")
        assert "Nothing is held" in driven.text
        await driven.press("@")
        assert "offplan quarantine --retry Q1 Q2" in driven.text
    assert world.desk.header()["quarantined"] == 0


async def test_on_a_source_all_that_it_has_held_is_tried_again(opened: Open, workspace: Path) -> None:
    async with opened(workspace=workspace) as driven:
        await driven.press("6")
        assert "▣ held" in row(driven, "edi") or "✖ error" in row(driven, "edi")
        await driven.finish("t")
        assert driven.status.startswith("0 of 2 taken, 2 still held")
        await driven.press("i")
        assert driven.status.startswith("i mends a held record")
        await driven.press("j")
        await driven.finish("t")
        assert driven.status == "nothing is held there any more"


async def test_what_is_not_kept_as_columns_is_mended_elsewhere(world: World, opened: Open, workspace: Path) -> None:
    file = workspace / "inbox" / "april.csv"
    file.write_text("no,order,eta,pieces\n4,fourth\n")
    for batch in signal_batches(file, load(workspace / "offplan.toml"), "edi"):
        world.desk.take(batch)
    async with opened(workspace=workspace) as driven:
        await driven.press("6", "tab", "i")
        assert driven.status.endswith("is not kept as columns: mend its file or its mapping, then t tries it again")


async def test_a_read_only_desk_tries_nothing(world: World, opened: Open, workspace: Path) -> None:
    async with opened(workspace=workspace, readonly=True) as driven:
        await driven.press("6", "tab")
        assert "try again" not in driven.lines[-1]
        await driven.finish("t")
        assert driven.status == "✗ this desk was opened read-only"
        await driven.press("j")
        await driven.finish("i")
        assert driven.status == "✗ this desk was opened read-only"
        assert not driven.app.screen.query_one(Prompt).is_open


async def test_each_pane_has_its_own_filter(opened: Open, workspace: Path) -> None:
    async with opened(workspace=workspace) as driven:
        await driven.press("6", "/")
        await driven.type("!edi")
        await driven.press("enter", "tab", "/")
        await driven.type(f"reason~number received_at>={iso(NOW)[:10]}")
        await driven.press("enter")
        screen = view(driven)
        assert [screen.sources.named(number)["name"] for number in screen.sources.ids] == ["tower"]
        assert list(screen.held.ids) == [2]
        assert "1/1 of 2" in str(screen.held._border_subtitle)
        assert "1/1 of 2" in str(screen.sources._border_subtitle)
        # What was taken already is none of what is held.
        screen.filter_by("state=taken")
        assert " of " not in str(screen.held._border_subtitle)
        await driven.press("escape")
        assert list(screen.held.ids) == [2, 1]
        assert "Sources /!edi" in driven.text
        await driven.press("y")
        assert "Q2" in driven.status or "characters" in driven.status


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (250, 70)])
async def test_every_size_shows_names_and_ids_whole(opened: Open, workspace: Path, size: tuple[int, int]) -> None:
    async with opened(size, workspace=workspace) as driven:
        await driven.press("6")
        assert "tower" in driven.text
        await driven.press("tab")
        assert " Q2 " in driven.text
