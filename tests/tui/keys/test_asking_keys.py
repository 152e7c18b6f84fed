"""Every key of what asks a person for something: the line, the pickers, the yes before a danger, text to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from tests.tui.conftest import Open
from tests.tui.key_effects import Effect, Hand, asks, effect, moves, says

BACK: Final = effect("is back where it was asked", lambda _, b: b.in_front and not b.asks)
LEFT: Final = effect("leaves all as it was", lambda _, b: b.in_front and "left as it was" in b.says)
DOWN: Final = moves("down", lambda a, to: to > a.cursor)
UP: Final = moves("up", lambda a, to: to < a.cursor)
NARROWED: Final = effect("has fewer choices", lambda a, b: 0 < b.rows < a.rows)
Keys = tuple[str, ...]
ASKED: Final[Mapping[str, tuple[Keys, Mapping[Keys, Effect]]]] = {
    "a choice": (
        ("o",),
        {
            ("down",): DOWN,
            ("pagedown",): DOWN,
            ("down", "up"): UP,
            ("down", "down", "pageup"): UP,
            ("b",): NARROWED,
            ("escape",): LEFT,
            ("enter",): says("^✓ assign"),
        },
    ),
    "a choice with what it would give": (
        ("M",),
        {
            ("j",): DOWN,
            ("down",): DOWN,
            ("j", "k"): UP,
            ("j", "up"): UP,
            ("G",): DOWN,
            ("end",): DOWN,
            ("G", "g"): UP,
            ("G", "home"): UP,
            ("pagedown",): DOWN,
            ("G", "pageup"): UP,
            ("tab",): effect("goes to the preview", lambda _, b: b.pane == "preview"),
            ("tab", "shift+tab"): effect("is back on the choices", lambda _, b: b.pane == "choices"),
            ("enter",): asks("why"),
            ("escape",): says("nothing was silenced"),
            ("q",): says("nothing was silenced"),
        },
    ),
    "a yes": (
        ("*", "x", *"late", "enter", "enter"),
        {("n",): LEFT, ("escape",): LEFT, ("q",): LEFT, ("y",): says("^✓ dismiss")},
    ),
    "text": (("?",), {("j",): DOWN, ("j", "k"): UP, ("escape",): BACK, ("q",): BACK, ("?",): BACK}),
    "a line": (
        (":",),
        {
            (*"ac", "tab"): effect("completes", lambda _, b: "ack " in b.text),
            (*"help", "enter"): effect("does it", lambda _, b: b.screen == "KeysScreen"),
            ("up",): effect("shows the line before", lambda _, b: "help" in b.typed),
            ("up", "down"): effect("is empty again", lambda a, b: a.typed == "help" and not b.typed),
            ("x", "backspace"): effect("takes a letter away", lambda a, b: a.typed == "x" and not b.typed),
            ("ctrl+l",): effect("draws all anew", lambda a, b: b.redraws > a.redraws and bool(b.asks)),
            (*"q!?z", "escape"): BACK,
        },
    ),
    "a filter": (
        ("/",),
        {
            (*"second",): effect("shows what meets it", lambda _, b: "1/1" in b.text),
            (*"second", "escape"): effect("shows all again", lambda _, b: b.in_front and b.rows == 3),
            (*"second", "enter"): effect("stays", lambda _, b: b.in_front and b.rows == 1),
        },
    ),
}


@pytest.mark.parametrize("asked", ASKED)
async def test_every_key_of_what_is_asked(opened: Open, asked: str) -> None:
    openers, table = ASKED[asked]
    async with opened() as driven:
        hand, faults = Hand(driven), []
        for keys, wanted in table.items():
            await hand.leave()
            for key in (*openers, *keys[:-1]):
                await hand.finish(key)
            before = hand.seen()
            await hand.finish(keys[-1])
            if not wanted.holds(before, after := hand.seen()):
                faults.append(f"{asked}: {' '.join(keys)} {wanted.words}; before: {before.where}; after: {after.where}")
        assert not faults, "\n".join(faults)
