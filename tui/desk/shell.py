"""What a command that only reads prints, asked of a process of its own: the same words as in the shell, on the same
desk."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import tui
from engine.values.clock import iso
from engine.values.errors import Refused
from tui.desk.session import Session

MOST: Final = 1_000_000
"""Bytes of an answer that are shown."""
_SECONDS: Final = 60.0
"""How long an answer may take."""


async def answer(session: Session, words: Sequence[str], width: int) -> list[str]:
    """The lines that the command prints where a line has so many cells. Raises Refused with its sentence where it
    prints none, or takes too long."""
    # Where this very package lies, and not (-P) whatever the current folder has under the same names.
    home = str(Path(tui.__file__).parent.parent)
    path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")]))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "tui.command_line", *_desk_of(session), *words,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "COLUMNS": str(width)},
    )  # fmt: skip
    try:
        async with asyncio.timeout(_SECONDS):
            printed, complaint = await process.communicate()
    except TimeoutError:
        raise Refused(f"{' '.join(words)}: no answer after {_SECONDS:g} s; type it in the shell") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if not printed:
        said = complaint.decode("utf-8", "replace").strip().removeprefix("offplan: ")
        raise Refused(said or f"{' '.join(words)}: nothing to show")
    lines = printed[:MOST].decode("utf-8", "replace").splitlines()
    return lines if len(printed) <= MOST else [*lines, "… and more: type it in the shell"]


def _desk_of(session: Session) -> list[str]:
    """The options that mean this desk: its file, its workspace, its person, and its time where that stands still."""
    desk = session.desk
    options = ["--readonly", "--db", str(desk.store.path)]
    folder = session.around.folder
    if folder is not None:
        options += ["--workspace", str(folder)]
    return [*options, *(["--now", iso(desk.clock.now())] if session.pinned else [])]
