"""How fast offplan answers: the first cell of the desk, and a command that prints a list."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.harness import FLOORS, ROOT, Result, floor_module, interleave, ratio

_OFFPLAN = (sys.executable, "-m", "tui.command_line")


def first_cell() -> Iterator[Result]:
    """Exec to the first visible cell of the desk on the sample world, beside a blank Textual app."""
    ptybench = floor_module("ptybench")

    def seconds(command: list[str]) -> float:
        terminal = ptybench.Terminal(
            command, cols=120, rows=36, term="xterm-256color", colorterm="truecolor", env={}, cwd=str(ROOT),
            answer_queries=True, grant_sync=True, bytes_per_second=0,
        )  # fmt: skip
        try:
            shown = ptybench.measure_start(terminal, ready="", silence_s=0.4, timeout_s=30, paint_limit_s=3)
        finally:
            terminal.close()
        return float(shown.first_cell)

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "sample.db"
        shutil.copy(ROOT / "sample.db", database)
        rounds = interleave(
            {
                "desk": partial(seconds, [*_OFFPLAN, "--db", str(database)]),
                "blank": partial(seconds, [sys.executable, str(FLOORS / "textual_floor.py"), "blank", "0"]),
            },
            rounds=9,
        )
    against = ratio(rounds["desk"], rounds["blank"])
    yield Result(
        "first_cell", round(statistics.median(rounds["desk"]) * 1000, 1), "ms", "blank Textual app",
        round(statistics.median(rounds["blank"]) * 1000, 1), round(against, 2), "ratio <= 1.5", against <= 1.5, 9,
    )  # fmt: skip


def command() -> Iterator[Result]:
    """`offplan deviations --json` on the sample world, beside an interpreter that only imports sqlite3."""

    def seconds(arguments: list[str]) -> float:
        began = time.perf_counter()
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        return time.perf_counter() - began

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "sample.db"
        shutil.copy(ROOT / "sample.db", database)
        offplan = shutil.which("offplan", path=str(Path(sys.executable).parent))
        call = [offplan] if offplan else list(_OFFPLAN)
        rounds = interleave(
            {
                "offplan": partial(seconds, [*call, "deviations", "--json", "--db", str(database)]),
                "python": partial(seconds, [sys.executable, "-c", "import sqlite3"]),
            },
            rounds=25,
        )
    against = ratio(rounds["offplan"], rounds["python"])
    yield Result(
        "command_start", round(statistics.median(rounds["offplan"]) * 1000, 1), "ms", 'python -c "import sqlite3"',
        round(statistics.median(rounds["python"]) * 1000, 1), round(against, 2), "ratio <= 4", against <= 4, 25,
    )  # fmt: skip
