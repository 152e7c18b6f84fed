"""What is kept out of the queue stays in sight: counted on top, one key away, and it says by what."""

from __future__ import annotations

from engine.values.clock import DAY, HOUR
from tests.engine.desk_support import NOW
from tests.tui.conftest import Driven, Open, World


async def silence(driven: Driven, line: str) -> None:
    await driven.command(line)


async def test_a_typed_silence_hides_counts_and_can_be_undone(world: World, opened: Open) -> None:
    async with opened() as driven:
        queue = driven.desk_screen.queue
        everything = list(queue.ids)
        await silence(driven, "silence add --where subject=first --until +2h --reason known")
        assert "silence add: L1" in driven.status
        assert len(queue.ids) == 2
        assert "1 silenced (h)" in driven.lines[0]
        await driven.press("h")
        assert [f"D{number}" for number in queue.ids] == [world.ids[0]]
        assert queue.title == "Deviations /suppressed=true"
        assert "D1 does not stand in the queue" in driven.text
        await driven.press("enter")
        assert "hidden by" in driven.text
        assert "L1" in driven.text
        await driven.press("escape", "h")
        assert len(queue.ids) == 2
        await driven.finish("z")
        assert list(queue.ids) == everything
        assert "silenced" not in driven.lines[0]


async def test_silences_are_listed_changed_and_ended_by_typing(world: World, opened: Open) -> None:
    async with opened() as driven:
        await silence(driven, "silence add --where party=AC* --reason known")
        await silence(driven, "silence")
        assert "party=AC*" in driven.text
        await driven.press("escape")
        await silence(driven, "silence change L1 --until +1h")
        assert "L1" in driven.status
        await silence(driven, "silence end L1")
        assert "over since" in driven.status
        await silence(driven, "silence forget L1")
        assert driven.status.startswith("✗")


async def test_a_narrow_desk_says_how_many_are_hidden(world: World, opened: Open) -> None:
    world.desk.silence(["party=ACME"], reason="known")
    async with opened((80, 24)) as driven:
        assert "3 hidden (h)" in driven.lines[0]


async def test_what_is_new_does_not_push_the_count_of_what_is_hidden_away(world: World, opened: Open) -> None:
    world.desk.silence(["subject=first"], reason="known")
    world.desk.snooze([world.ids[1]], until=NOW + 2 * DAY)
    async with opened((80, 24)) as driven:
        world.one_more("urgent", value=90_000_00)
        driven.app._look()
        await driven.pilot.pause()
        assert "✚ 1 new" in driven.lines[0]
        assert "2 hidden (h)" in driven.lines[0]


async def test_what_is_snoozed_says_on_its_page_until_when(world: World, opened: Open) -> None:
    world.desk.snooze(["D1"], until=NOW + 2 * HOUR)
    async with opened() as driven:
        await driven.press("h")
        assert "enter says why" in driven.text
        await driven.press("enter")
        assert "snoozed until" in driven.text
