"""How long after a file is renamed into the inbox its deviation stands on a desk's screen."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks import screen
from benchmarks.harness import ROOT, Result, floor_module, percentile
from engine.desk import Desk
from engine.storage.store import Store
from engine.values.clock import DAY, SystemClock, iso
from engine.vocabulary.model import PlanLine

_FILES = 40
WORKSPACE: Final = """
[desk]
name = "bench"
zone = "UTC"

[tolerance.late_supply]
days = 1

[source.inbox]
type = "folder"
path = "inbox"
pattern = "*.jsonl"
mapping = "eta"

[mapping.eta]
as = "signal"
identity = "event"
[mapping.eta.fields]
id = "id"
kind = {const = "eta"}
recorded_at = "at"
order_ref = "order"
eta = "eta"
"""
"""A desk whose inbox takes dates of purchase orders, one JSON object a line."""


def file_to_screen() -> Iterator[Result]:
    """Rename to screen over a real feeder and a real desk in a pseudo-terminal; no floor, an absolute promise."""
    ptybench = floor_module("ptybench")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clock = SystemClock()
        _prepare(folder, clock.now())
        terminal = ptybench.Terminal(
            [sys.executable, "-m", "tui.command_line", "--workspace", str(folder)], cols=160, rows=60,
            env={"PYTHONPATH": str(ROOT)}, cwd=str(folder),
        )  # fmt: skip
        try:
            _await(terminal, "order-0000", seconds=30, drop=lambda: _drop(folder, 0, clock.now()))
            taken = []
            for number in range(1, _FILES + 1):
                began = _drop(folder, number, clock.now())
                seen = _await(terminal, f"order-{number:04d}", seconds=5)
                taken.append((seen - began) * 1000)
                print(f"  {taken[-1]:.0f} ms", file=sys.stderr, flush=True)
                screen.watch(terminal, 0.1 + (number * 37 % 50) / 1000)
        finally:
            _end(terminal)
    value = percentile(taken, 0.95)
    yield Result("live_latency", round(value, 1), "ms p95", None, None, None, "p95 <= 150 ms", value <= 150, len(taken))


def _prepare(folder: Path, now: int) -> None:
    (folder / "inbox").mkdir()
    (folder / "offplan.toml").write_text(WORKSPACE, encoding="utf-8")
    store = Store.open(folder / "offplan.db", create=True)
    desk = Desk(store, SystemClock(), actor="bench")
    lines = (
        PlanLine(
            kind="purchase_order", ref=f"order-{number:04d}", item=f"PART-{number}", site="KAS", origin=None, party="ACME",
            quantity=10.0, maximum=None, uom="EA", planned_at=now + 10 * DAY, until_at=None,
            value_minor=100_000 * (number + 1), currency="EUR", status="open", attributes="{}", line=None,
        )
        for number in range(_FILES + 1)
    )  # fmt: skip
    desk.load(lines, kind="purchase_order", scope="bench", file="bench")
    store.close()


def _drop(folder: Path, number: int, now: int) -> float:
    """Rename one complete file into the inbox; the instant of the rename."""
    record = {"id": f"E{number}", "at": iso(now), "order": f"order-{number:04d}", "eta": iso(now + 20 * DAY)}
    waiting = folder / f"{number}.tmp"
    waiting.write_text(json.dumps(record) + "\n", encoding="utf-8")
    waiting.rename(folder / "inbox" / f"{number}.jsonl")
    return time.perf_counter()


def _await(terminal: Any, text: str, *, seconds: float, drop: Any = None) -> float:
    """The instant at which `text` stands on the screen; `drop` is called once the desk has painted."""
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        piece = terminal.read(0.5)
        if piece is None:
            if drop is not None and terminal.text().strip():
                drop()
                drop = None
            continue
        terminal.show([piece])
        if text in terminal.text():
            return float(piece.at)
    raise RuntimeError(f"{text} never showed:\n{terminal.text()}")


def _end(terminal: Any) -> None:
    with contextlib.suppress(OSError):
        os.kill(terminal.pid, 15)
    terminal.close()
