"""A key while others write ten times a second, beside the same key while nobody does; on a desk that has been lived
in."""

from __future__ import annotations

import multiprocessing
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks import big_desk, screen
from benchmarks.harness import Result, floor_module, percentile
from benchmarks.screen import READY, ROUNDS, offplan, running
from engine.desk import Desk
from engine.storage.store import Store
from engine.values.clock import FixedClock

_PER_SECOND: Final = 10
_PRESSES: Final = 60
_APART: Final = (0.08, 0.14)
"""Seconds between two presses, drawn anew each time: no step with what the desk does by its own clock."""
_PATIENCE: Final = 2.0
_MOST: Final = 2.0
_PLACE: Final = re.compile(r"(\d+)/\d{4} ")
"""Where the cursor is in the queue, in its lower border: no other list of the desk has a thousand rows and less than
ten thousand."""


def key() -> Iterator[Result]:
    """Milliseconds from a press to the frame in which the cursor has moved."""
    taken: dict[str, list[float]] = {"quiet": [], "stream": []}
    for _ in range(ROUNDS):
        with running(offplan(), ready=READY) as (terminal, _):
            taken["quiet"] += _presses(terminal)
            with _others_writing():
                taken["stream"] += _presses(terminal)
    mine, quiet = percentile(taken["stream"], 0.95), percentile(taken["quiet"], 0.95)
    against = mine / quiet
    yield Result(
        "ui_stream, key, p95", round(mine, 1), "ms", "the same key while nobody writes", round(quiet, 1),
        round(against, 2), f"ratio <= {_MOST:g}", against <= _MOST, len(taken["stream"]),
    )  # fmt: skip


def _presses(terminal: Any) -> list[float]:
    bench = floor_module("ptybench")
    chance = random.Random(7)
    taken = []
    for number in range(_PRESSES):
        screen.watch(terminal, chance.uniform(*_APART))
        before = _place(terminal)
        pressed_at = time.perf_counter()
        terminal.send(bench.KEY_SEQUENCES["down" if number < _PRESSES // 2 else "up"].encode())
        while time.perf_counter() - pressed_at < _PATIENCE:
            piece = terminal.read(0.1)
            if piece is not None:
                terminal.show([piece])
                if _place(terminal) != before:
                    taken.append((piece.at - pressed_at) * 1000)
                    break
    return taken


def _place(terminal: Any) -> str | None:
    found = _PLACE.search(terminal.text())
    return found[1] if found else None


@contextmanager
def _others_writing() -> Iterator[None]:
    """Another process that gives deviations to other owners."""
    context = multiprocessing.get_context("spawn")
    done = context.Event()
    writer = context.Process(target=_write, args=(screen.desk(), done))
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()


def _write(path: Path, done: Any) -> None:
    store = Store.open(path)
    desk, chance = Desk(store, FixedClock(big_desk.NOW), actor="bo"), random.Random(7)
    standing = desk.queue_ids()
    at = time.perf_counter()
    try:
        while not done.wait(max(0.0, at - time.perf_counter())):
            at += 1 / _PER_SECOND
            # One in two is in sight.
            number = chance.choice(standing[:40] if chance.random() < 0.5 else standing)
            desk.assign([f"D{number}"], to=f"owner{chance.randrange(1000)}")
    finally:
        store.close()
