"""The rest of a key's sequence, come late over a slow link, does nothing; keys that a person types do what they do."""

from __future__ import annotations

import pytest
from textual.events import Key
from textual.keys import _character_to_key

from tests.tui.conftest import Driven, Open, World
from tests.tui.key_effects import PATIENCE
from tui.keys.torn import TOGETHER, TornSequence


def typed(text: str, gap: float = 0.2, start: float = 5.0) -> str:
    """What is a person's of a text, a key each so many seconds; once all has come, and nothing does any more."""
    torn: TornSequence[str] = TornSequence()
    left: list[str] = []
    for place, letter in enumerate(text):
        key, character = ("escape", "\x1b") if letter == "\x1b" else (_character_to_key(letter), letter)
        left += torn.sift(letter, key, character, start + place * gap)
        if gap > TOGETHER:
            left += torn.settled(torn.doubtful)
    return "".join([*left, *torn.settled(torn.doubtful)])


RESTS = ("[A", "[D", "[Z", "[5~", "[15~", "[1;5A", "[H")


@pytest.mark.parametrize("rest", [*RESTS, "[[A", "[[E", "[<0;10;5M", "[c", "[?62;22c", "[I"])
def test_the_rest_of_a_sequence_is_dropped_and_what_follows_is_not(rest: str) -> None:
    """As a link tears it: the rest in one piece."""
    for start in (0.15, 0.5):
        torn: TornSequence[str] = TornSequence()
        left = [*torn.sift("esc", "escape", "\x1b", 5.0)]
        for letter in (*rest, *"Aj"):
            left += torn.sift(letter, _character_to_key(letter), letter, 5.0 + start)
        assert left == ["esc", "A", "j"]


@pytest.mark.parametrize("rest", RESTS)
def test_of_a_rest_in_pieces_no_letter_is_a_command(rest: str) -> None:
    assert typed(f"\x1b{rest}") == "\x1b["
    assert typed(f"\x1b{rest}A") == "\x1b[A"


@pytest.mark.parametrize("text", ["A", "[A", "jOA", "\x1bA", "\x1bjO", "\x1b:[A", "\x1bZ", "\x1bO"])
@pytest.mark.parametrize("gap", [0.01, 0.2])
def test_what_a_person_types_is_theirs(text: str, gap: float) -> None:
    assert typed(text, gap) == text


@pytest.mark.parametrize("text", ["\x1b[", "\x1b[[[", "\x1b[]", "\x1b[j", "\x1b[ ", "\x1b[:", "\x1b[\x1b[", "\x1b[x["])
def test_a_bracket_that_nothing_follows_at_once_is_a_persons(text: str) -> None:
    assert typed(text) == text


def test_letters_after_a_while_are_no_part_of_it() -> None:
    assert typed("\x1b[A", gap=1.0) == "\x1b[A"


def test_a_key_that_is_no_rest_lets_the_bracket_before_it_be_typed_first() -> None:
    assert typed("\x1b[é", gap=0.01) == "\x1b[é"
    torn: TornSequence[str] = TornSequence()
    torn.sift("esc", "escape", "\x1b", 5.0)
    assert [*torn.sift("[", "left_square_bracket", "[", 5.2)] == []
    assert [*torn.sift("a paste", "", None, 5.2)] == ["[", "a paste"]
    assert [*torn.settled("[")] == [], "it was typed already"


def send(driven: Driven, *keys: tuple[str, str | None]) -> None:
    driver = driven.app._driver
    assert driver is not None
    for key, letter in keys:
        driver.send_message(Key(key, letter))


async def test_a_torn_key_does_again_nothing_that_was_undone(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.finish("a")
        await driven.finish("z")
        assert world.state(world.ids[0]) == "open"
        await driven.press("enter")
        assert driven.app.screen is not driven.desk_screen
        send(driven, ("escape", "\x1b"), ("left_square_bracket", "["), ("Z", "Z"))
        await driven.settle()
        assert driven.app.screen is driven.desk_screen
        assert world.state(world.ids[0]) == "open"
        await driven.finish("Z")
        assert world.state(world.ids[0]) == "acknowledged"


async def test_the_axis_goes_where_a_bracket_after_esc_says(world: World, opened: Open) -> None:
    """It was taken for the beginning of an arrow key, and nothing happened."""
    world.desk.respond(world.ids[:1])
    async with opened() as driven:
        await driven.finish("3")
        await driven.press("*")
        assert " marked" in driven.text
        send(driven, ("escape", "\x1b"))
        await driven.settle()
        assert " marked" not in driven.text
        before = driven.text
        send(driven, ("left_square_bracket", "["))
        for _ in range(PATIENCE):
            if driven.text != before:
                break
            await driven.pilot.pause()
        moved = driven.text
        assert moved != before
        send(driven, ("A", "A"))
        await driven.settle()
        assert driven.text == moved, "no letter behind it is a command"
        await driven.press("]")
        assert driven.text == before
