"""The timeline: lanes, lines, slack, zoom and load; every key of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from engine.desk import Desk
from engine.values.clock import DAY, HOUR, parse_instant
from engine.vocabulary.model import PlanRecord
from tests.engine.desk_support import NOW
from tests.tui.conftest import Driven, Open, World
from tui.desk.live import Live
from tui.screens import timeline
from tui.screens.action_page import ActionPage
from tui.screens.pickers import TextScreen
from tui.screens.timeline import TimelineScreen
from tui.widgets.lanes import LanesList


@pytest.fixture
def busy(world: World) -> World:
    for id_ in world.ids[:2]:
        world.desk.respond([id_])
    return world


def lanes(driven: Driven) -> LanesList:
    return driven.on(TimelineScreen).lanes


def row(driven: Driven, words: str) -> str:
    return next(line for line in driven.lines if words in line)


async def test_lanes_stand_by_owner_with_slack_and_lines(busy: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("3", "+")
        assert "3 timeline" in driven.lines[0]
        assert [lane.owner for lane in busy.desk.lanes()] == ["bo", "bo", "chen", "chen", "dora", "dora"]
        first, second = row(driven, "A1 confirm it"), row(driven, "A2 book it")
        assert first.startswith("│▌ bo procurement"), "the cursor stands on the first"
        assert "0m ◆" in first
        end = first.index("░") + 4
        assert first[end] in "┐┫", "the line to what waits for it begins where it ends"
        assert second[end : end + 4] == "└──▶"
        assert second.index("┄") == end + 4


async def test_zoom_goes_by_hour_day_and_week_and_no_further(busy: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("3")
        assert " by day " in driven.text
        await driven.press("+", "+")
        assert " by hour " in driven.text
        assert "12:00" in row(driven, "slack")
        await driven.press("_", "_", "_")
        assert " by week " in driven.text
        assert "Mon 16" in row(driven, "slack")


async def test_the_axis_moves_and_comes_back(busy: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("3")
        before = row(driven, "slack")
        for there, back in (("right", "left"), ("]", "[")):
            await driven.press(there)
            assert "▼" not in row(driven, "slack")
            assert "◂" in row(driven, "A1 confirm it")
            await driven.press(back)
            assert row(driven, "slack") == before
        await driven.press("right", "right", ".")
        assert row(driven, "slack") == before


async def test_commands_act_on_the_lane_under_the_cursor_and_it_follows(busy: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("3")
        await driven.finish("s")
        assert busy.state("A1") == "in_progress"
        busy.desk.done(["A1"])
        driven.app._look()
        await driven.pilot.pause()
        assert "A1 confirm it" not in driven.text
        await driven.press("j", "enter")
        assert isinstance(driven.app.screen, ActionPage)


async def test_a_filter_leaves_lanes_and_is_said(busy: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("3", "/")
        await driven.type("owner=dora")
        await driven.finish("enter")
        assert [lane.owner for lane in lanes(driven).lanes] == ["dora", "dora"]
        assert "Timeline /owner=dora" in driven.text
        await driven.press("escape")
        assert len(lanes(driven).ids) == 6
        await driven.press("q")
        assert driven.app.screen is driven.desk_screen


async def test_very_many_actions_are_read_beside_the_keys(
    busy: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "_AT_ONCE", 5)
    async with opened() as driven:
        await driven.finish("3")
        assert "0m ◆" in row(driven, "A1 confirm it")
        assert {owner["id"] for owner in driven.on(TimelineScreen).load.owners} >= {"bo", "chen", "dora"}
        await driven.press("/")
        await driven.type("owner=dora")
        await driven.finish("enter")
        assert [lane.owner for lane in lanes(driven).lanes] == ["dora", "dora"]
        busy.desk.done(["A3"])
        driven.app._look()
        await driven.settle()
        assert [lane.number for lane in lanes(driven).lanes] == [6]
        assert lanes(driven).out_of == 5


async def test_load_shows_shares_and_what_is_too_much_and_the_numbers_behind(busy: World, opened: Open) -> None:
    absence = PlanRecord("absence", {"owner": "bo", "first_day": "2026-03-10", "last_day": "2026-03-10"}, 1)
    busy.desk.load([absence], kind="absence", scope="absence", file="absences.csv")
    busy.clock.set(NOW + 6 * HOUR + DAY)
    async with opened() as driven:
        await driven.press("3")
        assert "too much: bo" in driven.text
        await driven.press("tab")
        bo = [line for line in driven.lines if "▌ bo" in line][-1]
        assert "█" in bo
        assert "!" in bo
        assert bo.rstrip("│ ").endswith("–")
        await driven.press("enter")
        assert isinstance(driven.app.screen, TextScreen)
        assert "Load of bo" in driven.text
        assert "What to hand on" in driven.text
        assert "Tue 10 Mar" in driven.text
        await driven.press("escape", "shift+tab")
        assert driven.app.focused is lanes(driven)


async def test_a_small_terminal_shows_one_pane_at_a_time(busy: World, opened: Open) -> None:
    async with opened((80, 24)) as driven:
        await driven.press("3")
        assert "A1 confirm it" in driven.text
        assert "Mo 9" not in driven.text
        await driven.press("tab")
        assert "A1 confirm it" not in driven.text
        assert "Mo 9" in driven.text
        assert all(len(line) <= 80 for line in driven.lines)


async def test_with_nothing_to_do_it_says_what_would_be_there(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("3")
        assert "No open action." in driven.text
        assert "nobody has too much" in driven.text
        await driven.press("-")
        assert driven.app.screen is driven.desk_screen


async def test_what_a_filter_narrows_down_is_in_sight(busy: World, opened: Open) -> None:
    """Beside the load the lanes were narrowed down out of sight, and nothing seemed to happen."""
    async with opened((80, 24)) as driven:
        await driven.press("3", "tab")
        assert "A1 confirm it" not in driven.text
        await driven.press("/")
        await driven.type("confirm")
        await driven.finish("enter")
        assert "Timeline /confirm" in driven.text
        assert "A1 confirm it" in driven.text
        assert "A2 book it" not in driven.text


async def test_where_there_is_little_room_the_start_that_is_asked_for_is_not_what_is_cut(
    busy: World, opened: Open
) -> None:
    async with opened((72, 24)) as driven:
        await driven.press("3")
        await driven.finish(">")
        assert "enter does it, esc leaves it: A1 → 10 Mar 08:00; " in driven.status


async def test_a_start_is_moved_once_what_follows_was_seen(busy: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("3", "+")
        await driven.finish(">")
        assert "enter does it, esc leaves it: A1 08:00 → 09:00" in driven.status
        assert "▚▚▚▚" in row(driven, "A1 confirm it")
        await driven.finish(">")
        assert "A1 08:00 → 10:00" in driven.status
        assert driven.lines[-1].strip() == "enter does it  esc leaves it  < earlier  > later"
        assert "A2" in driven.status, "what waits for it moves as well"
        assert "▚▚▚▚" in row(driven, "A2 book it")
        assert busy.desk.show("A1")["start_at"] == "2026-03-09T08:00:00Z", "nothing is done yet"
        await driven.press("escape")
        assert "▚" not in driven.text
        assert driven.status == "left as it was"
        assert driven.lines[-1].startswith(" enter open ")
        await driven.finish(">")
        await driven.finish("enter")
        assert "A1 08:00 → 09:00" in driven.status
        assert busy.desk.show("A1")["start_at"] == "2026-03-09T09:00:00Z"
        await driven.finish("z")
        assert busy.desk.show("A1")["start_at"] == "2026-03-09T08:00:00Z"


async def test_what_cannot_be_is_said_and_a_move_of_the_cursor_lets_go(busy: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("3", "+")
        await driven.finish("s")
        await driven.finish(">")
        assert driven.status.startswith("✗ A1")
        assert "▚" not in driven.text
        await driven.press("j")
        await driven.finish(">")
        assert "▚" in driven.text
        await driven.press("j")
        assert "▚" not in driven.text
        await driven.press("tab")
        await driven.finish("<")
        assert driven.status == "the cursor is on no action"


async def test_a_start_that_is_out_of_sight_is_moved_to(busy: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("3", "_")
        for _ in range(6):
            await driven.finish(">")
        await driven.press("+", "+")
        await driven.finish(">")
        assert "▚▚▚▚" in row(driven, "A1 confirm it")


async def test_the_past_is_no_start(busy: World, opened: Open) -> None:
    busy.clock.set(parse_instant("2026-03-09T08:00:30Z", "test"))
    async with opened() as driven:
        await driven.press("3", "+")
        await driven.finish("<")
        assert "08:01" in driven.status


async def test_a_read_only_desk_moves_nothing(busy: World, opened: Open) -> None:
    async with opened(readonly=True) as driven:
        await driven.press("3")
        await driven.finish(">")
        assert driven.status.startswith("✗")
        assert "▚" not in driven.text


@pytest.fixture
def held_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """What is read beside the keys arrives once this is set."""
    gate, find = threading.Event(), timeline._find

    def slow(desk: Desk, *, days: int) -> timeline._Found:
        found = find(desk, days=days)
        if threading.current_thread().name.startswith("aside"):
            gate.wait(5)
        return found

    monkeypatch.setattr(timeline, "_find", slow)
    monkeypatch.setattr(timeline, "_AT_ONCE", 5)
    yield gate
    gate.set()


async def test_until_very_many_actions_are_read_nothing_is_said_of_them(
    busy: World, opened: Open, held_back: threading.Event
) -> None:
    async with opened() as driven:
        await driven.press("3", "/")
        await driven.type("owner=dora")
        await driven.press("enter")
        assert "Nothing here matches" not in driven.text
        held_back.set()
        await driven.settle()
        assert [lane.owner for lane in lanes(driven).lanes] == ["dora", "dora"]
        assert "Timeline /owner=dora" in driven.text


async def test_a_filter_does_not_wait_for_what_is_read_anew(
    busy: World, opened: Open, held_back: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Live, "ask", lambda self: False)
    async with opened() as driven:
        held_back.set()
        await driven.finish("3")
        held_back.clear()
        await driven.press("/")
        await driven.type("owner=dor")
        busy.desk.ack([busy.ids[2]])
        await driven.press("a")
        assert [lane.owner for lane in lanes(driven).lanes] == ["dora", "dora"]


async def test_what_was_read_before_does_not_come_after_what_was_read_since(
    busy: World, opened: Open, held_back: threading.Event
) -> None:
    async with opened() as driven:
        await driven.press("3")
        busy.desk.done(["A1"])
        driven.app._look()
        await driven.pilot.pause()
        held_back.set()
        await driven.settle()
        assert len(lanes(driven).ids) == 5
