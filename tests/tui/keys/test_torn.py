"""The rest of a key's sequence, come late over a slow link, does nothing; keys that a person types do what they do."""

from __future__ import annotations

import pytest
from textual.events import Key
from textual.keys import _character_to_key

from tests.tui.conftest import Driven, Open, World
from tui.keys.torn import TornSequence


def typed(torn: TornSequence, text: str, gap: float = 0.2, start: float = 5.0) -> str:
    """What is left of a text, of which the first is `esc`, a key each so many seconds."""
    left = ""
    for place, letter in enumerate(text):
        key, character = ("escape", "\x1b") if letter == "\x1b" else (_character_to_key(letter), letter)
        left += "" if torn.goes_on(key, character, start + place * gap) else letter
    return left


@pytest.mark.parametrize("rest", ["[A", "[D", "[Z", "[5~", "[15~", "[1;5A", "[H"])
def test_the_rest_of_a_sequence_is_dropped_and_what_follows_is_not(rest: str) -> None:
    assert typed(TornSequence(), f"\x1b{rest}") == "\x1b"
    assert typed(TornSequence(), f"\x1b{rest}A") == "\x1bA"


@pytest.mark.parametrize("text", ["A", "[A", "jOA", "\x1bA", "\x1bjO", "\x1b:[A", "\x1bZ", "\x1bO"])
def test_what_a_person_types_is_theirs(text: str) -> None:
    assert typed(TornSequence(), text) == text


def test_letters_after_a_while_are_no_part_of_it() -> None:
    assert typed(TornSequence(), "\x1b[A", gap=1.0) == "\x1b[A"


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
