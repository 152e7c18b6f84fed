"""How long responses take: from the key on a deviation to the timeline, on a real desk in a pseudo-terminal, and
many at once."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks import replan
from benchmarks.harness import ROOT, Result, Unavailable, floor_module
from engine.desk import Desk
from engine.storage.store import Store
from engine.values.clock import FixedClock
from engine.vocabulary.model import Outcome
from playbooks.loader import load_library
from playbooks.planning.planner import PlaybookPlanner

_PRESSES: Final = 6
_ROWS: Final = 14
"""Deviations that are tried: some are answered already."""
_SIZE: Final = (160, 45)
_MANY: Final = 834
_OWNERS: Final = 10
_MOST_SECONDS: Final = 15


def key() -> Iterator[Result]:
    """`r` shows playbooks, owners and dates; `enter` writes them and draws them on the timeline: both together, by
    median.

    Six deviations in turn, on a desk that has been open for some seconds. The first of all is apart.
    """
    bench = floor_module("ptybench")
    with tempfile.TemporaryDirectory() as name:
        shutil.copy(ROOT / "sample.db", Path(name) / "desk.db")
        command = [sys.executable, "-m", "tui.command_line", "--db", str(Path(name) / "desk.db")]
        terminal = bench.Terminal(command, cols=_SIZE[0], rows=_SIZE[1], env={"OFFPLAN_ACTOR": "bench"}, cwd=str(ROOT))
        try:
            bench.measure_start(terminal, ready="by exposure", silence_s=3.0, timeout_s=60, paint_limit_s=5)
            taken: list[float] = []
            used: list[float] = []
            for _ in range(_ROWS):
                asked = _press(bench, terminal, "r")
                if "enter starts it" not in terminal.text():
                    raise Unavailable(f"no playbooks were offered:\n{terminal.text()}")
                written = _press(bench, terminal, "enter")
                if "running" in terminal.text():
                    taken.append(asked[0] + written[0])
                    used.append(asked[1] + written[1])
                    print(
                        f"  r {asked[0]:.0f} ms, enter {written[0]:.0f} ms, of them CPU {used[-1]:.0f} ms", file=sys.stderr, flush=True
                    )  # fmt: skip
                else:
                    # It is answered already, and the refusal stands there.
                    _press(bench, terminal, "esc")
                if len(taken) > _PRESSES:
                    break
                _press(bench, terminal, "down")
        finally:
            terminal.close()
    if len(taken) < 2:
        raise Unavailable("the sample world has too few deviations that can be answered")
    first, rest = taken[0], taken[1:]
    value, cpu = statistics.median(rest), statistics.median(used[1:])
    yield Result("respond_key", round(value, 1), "ms", None, None, None, "<= 100 ms", value <= 100, len(rest))
    yield Result("respond_key, CPU", round(cpu, 1), "ms CPU of the desk", None, None, None, "none", None, len(rest))
    yield Result("respond_key, first", round(first, 1), "ms", None, None, None, "none", None, 1)


def many() -> Iterator[Result]:
    """A whole queue of 834 late lines answered by one command over ten owners, and taken back by one undo."""
    with tempfile.TemporaryDirectory() as name:
        store = Store.open(Path(name) / "desk.db", create=True)
        planner = PlaybookPlanner(load_library(None))
        desk = Desk(store, FixedClock(replan.NOW), actor="bench", origin="{}", planner=planner)
        replan.load(desk, _MANY, _OWNERS)
        ids = [item["id"] for item in desk.deviations(limit=None).items]
        acts: dict[str, Callable[[], Outcome]] = {
            "respond_many": lambda: desk.respond(ids),
            "respond_many, undo": desk.undo,
        }
        for what, act in acts.items():
            wall, cpu = time.perf_counter(), time.process_time()
            changes = act().changes
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            print(f"  {len(changes)} changes, {wall:.1f} s passed", file=sys.stderr, flush=True)
            yield Result(what, round(cpu, 2), "s CPU", None, None, None, "<= 15 s", cpu <= _MOST_SECONDS, len(ids))
        store.close()


def _press(bench: Any, terminal: Any, name: str) -> tuple[float, float]:
    """Milliseconds to the last byte that a key brings, and of the desk's processor."""
    (one,) = bench.parse_keys(name)
    measured = bench.measure_key(terminal, one, settle_s=0.3, patience_s=3.0)
    return (measured["paint_ms"] or {"max": 0.0})["max"], measured["cpu_ms_per_key"] or 0.0
