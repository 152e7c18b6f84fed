"""The desk at every size: what it shows, that it follows the clock and others' work, and says why it is empty."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.desk import Desk
from engine.values.clock import DAY, HOUR, MINUTE, FixedClock
from tests.engine.desk_support import NOW, eta, line, open_desk, take
from tests.tui.conftest import Open, World, driving
from tui.app import OffplanApp
from tui.desk.session import Session
from tui.screens.deviation_page import DeviationPage
from tui.widgets.timeline import Axis


async def test_the_panes_show_signals_deviations_and_actions(world: World, opened: Open) -> None:
    world.desk.planner = None
    async with opened() as driven:
        assert all(title in driven.text for title in ("Signals", "Deviations", "Actions", "offplan"))
        row = next(text for text in driven.lines if "PO first" in text)
        assert "late_supply" in row
        assert "€10k" in row
        assert "+9d" in row
        assert "3 open · €30k exposed" in driven.lines[0]
        assert "no feeder" in driven.lines[0]
        assert "ana" in driven.lines[0]
        assert any("first" in text and "ETA 28 Mar" in text for text in driven.lines)


async def test_the_header_says_when_anything_came_last_and_who_feeds(world: World, opened: Open) -> None:
    assert world.desk.acquire_lease("feeder", "another")
    lease = world.desk.lease("feeder")
    assert lease is not None
    world.clock.set(NOW + 2 * HOUR)
    async with opened((200, 60)) as driven:
        assert f"● 1 feed, heard 2h ago, fed by {lease['host']} {lease['pid']}  " in driven.lines[0]
        await driven.press("6")
        assert f"fed by process {lease['pid']} on {lease['host']}" in driven.text


@pytest.mark.parametrize(
    ("width", "said"),
    [(120, "● 1 feed, heard 2h ago  "), (110, "● 1 feed 2h  "), (80, "2 open · €20k  1 silenced (h)  ")],
)
async def test_a_narrow_header_says_it_in_fewer_words(width: int, said: str, world: World, opened: Open) -> None:
    world.clock.set(NOW + 2 * HOUR)
    world.desk.silence(["subject=first"], reason="known")
    async with opened((width, 36)) as driven:
        assert said in driven.lines[0]


async def test_a_desk_at_a_time_gone_by_says_of_no_signal_that_it_came_ago(world: World, opened: Open) -> None:
    async with opened() as driven:
        assert "● 1 feed, heard <1m ago  " in driven.lines[0]
    world.clock.set(NOW - DAY)
    async with opened() as driven:
        assert "● 1 feed  " in driven.lines[0]
        assert "heard" not in driven.lines[0]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (100, 30), (160, 45), (200, 60), (250, 70), (60, 15)])
async def test_every_line_fills_the_width_and_no_more(opened: Open, size: tuple[int, int]) -> None:
    async with opened(size) as driven:
        assert len(driven.lines) == size[1]
        assert {strip.cell_length for strip in driven.app.screen._compositor.render_strips()} == {size[0]}
        assert "PO first" in driven.text


async def test_a_small_terminal_has_tabs_with_the_same_keys(opened: Open) -> None:
    async with opened((80, 24)) as driven:
        assert "Deviations" in driven.lines[1]
        assert "PO first" in driven.text
        await driven.press("tab")
        assert "No open action" in driven.text
        assert "PO first" not in driven.text
        await driven.press("tab")
        assert "ETA" in driven.text
        await driven.press("shift+tab", "shift+tab", "enter")
        assert isinstance(driven.app.screen, DeviationPage)


async def test_a_tiny_terminal_is_asked_to_grow(opened: Open) -> None:
    async with opened((58, 14)) as driven:
        assert "58x14" in driven.text
        assert "60x15" in driven.text
        await driven.pilot.resize_terminal(120, 36)
        await driven.pilot.pause()
        assert "PO first" in driven.text
        assert "60x15" not in driven.text


async def test_a_wide_terminal_shows_the_detail_beside_the_queue(opened: Open) -> None:
    async with opened((200, 60)) as driven:
        driven.desk_screen._at_cursor.show()
        await driven.pilot.pause()
        assert "Detail D" in driven.text
        assert "planned (as of baseline" in driven.text


async def test_somebody_elses_work_shows_without_a_key(world: World, opened: Open) -> None:
    async with opened() as driven:
        world.desk.ack([world.ids[0]])
        driven.app._look()
        await driven.pilot.pause()
        assert "bo" in next(text for text in driven.lines if "PO first" in text)


async def test_the_list_says_what_it_goes_by(world: World, opened: Open) -> None:
    world.clock.set(NOW + 10 * DAY)
    world.desk.load([line("far", due=NOW + 60 * DAY)], kind="purchase_order", scope="far", file="far")
    take(world.desk, eta("far", NOW + 90 * DAY))
    async with opened((80, 24)) as driven:
        assert "by exposure and time to decide" in driven.text
        assert "PASSED" in next(text for text in driven.lines if "PO first" in text)
        assert "later" in next(text for text in driven.lines if "PO far" in text)


async def test_ids_are_in_the_lists_where_there_is_room(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened((120, 36)) as driven:
        assert f" {world.ids[0]} " in next(text for text in driven.lines if "PO first" in text)
        assert any("A1 confirm it" in text for text in driven.lines)
    async with opened((110, 36)) as driven:
        assert f" {world.ids[0]} " in next(text for text in driven.lines if "PO first" in text)
        assert any("○ confirm it" in text for text in driven.lines)


@pytest.mark.parametrize("width", [80, 100, 109, 110, 112, 119, 120, 160, 161])
async def test_who_has_it_and_how_it_stands_are_there_beside_the_signals_too(
    width: int, world: World, opened: Open
) -> None:
    world.desk.respond([world.ids[0]])
    async with opened((width, 36)) as driven:
        row = next(text for text in driven.lines if "PO first" in text)
        assert re.search(r"PO first +\+\d+d +ack\w* +bo", row), row
        feed = driven.app.screen.query_one("#feed").outer_size.width
        if 110 <= width <= 160:
            assert feed == min(42, width - 70), "the signals give way first, and not for nothing"
            assert any("ETA" in text for text in driven.lines), "what they say stays"


async def test_a_standing_clock_says_so(world: World, opened: Open) -> None:
    async with opened() as driven:
        assert "08:00 UTC pinned" in driven.lines[0]


@pytest.mark.parametrize("minutes", range(0, 12 * 60, 17))
def test_the_present_never_covers_half_a_time(minutes: int) -> None:
    now = NOW + minutes * MINUTE
    axis = Axis.around(now, [now + DAY], 90)
    marked = axis.cell(now)
    ticks = axis.ticks("UTC", marked)
    assert len(ticks) > 3
    assert all(not cell <= marked < cell + len(label) for cell, label in ticks)


async def test_the_actions_show_load_and_what_is_overdue(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    world.clock.set(NOW + 2 * HOUR)
    async with opened() as driven:
        assert any("confirm it" in text and "!" in text for text in driven.lines)
        assert any("dora 1 !" in text and "bo 2 !" in text for text in driven.lines)
        assert "▼" in driven.text


async def test_times_follow_the_clock(world: World, opened: Open) -> None:
    async with opened() as driven:
        assert "08:00 UTC" in driven.lines[0]
        world.clock.set(NOW + 5 * MINUTE)
        driven.app._look()
        await driven.pilot.pause()
        assert "08:05 UTC" in driven.lines[0]


async def test_an_empty_desk_says_what_is_watched(tmp_path: Path) -> None:
    session = Session(lambda: open_desk(tmp_path / "empty.db", clock=FixedClock(NOW)), readonly=False)
    async with driving(OffplanApp(session)) as driven:
        assert "there is no plan" in driven.text
        assert "No signal yet." in driven.text
        assert "No feeder runs" in driven.text
        await driven.press("j", "G", "enter", "a", "space", "tab", "s", "enter", "y")
        assert driven.app.is_running


async def test_the_keys_of_this_place_are_shown(opened: Open) -> None:
    async with opened((120, 60)) as driven:
        await driven.press("?")
        assert "Choose a playbook" in driven.text
        await driven.press("escape")
        assert "Deviations" in driven.text


async def test_the_footer_follows_what_is_under_the_cursor(world: World, opened: Open) -> None:
    world.desk.respond([world.ids[0]])
    async with opened() as driven:
        assert "x dismiss" in driven.lines[-1]
        await driven.press("tab")
        assert "s start" in driven.lines[-1]
        assert "x dismiss" not in driven.lines[-1]


async def test_the_id_goes_to_the_terminal(world: World, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    async with opened() as driven:
        await driven.press("y")
        assert driven.status == f"sent to the terminal: {driven.desk_screen.selection().ids[0]}"


async def test_q_leaves(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("q")
        assert not driven.app.is_running


async def test_all_marked_rows_carry_the_version_that_was_shown(world: World, opened: Open) -> None:
    plan = [line(f"order-{number}", due=NOW + DAY) for number in range(80)]
    world.desk.load(plan, kind="purchase_order", scope="many", file="m")
    for number in range(80):
        take(world.desk, eta(f"order-{number}", NOW + 30 * DAY))
    async with opened((120, 30)) as driven:
        await driven.press("*")
        world.desk.ack([world.ids[0]])
        driven.desk_screen.update()
        chosen = driven.desk_screen.selection()
        assert len(chosen.ids) == 83
        assert set(chosen.expect) == set(chosen.ids)


async def test_an_id_is_shown_whole_before_other_columns(world: World, opened: Open) -> None:
    order = "MAEU8814200-LONG-0001"
    world.one_more(order)
    for size in ((80, 24), (120, 36), (200, 50)):
        async with opened(size) as driven:
            assert any(f" {order} " in text for text in driven.lines), size


async def test_a_crash_prints_nothing_of_the_desk(
    world: World, opened: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RuntimeError, match="a private value"):
        async with opened() as driven:
            driven.app._handle_exception(RuntimeError("a private value"))
    assert driven.app.fault is not None
    assert driven.app.return_code == 1
    shown = capsys.readouterr()
    assert "a private value" not in shown.out + shown.err


async def test_signals_that_move_nothing_are_gathered_while_another_pane_is_worked_in(
    world: World, opened: Open
) -> None:
    async with opened() as driven:
        screen = driven.desk_screen
        take(world.desk, eta("first", NOW + 19 * DAY, number="again"))
        screen.update()
        await driven.pilot.pause()
        assert "1/3" in driven.text, "the feed was just drawn"
        screen._feed_rested()
        await driven.pilot.pause()
        assert "1/4" in driven.text
        await driven.press("shift+tab")
        take(world.desk, eta("first", NOW + 19 * DAY, number="while it is read"))
        screen.update()
        await driven.pilot.pause()
        assert "1/5" in driven.text


async def test_actions_are_read_anew_only_where_something_was_done_to_one(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.desk.respond([world.ids[0]])
    asked: list[str] = []
    timeline = Desk.timeline

    def counted(self: Desk, text: str = "") -> list[tuple[int, str, int]]:
        asked.append(text)
        return timeline(self, text)

    async with opened((120, 36)) as driven:
        monkeypatch.setattr(Desk, "timeline", counted)
        world.desk.comment([world.ids[1]], text="called them")
        driven.desk_screen.update()
        assert asked == [], "a deviation alone was commented on"
        world.desk.start(["A1"])
        driven.desk_screen.update()
        assert asked == [""]
        assert driven.desk_screen.timeline.row(1)["state"] == "in_progress"  # type: ignore[index]
        world.desk.respond([world.ids[1]])
        driven.desk_screen.update()
        assert len(driven.desk_screen.timeline.ids) == len(world.desk.timeline()) > 2
