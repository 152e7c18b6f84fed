"""A silence begins at a deviation by key: what it would hide is seen first, then why and until when are asked."""

from __future__ import annotations

from engine.values.clock import DAY, iso
from tests.engine.desk_support import NOW
from tests.tui.conftest import Open, World
from tui.screens.pickers import PreviewPicker
from tui.widgets.one_line import OneLine


async def test_a_key_silences_the_like_of_a_deviation_after_showing_what_that_hides(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("M")
        assert isinstance(driven.app.screen, PreviewPicker)
        assert "subject=first" in driven.text
        assert "hides 1 now" in driven.text
        assert "PO second" not in driven.text
        await driven.press("j")
        assert (
            next(text for text in driven.lines if "kind=late_supply party=ACME" in text)
            .rstrip(" │")
            .endswith("hides 3 now")
        )
        assert all(f"PO {name}" in driven.text for name in ("first", "second", "third"))
        await driven.press("enter")
        await driven.type("known")
        await driven.press("enter", "ctrl+u")
        await driven.type("+2d")
        await driven.finish("enter")
        assert "silence add: L1" in driven.status
        assert list(driven.desk_screen.queue.ids) == []
        shown = world.desk.show("L1")
        assert shown["matchers"] == {"kind": "late_supply", "party": "ACME"}
        assert (shown["reason"], shown["until_at"]) == ("known", iso(NOW + 2 * DAY))
        await driven.finish("z")
        assert len(driven.desk_screen.queue.ids) == 3


async def test_a_time_that_is_none_is_refused_below_its_line_and_nothing_that_was_answered_is_lost(
    world: World, opened: Open
) -> None:
    async with opened() as driven:
        await driven.press("M", "enter")
        await driven.type("known")
        await driven.press("enter")
        await driven.type("days")
        await driven.press("enter")
        assert driven.status.startswith("✗ '+7ddays' is not a time; write it as 2026-03-10T08:00")
        assert driven.app.screen.query_one(OneLine).value == "+7ddays"
        await driven.press(*["backspace"] * 4)
        await driven.finish("enter")
        assert "silence add: L1" in driven.status
        assert world.desk.show("L1")["reason"] == "known"


async def test_the_silences_are_listed_in_full_where_there_is_little_room(world: World, opened: Open) -> None:
    """At 80x24 what a silence hides was cut, and why it does was out of sight."""
    reason = "the supplier moves its messages to another system this week and answers by telephone"
    world.desk.silence(["kind=late_supply", "party=ACME"], until=NOW + DAY, reason=reason)
    async with opened((80, 24)) as driven:
        await driven.press(":")
        await driven.type("silence")
        await driven.finish("enter")
        told = " ".join(driven.text.replace("│", " ").split())
        assert "kind=late_supply party=ACME" in told
        assert reason in told


async def test_leaving_any_of_the_questions_silences_nothing(world: World, opened: Open) -> None:
    async with opened() as driven:
        for keys in (("escape",), ("enter", "escape"), ("enter", "enter"), ("enter", "w", "enter", "escape")):
            await driven.press("M", *keys)
            await driven.settle()
            assert driven.status == "silence: nothing was silenced"
        assert world.desk.silences().items == []


async def test_a_silence_needs_a_deviation_and_a_desk_that_writes(world: World, opened: Open) -> None:
    async with opened(readonly=True) as driven:
        await driven.finish("M")
        assert driven.status == "✗ this desk was opened read-only"
    world.desk.dismiss(world.ids, reason="x")
    async with opened() as driven:
        await driven.press("M")
        assert driven.status == "silence begins at a deviation; the cursor is on nothing"
