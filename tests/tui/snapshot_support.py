"""Pictures of whole screens that are kept: what stands in each cell, and how it is drawn, is what it was.

`OFFPLAN_SNAPSHOTS=write pytest` writes them anew where a change is meant. Where one is not as it was, the picture found
lies beside the one kept, as `NAME.found.svg`, until it is again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile, zip_longest
from pathlib import Path
from typing import Final

import pytest
from rich.cells import cell_len

from tests.tui.conftest import Driven
from tests.tui.screen_rows import Look, Rows, Run, rows
from tests.tui.screen_svg import drawn, read

FOLDER: Final = Path(__file__).parent / "snapshots"
_WRITE: Final = "OFFPLAN_SNAPSHOTS"


async def shown(driven: Driven, keys: Sequence[str]) -> Rows:
    """The screen that keys lead to, with all that it says about the row under its cursor."""
    await driven.press(*keys)
    await driven.settle()
    await driven.rest()
    return rows(driven.app.screen._compositor.render_strips())


def hold(name: str, screen: Rows, folder: Path = FOLDER) -> None:
    """Fail with what differs, row by row, where a screen is not the one that is kept under a name."""
    kept, found = folder / f"{name}.svg", folder / f"{name}.found.svg"
    picture = drawn(screen)
    if os.environ.get(_WRITE) == "write":
        folder.mkdir(exist_ok=True)
        kept.write_text(picture, encoding="utf-8")
    before = kept.read_text(encoding="utf-8") if kept.exists() else ""
    if before == picture:
        found.unlink(missing_ok=True)
        return
    found.write_text(picture, encoding="utf-8")
    told = [*differences(read(before) if before else [], screen)] or ["the same cells are drawn in another way"]
    pytest.fail("\n".join([f"{kept.name} is not what is shown, which is in {found}", *told]), pytrace=False)


def differences(before: Rows, now: Rows) -> Iterator[str]:
    """What differs between two screens, as a person reads it: rows and columns are counted from 1."""
    for number, (old, new) in enumerate(zip_longest(before, now), start=1):
        if old is None or new is None:
            yield f"row {number} is {'new' if old is None else 'gone'}: {_text(new if old is None else old)!r}"
        elif _text(old) != _text(new):
            yield f"row {number}, text from column {_first_difference(_text(old), _text(new))}:"
            yield f"  was {_text(old)}"
            yield f"  is  {_text(new)}"
        elif old != new:
            yield f"row {number}, style:"
            yield from _styles(old, new)


def _text(row: list[Run]) -> str:
    return "".join(run.text for run in row)


def _first_difference(old: str, new: str) -> int:
    """The column of the first character that two texts do not share."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
    return cell_len("".join(character for character, _ in same)) + 1


def _styles(old: list[Run], new: list[Run]) -> Iterator[str]:
    """Where two rows of one text look otherwise: from which column, on what, and how."""
    cells = zip(_text(old), _looks(old), _looks(new), strict=True)
    column = 1
    for (was, now), same in groupby(cells, lambda cell: cell[1:]):
        text = "".join(character for character, _, _ in same)
        if was != now:
            yield f"  from column {column} on {text!r}: was {was}, is {now}"
        column += cell_len(text)


def _looks(row: list[Run]) -> Iterator[Look]:
    return (run.look for run in row for _ in run.text)
