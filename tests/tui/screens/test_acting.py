"""Every command key does through the Desk what it says, shows what it did, and is refused in a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pytest
from textual.screen import Screen

from engine.values.clock import DAY, HOUR
from engine.vocabulary.planning import Match
from tests.engine.desk_support import NOW, Steps
from tests.tui.conftest import Driven, Open, World
from tui.desk.live import Live
from tui.keys.key_table import KEYS
from tui.screens import gathering
from tui.screens.pickers import Confirm, Picker, PreviewPicker, TextScreen
from tui.terminal.cells import Present
from tui.terminal.painting import PaintedApp
from tui.terminal.safe import plain
from tui.widgets.page_list import PageList
from tui.widgets.prompt import Prompt
from tui.widgets.question import Question


async def respond(driven: Driven) -> None:
    """Answer the deviation under the cursor with the one playbook there is."""
    await driven.press("r")
    await driven.finish("enter")


async def test_ack_takes_the_row_under_the_cursor(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.finish("a")
        assert world.state(first) == "acknowledged"
        assert world.desk.show(first)["owner"] == "ana"
        assert first in driven.status
        assert "acknowledged" in driven.status


async def test_owner_is_chosen_from_people_with_their_load(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("o")
        assert isinstance(driven.app.screen, Picker)
        assert "chen" in driven.text
        assert "0 open" in driven.text
        await driven.type("che")
        await driven.finish("enter")
        assert world.desk.show(first)["owner"] == "chen"


async def test_respond_shows_owners_and_dates_and_starts_what_was_seen(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("r")
        assert isinstance(driven.app.screen, PreviewPicker)
        assert "dora" in driven.text
        assert "the last step ends late" in driven.text
        assert world.desk.show(first)["actions"] == []
        await driven.finish("enter")
        assert [action["step"] for action in world.desk.show(first)["actions"]] == ["confirm", "book", "tell"]
        assert "confirm it" in driven.text


async def test_the_preview_comes_with_the_first_frame(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    frames, display = [], PaintedApp._display

    def noted(self: PaintedApp, screen: Screen[Any], renderable: Any) -> None:
        if isinstance(screen, PreviewPicker):
            frames.append(
                any("confirm it" in plain(line.pieces) for line in screen.query_one("#preview", PageList).lines)
            )
        display(self, screen, renderable)

    async with opened() as driven:
        monkeypatch.setattr(PaintedApp, "_display", noted)
        await driven.press("r")
    assert frames[0] is True


async def test_the_preview_names_its_times_and_uses_the_room(world: World, opened: Open) -> None:
    async with opened((160, 40)) as driven:
        await driven.press("r")
        heading = next(text for text in driven.lines if " start " in text)
        assert all(title in heading for title in ("action", "owner", "start", "due", "after"))
        row = next(text for text in driven.lines if "book it" in text)
        assert "10:00" in row
        assert "11:00 (in 3h)" in row
        assert "confirm" in row
        assert row.index(" bo ") > 60, "a title has the room that is left"


def test_a_due_time_before_its_start_is_marked() -> None:
    def shown(start: int, due: int) -> str:
        action = replace(Steps()._action("book", "bo", start, ()), due_at=due)
        return plain(gathering.planned(action, 100, Present(NOW, "UTC"))[0])

    assert "! 05:00 (3h ago)" in shown(NOW, NOW - 3 * HOUR)
    assert "! 10:00 (in 2h)" in shown(NOW + 3 * HOUR, NOW + 2 * HOUR)
    assert "! 8 Mar 08:00 (24h ago)" in shown(NOW, NOW - DAY)
    assert "!" not in shown(NOW, NOW + HOUR)


def test_a_long_title_goes_on_below_itself() -> None:
    title = "Ask the second source for what the first one cannot deliver, and by when"
    action = replace(Steps()._action("book", "bo", NOW, ()), title=title)
    lines = [plain(line) for line in gathering.planned(action, 76, Present(NOW, "UTC"))]
    assert "…" not in "".join(lines)
    assert " ".join(" ".join(line.partition(" bo ")[0] for line in lines).split()) == title


@pytest.mark.parametrize("width", [-3, 0, 1, 10, 24, 30, 50])
def test_a_planned_action_keeps_its_title_however_narrow_the_terminal_becomes(width: int) -> None:
    action = Steps()._action("book", "bo", NOW, ())
    first = gathering.planned(action, width, Present(NOW, "UTC"))[0]
    assert plain(first).strip().startswith("book" if width > 8 else "")


@dataclass(frozen=True)
class Asking(Steps):
    """A planner whose playbook asks for something."""

    def matches(self, deviation: Mapping[str, Any], now: int) -> Sequence[Match]:
        asked = {"name": "days", "type": "number", "title": "how many days", "required": True}
        known = {"name": "way", "type": "text", "title": "way", "required": True, "default": "air"}
        return [match._replace(inputs=(asked, known)) for match in super().matches(deviation, now)]


async def test_what_a_playbook_asks_for_is_asked_before_it_begins(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.tui.conftest.Steps", Asking)
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("r")
        await driven.press("enter")
        assert "how many days (number)" in driven.text
        await driven.type("3")
        await driven.finish("enter")
        response = world.desk.show(first)["response"]
        assert world.desk.show(response)["inputs"] == {"days": "3"}


async def test_leaving_a_response_starts_nothing(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("r")
        await driven.finish("escape")
        assert world.desk.responses().total == 0
        assert "left as it was" in driven.status


async def test_actions_are_started_and_done_from_the_timeline(world: World, opened: Open) -> None:
    async with opened() as driven:
        await respond(driven)
        await driven.press("tab")
        action = driven.desk_screen.selection().ids[0]
        await driven.finish("s")
        assert world.state(action) == "in_progress"
        await driven.finish("d")
        assert world.state(action) == "done"


async def test_the_footer_offers_what_the_state_of_the_row_allows_and_a_refusal_says_what_is_needed(
    world: World, opened: Open
) -> None:
    async with opened() as driven:
        await respond(driven)
        await driven.press("tab")
        assert {"a ack", "s start", "d done"} <= offered(driven)
        needed = driven.desk_screen.selection().ids[0]
        await driven.press("down")
        blocked = driven.desk_screen.selection().ids[0]
        assert world.state(blocked) == "blocked"
        await driven.rest()
        assert not {"a ack", "s start", "d done"} & offered(driven)
        for key in ("a", "s"):
            await driven.finish(key)
            assert f"{blocked} is blocked: it needs {needed}" in driven.status
        await driven.press("up")
        await driven.finish("s")
        assert {"d done"} == {"a ack", "s start", "d done"} & offered(driven), "it has begun"
        await driven.press("enter")
        assert {"d done", "f fail", "x skip"} <= offered(driven)
        await driven.finish("d")
        assert world.state(needed) == "done"
        assert not {"a ack", "s start", "d done", "f fail", "x skip"} & offered(driven), "it is over"


def offered(driven: Driven) -> set[str]:
    """Keys with what they do, as the last line of the screen has them."""
    words = driven.lines[-1].split()
    return {f"{key} {title}" for key, title in pairwise(words)}


@pytest.mark.parametrize(("key", "state"), [("x", "skipped"), ("f", "failed"), ("b", "blocked"), ("w", "waiting")])
async def test_an_action_ends_with_a_reason(world: World, opened: Open, key: str, state: str) -> None:
    async with opened() as driven:
        await respond(driven)
        await driven.press("tab")
        action = driven.desk_screen.selection().ids[0]
        if key == "w":
            await driven.finish("s")
        await driven.press(key)
        await driven.type("no answer")
        await driven.finish("enter")
        assert world.state(action) == state
        assert world.desk.show(action)["history"][-1]["reason"] == "no answer"


async def test_cancel_shows_what_it_will_do_first(world: World, opened: Open) -> None:
    async with opened() as driven:
        await respond(driven)
        await driven.press("tab")
        action = driven.desk_screen.selection().ids[0]
        await driven.press("X")
        await driven.type("changed")
        await driven.press("enter")
        assert isinstance(driven.app.screen, Confirm)
        assert action in driven.text
        await driven.finish("y")
        assert world.state(action) == "cancelled"


async def test_a_deviation_ends_with_a_reason(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("R")
        await driven.type("known")
        await driven.press("enter")
        await driven.type("it ran")
        await driven.press("enter")
        await driven.type("1250 USD")
        await driven.finish("enter")
        shown = world.desk.show(first)
        assert (shown["state"], shown["reason"], shown["outcome"]) == ("resolved", "known", "it ran")
        assert shown["cost"] == {"amount": 1250, "currency": "USD"}


async def test_outcome_and_cost_may_be_left_out_and_the_question_left(world: World, opened: Open) -> None:
    async with opened() as driven:
        first, second = world.ids[0], world.ids[1]
        await driven.press("R")
        await driven.type("known")
        await driven.press("enter", "enter")
        await driven.finish("escape")
        assert world.state(first) == "open"
        await driven.press("R")
        await driven.type("known")
        await driven.press("enter", "enter")
        await driven.finish("enter")
        assert world.state(first) == "resolved"
        assert (world.desk.show(first)["outcome"], world.state(second)) == (None, "open")


@pytest.mark.parametrize(("chosen", "category"), [((), "accepted"), (tuple("noise"), "noise")])
async def test_a_dismissal_says_as_what(world: World, opened: Open, chosen: tuple[str, ...], category: str) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("x")
        await driven.type("known")
        await driven.press("enter", *chosen)
        await driven.finish("enter")
        shown = world.desk.show(first)
        assert (shown["state"], shown["reason"], shown["dismissed_as"]) == ("dismissed", "known", category)


async def test_a_dismissal_without_a_sort_is_left(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("x")
        await driven.type("known")
        await driven.finish("enter", "escape")
        assert (world.state(first), driven.status) == ("open", "dismiss: left as it was")


async def test_an_empty_reason_leaves_everything(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("x")
        await driven.finish("enter")
        assert world.state(first) == "open"
        assert "left as it was" in driven.status


async def test_snooze_takes_a_distance_and_refuses_nonsense(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("S")
        await driven.type("soon")
        await driven.press("enter")
        assert driven.status.startswith("✗")
        assert driven.app.screen.query_one(Prompt).is_open, "what was typed is there to be mended"
        await driven.press("ctrl+u")
        await driven.type("+4h")
        await driven.finish("enter")
        assert not driven.status.startswith("✗")
        assert world.desk.show(first)["snoozed_until"] == "2026-03-09T12:00:00Z"
        assert int(first[1:]) not in driven.desk_screen.queue.ids


async def test_a_refusal_and_a_long_question_can_be_read_while_the_line_is_open(opened: Open) -> None:
    async with opened((80, 24)) as driven:
        await driven.press("S")
        await driven.type("whenever it may be")
        await driven.press("enter")
        told = " ".join(" ".join(driven.lines[-2:]).split())
        assert told.startswith("✗ --until: 'whenever it may be' is not a time; write it as 2026-03-09T08:00:00Z,")
        assert "Z, or from now as +45m, +4h, +2d enter" in told, "how it should be is what counts"
        await driven.press("escape")
        assert "esc leaves it" not in driven.lines[-1]

        typed = asyncio.create_task(driven.desk_screen.query_one(Prompt).ask(Question("which of them " * 6)))
        await driven.pilot.pause()
        await driven.type("this one")
        assert "this one" in driven.lines[-3]
        assert " ".join(driven.lines[-2].split()).startswith("which of them which")
        assert " ".join(driven.lines[-1].split()) == "them enter takes the line esc leaves it"
        await driven.press("enter")
        assert await typed == "this one"


async def test_what_is_snoozed_can_be_seen_as_the_message_says(world: World, opened: Open) -> None:
    world.desk.configure(
        {"name": "eu", "zone": "Europe/Berlin", "currency": "EUR", "rates": {}, "tolerance": {}, "rules": []}
    )
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("S")
        await driven.type("+4h")
        await driven.finish("enter")
        assert "snoozed until 13:00" in driven.status, "in the desk's zone"
        assert "2026-03-09T" not in driven.status
        hint = driven.status.partition(" /")[2].removesuffix(" shows it")
        await driven.press("/")
        await driven.type(hint)
        await driven.finish("enter")
        assert driven.desk_screen.queue.ids == [int(first[1:])]
        await driven.press("?")
        assert f"/{hint}" in driven.text


async def test_a_comment_is_written_down(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("c")
        await driven.type("q and j: letters are text here")
        await driven.finish("enter")
        assert "letters are text here" in str(world.desk.show(first)["history"][-1])


async def test_undo_names_what_it_undid(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.finish("a")
        await driven.finish("z")
        assert world.state(first) == "open"
        assert "undid" in driven.status
        assert first in driven.status


async def test_many_are_dismissed_only_after_their_ids_were_shown(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("*", "x")
        await driven.type("all known")
        await driven.press("enter", "enter")
        assert isinstance(driven.app.screen, Confirm)
        assert all(id_ in driven.text for id_ in world.ids)
        await driven.finish("n")
        assert {world.state(id_) for id_ in world.ids} == {"open"}
        await driven.press("x")
        await driven.type("all known")
        await driven.press("enter", "enter")
        await driven.finish("y")
        assert {world.state(id_) for id_ in world.ids} == {"dismissed"}


async def test_a_row_that_moved_on_is_refused_with_what_changed(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A desk that has not looked since: a stalled line, a busy moment.
    monkeypatch.setattr(Live, "ask", lambda self: False)
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        seen = driven.desk_screen.selection()
        world.desk.ack([first])
        assert driven.desk_screen.selection() == seen, "the screen has not looked yet"
        await driven.finish("a")
        assert driven.status.startswith("✗")
        assert "bo" in driven.status
        assert world.desk.show(first)["owner"] == "bo"


async def test_answers_about_a_row_that_moved_on_are_kept_and_sent_if_still_meant(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        for meant in (False, True):
            await driven.press("R")
            await driven.type("known")
            await driven.press("enter")
            await driven.type("it ran")
            await driven.press("enter")
            world.desk.assign([first], to="chen" if meant else "dora")
            await driven.type("1250 USD")
            await driven.press("enter")
            await driven.pilot.pause()
            assert isinstance(driven.app.screen, Confirm), "what took minutes to type is not lost"
            for words in (f"{first} changed while you answered", "bo did assign", "reason: known; outcome: it ran"):
                assert words in driven.text
            await driven.finish("y" if meant else "n")
            assert world.state(first) == ("resolved" if meant else "open")
            assert meant or driven.status.startswith(f"✗ {first} has changed since you looked: bo did assign")
        shown = world.desk.show(first)
        assert (shown["reason"], shown["outcome"], shown["owner"]) == ("known", "it ran", "chen")


async def test_a_key_for_another_kind_says_so(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.finish("s")
        assert driven.status == "start is for actions; the cursor is on a deviation"


async def test_a_readonly_desk_refuses(world: World, opened: Open) -> None:
    async with opened(readonly=True) as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.finish("a")
        assert "read-only" in driven.status
        assert world.state(first) == "open"
        assert " a ack" not in driven.lines[-1]


async def test_the_palette_finds_a_command_by_its_words_and_does_it(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("ctrl+p")
        await driven.type("acknowledge")
        await driven.press("enter")
        await driven.finish()
        assert world.state(first) == "acknowledged"


async def test_the_palette_has_every_key_that_holds_here(opened: Open) -> None:
    async with opened((120, 90)) as driven:
        await driven.press("ctrl+p")
        scopes = driven.desk_screen.scopes
        wanted = {key.id for key in KEYS if key.scope in scopes and (not key.kinds or "deviation" in key.kinds)}
        picker = driven.app.screen
        assert isinstance(picker, Picker)
        assert {choice.id for choice in picker._shown} == wanted
        await driven.type("mark all rows that")
        await driven.press("enter")
        await driven.finish()
        assert len(driven.desk_screen.queue.marks) == 3


async def test_messages_can_be_read_in_full(world: World, opened: Open) -> None:
    async with opened((60, 24)) as driven:
        await driven.finish("*", "a")
        assert "m shows all of it" in driven.lines[-2]
        assert "D3 open → acknowledged" not in driven.lines[-2]
        await driven.finish("z")
        await driven.press("m")
        assert isinstance(driven.app.screen, TextScreen)
        shown = " ".join(text.strip("│ ") for text in driven.lines)
        assert all(f"{id_} open → acknowledged" in " ".join(shown.split()) for id_ in world.ids)
        assert shown.index("undid") < shown.index("✓ ack"), "the last on top"


async def test_whatever_is_done_to_many_shows_all_their_ids_first(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_MOST_DESCRIBED", 1)
    async with opened() as driven:
        await driven.press("*", "S")
        await driven.type("+4h")
        await driven.press("enter")
        await driven.pilot.pause()
        assert isinstance(driven.app.screen, Confirm)
        assert "snooze 3" in driven.text
        assert "until: 12:00 (in 4h)" in driven.text
        assert "D1  late_supply expected 9 days late" in driven.text
        assert "D2 D3" in driven.text, "of the others the ids"
        await driven.finish("n")
        assert {world.desk.show(id_)["snoozed_until"] for id_ in world.ids} == {None}
        await driven.press("S")
        await driven.type("+4h")
        await driven.press("enter")
        await driven.pilot.pause()
        await driven.finish("y")
        assert {world.desk.show(id_)["snoozed_until"] for id_ in world.ids} == {"2026-03-09T12:00:00Z"}


async def test_a_time_to_come_is_what_is_asked_for(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("S")
        assert "until (+4h, +2d or 2026-03-10T08:00 in " in driven.text
