"""`python -m tests.sample_world.picture FILE.svg [KEY...]`: the desk on the sample world as keys leave it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from engine.desk import Desk
from engine.storage.desk_clock import clock_of
from engine.storage.store import Store
from tests.tui.conftest import Driven, driving
from tests.tui.screen_rows import rows
from tests.tui.screen_svg import drawn
from tui.app import OffplanApp
from tui.demo.demo_world import sample
from tui.desk.session import Session
from tui.planner import PlannerOnDemand


@contextlib.asynccontextmanager
async def sample_desk() -> AsyncIterator[Driven]:
    """ana's desk on a copy of the sample world."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "sample.db"
        shutil.copyfile(sample(), database)

        def desk() -> Desk:
            store = Store.open(database)
            return Desk(store, clock_of(store), actor="ana", planner=PlannerOnDemand(None))

        async with driving(OffplanApp(Session(desk, readonly=False))) as driven:
            yield driven


async def picture(keys: Sequence[str]) -> str:
    """The screen that keys lead to, the desk without any, as SVG; it may be one that waits for an answer."""
    async with sample_desk() as driven:
        await driven.press(*keys)
        return drawn(rows(driven.app.screen._compositor.render_strips()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.sample_world.picture", description="Draw the desk as SVG.")
    parser.add_argument("file", type=Path)
    parser.add_argument("keys", nargs="*")
    asked = parser.parse_args()
    asked.file.write_text(asyncio.run(picture(asked.keys)), encoding="utf-8")
