"""What comes in announces itself wherever the person is, moves nothing, and rings only for who wants that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.values.clock import DAY
from engine.values.errors import BadInput
from tests.engine.desk_support import NOW, eta, line, take
from tests.tui.conftest import Driven, Open, World
from tests.tui.deviation_table import table
from tests.tui.key_effects import Hand
from tui.keys.screen_options import DEFAULTS
from tui.keys.screen_options import read as options_of

PLACES = {
    "deviations": ("2", "j"),
    "timeline": ("3",),
    "signals": ("4",),
    "playbooks": ("5", "j"),
    "sources": ("6",),
    "reports": ("7", "j"),
    "deviation page": ("j", "enter", "j"),
    "record page": ("4", "enter", "j"),
}
"""Everywhere but on the desk, with the keys that lead there."""


async def comes_in(world: World, driven: Driven, ref: str) -> None:
    """A late order comes in and is judged by somebody else."""
    world.desk.load([line(ref, value=90_000_00, due=NOW + DAY)], kind="purchase_order", scope=ref, file="more.csv")
    take(world.desk, eta(ref, NOW + 30 * DAY))
    driven.app._look()
    await Hand(driven).settle()


@pytest.mark.parametrize("keys", PLACES.values(), ids=PLACES)
async def test_it_announces_itself_in_every_view_and_page_and_leaves_the_cursor(
    keys: tuple[str, ...], world: World, opened: Open
) -> None:
    async with opened() as driven:
        hand = Hand(driven)
        await hand.finish(*keys)
        before = hand.seen()
        await comes_in(world, driven, "urgent")
        after = hand.seen()
        assert "✚ 1 new: D4 late_supply PO urgent" in driven.lines[0]
        assert (after.screen, after.place, after.pane) == (before.screen, before.place, before.pane)
        if "signals" not in before.view:
            assert driven.app.screen.query("LineList:focus")
        await hand.finish("1")
        assert "✚ 1 new" in driven.lines[0], "until the person looks at the queue"
        assert any("✚ PO urgent" in text for text in driven.lines[1:])
        await hand.finish("j", "2")
        assert "✚" not in driven.lines[0]


@pytest.mark.parametrize("rings", [True, False])
async def test_the_bell_rings_once_for_what_comes_in_where_somebody_wants_that(
    rings: bool, world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(options=replace(DEFAULTS, bell=rings)) as driven:
        rung: list[str] = []
        monkeypatch.setattr(driven.app, "bell", lambda: rung.append(driven.lines[0]))
        hand = Hand(driven)
        await hand.finish("a")
        assert not rung, "what the person does is no news"
        await comes_in(world, driven, "urgent")
        await hand.finish("4")
        await comes_in(world, driven, "another")
        await hand.finish("1", "j", "2", "1")
        assert len(rung) == (2 if rings else 0)


def test_the_bell_is_off_unless_the_settings_say_so() -> None:
    assert not options_of({}, "offplan.toml", {}).bell
    assert options_of({"bell": True}, "offplan.toml", {}).bell
    with pytest.raises(BadInput, match=r"offplan\.toml, screen\.bell: 'loud' is neither"):
        options_of({"bell": "loud"}, "offplan.toml", {})


@pytest.mark.parametrize("key", ["a", "enter"])
async def test_what_is_acted_on_or_opened_elsewhere_is_no_news_any_more(key: str, world: World, opened: Open) -> None:
    async with opened((120, 36)) as driven:
        hand = Hand(driven)
        await hand.finish("2")
        await comes_in(world, driven, "urgent")
        await comes_in(world, driven, "other")
        assert "✚ 2 new" in driven.lines[0]
        await hand.finish("g", *["j"] * list(table(driven).ids).index(4))
        assert "✚ 2 new" in driven.lines[0], "the cursor may only pass"
        await hand.finish(key)
        assert "✚ 1 new: D5 late_supply PO other" in driven.lines[0]
        await hand.finish("3")
        assert "✚ 1 new: D5 late_supply PO other" in driven.lines[0]


async def test_an_answer_where_the_cursor_already_stood_is_a_look(world: World, opened: Open) -> None:
    for id_ in world.ids:
        world.desk.dismiss([id_], reason="not ours")
    async with opened() as driven:
        await comes_in(world, driven, "urgent")
        assert "✚ 1 new: D4" in driven.lines[0]
        await Hand(driven).finish("a")
        assert "✚" not in driven.text
