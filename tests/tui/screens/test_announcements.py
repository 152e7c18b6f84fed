"""What is announced on top: what is new, was raised or came back, what still waits, and that all is well again."""

from __future__ import annotations

from engine.values.clock import DAY, HOUR, MINUTE
from tests.engine.desk_support import NOW, eta, take
from tests.tui.conftest import Open, World


async def test_a_new_deviation_announces_itself_and_is_in_sight(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("j")
        before = driven.desk_screen.queue.current
        world.one_more("urgent", value=90_000_00)
        driven.app._look()
        await driven.pilot.pause()
        assert driven.desk_screen.queue.current == before
        assert any("PO urgent" in text for text in driven.lines[2:]), "where there is room it is not above the edge"
        assert "✚ 1 new" in driven.lines[0]
        assert "PO urgent" in driven.lines[0]
        await driven.press("k")
        assert "new" not in driven.lines[0]


async def test_the_end_of_a_silence_announces_what_it_hid_within_a_minute(world: World, opened: Open) -> None:
    """Nobody writes anything at that moment: the clock alone brings it back."""
    async with opened() as driven:
        world.desk.silence(["subject=first"], reason="the carrier's strike", until=NOW + MINUTE)
        driven.app._look()
        await driven.pilot.pause()
        assert "PO first" not in driven.text
        assert "✚" not in driven.lines[0]
        world.clock.set(NOW + MINUTE)
        for _ in range(3):
            driven.app._look()
        await driven.pilot.pause()
        assert "✚ 1 back: D1 late_supply PO first" in driven.lines[0]
        await driven.press("j")
        assert "✚" not in driven.lines[0]


async def test_what_grew_is_announced_as_raised_and_the_end_of_all_as_such(world: World, opened: Open) -> None:
    async with opened() as driven:
        take(world.desk, eta("third", NOW + 40 * DAY, number="2", recorded=NOW))
        driven.app._look()
        await driven.pilot.pause()
        assert "✚ 1 raised: D3 late_supply PO third" in driven.lines[0]
        world.desk.resolve(world.ids, reason="agreed")
        for _ in range(3):
            driven.app._look()
        await driven.pilot.pause()
        assert "✚ nothing off plan any more" in driven.lines[0]


async def test_what_still_waits_is_said_again_after_half_a_shift(world: World, opened: Open) -> None:
    async with opened() as driven:
        world.clock.set(NOW + 4 * HOUR)
        driven.app._look()
        await driven.pilot.pause()
        assert "✚" not in driven.lines[0]
        world.clock.set(NOW + 4 * HOUR + MINUTE)
        for _ in range(3):
            driven.app._look()
        await driven.pilot.pause()
        assert "✚ 3 still off plan" in driven.lines[0]


async def test_the_first_deviation_of_a_quiet_desk_announces_itself(world: World, opened: Open) -> None:
    world.desk.dismiss(world.ids, reason="known")
    async with opened() as driven:
        world.one_more("urgent")
        driven.app._look()
        await driven.pilot.pause()
        assert "✚ 1 new" in driven.lines[0]
