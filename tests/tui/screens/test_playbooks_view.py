"""View 5: which playbooks apply to the deviation at hand, what they would give, and what lint finds in their files."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from engine.desk import Desk
from playbooks.loader import BUILT_IN
from tests.engine.desk_support import open_desk
from tests.tui.conftest import Driven, Open, World, driving
from tui.app import OffplanApp
from tui.desk.session import Session
from tui.planner import PlannerOnDemand
from tui.screens.deviation_page import DeviationPage
from tui.screens.playbooks import PlaybooksScreen


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with a playbook of its own."""
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "offplan.toml").write_text("", encoding="utf-8")
    text = (BUILT_IN / "late-purchase-order.yaml").read_text(encoding="utf-8")
    (tmp_path / "playbooks" / "ours.yaml").write_text(text.replace("id: late-purchase-order", "id: ours", 1))
    return tmp_path


@pytest.fixture
def opened(world: World, folder: Path) -> Open:
    """Opens a desk that plans with real playbooks."""

    def open_screen(size: tuple[int, int] = (120, 36)) -> AbstractAsyncContextManager[Driven]:
        def factory() -> Desk:
            planner = PlannerOnDemand(folder / "playbooks")
            return open_desk(world.path, actor="ana", clock=world.clock, planner=planner)

        return driving(OffplanApp(Session(factory, readonly=False, workspace=folder)), size)

    return open_screen


def view(driven: Driven) -> PlaybooksScreen:
    return driven.on(PlaybooksScreen)


def to(driven: Driven, name: str) -> None:
    """Put the cursor on a playbook."""
    table = view(driven).table
    table.go_to(next(at for at, number in enumerate(table.ids) if table.named(number)["name"] == name))


async def test_what_applies_to_the_deviation_under_the_cursor_stands_first(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("j", "5")
        screen = view(driven)
        assert "tried on D2" in driven.text
        applies = [bool(screen.table.named(number)["matches"]) for number in screen.table.ids]
        assert applies[0]
        assert applies == sorted(applies, reverse=True)
        assert "coordinate-by-hand" in {str(screen.table.named(number)["name"]) for number in screen.table.ids}


async def test_the_dry_run_shows_what_it_would_give_and_writes_nothing(world: World, opened: Open) -> None:
    async with opened((120, 50)) as driven:
        await driven.press("5")
        to(driven, "ours")
        await driven.settle()
        assert "On D1 it applies" in driven.text
        assert "action" in driven.text
        assert "owner" in driven.text
        to(driven, "demand-drop")
        await driven.settle()
        assert "On D1 it does not apply" in driven.text
        assert "asked: = demand_shift" in driven.text
    assert world.desk.responses(all=True).items == []


async def test_a_playbook_says_when_it_applies_and_its_steps(opened: Open) -> None:
    async with opened((120, 60)) as driven:
        await driven.press("5")
        to(driven, "demand-drop")
        await driven.press("enter")
        assert view(driven).page.has_focus
        view(driven).page.go_to_section("What it says")
        await driven.settle()
        assert "by itself: kind = demand_shift" in driven.text


async def test_a_fault_is_shown_with_its_line_and_a_broken_file_stands_on_top(opened: Open, folder: Path) -> None:
    async with opened() as driven:
        await driven.press("5")
        assert "✖" not in "\n".join(driven.lines[2:])
        path = folder / "playbooks" / "ours.yaml"
        path.write_text(path.read_text().replace("steps:", "stebs:", 1))
        view(driven).update()
        await driven.press("g")
        shown = view(driven).table.named(view(driven).table.ids[0])
        assert shown["name"] == "ours.yaml"
        assert "✖" in next(text for text in driven.lines if "ours.yaml" in text)
        finding = shown["findings"][0]
        assert f"ours.yaml:{finding.line}:{finding.column}: error" in driven.text.replace("\n", "")
        path.write_text(path.read_text().replace("stebs:", "steps:", 1))
        view(driven).update()
        assert view(driven).table.named(view(driven).table.ids[0])["name"] != "ours.yaml"


async def test_words_narrow_the_list_down_also_turned_round(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("5")
        everything = len(view(driven).table.ids)
        await driven.press("/")
        await driven.type("demand")
        await driven.press("enter")
        some = len(view(driven).table.ids)
        assert 0 < some < everything
        await driven.press("/")
        await driven.press(*["backspace"] * 7)
        await driven.type("!demand")
        await driven.press("enter")
        assert len(view(driven).table.ids) == everything - some
        await driven.press("escape")
        assert len(view(driven).table.ids) == everything


async def test_enter_leads_from_the_dry_run_to_its_deviation(opened: Open) -> None:
    async with opened() as driven:
        await driven.press("5", "tab", "g", "enter")
        assert isinstance(driven.app.screen, DeviationPage)
        assert "5 playbooks › D1" in driven.lines[0]


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (250, 70)])
async def test_small_terminals_show_one_pane_at_a_time(opened: Open, size: tuple[int, int]) -> None:
    async with opened(size) as driven:
        await driven.press("5")
        assert "demand" in driven.text
        await driven.press("tab")
        assert view(driven).page.has_focus
        assert "On D1 it" in driven.text
