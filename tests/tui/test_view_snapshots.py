"""Every view at three sizes, as it was looked at when it was made: nothing moves, is cut or loses its style unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.reading import signal_batches
from connectors.settings import load
from engine.clock import DAY, HOUR
from playbooks import loader
from tests.engine.desk_support import NOW
from tests.tui.conftest import Open, World
from tests.tui.snapshot_support import compare, drawn
from tests.tui.test_sources_view import TOML

SIZES = ((80, 24), (120, 36), (200, 60))
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


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", VIEWS)
async def test_the_view_looks_as_it_did(
    opened: Open, workspace: Path, view: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace)
    async with opened(size, workspace=workspace) as driven:
        await driven.press(VIEWS[view])
        await driven.settle()
        for show in ("_show_record", "_show_playbook"):
            getattr(driven.app.screen, show, lambda: None)()
        await driven.settle()
        compare(f"{view}-{size[0]}x{size[1]}", drawn(driven.app.screen._compositor.render_strips()))
