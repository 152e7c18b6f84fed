"""The log of what was done here, as lines of the shell; and redo."""

from __future__ import annotations

import pytest

from engine.values.clock import HOUR
from engine.vocabulary.model import Outcome
from tests.engine.desk_support import NOW
from tests.tui.conftest import Open, World
from tui.desk import act_log
from tui.keys.request import Request
from tui.screens.acts_screen import ActsScreen
from tui.terminal import device
from tui.words.arguments import parse


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (Request("ack", ("D1", "D2"), expect={"D1": 3}), "offplan ack D1 D2"),
        (Request("assign", ("D1",), {"to": "bo"}), "offplan assign D1 --to bo"),
        (Request("dismiss", ("D1",), {"reason": "it's known", "category": "noise"}),
         """offplan dismiss D1 --reason 'it'"'"'s known' --as noise"""),
        (Request("snooze", ("D1",), {"until": NOW + HOUR}), "offplan snooze D1 --until 2026-03-09T09:00:00Z"),
        (Request("silence add", (), {"where": ["kind=quality", "party=A*"], "reason": "strike"}),
         "offplan silence add --where kind=quality --where 'party=A*' --reason strike"),
        (Request("undo", ()), "offplan undo 41"),
        (Request("redo", ("7",)), "offplan redo 7"),
    ],
)  # fmt: skip
def test_a_command_is_a_line_that_the_shell_takes(asked: Request, line: str) -> None:
    import shlex

    made = act_log.line(asked, Outcome(42, about=41))
    assert made == line
    command, _ = parse(shlex.split(made)[1:])
    assert command.words == asked.verb


async def test_the_log_shows_what_was_done_and_copies_it(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(device, "copy", lambda app, *lines: sent.append("\n".join(lines)) or "sent")  # type: ignore[func-returns-value]
    async with opened() as driven:
        await driven.press("@")
        assert "Nothing has been done yet." in driven.text
        await driven.press("y", "escape")
        first = driven.desk_screen.selection().ids[0]
        await driven.finish("a")
        await driven.finish("z")
        await driven.finish("Z")
        assert world.state(first) == "acknowledged"
        assert driven.status.startswith(f"✓ did again: {first} open → acknowledged")
        await driven.press("@")
        assert isinstance(driven.app.screen, ActsScreen)
        shown = [line for line in driven.lines if "offplan " in line]
        assert ["redo" in shown[0], "undo" in shown[1], f"ack {first}" in shown[2]] == [True] * 3
        await driven.press("j", "j", "y", "Y")
        assert sent[0] == f"offplan ack {first}"
        assert sent[1].splitlines()[0] == f"offplan ack {first}"
        assert len(sent[1].splitlines()) == 3


async def test_a_read_only_desk_does_nothing_again(world: World, opened: Open) -> None:
    async with opened(readonly=True) as driven:
        for key in ("a", "z", "Z"):
            await driven.finish(key)
            assert driven.status == "✗ this desk was opened read-only"
        assert "undo" not in driven.lines[-1]
