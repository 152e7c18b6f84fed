"""Answering a deviation by a playbook: its actions, owners and dates are seen before it begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from textual.screen import Screen

from engine.values.clock import DAY, HOUR
from engine.vocabulary.planning import Match
from tests.engine.desk_support import NOW, Steps, open_desk, starting
from tests.tui.conftest import Open, World
from tui.screens import foreseen
from tui.screens.pickers import PreviewPicker
from tui.terminal.cells import Present
from tui.terminal.painting import PaintedApp
from tui.terminal.safe import plain
from tui.widgets.page_list import PageList


async def test_respond_shows_owners_and_dates_and_starts_what_was_seen(world: World, opened: Open) -> None:
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("r")
        assert isinstance(driven.app.screen, PreviewPicker)
        assert "dora" in driven.text
        assert "the last step ends late" in driven.text
        assert world.desk.show(first)["actions"] == []
        await driven.finish("enter")
        assert [action["step"] for action in world.desk.show(first)["actions"]] == ["confirm", "book", "tell"]
        assert "confirm it" in driven.text


async def test_the_preview_comes_with_the_first_frame(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    frames, display = [], PaintedApp._display

    def noted(self: PaintedApp, screen: Screen[Any], renderable: Any) -> None:
        if isinstance(screen, PreviewPicker):
            frames.append(
                any("confirm it" in plain(line.pieces) for line in screen.query_one("#preview", PageList).lines)
            )
        display(self, screen, renderable)

    async with opened() as driven:
        monkeypatch.setattr(PaintedApp, "_display", noted)
        await driven.press("r")
    assert frames[0] is True


async def test_the_preview_names_its_times_and_uses_the_room(world: World, opened: Open) -> None:
    async with opened((160, 40)) as driven:
        await driven.press("r")
        heading = next(text for text in driven.lines if " start " in text)
        assert all(title in heading for title in ("action", "owner", "start", "due", "after"))
        row = next(text for text in driven.lines if "book it" in text)
        assert "10:00" in row
        assert "11:00 (in 3h)" in row
        assert "confirm" in row
        assert row.index(" bo ") > 60, "a title has the room that is left"


async def test_what_answers_it_already_is_said_before_another_is_started(world: World, opened: Open) -> None:
    """`enter` on the one that runs was refused only afterwards, and a second one began without a word."""
    first = world.ids[0]
    async with opened() as driven:
        await driven.press("r")
        assert "answers D" not in driven.text
        await driven.finish("enter")
        (answer,) = world.desk.responses().items
        await driven.press("r")
        assert f"! {answer['id']} answers {first} with it already: work on that one" in driven.text
        beside = plain(
            [piece for line in foreseen.preview(driven.desk_screen.session, first, "reroute", 300) for piece in line]
        )
        assert f"! {answer['id']} answers {first} already, with {answer['playbook']}: this one would run" in beside


async def test_an_answer_that_was_joined_is_said_too(world: World, opened: Open) -> None:
    first, second, _ = world.ids
    world.desk = open_desk(world.path, actor="bo", clock=world.clock, planner=starting(key="ACME", on_conflict="join"))
    world.desk.respond([first])
    world.desk.respond([second])
    async with opened() as driven:
        lines = foreseen.preview(driven.desk_screen.session, second, "expedite", 300)
        said = plain([piece for line in lines for piece in line])
        assert f"! R1 answers {second} with it already: work on that one" in said


def test_a_due_time_before_its_start_is_marked() -> None:
    def shown(start: int, due: int) -> str:
        action = replace(Steps()._action("book", "bo", start, ()), due_at=due)
        return plain(foreseen.planned(action, 100, Present(NOW, "UTC"))[0])

    assert "! 05:00 (3h ago)" in shown(NOW, NOW - 3 * HOUR)
    assert "! 10:00 (in 2h)" in shown(NOW + 3 * HOUR, NOW + 2 * HOUR)
    assert "! 8 Mar 08:00 (24h ago)" in shown(NOW, NOW - DAY)
    assert "!" not in shown(NOW, NOW + HOUR)


def test_a_long_title_goes_on_below_itself() -> None:
    title = "Ask the second source for what the first one cannot deliver, and by when"
    action = replace(Steps()._action("book", "bo", NOW, ()), title=title)
    lines = [plain(line) for line in foreseen.planned(action, 76, Present(NOW, "UTC"))]
    assert "…" not in "".join(lines)
    assert " ".join(" ".join(line.partition(" bo ")[0] for line in lines).split()) == title


@pytest.mark.parametrize("width", [-3, 0, 1, 10, 24, 30, 50])
def test_a_planned_action_keeps_its_title_however_narrow_the_terminal_becomes(width: int) -> None:
    action = Steps()._action("book", "bo", NOW, ())
    first = foreseen.planned(action, width, Present(NOW, "UTC"))[0]
    assert plain(first).strip().startswith("book" if width > 8 else "")


@dataclass(frozen=True)
class Asking(Steps):
    """A planner whose playbook asks for something."""

    def matches(self, deviation: Mapping[str, Any], now: int) -> Sequence[Match]:
        asked = {"name": "days", "type": "number", "title": "how many days", "required": True}
        known = {"name": "way", "type": "text", "title": "way", "required": True, "default": "air"}
        return [match._replace(inputs=(asked, known)) for match in super().matches(deviation, now)]


async def test_what_a_playbook_asks_for_is_asked_before_it_begins(
    world: World, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.tui.conftest.Steps", Asking)
    async with opened() as driven:
        first = driven.desk_screen.selection().ids[0]
        await driven.press("r")
        await driven.press("enter")
        assert "how many days (number)" in driven.text
        await driven.type("3")
        await driven.finish("enter")
        response = world.desk.show(first)["response"]
        assert world.desk.show(response)["inputs"] == {"days": "3"}


async def test_leaving_a_response_starts_nothing(world: World, opened: Open) -> None:
    async with opened() as driven:
        await driven.press("r")
        await driven.finish("escape")
        assert world.desk.responses().total == 0
        assert "left as it was" in driven.status
