"""What happens between a key and what comes of it: pages are closed, views left, playbooks taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from engine.vocabulary.planning import Match
from tests.engine.desk_support import Steps
from tests.tui.conftest import Driven, Open, World
from tui.screens.pickers import PreviewPicker
from tui.terminal import safe
from tui.widgets.page_list import PageList


async def has_done(driven: Driven) -> None:
    """Wait until what was begun is done and said."""
    while not driven.status.startswith(("✓", "✗")):
        await driven.pilot.pause()
    await driven.settle()


@pytest.mark.parametrize(("opens", "leaves"), [("enter", "q"), ("enter", "2"), ("2", "1"), ("2", "enter")])
async def test_a_command_that_waits_while_its_screen_is_left_is_told_and_logged(
    world: World, opened: Open, opens: str, leaves: str
) -> None:
    """A page that was closed took what it had begun along: it was done, and nobody heard of it."""
    async with opened() as driven:
        await driven.press(opens)
        with world.desk.store.write():
            await driven.press("a", leaves)
        await has_done(driven)
        assert driven.status == "✓ ack: D1 open → acknowledged"
        assert [act.line for act in driven.app.session.acts] == ["offplan ack D1"]
        assert world.state("D1") == "acknowledged"


def preview(driven: Driven) -> str:
    """What a choice would give, as the screen that asks says it."""
    lines = driven.on(PreviewPicker).query_one("#preview", PageList).lines
    return " ".join(safe.plain(line.pieces) for line in lines)


class Mended(Steps):
    """A planner whose playbook is changed once it was offered: it applies to nothing then."""

    offered = False

    def matches(self, deviation: Mapping[str, Any], now: int) -> Sequence[Match]:
        found = super().matches(deviation, now)
        if Mended.offered:
            return [match._replace(matches=False) for match in found]
        Mended.offered = True
        return found


async def test_a_playbook_that_is_taken_away_while_it_is_chosen_is_refused_in_a_sentence(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Mended, "offered", False)
    monkeypatch.setattr("tests.tui.conftest.Steps", Mended)
    async with opened() as driven:
        await driven.press("r")
        assert isinstance(driven.app.screen, PreviewPicker)
        await driven.finish("enter")
        assert driven.status.startswith("✗ playbook expedite does not apply to D1 any more")
        assert world.desk.responses().total == 0


async def test_a_file_that_goes_while_something_is_chosen_ends_no_desk(world: World, opened: Open) -> None:
    """What the next choice would hide could not be read any more, and the desk was over."""
    aside = world.path.with_name("aside.db")
    async with opened() as driven:
        await driven.press("M")
        assert "PO first" in preview(driven)
        world.path.rename(aside)
        await driven.press("down")
        assert "the file that was open is not there any more" in preview(driven)
        aside.rename(world.path)
        await driven.press("up")
        assert "PO first" in preview(driven)
        await driven.finish("escape")
        assert "nothing was silenced" in driven.status
