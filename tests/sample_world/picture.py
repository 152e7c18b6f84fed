"""`python -m tests.sample_world.picture FILE.svg [KEY...]`: the desk on the sample world as the README shows it,
after keys."""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from engine.desk import Desk
from engine.storage.desk_clock import clock_of
from engine.storage.store import Store
from tui.app import OffplanApp
from tui.demo.demo_world import sample
from tui.desk.session import Session
from tui.planner import PlannerOnDemand

_BLANK: Final = "&#160;"
_CELL: Final = 12.2
"""How wide Rich draws a cell, in units of its SVG."""
_BLANK_FIRST: Final = re.compile(
    rf'x="(?P<x>[\d.]+)"(?P<y> y="[\d.]+" )textLength="(?P<length>[\d.]+)"(?P<rest>[^>]*>)(?P<blanks>(?:{_BLANK})+)(?!<)'
)


async def picture(keys: Sequence[str] = (), columns: int = 120, lines: int = 36) -> str:
    """The screen that keys lead to, the desk without any, as SVG, without the web fonts that Textual refers to."""
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
            drawn = app.export_screenshot(title="offplan")
    return _BLANK_FIRST.sub(_begun_at_ink, re.sub(r"@font-face\s*\{.*?\}\s*", "", drawn, flags=re.DOTALL))


def _begun_at_ink(text: re.Match[str]) -> str:
    """A text of the SVG without the blanks that it begins with, which viewers draw in widths of their own."""
    blanks = len(text["blanks"]) // len(_BLANK) * _CELL
    return f'x="{float(text["x"]) + blanks:g}"{text["y"]}textLength="{float(text["length"]) - blanks:g}"{text["rest"]}'


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.sample_world.picture", description="Draw the desk as SVG.")
    parser.add_argument("file", type=Path)
    parser.add_argument("keys", nargs="*")
    asked = parser.parse_args()
    asked.file.write_text(asyncio.run(picture(asked.keys)), encoding="utf-8")
