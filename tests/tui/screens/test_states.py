"""What a desk says in the states that nobody wants to see: nothing there, nothing that fits, silent feeds, a file that
is gone, locked or only to be read, a fault.

The sentence has to be true, whole at every size, and say what to do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from engine.desk import Desk
from engine.values.clock import DAY, HOUR, FixedClock
from tests.engine.desk_support import NOW, Steps, eta, late, line, open_desk, take
from tests.tui.conftest import Driven, Open, World, driving
from tests.tui.key_effects import Hand
from tui.app import OffplanApp
from tui.desk.session import Session
from tui.keys.key_table import KEYS
from tui.screens import acting
from tui.screens.deviations import DeviationsScreen
from tui.widgets.prompt import Prompt

SIZES: Final = ((80, 24), (120, 36))
"""The smallest usual terminal, where panes are tabs, and the usual one."""
LISTS: Final = {
    "queue": ("1",),
    "actions": ("1", "tab"),
    "feed": ("1", "tab", "tab"),
    "timeline": ("3",),
    "signals": ("4",),
    "playbooks": ("5",),
    "sources": ("6",),
    "quarantine": ("6", "tab"),
}
"""The lists that can be filtered and open without a filter, with the keys that lead there."""

pytestmark = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


@asynccontextmanager
async def desk_on(path: Path, clock: FixedClock, size: tuple[int, int]) -> AsyncIterator[Hand]:
    """A screen on a desk file, made where there is none."""

    def desk() -> Desk:
        return open_desk(path, actor="ana", clock=clock, planner=Steps())

    async with driving(OffplanApp(Session(desk, readonly=False)), size) as driven:
        yield Hand(driven)


def said(hand: Hand | Driven) -> str:
    """The text of the screen with its lines put together, as a person reads a sentence that goes over two."""
    lines = hand.driven.lines if isinstance(hand, Hand) else hand.lines
    return " ".join(" ".join(line.strip("│ ") for line in lines).split())


# nothing there ------------------------------------------------------------------------------------------------------


async def test_without_a_plan_it_says_so_and_not_that_all_is_well(size: tuple[int, int], tmp_path: Path) -> None:
    async with desk_on(tmp_path / "desk.db", FixedClock(NOW), size) as hand:
        await hand.settle()
        assert "Nothing is off plan." not in said(hand)
        assert "Nothing can be off plan yet: there is no plan." in hand.driven.text
        assert "offplan load FILE --as KIND" in said(hand)
        assert "A [source] in offplan.toml brings them" in said(hand) or "a [source] in offplan.toml" in said(hand)


async def test_an_empty_queue_says_when_the_last_signal_came_and_what_is_watched(
    size: tuple[int, int], tmp_path: Path
) -> None:
    path, clock = tmp_path / "desk.db", FixedClock(NOW)
    desk = open_desk(path, clock=clock)
    desk.load([line("first")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, eta("first", NOW + 10 * DAY))
    desk.store.close()
    clock.set(NOW + 3 * HOUR)
    async with desk_on(path, clock, size) as hand:
        await hand.settle()
        assert "Nothing is off plan." in hand.driven.text
        assert "The last signal came 08:00 (3h ago)." in hand.driven.text
        assert "1 feed is watched against baseline 1." in hand.driven.text


async def test_a_queue_that_is_empty_because_all_is_hidden_says_so(size: tuple[int, int], tmp_path: Path) -> None:
    path, clock = tmp_path / "desk.db", FixedClock(NOW)
    desk = open_desk(path, clock=clock)
    desk.snooze(late(desk, first=9, second=6), until=NOW + DAY)
    desk.store.close()
    async with desk_on(path, clock, size) as hand:
        await hand.settle()
        assert "Nothing is off plan." not in said(hand)
        assert "Nothing waits for a decision; 2 off plan are kept out of the queue: h shows them." in said(hand)
        await hand.finish("h")
        assert hand.seen().rows == 2


# nothing that fits --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", LISTS.values(), ids=LISTS)
async def test_a_filter_that_nothing_meets_says_so_while_it_is_typed_and_how_it_goes(
    keys: tuple[str, ...], size: tuple[int, int], world: World, opened: Open
) -> None:
    world.desk.respond(["D1"], playbook="expedite")
    async with opened(size) as driven:
        hand = Hand(driven)
        await hand.finish(*keys)
        before = hand.seen()
        await driven.press("slash", "z")
        for typed in ("zq", "zqz"):
            await driven.press(typed[-1])
            await hand.settle()
            assert f"Nothing here matches '{typed}'." in driven.text
        assert "No open action." not in driven.text
        assert "No signal yet." not in driven.text
        await hand.finish("enter")
        assert "esc takes the filter away." in driven.text
        await hand.finish("escape")
        after = hand.seen()
        assert (after.rows, after.view, after.in_front) == (before.rows, before.view, True)
        assert "Nothing here matches" not in driven.text


async def test_a_view_with_nothing_in_it_names_itself(size: tuple[int, int], world: World, opened: Open) -> None:
    async with opened(size) as driven:
        hand = Hand(driven)
        await hand.finish("2")
        await driven.press("colon")
        await driven.type("view ended")
        await hand.finish("enter")
        assert "The view 'ended' has nothing in it." in driven.text
        assert "V chooses another one." in driven.text
        await driven.press("slash")
        await driven.type(" zzz")
        await hand.finish("enter")
        assert "Nothing here matches 'state=recovered,resolved,closed,dismissed,merged zzz'." in said(driven)


async def test_hidden_with_nothing_hidden_says_so(size: tuple[int, int], world: World, opened: Open) -> None:
    async with opened(size) as driven:
        hand = Hand(driven)
        await hand.finish("h")
        assert "Nothing is kept out of the queue." in driven.text
        await hand.finish("h")
        assert hand.seen().rows == 3


# silent feeds -------------------------------------------------------------------------------------------------------


async def test_a_feed_that_is_silent_too_long_is_said_with_its_silence(size: tuple[int, int], tmp_path: Path) -> None:
    path, clock = tmp_path / "desk.db", FixedClock(NOW)
    desk = open_desk(path, clock=clock)
    desk.declare_source("tower", "folder", HOUR)
    desk.load([line("first")], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, eta("first", NOW + 10 * DAY))
    desk.store.close()
    clock.set(NOW + 3 * HOUR)
    async with desk_on(path, clock, size) as hand:
        await hand.settle()
        assert "stale" not in hand.driven.lines[0]
        desk = open_desk(path, clock=clock)
        desk.tick()
        number = desk.deviations().items[0]["id"]
        hand.driven.app._look()
        await hand.settle()
        assert ("▲ 1 stale" if size[0] < 100 else "▲ 1 stale 3h") in hand.driven.lines[0]
        assert "stale" in hand.driven.text.split("\n", 1)[1], "it stands in the queue too"
        await hand.finish("6")
        assert "▲ stale" in hand.driven.text
        desk.dismiss([number], reason="its weekend", category="accepted")
        desk.store.close()
        await hand.finish("1")
        hand.driven.app._look()
        await hand.settle()
        assert hand.seen().rows == 0
        assert "Nothing is off plan." in hand.driven.text


# a file that cannot be worked with ----------------------------------------------------------------------------------


async def test_a_file_that_is_gone_is_said_on_top_and_nothing_is_taken_for_done(
    size: tuple[int, int], world: World, opened: Open
) -> None:
    async with opened(size) as driven:
        hand = Hand(driven)
        aside = world.path.with_name("aside.db")
        world.path.rename(aside)
        driven.app._look()
        await hand.settle()
        assert "✖ not live since 08:00" in driven.lines[0]
        assert driven.status.startswith("✗ desk.db: the file that was open is not there any more")
        assert "PO first" in driven.text, "what was shown stays"
        for key in ("a", "enter", "e", "2", "3", "4", "5", "6", "7", "1", "z"):
            await hand.finish(key)
            assert "✖ not live since 08:00" in driven.lines[0], key
        assert "✓" not in driven.status
        await hand.finish("1")
        await driven.press(":")
        assert driven.app.screen.query_one(Prompt).is_open, "the line opens, by which the desk can be left"
        await driven.press("escape")
        await hand.finish("1")
        await hand.leave()
        aside.rename(world.path)
        for _ in range(2):
            # The looks after the first that was in vain: the second one reads again.
            driven.app._look()
        await hand.settle()
        assert "not live" not in driven.lines[0]
        assert world.state("D1") == "open", "the key that was pressed meanwhile has done nothing"
        await hand.finish("g", "a")
        assert driven.status == "✓ ack: D1 open → acknowledged"


async def test_a_view_that_opens_just_when_the_file_goes_ends_no_desk(
    size: tuple[int, int], world: World, opened: Open
) -> None:
    """The clock looked at the file before the view had anything on it to say so in."""
    async with opened(size) as driven:
        world.path.rename(world.path.with_name("aside.db"))
        driven.app.push_screen(DeviationsScreen(driven.app.session))
        driven.app._look()
        hand = Hand(driven)
        await hand.settle()
        driven.app._look()
        await hand.settle()
        assert "✖ not live since 08:00" in driven.lines[0]


async def test_another_file_in_its_place_is_not_taken_for_it(
    size: tuple[int, int], world: World, opened: Open, tmp_path: Path
) -> None:
    async with opened(size) as driven:
        hand = Hand(driven)
        other = open_desk(tmp_path / "other.db", clock=world.clock)
        other.store.close()
        world.path.rename(tmp_path / "aside.db")
        (tmp_path / "other.db").rename(world.path)
        await hand.finish("a")
        assert "not there any more, it was moved, deleted or replaced" in driven.app.session.said[-1].message
        world.path.unlink()
        (tmp_path / "aside.db").rename(world.path)
        assert world.state("D1") == "open"


async def test_a_command_on_a_locked_file_says_that_it_waits_and_is_done_then(
    size: tuple[int, int], world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "PATIENCE", 0.01)
    async with opened(size) as driven:
        hand = Hand(driven)
        with world.desk.store.write():
            await driven.press("a")
            while not driven.status:
                await driven.pilot.pause()
            assert driven.status == "ack: not done yet; another process may keep the file locked"
            await driven.press("j")
            assert hand.seen().cursor == 1, "keys go on meanwhile"
        await hand.settle()
        assert driven.status == "✓ ack: D1 open → acknowledged"


async def test_a_command_that_takes_long_for_what_it_does_does_not_put_it_on_others_alone(
    size: tuple[int, int], world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "PATIENCE", 0.01)
    others = "or another process may keep the file locked"
    async with opened(size) as driven:
        hand = Hand(driven)
        for keys, said in (
            (("*", "a"), f"ack: not done yet; there are 3 to do, {others}"),
            (("z",), f"undo: not done yet; there may be much to take back, {others}"),
        ):
            with world.desk.store.write():
                await driven.press(*keys)
                while "not done yet" not in driven.status:
                    await driven.pilot.pause()
                assert driven.status == said
            await hand.settle()


async def test_a_file_that_stays_locked_is_refused_with_its_name_and_the_rest_in_the_messages(
    size: tuple[int, int], world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.storage.store._BUSY_MILLISECONDS", 1)
    async with opened(size) as driven:
        hand = Hand(driven)
        with world.desk.store.write():
            await hand.finish("a")
        assert driven.status.startswith("✗ desk.db: another process keeps it locked; try again")
        await hand.finish("m")
        assert world.path.parent.name in said(driven).replace(" ", "")


async def test_an_unforeseen_fault_of_a_command_is_one_sentence_and_the_desk_goes_on(
    size: tuple[int, int], world: World, opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    async with opened(size) as driven:
        hand = Hand(driven)
        with monkeypatch.context() as broken:
            broken.setattr(Desk, "ack", _fails)
            await hand.finish("a")
        assert driven.status.startswith("✗ an unexpected fault stopped this (ZeroDivisionError")
        await hand.finish("a")
        assert driven.status == "✓ ack: D1 open → acknowledged"


def _fails(*_: object, **__: object) -> None:
    raise ZeroDivisionError


# read-only ----------------------------------------------------------------------------------------------------------


async def test_a_read_only_desk_names_itself_and_refuses_before_it_asks(
    size: tuple[int, int], world: World, opened: Open
) -> None:
    async with opened(size, readonly=True) as driven:
        hand = Hand(driven)
        for view in "1234567":
            await hand.finish(view)
            assert driven.lines[0].rstrip().endswith("ana, read-only")
        await hand.finish("1", "g")
        for typed in sorted({typed for key in KEYS if key.writes and key.scope == "act" for typed in key.keys}):
            await hand.finish(typed)
            assert driven.status == "✗ this desk was opened read-only", typed
            assert hand.seen().screen == "DeskScreen", typed
        await hand.finish("question_mark")
        assert driven.lines[1].startswith("│▌ This desk was opened read-only")
        assert "Acknowledge" not in driven.text
        await hand.finish("escape", "ctrl+p")
        assert "Acknowledge" not in driven.text
        await hand.finish("escape")
        assert {world.state(id_) for id_ in world.ids} == {"open"}
