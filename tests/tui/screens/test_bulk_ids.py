"""Before a command on many rows the screen says which ones: in the border where they are marked, and where it asks."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.values.clock import DAY
from tests.engine.desk_support import NOW, eta, line, take
from tests.tui.conftest import Driven, Open, World
from tui.screens import gathering
from tui.screens.pickers import Confirm
from tui.terminal import safe
from tui.widgets.page_list import PageList
from tui.words.named_ids import listed, named

SIZES = [(60, 15), (80, 24), (120, 36), (200, 60)]


def many(world: World, count: int) -> None:
    """So many late orders more."""
    refs = [f"order-{number}" for number in range(count)]
    world.desk.load([line(ref, due=NOW + DAY) for ref in refs], kind="purchase_order", scope="many", file="m")
    take(world.desk, *(eta(ref, NOW + 30 * DAY) for ref in refs))


def told(text: str, driven: Driven) -> tuple[list[str], int]:
    """The ids that a text begins with, and how many more it says there are; each id is one that is marked."""
    words, more = text.split(), 0
    ids = []
    for word in words:
        if re.fullmatch(r"\+\d+", word):
            more = int(word)
            break
        if not re.fullmatch(r"D\d+", word):
            break
        ids.append(word)
    assert [f"D{number}" for number in driven.desk_screen.queue.chosen[: len(ids)]] == ids
    return ids, more


def border(driven: Driven) -> str:
    """What the lower border of the queue says of marks."""
    found = next((text for text in driven.lines if re.search(r"\d+ marked", text)), "")
    return found[found.index(" marked") - 4 :] if found else ""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("more", [0, 9, 300])
async def test_the_border_names_what_is_marked_as_far_as_it_goes(
    world: World, opened: Open, size: tuple[int, int], more: int
) -> None:
    many(world, more)
    count = 3 + more
    async with opened(size) as driven:
        assert not border(driven)
        await driven.press("*")
        assert f"{count} marked: D" in border(driven)
        ids, others = told(border(driven).partition(": ")[2], driven)
        assert len(ids) + others == count
        assert (others > 0) == (count > 50 or (count > 5 and size[0] == 60))
        await driven.press("G", "g", "space")
        assert f"{count - 1} marked: D" in border(driven)
        ids, others = told(border(driven).partition(": ")[2], driven)
        assert len(ids) + others == count - 1


async def test_moving_about_leaves_what_is_marked_as_it_stands(world: World, opened: Open) -> None:
    many(world, 120)
    async with opened((80, 24)) as driven:
        await driven.press("*")
        before = border(driven).partition(": ")[2].split(" · ")[0]
        for key in ("j", "G", "k", "pageup", "g"):
            await driven.press(key)
            assert border(driven).partition(": ")[2].split(" · ")[0] == before
            queue = driven.desk_screen.queue
            assert f" · {queue.cursor + 1}/{len(queue.ids)} " in border(driven), (
                "nor does it take the room of the place"
            )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("o", r"Who takes (\d+) \((.*?)\)\?"),
        ("r", r"How to answer (\d+) \((.*?)\), shown for D\d+"),
        ("c", r"comment (\d+) \((.*?)\): comment"),
        ("x", r"dismiss (\d+) \((.*?)\): why"),
        ("S", r"snooze (\d+) \((.*?)\):"),
        ("R", r"resolve (\d+) \((.*?)\): why"),
    ],
)
async def test_what_asks_about_many_names_them(
    world: World, opened: Open, size: tuple[int, int], key: str, words: str
) -> None:
    many(world, 40)
    async with opened(size) as driven:
        await driven.press("*", key)
        asked = re.search(words, driven.text)
        assert asked is not None, driven.text
        assert asked[1] == "43"
        ids, others = told(asked[2], driven)
        assert ids
        assert len(ids) + others == 43


async def test_below_a_line_about_many_stands_more_of_them_and_the_yes_names_all(world: World, opened: Open) -> None:
    many(world, 400)
    async with opened((80, 24)) as driven:
        await driven.press("*", "x")
        assert driven.status.startswith("about D")
        ids, others = told(driven.status.removeprefix("about "), driven)
        assert len(ids) > 10
        assert len(ids) + others == 403
        assert f" {driven.status}" in driven.text
        await driven.type("late")
        await driven.press("enter", "enter")
        named_here = set()
        for _ in range(60):
            named_here |= {word for text in driven.lines for word in re.findall(r"(?<=[ (│▌])D\d+(?=[ )│])", text)}
            await driven.press("pagedown")
        assert named_here == {f"D{number}" for number in driven.desk_screen.queue.marks}


async def test_what_a_line_says_itself_is_not_said_below_it(opened: Open) -> None:
    async with opened((120, 36)) as driven:
        await driven.press("*", "c")
        assert "comment 3 (D" in driven.text
        assert "about" not in driven.text


@contextmanager
def asked(driven: Driven) -> Iterator[list[str]]:
    """What the screen asks of the file meanwhile."""
    connection, statements = driven.app.session.desk.store.connection, list[str]()
    connection.set_trace_callback(statements.append)
    try:
        yield statements
    finally:
        connection.set_trace_callback(None)


@pytest.mark.parametrize(
    "keys",
    [
        ("*",),
        ("*", "R"),
        ("*", "R", "l", "a", "t", "e", "enter", "enter", "enter"),
        ("*", "x", "l", "a", "t", "e", "enter", "enter"),
    ],
)
async def test_to_mark_many_and_to_ask_about_them_takes_no_question_for_each(
    world: World, opened: Open, keys: tuple[str, ...]
) -> None:
    taken = []
    for count in (40, 160):
        many(world, count)
        async with opened((120, 36)) as driven:
            with asked(driven) as statements:
                await driven.press(*keys)
        taken.append(len(statements))
    assert taken[1] < taken[0] + 20, taken


async def test_to_ask_once_more_about_many_that_changed_takes_no_question_for_each(world: World, opened: Open) -> None:
    taken = []
    for count in (40, 160):
        many(world, count)
        async with opened((120, 36)) as driven:
            await driven.press("*", "x")
            await driven.type("late")
            await driven.press("enter", "enter")
            world.desk.assign([world.ids[0]], to="dora" if count > 40 else "chen")
            with asked(driven) as statements:
                await driven.finish("y")
                await driven.press("!")
                assert "changed while you answered" in driven.text
        taken.append(len(statements))
    assert taken[1] < taken[0] + 20, taken


def test_as_many_whole_ids_as_there_is_room_for() -> None:
    ids = ["D73", "D7", "D701"]
    for room in range(40):
        shown = listed(ids, 3, room)
        assert len(shown) <= room
        assert shown in ("", "D73 +2", "D73 D7 +1", "D73 D7 D701")
    assert listed(ids, 3, 11) == "D73 D7 D701"
    assert listed(ids, 30, 11) == "D73 D7 +28"
    assert named(ids[:1], 0) == "D73"
    assert named(ids, 7) == "3"
    assert named(ids, 40) == "3 (D73 D7 D701)"


async def test_what_is_asked_before_hundreds_names_all_of_them_whole(world: World, opened: Open) -> None:
    """Of 1,500 the last five hundred were missing, and one was cut to the id of another."""
    many(world, 1_200)
    async with opened() as driven:
        await driven.press("*", "x")
        await driven.type("known")
        await driven.press("enter", "enter")
        confirm = driven.on(Confirm)
        lines = [safe.plain(line.pieces) for line in confirm.query_one(PageList).lines]
        assert max(map(len, lines)) <= 120 - 2
        asked = [word for line in lines[1:] for word in line.split() if re.fullmatch(r"D\d+", word)]
        assert sorted(asked) == sorted(f"D{number}" for number in driven.desk_screen.queue.chosen)
        await driven.press("n")


async def test_ids_and_lines_that_are_copied_are_whole(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command line that ends in its middle would be another command."""
    many(world, 1_200)
    monkeypatch.delenv("TMUX", raising=False)
    sent: list[str] = []
    async with opened() as driven:
        assert driven.app._driver is not None
        monkeypatch.setattr(driven.app._driver, "write", sent.append)
        await driven.press("*", "y")
        ids = [f"D{number}" for number in driven.desk_screen.queue.chosen]
    copied = next(text for text in sent if text.startswith("\x1b]52;c;")).removeprefix("\x1b]52;c;").rstrip("\x07")
    assert base64.b64decode(copied).decode().split() == ids


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
