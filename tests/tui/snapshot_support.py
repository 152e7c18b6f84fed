"""Pictures of whole screens as text: what stands in each cell, and how it is drawn, in files that a review can read.

A file has the lines of the screen, then for each line the runs of styles as lengths and letters, then what the letters
mean. `OFFPLAN_SNAPSHOTS=write pytest` writes them anew where a change is meant; what changed is then seen in the diff.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Final

from rich.style import Style
from textual.strip import Strip

FOLDER: Final = Path(__file__).parent / "snapshots"
_WRITE: Final = "OFFPLAN_SNAPSHOTS"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def drawn(strips: Iterable[Strip]) -> str:
    """Strips as the text of a snapshot."""
    lines = [[*strip] for strip in strips]
    texts = ["".join(segment.text for segment in line).rstrip() for line in lines]
    names: dict[str, str] = {}
    runs = []
    for line in lines:
        cells = [_name(segment.style, names) for segment in line for _ in range(segment.cell_length)]
        runs.append("".join(f"{len([*same])}{letter}" for letter, same in groupby(cells)))
    legend = [f"{letter} {style}" for style, letter in names.items()]
    return "\n".join([*texts, "--", *runs, "--", *legend, ""])


def _name(style: Style | None, names: dict[str, str]) -> str:
    """The letter of a style; those that look alike have one letter."""
    seen = style or Style()
    colours = [seen.color.name if seen.color else "default", seen.bgcolor.name if seen.bgcolor else "default"]
    kinds = [name for name in ("bold", "reverse", "underline", "dim", "italic") if getattr(seen, name)]
    return names.setdefault(" ".join([f"{colours[0]} on {colours[1]}", *kinds]), _LETTERS[len(names) % len(_LETTERS)])


def kept(name: str, shown: str) -> list[str]:
    """The lines of the snapshot with this name; first it is made what is shown where that is asked for."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get(_WRITE) == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    return path.read_text(encoding="utf-8").split("\n") if path.exists() else []
