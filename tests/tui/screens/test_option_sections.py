"""The options of a decision on the screen: side by side on the page, with their sums when one is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.values.clock import DAY
from tests.engine.decision_support import AIR, OneDecision
from tests.engine.desk_support import NOW, open_desk
from tests.engine.deviations.test_value_at_risk import pumps
from tests.engine.network_support import load, said, take
from tests.tui.conftest import driving
from tui.app import OffplanApp
from tui.desk.session import Session
from tui.screens import action_page, deviation_sections
from tui.screens.action_page import ActionPage
from tui.terminal import safe
from tui.terminal.cells import Present
from tui.widgets.page_list import PageLine


def with_a_late_order(folder: Path) -> Desk:
    """A desk on which pumps come late, and a planner who knows one decision."""
    desk = open_desk(folder / "desk.db", planner=OneDecision([AIR]))
    load(desk, *pumps())
    take(desk, said("eta", "1", order_ref="PO-1", eta=NOW + 12 * DAY))
    return desk


@pytest.mark.parametrize("width", [120, 78, 60])
def test_the_options_stand_side_by_side_with_who_wins_and_where_it_flips(tmp_path: Path, width: int) -> None:
    desk = with_a_late_order(tmp_path)
    (late,) = (each["id"] for each in desk.deviations(["kind=late_supply"]).items)
    assert "no decision between options" in text_of(desk.show(late), "Options", width)
    desk.respond([late])
    found = part(desk.show(late), "Options", width)
    assert all(safe.width_of(each.pieces) <= width for each in found if each.section is None and each.pieces)
    text = "\n".join(safe.plain(each.pieces) for each in found)
    for words in (
        "nothing",
        "13,000 EUR",
        "› air",
        "air scores best by the weights",
        "nothing wins where the weight of",
    ):
        assert words in text
    if width == 120:
        for words in ("660 EUR", "9,728", "2,932.80 EUR", "best score", "orders late"):
            assert words in text
    (row,) = (each for each in found if "› air" in safe.plain(each.pieces))
    assert (row.target, row.version) == ("A1", 1)
    lines = action_page.action_lines(desk.show("A1"), [], width, Present(NOW, "UTC"))
    sums = " ".join("\n".join(safe.plain(each.pieces) for each in lines).split())
    assert "500 + 2 * quantity(80) = 660 EUR" in sums
    assert "8,000 km × 2 t × 608 g/tkm ÷ 1000" in sums
    desk.store.close()


def part(detail: Mapping[str, Any], section: str, width: int) -> list[PageLine]:
    whole = deviation_sections.sections(detail, width, Present(NOW, "UTC"), "r")
    return [whole[place] for place in deviation_sections.part_of(whole, section)]


def text_of(detail: dict[str, object], section: str, width: int) -> str:
    found = part(detail, section, width)
    return "\n".join(safe.plain(each.pieces) for each in found)


@pytest.mark.parametrize("width", [60, 120])
async def test_d_chooses_an_option_with_its_sums_in_view(tmp_path: Path, width: int) -> None:
    desk = with_a_late_order(tmp_path)
    desk.respond([each["id"] for each in desk.deviations(["kind=late_supply"]).items])
    app = OffplanApp(Session(lambda: open_desk(tmp_path / "desk.db", planner=OneDecision([AIR])), readonly=False))
    async with driving(app, (width, 40)) as driven:
        driven.desk_screen.open_id("A1")
        await driven.pilot.pause()
        assert isinstance(app.screen, ActionPage)
        await driven.press("D", "down")
        assert "costs 660 EUR, late 0 EUR, best score" in driven.text
        assert "500 + 2 * quantity(80) = 660 EUR" in driven.text
        assert "air scores best by the weights" in driven.text
        await driven.press("enter")
        assert "decide A1: why air" in driven.text, "what was chosen is out of sight by now"
        await driven.type("they pay half")
        await driven.finish("enter")
        assert (desk.show("A1")["chosen"], desk.show("A1")["state"]) == ("air", "done")
        assert "chose air" in driven.text
        assert "they pay half" in driven.text
    desk.store.close()


async def test_a_blocked_decision_is_compared_and_refused_before_a_reason_is_typed(tmp_path: Path) -> None:
    desk = with_a_late_order(tmp_path)
    desk.respond([each["id"] for each in desk.deviations(["kind=late_supply"]).items])
    desk.block(["A1"], reason="the quote is not there")
    app = OffplanApp(Session(lambda: open_desk(tmp_path / "desk.db", planner=OneDecision([AIR])), readonly=False))
    async with driving(app, (120, 40)) as driven:
        driven.desk_screen.open_id("A1")
        await driven.pilot.pause()
        await driven.press("D", "down")
        assert "costs 660 EUR" in driven.text
        assert "blocked: to compare only" in driven.text
        await driven.finish("enter")
        assert "A1 is blocked: it is decided when what it needs is done" in driven.text
    desk.store.close()
