"""Every view at three sizes in three themes, as it was looked at when it was made: nothing moves, is cut or loses its
style unseen; and all that a palette draws on it can be read.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.strip import Strip

from connectors.files.reading import signal_batches
from connectors.settings.settings_file import load
from engine.values.clock import DAY, HOUR
from playbooks import loader
from tests.engine.desk_support import NOW
from tests.tui.conftest import Driven, Open, World
from tests.tui.screen_rows import rows
from tests.tui.screens.test_snapshots import KEYS, SIZES, THEMES
from tests.tui.screens.test_sources_view import TOML
from tests.tui.snapshot_support import FOLDER, hold
from tests.tui.terminal.test_palettes import contrast
from tui.terminal.palettes import PALETTES

VIEWS = {
    "hidden": "h",
    "deviations": "2",
    "signals": "4",
    "playbooks": "5",
    "sources": "6",
    "reports": "7",
}


PLAYBOOK = """
schema: 1
id: call
version: 2
title: Call whoever has it
enabled: true
description: Somebody knows more than the systems do.
triggers:
  - on: deviation.opened
    match: {field: kind, op: eq, value: late_supply}
roles:
  buyer: {function: procurement, fallback: finance}
steps:
  - {id: call, title: "Call $party", role: buyer, duration: PT30M}
"""
"""One of our own: those that come with offplan go on being written."""


@pytest.fixture
def workspace(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A morning: one order answered, one snoozed, one silenced; a source in trouble and a record held; one playbook."""
    world.desk.respond([world.ids[0]])
    world.desk.start(["A1"])
    world.desk.snooze([world.ids[1]], until=NOW + 2 * DAY)
    world.desk.silence(["subject=third"], reason="they are always late", until=NOW + 5 * DAY)
    world.desk.comment([world.ids[0]], text="ACME calls back at ten")
    world.desk.declare_source("broken", "http", None)
    world.desk.source_failed("broken", "503 from the server", next_poll_at=NOW + HOUR)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "offplan.toml").write_text(TOML.format(date="%d.%m.%Y"), encoding="utf-8")
    file = tmp_path / "inbox" / "march.csv"
    file.write_text("no,order,eta,pieces\n2,second,soon,100\n")
    for batch in signal_batches(file, load(tmp_path / "offplan.toml"), "edi"):
        world.desk.take(batch)
    library = tmp_path / "library"
    library.mkdir()
    (library / "call.yaml").write_text(PLAYBOOK, encoding="utf-8")
    monkeypatch.setattr(loader, "BUILT_IN", library)
    return tmp_path


@contextlib.asynccontextmanager
async def shown(
    opened: Open, workspace: Path, view: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Driven]:
    """A view with all that it says about the row under its cursor."""
    monkeypatch.chdir(workspace)
    monkeypatch.delenv("NO_COLOR", raising=False)
    async with opened(size, workspace=workspace) as driven:
        await driven.press(VIEWS[view])
        await driven.settle()
        for show in ("_show_record", "_show_playbook"):
            getattr(driven.app.screen, show, lambda: None)()
        await driven.settle()
        await driven.rest()
        yield driven


async def strips_in(driven: Driven, theme: str) -> list[Strip]:
    """What the screen looks like in a theme."""
    driven.app.use_palette(theme)
    await driven.settle()
    return driven.app.screen._compositor.render_strips()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", VIEWS)
async def test_the_view_looks_as_it_did(
    opened: Open, workspace: Path, view: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(opened, workspace, view, size, monkeypatch) as driven:
        for theme in THEMES:
            hold(f"{view}-{size[0]}x{size[1]}-{theme}", rows(await strips_in(driven, theme)))


def test_every_picture_kept_is_of_a_screen_at_a_size_in_a_theme() -> None:
    screens = {
        f"{screen}-{columns}x{lines}-{theme}.svg"
        for screen in (*KEYS, *VIEWS)
        for columns, lines in SIZES
        for theme in THEMES
    }
    assert {path.name for path in FOLDER.iterdir() if not path.name.endswith(".found.svg")} == screens


@pytest.mark.parametrize("view", VIEWS)
async def test_all_that_a_palette_draws_can_be_read(
    opened: Open, workspace: Path, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(opened, workspace, view, (120, 36), monkeypatch) as driven:
        for theme in (name for name, colours in PALETTES.items() if colours is not None):
            least = 7.0 if theme == "high-contrast" else 4.5
            for segment in (segment for strip in await strips_in(driven, theme) for segment in strip):
                if segment.text.strip():
                    ink, paper = drawn_on(segment)
                    assert contrast(ink, paper) >= least, (theme, segment)


def drawn_on(segment: Segment) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The colours of a text and of what lies behind it, which a palette names for every cell."""
    style = segment.style
    assert style is not None
    assert style.color is not None
    assert style.bgcolor is not None
    return tuple(style.color.get_truecolor()), tuple(style.bgcolor.get_truecolor())
