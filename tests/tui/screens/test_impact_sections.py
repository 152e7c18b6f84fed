"""What a deviation hits, on its page: the tree, the customers, and the way between a root and its consequences."""

from __future__ import annotations

import re
import shutil
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from engine.desk import Desk
from engine.storage.desk_clock import clock_of
from engine.storage.store import Store
from tests.tui.conftest import Driven, driving
from tui.app import OffplanApp
from tui.demo import demo_world
from tui.desk.session import Session
from tui.screens import impact_sections
from tui.screens.deviation_page import DeviationPage
from tui.screens.deviation_sections import SECTIONS
from tui.terminal import safe


def sample(tmp_path: Path, size: tuple[int, int]) -> AbstractAsyncContextManager[Driven]:
    """The sample world's desk: its first row is a late part that reaches customers through the bill of material."""
    path = tmp_path / "sample.db"
    shutil.copyfile(demo_world.sample(), path)

    def desk() -> Desk:
        store = Store.open(path)
        return Desk(store, clock_of(store), actor="ana")

    return driving(OffplanApp(Session(desk, readonly=True)), size)


def _page(driven: Driven) -> DeviationPage:
    page = driven.app.screen
    assert isinstance(page, DeviationPage)
    return page


async def test_the_tree_leads_from_the_root_to_customers_with_dates_and_value(tmp_path: Path) -> None:
    async with sample(tmp_path, (120, 100)) as driven:
        await driven.press("enter")
        headings = [line.section for line in _page(driven).page.lines if line.section is not None]
        assert headings == list(SECTIONS)
        assert "2 customer orders hit, 91,500 EUR at risk" in driven.text
        root = next(at for at, text in enumerate(driven.lines) if "PO 4693/10" in text and "MOT-22@KAS" in text)
        below = driven.lines[root + 1 : root + 16]
        assert "├ MO-8818" in below[0]
        (reached,) = (text for text in below if "│ └ SO-30017/1 CASTELLAN" in text)
        assert "+10d" in reached
        assert "€73.2k" in reached
        assert "in slack" in next(text for text in below if "SO-20482/1" in text)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_a_number_stands_near_its_line_and_more_room_shows_more(tmp_path: Path, size: tuple[int, int]) -> None:
    async with sample(tmp_path, size) as driven:
        await driven.press("enter", "tab", "tab", "tab")
        lines = [safe.plain(line.pieces) for line in _page(driven).page.lines]
        titles = next(text for text in lines if "pegged" in text and "goods" in text)
        reached = next(text for text in lines if "SO-30017/1 CASTELLAN" in text and "€73.2k" in text)
        assert "PMP-400@KAS" in reached
        assert "30 Mar 00:00" in reached
        assert ("D63 late_demand" in reached) == (size[0] > 100) == ("folded inside" in titles)
        blanks = [run for text in (titles, reached) for run in re.findall(" +", text.rstrip())]
        assert max(map(len, blanks)) < 30


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_what_is_observed_stands_beside_what_was_planned(tmp_path: Path, size: tuple[int, int]) -> None:
    async with sample(tmp_path, size) as driven:
        await driven.press("enter")
        lines = [safe.plain(line.pieces) for line in _page(driven).text_of(_page(driven).page)]
        assert any("planned (as of baseline 16) observed" in text for text in lines)
        planned, observed = (
            next(text for text in lines if text.startswith(f"{name:16}")) for name in ("at", "expected")
        )
        assert "18 Mar 00:00 (in 8d)" in planned
        assert observed.index("30 Mar 00:00 (in 20d)") < 60


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_enter_leads_from_a_root_to_its_consequence_and_back(tmp_path: Path, size: tuple[int, int]) -> None:
    async with sample(tmp_path, size) as driven:
        first = f"D{driven.desk_screen.queue.current}"
        folded = driven.app.session.desk.show(first)["consequences_detail"]
        await driven.press("enter")
        while "What follows from it" not in driven.text:
            await driven.press("tab")
        page = _page(driven)
        page.page.go_to([line.target for line in page.page.lines].index(folded[0]["id"]))
        await driven.press("enter")
        assert _page(driven).page.title == folded[0]["id"]
        _page(driven).page.go_to([line.target for line in _page(driven).page.lines].index(first))
        await driven.press("enter")
        assert _page(driven).page.title == first


async def test_customers_see_dates_quantity_and_value(tmp_path: Path) -> None:
    async with sample(tmp_path, (120, 36)) as driven:
        await driven.press("enter", *["tab"] * (SECTIONS.index("Customers") + 1))
        row = next(text for text in driven.lines if "CASTELLAN  " in text and "73,200 EUR" in text)
        assert "18 Mar" in row
        assert "30 Mar" in row
        assert "120 EA" in row


async def test_what_has_no_impact_says_so(tmp_path: Path) -> None:
    async with sample(tmp_path, (80, 24)) as driven:
        found = driven.app.session.desk.deviations(["kind=stale_feed"]).items[0]
        driven.desk_screen.open_deviation(found["id"], section="Impact")
        await driven.pilot.pause()
        assert "Only what is still to come of a supply line" in driven.text
        await driven.press("tab", "tab")
        assert "Nothing follows from it" in driven.text
        await driven.press("tab")
        assert "No customer order is hit." in driven.text


async def test_a_narrow_page_names_the_section_in_front(tmp_path: Path) -> None:
    async with sample(tmp_path, (64, 20)) as driven:
        await driven.press("enter", "tab", "tab", "tab")
        assert "Impact" in driven.lines[1]
        assert "4 of 10" in driven.lines[1]


async def test_one_odd_id_takes_no_column_from_the_other_rows(tmp_path: Path) -> None:
    async with sample(tmp_path, (80, 24)) as driven:
        session = driven.app.session
        detail = session.desk.show(f"D{driven.desk_screen.queue.current}")
        folded = detail["consequences_detail"]
        detail["consequences_detail"] = [{**folded[0], "subject": {"type": "sales_order", "id": "S" * 120}}, *folded]
        lines = [safe.plain(each.pieces) for each in impact_sections.family(detail, 76, session.present)]
        assert all(len(text) <= 76 for text in lines)
        assert "exposure" in lines[1]
        assert folded[0]["id"] in lines[2]
        assert "S…" in lines[2]
