"""What was answered about rows that changed meanwhile: it waits until the person asks for it, and no key that was typed
for something else answers for it."""

from __future__ import annotations

import pytest

from engine.values.clock import DAY
from tests.engine.desk_support import NOW, eta, line, take
from tests.tui.conftest import Driven, Open, World
from tests.tui.key_effects import PATIENCE, Hand
from tui.desk.live import Live
from tui.screens.acting import ActingScreen
from tui.screens.deviation_page import DeviationPage
from tui.screens.pickers import Confirm
from tui.widgets.one_line import OneLine


@pytest.fixture(autouse=True)
def stalled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen does not look by itself whether anybody has written."""
    monkeypatch.setattr(Live, "ask", lambda self: False)


async def comment(driven: Driven, text: str) -> None:
    """Comment on the row under the cursor, without waiting for what comes of it."""
    await driven.press("c")
    await driven.type(text)
    await driven.press("enter")


def comments(world: World, id_: str) -> list[str]:
    return [each["reason"] for each in world.desk.show(id_)["history"] if each["action"] == "comment"]


def footer(driven: Driven) -> str:
    return driven.lines[-1]


async def test_a_key_for_the_list_answers_nothing_that_came_up_meanwhile(world: World, opened: Open) -> None:
    """`y` copies; a question that had come up by itself took it for a yes."""
    async with opened() as driven:
        first, second, *_ = world.ids
        world.desk.assign([first], to="chen")
        with world.desk.store.write():
            await comment(driven, "late")
            await driven.press("j")
        await Hand(driven).settle()
        await driven.press("y", "enter")
        assert isinstance(driven.app.screen, DeviationPage)
        assert driven.app.screen.place == second
        assert comments(world, first) == []
        assert " ! unsent" in footer(driven), "it is told wherever the person is"
        await driven.press("!")
        assert isinstance(driven.app.screen, Confirm)
        assert f"{first} changed while you answered" in driven.text
        await driven.finish("y")
        assert comments(world, first) == ["late"]
        assert "unsent" not in footer(driven)


async def test_keys_that_are_there_before_it_is_refused_answer_nothing(world: World, opened: Open) -> None:
    async with opened() as driven:
        first, second, *_ = world.ids
        world.desk.assign([first], to="chen")
        await driven.burst("c", *"late", "enter", "j", "y", "enter")
        await Hand(driven).settle()
        assert isinstance(driven.app.screen, DeviationPage)
        assert driven.app.screen.place == second
        assert comments(world, first) == []


async def test_a_line_that_is_typed_meanwhile_keeps_its_letters(world: World, opened: Open) -> None:
    async with opened() as driven:
        first, second, *_ = world.ids
        world.desk.assign([first], to="chen")
        with world.desk.store.write():
            await comment(driven, "late")
            await driven.press("j", "c")
            await driven.type("they ")
        for _ in range(PATIENCE):
            if driven.status.startswith("✗"):
                break
            await driven.pilot.pause()
        await driven.type("say yes!")
        assert driven.app.screen.query_one(OneLine).value == "they say yes!"
        await driven.finish("enter")
        assert (comments(world, first), comments(world, second)) == ([], ["they say yes!"])


async def test_what_waits_longest_is_shown_first_and_what_is_not_meant_is_let_go(world: World, opened: Open) -> None:
    async with opened() as driven:
        for id_, word in zip(world.ids, ("one", "two", "three"), strict=True):
            world.desk.assign([id_], to="chen")
            await comment(driven, word)
            await driven.settle()
            await driven.press("j")
        for key, word in zip("yny", ("one", "two", "three"), strict=True):
            await driven.press("!")
            assert f"text: {word}" in driven.text
            await driven.finish(key)
        assert [comments(world, id_) for id_ in world.ids] == [["one"], [], ["three"]]
        await driven.press("!")
        assert driven.status == "nothing that you answered waits to be sent"


async def test_it_can_be_refused_once_more(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = world.ids[0]
        world.desk.assign([first], to="chen")
        await comment(driven, "late")
        await driven.settle()
        await driven.press("!")
        assert "bo did assign" in driven.text
        world.desk.ack([first])
        await driven.finish("y")
        assert comments(world, first) == []
        assert "bo did ack" in driven.status
        await driven.press("!")
        assert "bo did ack" in driven.text
        await driven.finish("y")
        assert comments(world, first) == ["late"]


async def test_the_keys_of_a_place_stand_back_from_it_while_nothing_waits(world: World, opened: Open) -> None:
    def style_of(driven: Driven) -> set[str]:
        screen = driven.app.screen
        lines = [line for line in screen._lines if line.target == "unsent"]  # type: ignore[attr-defined]
        return {style for line in lines for _, style in line.pieces}

    async with opened() as driven:
        await driven.press("?")
        assert style_of(driven) == {"quiet"}
        await driven.press("escape")
        world.desk.assign(world.ids[:1], to="chen")
        await comment(driven, "late")
        await driven.settle()
        assert isinstance(driven.app.screen, ActingScreen)
        await driven.press("?")
        assert "quiet" not in style_of(driven)


async def test_all_is_told_that_changed_until_it_is_asked_for(world: World, opened: Open) -> None:
    """Who says yes does it for the rows as they are by then, so nothing that was done to them may be left out."""
    async with opened() as driven:
        first, second, _ = world.ids
        world.desk.assign([first], to="chen")
        await driven.press("space", "space")
        await comment(driven, "late")
        await driven.settle()
        world.desk.ack([first])
        world.desk.ack([second])
        await driven.press("!")
        assert isinstance(driven.app.screen, Confirm)
        told = " ".join(driven.text.replace("│", " ").split())
        assert f"{first} has changed since you looked: bo did assign" in told
        assert told.count("bo did ack") == 2
        assert f"{second} has changed since you looked: bo did ack" in told
        await driven.finish("y")
        assert (comments(world, first), comments(world, second)) == (["late"], ["late"])


async def test_what_was_answered_is_in_sight_however_much_has_changed(world: World, opened: Open) -> None:
    more = [line(f"PO-{number}", due=NOW + DAY) for number in range(12)]
    world.desk.load(more, kind="purchase_order", scope="more", file="m")
    for each in more:
        take(world.desk, eta(each.ref, NOW + 30 * DAY))
    async with opened((80, 24)) as driven:
        *ids, _ = [driven.desk_screen.queue.id_of(number) for number in driven.desk_screen.queue.ids]
        world.desk.assign(ids, to="chen")
        await driven.press("*")
        await comment(driven, "late")
        await driven.settle()
        await driven.press("!")
        assert "comment " in driven.text
        assert "text: late" in driven.text
        assert f"{ids[0]} has changed since you looked" in driven.text
        assert "14 (" in driven.lines[0], "one has not changed"
