"""`python -m tests.sample_world.picture FILE.svg [KEY...]`: the desk on the sample world as the README shows it,
after keys."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from engine.desk import Desk
from engine.storage.desk_clock import clock_of
from engine.storage.store import Store
from tests.tui.screen_rows import rows
from tests.tui.screen_svg import drawn
from tui.app import OffplanApp
from tui.demo.demo_world import sample
from tui.desk.session import Session
from tui.planner import PlannerOnDemand


async def picture(keys: Sequence[str] = (), columns: int = 120, lines: int = 36) -> str:
    """The screen that keys lead to, the desk without any, as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "sample.db"
        shutil.copyfile(sample(), database)

        def desk() -> Desk:
            store = Store.open(database)
            return Desk(store, clock_of(store), actor="ana", planner=PlannerOnDemand(None))

        app = OffplanApp(Session(desk, readonly=False))
        async with app.run_test(size=(columns, lines)) as pilot:
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
            return drawn(rows(app.screen._compositor.render_strips()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.sample_world.picture", description="Draw the desk as SVG.")
    parser.add_argument("file", type=Path)
    parser.add_argument("keys", nargs="*")
    asked = parser.parse_args()
    asked.file.write_text(asyncio.run(picture(asked.keys)), encoding="utf-8")
