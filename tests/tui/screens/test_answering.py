"""What a command asks for before it is carried out: reasons, outcomes, sorts, times; a refusal leaves what is typed."""

from __future__ import annotations

import asyncio

import pytest

from tests.tui.conftest import Open, World
from tui.screens.pickers import Confirm
from tui.widgets.prompt import Prompt
from tui.widgets.question import Question


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
        assert told.startswith("✗ 'whenever it may be' is not a time; write it as 2026-03-10T08:00 in UTC, +4h or +2d")
        assert "or +2d enter" in told, "how it should be is what counts"
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
        assert list(driven.desk_screen.queue.ids) == [int(first[1:])]
        await driven.press("?", "pagedown")
        assert f"/{hint}" in driven.text


async def test_a_comment_is_written_down(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("c")
        await driven.type("q and j: letters are text here")
        await driven.finish("enter")
        assert "letters are text here" in str(world.desk.show(first)["history"][-1])


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
            await driven.finish("enter")
            assert driven.status.startswith(f"✗ {first} has changed since you looked: bo did assign")
            assert driven.status.endswith("! shows what you answered, and sends it")
            await driven.press("!")
            assert isinstance(driven.app.screen, Confirm), "what took minutes to type is not lost"
            for words in (f"{first} changed while you answered", "bo did assign", "reason: known; outcome: it ran"):
                assert words in driven.text
            await driven.finish("y" if meant else "n")
            assert world.state(first) == ("resolved" if meant else "open")
            assert driven.status.startswith("✓ resolve" if meant else "resolve: left as it was")
        shown = world.desk.show(first)
        assert (shown["reason"], shown["outcome"], shown["owner"]) == ("known", "it ran", "chen")


async def test_a_time_to_come_is_what_is_asked_for(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("S")
        assert "until (+4h, +2d or 2026-03-10T08:00 in " in driven.text
