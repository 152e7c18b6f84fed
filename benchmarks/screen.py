"""Programs under a pseudo-terminal, seen from outside: how they start, what a press of a key takes, and the grown
desk."""

from __future__ import annotations

import atexit
import functools
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks import big_desk
from benchmarks.harness import FLOORS, ROOT, Unavailable, floor_module
from engine.values.clock import iso

DEVIATIONS: Final = 100_000
SIZE: Final = (120, 36)
FULL_WIDTH: Final = (99, 36)
"""Where panes are tabs, so that the queue is as wide as the screen."""
ROUNDS: Final = 3
PRESSES: Final = 40
READY: Final = "by exposure"
"""What the desk's first screen says."""
SETTLED: Final = 0.05
"""Seconds of silence that end the answer to a key of the cursor."""
COMPLETE: Final = 0.2
"""The same for a key that reads first, and whose answer comes in pieces."""


@functools.cache
def desk() -> Path:
    """The file that all of this is measured on, made once a run."""
    folder = Path(tempfile.mkdtemp(prefix="ui-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    big_desk.build(folder / "desk.db", deviations=DEVIATIONS)
    return folder / "desk.db"


def offplan() -> list[str]:
    """The desk as a command."""
    return [sys.executable, "-m", "tui.command_line", "--db", str(desk()), "--now", iso(big_desk.NOW)]


def lines() -> list[str]:
    """The floor: a list that does nothing but show rows."""
    return [sys.executable, str(FLOORS / "textual_floor.py"), "lines", str(DEVIATIONS)]


def blank() -> list[str]:
    """The floor of a start: one line of text."""
    return [sys.executable, str(FLOORS / "textual_floor.py"), "blank", "0"]


@contextmanager
def running(
    command: Sequence[str], *, ready: str, size: tuple[int, int] = SIZE, rate: float = 0.0
) -> Iterator[tuple[Any, Any]]:
    """A program under a terminal that has painted its first screen, and how it started.

    Raises Unavailable where it never shows `ready`.
    """
    bench = floor_module("ptybench")
    terminal = bench.Terminal(
        list(command), cols=size[0], rows=size[1], env={"OFFPLAN_ACTOR": "bench"}, cwd=str(ROOT), bytes_per_second=rate
    )
    try:
        start = bench.measure_start(terminal, ready=ready, silence_s=0.5, timeout_s=60, paint_limit_s=3)
        if ready and start.ready is None:
            raise Unavailable(f"{command[0]} never showed {ready!r}")
        yield terminal, start
    finally:
        terminal.close()


def pressed(terminal: Any, *keys: str, settled: float = SETTLED) -> tuple[list[float], list[int]]:
    """Milliseconds to the last byte before `settled` seconds of silence, and bytes, of each press."""
    bench = floor_module("ptybench")
    taken, sizes = [], []
    for key in bench.parse_keys(",".join(keys)):
        for _ in range(key.presses):
            one = bench.measure_key(terminal, key._replace(presses=1), settle_s=settled, patience_s=2.0)
            if one["paint_ms"]:
                taken.append(one["paint_ms"]["max"])
                sizes.append(int(one["bytes"]["max"]))
    return taken, sizes


def watch(terminal: Any, seconds: float) -> None:
    """Take in for so long what a program writes, as a terminal does."""
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        piece = terminal.read(left)
        if piece is not None:
            terminal.show([piece])


def to_the_bottom(terminal: Any) -> None:
    """Put the cursor on the last row in sight: from there each press down scrolls."""
    pressed(terminal, f"down*{terminal.screen.lines}")
