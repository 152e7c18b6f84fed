"""Keys on an action: it starts, is done, or ends otherwise with a reason; the footer offers what its state allows."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.tui.conftest import Driven, Open, World
from tui.screens.pickers import Confirm


async def respond(driven: Driven) -> None:
    """Answer the deviation under the cursor with the one playbook there is."""
    await driven.press("r")
    await driven.finish("enter")


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
