"""The desk as a link carries it: bytes of a key on every list, of an idle minute, and the tail of a held key at 20
kB/s.

Measured from outside, on a desk that has been lived in. Bytes do not depend on the machine: they can be quoted freely.
"""

from __future__ import annotations

import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from benchmarks import big_desk, screen
from benchmarks.harness import Result, floor_module
from benchmarks.screen import COMPLETE, FULL_WIDTH, READY, ROUNDS, SIZE, lines, offplan, pressed, running, to_the_bottom
from engine.values.clock import SECOND, FixedClock

_SCROLLS: Final = 25
_SLOW: Final = 20_000
_HELD: Final = 90
_RATE: Final = 30.0
_TAIL: Final = 300
_IDLE: Final = 10.0
_WIDE, _BESIDE = 500, 1_200
"""Bytes of a key that scrolls a list as wide as the screen, and one beside another pane."""


class _List(NamedTuple):
    """A list, the keys that lead to it from the start, and the bytes that a scroll of it may take."""

    name: str
    keys: tuple[str, ...]
    most: int
    size: tuple[int, int] = SIZE


_LISTS: Final = (
    _List("queue, full width", (), _WIDE, FULL_WIDTH),
    _List("queue beside a pane", (), _BESIDE),
    _List("feed beside a pane", ("s-tab",), _BESIDE),
    _List("actions of the desk", ("tab",), _WIDE),
    _List("deviations", ("2",), _WIDE),
    _List("timeline", ("3",), _WIDE),
    _List("signals", ("4",), _WIDE),
    _List("reports", ("7",), _WIDE),
)
"""Those that are longer than the screen on the grown desk, which has few sources, no playbooks and nothing held."""


def bytes_of_a_key() -> Iterator[Result]:
    """What a key sends that scrolls a list by one row."""
    with running(lines(), ready="READY") as (terminal, _):
        floor = statistics.median(_scrolls(terminal))
    for each in _LISTS:
        with running(offplan(), ready=READY, size=each.size) as (terminal, _):
            pressed(terminal, *each.keys, settled=2 * COMPLETE)
            sizes = _scrolls(terminal)
        value = statistics.median(sizes)
        yield Result(
            f"ui_bytes, {each.name}", value, "B", "Line-API list, plain", floor, round(value / floor, 2),
            f"<= {each.most}", value <= each.most, len(sizes),
        )  # fmt: skip


def _scrolls(terminal: Any) -> list[int]:
    to_the_bottom(terminal)
    return pressed(terminal, f"down*{_SCROLLS}")[1]


def slow_link() -> Iterator[Result]:
    """How long a desk goes on painting after a key that was held for three seconds on a link of 20 kB/s."""
    floor = _tail(lines(), "READY", (), SIZE)
    for each in _LISTS:
        mine = [_tail(offplan(), READY, each.keys, each.size) for _ in range(ROUNDS)]
        value = statistics.median(mine)
        yield Result(
            f"ui_slow_link, {each.name}", value, "ms", "Line-API list, plain", floor, round(value / floor, 2),
            f"<= {_TAIL}", value <= _TAIL, len(mine),
        )  # fmt: skip


def _tail(command: list[str], ready: str, keys: tuple[str, ...], size: tuple[int, int]) -> float:
    """Milliseconds from the release to the last byte, of the list that these keys lead to."""
    bench = floor_module("ptybench")
    with running(command, ready=ready, size=size, rate=_SLOW) as (terminal, _):
        pressed(terminal, *keys, settled=2 * COMPLETE)
        to_the_bottom(terminal)
        key = bench.parse_keys(f"down*{_HELD}")[0]
        held = bench.measure_held_key(terminal, key, rate_hz=_RATE, silence_s=0.5, paint_limit_s=20)
    return float(held["tail_ms"])


def idle() -> Iterator[Result]:
    """Bytes and processor while nobody types: with one signal a second, and with none."""
    bench = floor_module("ptybench")
    with running(offplan(), ready=READY) as (terminal, _):
        still = bench.measure_idle(terminal, _IDLE)
        with _signals_coming():
            bench.measure_idle(terminal, 2.0)
            live = bench.measure_idle(terminal, 2 * _IDLE)
    yield _below("ui_idle, nothing changes", still["bytes_per_s"], "B/s", 0)
    yield _below("ui_idle", live["bytes_per_s"], "B/s", 250)
    yield _below("ui_idle, processor", live["cpu_percent"], "%", 2)


@contextmanager
def _signals_coming() -> Iterator[None]:
    """Another process's work: a signal a second that moves no deviation."""
    done = threading.Event()
    writer = threading.Thread(target=_write_signals, args=(done,))
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()


def _write_signals(done: threading.Event) -> None:
    from engine.desk import Desk
    from engine.intake.ingest import SourceBatch
    from engine.storage.store import Store
    from engine.vocabulary.model import SignalIn

    store = Store.open(screen.desk())
    try:
        writer = Desk(store, FixedClock(big_desk.NOW), actor="feeder")
        number = 0
        while not done.wait(1.0):
            number += 1
            signal = SignalIn(
                f"live {number}", "note", big_desk.NOW - number * SECOND, None, None, None, None, None,
                f"SUP{number * 7919 % 800}", None, None, None, "as planned", "{}", None,
            )  # fmt: skip
            writer.take(SourceBatch("live", "command", "event", [signal], "live"))
    finally:
        store.close()


def _below(name: str, value: float, unit: str, most: float) -> Result:
    return Result(name, round(value, 1), unit, None, None, None, f"<= {most:g}", value <= most, 1)
