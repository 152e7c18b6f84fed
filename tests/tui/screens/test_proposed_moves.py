"""A move that is proposed for an accepted action: its sign, its keys, its filter, and who is asked."""

from __future__ import annotations

import pytest

from engine.values.clock import DAY, iso
from engine.vocabulary.model import PlanRecord
from tests.engine.desk_support import NOW
from tests.tui.conftest import Driven, Open, World


@pytest.fixture
def asked(world: World) -> World:
    """A1 is given to ana, who is away that day; A3 is dora's."""
    world.desk.respond([world.ids[0]])
    world.desk.assign(["A1"], to="ana")
    absence = PlanRecord("absence", {"owner": "ana", "first_day": "2026-03-09"}, None)
    world.desk.load([absence], kind="absence", scope="absence", file="absences.csv")
    world.desk.tick()
    assert world.desk.show("A1")["proposed_at"] == iso(NOW + DAY)
    return world


def row(driven: Driven, words: str) -> str:
    return next(text for text in driven.lines if words in text)


async def test_the_row_has_a_sign_and_the_header_says_who_is_asked(asked: World, opened: Open) -> None:
    async with opened((160, 40)) as driven:
        assert "» 1 move to agree to" in driven.lines[0]
        assert "◔ » A1 confirm it" in driven.text
        assert "» A3" not in driven.text
        await driven.press("3")
        assert "◔ » A1 confirm it" in driven.text
        asked.desk.assign(["A1"], to="bo")
        driven.app._look()
        await driven.pilot.pause()
        assert "agree to" not in driven.lines[0], "bo is asked now"


@pytest.mark.parametrize("view", ["1", "3"])
async def test_the_keys_agree_and_leave_it_there(asked: World, opened: Open, view: str) -> None:
    async with opened((160, 40)) as driven:
        await driven.press(view, *(["tab"] if view == "1" else []))
        assert "Y agree to move" in driven.lines[-1]
        assert "L leave it there" in driven.lines[-1]
        await driven.finish("L")
        kept = asked.desk.show("A1")
        assert (kept["start_at"], kept["proposed_at"], kept["stays"]) == (iso(NOW), None, True)
        assert "agree" not in driven.lines[-1]
        await driven.finish("z")
        await driven.finish("Y")
        agreed = asked.desk.show("A1")
        assert (agreed["start_at"], agreed["proposed_at"]) == (iso(NOW + DAY), None)
        assert "» A1" not in driven.text


async def test_the_page_of_the_action_offers_the_keys(asked: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("tab", "enter")
        assert "asked" in driven.text
        assert "Y agree to move" in driven.lines[-1]
        await driven.finish("Y")
        assert asked.desk.show("A1")["start_at"] == iso(NOW + DAY)
        assert "agree to move" not in driven.lines[-1]


async def test_a_filter_shows_what_is_proposed(asked: World, opened: Open) -> None:
    assert [item["id"] for item in asked.desk.actions(["move=proposed"]).items] == ["A1"]
    assert "A1" not in [item["id"] for item in asked.desk.actions(["move=none"]).items]
    async with opened() as driven:
        await driven.press("3", "/")
        await driven.type("move=proposed")
        await driven.press("enter")
        assert "A1 confirm it" in driven.text
        assert "A2" not in driven.text
