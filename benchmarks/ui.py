"""The desk as a person waits for it: milliseconds of keys, of a filter that is typed, of a page, of the start; memory.

Everything is measured from outside, on a desk that has been lived in. Beside each time stands the same key in a list
that does nothing but show rows, in rounds of the same run: times can be quoted only as ratios.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any, Final

from benchmarks.harness import Result, floor_module, percentile
from benchmarks.screen import (
    COMPLETE,
    PRESSES,
    READY,
    ROUNDS,
    blank,
    lines,
    offplan,
    pressed,
    running,
    to_the_bottom,
    watch,
)

_REPORTS_SECONDS: Final = 15.0
"""For which the three reports of a desk of 100,000 deviations are worked out, and longer."""
_BEFORE_WHY: Final = 0.09
"""Seconds: the list has followed a letter by then, and what the desk says about the row under its cursor has not
begun."""


def key() -> Iterator[Result]:
    """A key of the cursor, of a filter that is being typed, and one that opens a page; usable after the start."""
    moves: dict[str, list[float]] = {"desk": [], "floor": []}
    starts: dict[str, list[float]] = {"desk": [], "blank": []}
    typed: list[float] = []
    opened: list[float] = []
    for _ in range(ROUNDS):
        with running(offplan(), ready=READY) as (terminal, start):
            starts["desk"].append(start.ready * 1000)
            moves["desk"] += _moves(terminal)
            for _ in range(3):
                opened += pressed(terminal, "enter", settled=COMPLETE)[0]
                pressed(terminal, "esc", settled=COMPLETE)
            pressed(terminal, "/")
            typed += pressed(terminal, *"SUP12", settled=_BEFORE_WHY)[0]
        with running(lines(), ready="READY") as (terminal, _):
            moves["floor"] += _moves(terminal)
        with running(blank(), ready="one line") as (_, start):
            starts["blank"].append(start.ready * 1000)
    mine, floor = percentile(moves["desk"], 0.95), percentile(moves["floor"], 0.95)
    yield _against("ui_key", mine, "Line-API list, p95 of a key", floor, 1.5, len(moves["desk"]))
    usable = statistics.median(starts["desk"])
    yield _against("ui_key, usable", usable, "blank Textual app", statistics.median(starts["blank"]), 2.0, ROUNDS)
    yield _below("ui_key, letter of a filter, p95", percentile(typed, 0.95), "ms", 60, len(typed))
    yield _below("ui_key, opening a deviation", statistics.median(opened), "ms", 80, len(opened))


def _moves(terminal: Any) -> list[float]:
    """Milliseconds of as many presses that move in sight as that scroll, however many rows the list shows."""
    to_the_bottom(terminal)
    return pressed(terminal, f"up*{PRESSES // 4}", f"down*{3 * PRESSES // 4}")[0]


def memory() -> Iterator[Result]:
    """Resident memory of the desk after a walk through the lists of all its views, and the reports."""
    bench = floor_module("ptybench")
    with running(lines(), ready="READY") as (terminal, _):
        floor = bench.rss_mib(terminal.pid)
    with running(offplan(), ready=READY) as (terminal, _):
        pressed(terminal, "pgdn*20", "enter", "esc", "tab", "pgdn*5", "tab", "pgdn*20", "end")
        for view in "23456":
            pressed(terminal, view, settled=COMPLETE)
            pressed(terminal, "pgdn*20", "end", "tab", "pgdn*5")
        pressed(terminal, "7", settled=COMPLETE)
        watch(terminal, _REPORTS_SECONDS)
        pressed(terminal, "pgdn*5", "tab", "pgdn*5", "tab", "pgdn*5")
        value = bench.rss_mib(terminal.pid)
    yield Result("ui_memory", value, "MiB", "Line-API list", floor, round(value / floor, 2), "<= 90", value <= 90, 1)


def _against(name: str, value: float, floor_name: str, floor: float, most: float, n: int) -> Result:
    against = value / floor
    return Result(
        name, round(value, 1), "ms", floor_name, round(floor, 1), round(against, 2), f"ratio <= {most:g}", against <= most, n
    )  # fmt: skip


def _below(name: str, value: float, unit: str, most: float, n: int) -> Result:
    return Result(name, round(value, 1), unit, None, None, None, f"<= {most:g}", value <= most, n)
