"""The smallest screen: no view is wider than it, none cuts a number, a date or an id, and an empty desk says what to
do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.engine.desk_support import Steps, open_desk
from tests.tui.conftest import driving
from tests.tui.key_effects import Hand
from tests.tui.key_expectations import PLACES, SMALL
from tests.tui.keys.test_every_key import visited
from tui.app import OffplanApp
from tui.desk.session import Session
from tui.screens import views
from tui.screens.acting import ActingScreen
from tui.screens.deviation_sections import SECTIONS
from tui.widgets.page_list import PageList

CUT: Final = re.compile(r"\d…|\d …|\b[A-Z]+-\d*…")
"""A number or an id that goes on where nobody can read it."""
CUT_ON_A_PAGE: Final = re.compile(r"\d…|(?<=\s)[\d.,]+ …|\b[A-Z]+-\d*…")
"""The same where a whole order may stand before what was left out."""
EMPTY: Final = {
    "desk": ("there is no plan", "[source] in offplan.toml", "offplan load", "offplan watch"),
    "deviations": ("there is no plan", "[source] in offplan.toml", "offplan load", "offplan watch"),
    "timeline": ("No open action.", "r on a deviation"),
    "signals": ("No signal yet.", "offplan ingest FILE"),
    "playbooks": ("nothing is off plan to try them on",),
    "sources": ("No source has spoken yet.", "offplan.toml"),
    "reports": ("0 deviations stand in the queue",),
}
"""What each view says of an empty desk."""


async def test_nothing_is_cut_where_it_says_something_else(tmp_path: Path) -> None:
    async with visited(tmp_path, PLACES[0]._replace(size=SMALL)) as visit:
        for view in views.VIEWS:
            await visit.finish(view.key)
            for _ in range(3):
                strips = visit.driven.app.screen._compositor.render_strips()
                assert {strip.cell_length for strip in strips} == {SMALL[0]}
                cut = [strip.text for strip in strips if CUT.search(strip.text)]
                assert not cut, (view.name, cut)
                await visit.finish("tab")


@pytest.mark.parametrize("view", views.VIEWS, ids=lambda view: view.name)
async def test_an_empty_desk_says_what_is_watched_and_what_to_do(tmp_path: Path, view: views.View) -> None:
    app = OffplanApp(Session(lambda: open_desk(tmp_path / "desk.db", planner=Steps()), readonly=False))
    async with driving(app, SMALL) as driven:
        hand = Hand(driven)
        await hand.finish(view.key)
        for words in EMPTY[view.name]:
            assert words in hand.seen().text


async def test_no_page_cuts_a_number_or_an_id(tmp_path: Path) -> None:
    """Every part of the pages of the first deviations of the sample world, and of other objects, at the smallest
    size."""
    async with visited(tmp_path, PLACES[0]._replace(size=SMALL)) as visit:
        driven = visit.driven
        app = driven.app
        deviations = [f"D{number}" for number in app.session.desk.queue_ids()]
        for id_ in (*deviations[:3], "D42", "A21", "A26", "A27", "R3", "S5", "Q1", "L1", "carrier"):
            assert isinstance(app.screen, ActingScreen)
            app.screen.open_id(id_)
            await visit.settle()
            for _ in SECTIONS if id_ in deviations else (1,):
                page = app.screen.query_one(PageList)
                for at in (*range(0, len(page.ids), page.rows_in_sight), len(page.ids) - 1):
                    page.go_to(at)
                    await driven.pilot.pause()
                    cut = [line for line in driven.lines if CUT_ON_A_PAGE.search(line)]
                    assert not cut, (id_, cut)
                await visit.finish("tab")
            await visit.finish("q")
