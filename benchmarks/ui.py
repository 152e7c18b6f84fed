"""The desk as a terminal sees it: milliseconds and bytes of a key, bytes of an idle minute, a slow link, memory.

Everything is measured from outside, through a pseudo-terminal, on a desk that has been lived in. Beside each time stands
the same key in a list that does nothing but show rows, in rounds of the same run; peers are measured where they are
installed. Bytes can be quoted freely, times only as ratios.
"""

from __future__ import annotations

import atexit
import csv
import functools
import shutil
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks import big_desk
from benchmarks.harness import FLOORS, ROOT, Result, Unavailable, floor_module, percentile
from engine.values.clock import SECOND, FixedClock, iso

DEVIATIONS: Final = 100_000
_SIZE: Final = (120, 36)
_FULL_WIDTH: Final = (99, 36)
"""Where panes are tabs, so that the queue is as wide as the screen."""
_ROUNDS: Final = 3
_PRESSES: Final = 40
_SLOW: Final = 20_000
_HELD: Final = 90
_RATE: Final = 30.0
_IDLE: Final = 10.0
_READY: Final = "by exposure"
_PEERS: Final = {"posting": "down", "harlequin": "down", "vd": "down", "htop": "down"}
_PEER_ROWS: Final = 10_000


@functools.cache
def desk() -> Path:
    """The file that all of this is measured on, made once a run."""
    folder = Path(tempfile.mkdtemp(prefix="ui-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    big_desk.build(folder / "desk.db", deviations=DEVIATIONS)
    return folder / "desk.db"


def _offplan() -> list[str]:
    return [sys.executable, "-m", "tui.command_line", "--db", str(desk()), "--now", iso(big_desk.NOW)]


def _floor(*what: str) -> list[str]:
    return [sys.executable, str(FLOORS / "textual_floor.py"), *what]


@contextmanager
def _running(
    command: Sequence[str], *, ready: str, size: tuple[int, int] = _SIZE, rate: float = 0.0
) -> Iterator[tuple[Any, Any]]:
    """A program under a terminal that has painted its first screen, and how it started."""
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


def _times(terminal: Any, *keys: str) -> tuple[list[float], list[int]]:
    """Milliseconds to the last byte, and bytes, of each press."""
    bench = floor_module("ptybench")
    taken, sizes = [], []
    for key in bench.parse_keys(",".join(keys)):
        for _ in range(key.presses):
            one = bench.measure_key(terminal, key._replace(presses=1), settle_s=0.05, patience_s=2.0)
            if one["paint_ms"]:
                taken.append(one["paint_ms"]["max"])
                sizes.append(int(one["bytes"]["max"]))
    return taken, sizes


def _to_the_bottom(terminal: Any) -> None:
    """Put the cursor on the last row in sight: from there each press scrolls."""
    _times(terminal, *["pgdn"] * 2)


def key() -> Iterator[Result]:
    """A key of the cursor, of a filter that is being typed, and one that opens a page; usable after the start."""
    moves: dict[str, list[float]] = {"desk": [], "floor": []}
    starts: dict[str, list[float]] = {"desk": [], "blank": []}
    typed: list[float] = []
    opened: list[float] = []
    for _ in range(_ROUNDS):
        with _running(_offplan(), ready=_READY) as (terminal, start):
            starts["desk"].append(start.ready * 1000)
            moves["desk"] += _times(terminal, f"down*{_PRESSES}")[0]
            opened += [t for _ in range(3) for t in _times(terminal, "enter")[0] if _times(terminal, "esc")]
            _times(terminal, "/")
            typed += _times(terminal, *"SUP12")[0]
        with _running(_floor("lines", str(DEVIATIONS)), ready="READY") as (terminal, _):
            moves["floor"] += _times(terminal, f"down*{_PRESSES}")[0]
        with _running(_floor("blank", "0"), ready="one line") as (_, start):
            starts["blank"].append(start.ready * 1000)
    mine, floor = percentile(moves["desk"], 0.95), percentile(moves["floor"], 0.95)
    yield _against("ui_key", mine, "Line-API list, p95 of a key", floor, 1.5, len(moves["desk"]))
    usable = statistics.median(starts["desk"])
    yield _against("ui_key, usable", usable, "blank Textual app", statistics.median(starts["blank"]), 2.0, _ROUNDS)
    yield _below("ui_key, letter of a filter, p95", percentile(typed, 0.95), "ms", 60, len(typed))
    yield _below("ui_key, opening a deviation", statistics.median(opened), "ms", 80, len(opened))
    yield from _peers()


def bytes_of_a_key() -> Iterator[Result]:
    """What a key sends that scrolls a list by one row: in a list as wide as the screen, and in a pane beside another."""
    floor = _scroll_bytes(_floor("lines", str(DEVIATIONS)), "READY", _SIZE)
    full = _scroll_bytes(_offplan(), _READY, _FULL_WIDTH)
    beside = _scroll_bytes(_offplan(), _READY, _SIZE)
    for name, sizes, most in (("ui_bytes, full width", full, 500), ("ui_bytes, beside a pane", beside, 1200)):
        value = statistics.median(sizes)
        yield Result(
            name, value, "B", "Line-API list, plain", statistics.median(floor), round(value / statistics.median(floor), 2),
            f"<= {most}", value <= most, len(sizes),
        )  # fmt: skip


def _scroll_bytes(command: list[str], ready: str, size: tuple[int, int]) -> list[int]:
    with _running(command, ready=ready, size=size) as (terminal, _):
        _to_the_bottom(terminal)
        return _times(terminal, f"down*{_PRESSES}")[1]


def idle() -> Iterator[Result]:
    """Bytes and processor while nobody types: with one signal a second, and with none."""
    bench = floor_module("ptybench")
    with _running(_offplan(), ready=_READY) as (terminal, _):
        still = bench.measure_idle(terminal, _IDLE)
        with _signals_coming():
            bench.measure_idle(terminal, 2.0)
            live = bench.measure_idle(terminal, 2 * _IDLE)
    yield _below("ui_idle, nothing changes", still["bytes_per_s"], "B/s", 0, 1)
    yield _below("ui_idle", live["bytes_per_s"], "B/s", 250, 1)
    yield _below("ui_idle, processor", live["cpu_percent"], "%", 2, 1)


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

    store = Store.open(desk())
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


def slow_link() -> Iterator[Result]:
    """How long a desk goes on painting after a key that was held for three seconds on a link of 20 kB/s."""
    bench = floor_module("ptybench")
    key = bench.parse_keys(f"down*{_HELD}")[0]

    def tail(command: list[str], ready: str, size: tuple[int, int]) -> float:
        with _running(command, ready=ready, size=size, rate=_SLOW) as (terminal, _):
            _to_the_bottom(terminal)
            held = bench.measure_held_key(terminal, key, rate_hz=_RATE, silence_s=0.5, paint_limit_s=20)
            return float(held["tail_ms"])

    floor = tail(_floor("lines", str(DEVIATIONS)), "READY", _SIZE)
    for name, size in (("ui_slow_link, full width", _FULL_WIDTH), ("ui_slow_link, beside a pane", _SIZE)):
        mine = [tail(_offplan(), _READY, size) for _ in range(_ROUNDS)]
        value = statistics.median(mine)
        yield Result(
            name, value, "ms", "Line-API list, plain", floor, round(value / floor, 2), "<= 300", value <= 300, len(mine)
        )


def memory() -> Iterator[Result]:
    """Resident memory of the desk after a walk through its lists."""
    bench = floor_module("ptybench")
    with _running(_floor("lines", str(DEVIATIONS)), ready="READY") as (terminal, _):
        floor = bench.rss_mib(terminal.pid)
    with _running(_offplan(), ready=_READY) as (terminal, _):
        _times(terminal, "pgdn*20", "enter", "esc", "tab", "pgdn*5", "tab", "pgdn*20", "end")
        value = bench.rss_mib(terminal.pid)
    yield Result(
        "ui_memory", value, "MiB", "Line-API list", floor, round(value / floor, 2), "<= 90", value <= 90, 1
    )  # fmt: skip


def _peers() -> Iterator[Result]:
    """The same key in other programs, where they are installed."""
    for name in _PEERS:
        program = shutil.which(name)
        if program is None:
            print(f"  {name}: not installed, not measured", file=sys.stderr)
            continue
        with _running([program, *_peer_arguments(name)], ready="") as (terminal, start):
            taken, sizes = _times(terminal, f"{_PEERS[name]}*{_PRESSES}")
            if not taken:
                print(f"  {name}: did not answer, not measured", file=sys.stderr)
                continue
            first = round(start.first_cell * 1000)
            yield Result(
                f"ui_key, {name}", round(percentile(taken, 0.95), 1), "ms", None, None, None,
                f"none: first cell {first} ms, {round(statistics.median(sizes))} B a key", None, len(taken),
            )  # fmt: skip


def _peer_arguments(name: str) -> list[str]:
    if name == "vd":
        path = desk().with_name("rows.csv")
        with path.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "supplier", "late"])
            rows.writerows((number, f"SUP{number % 800}", number * 7919 % 60) for number in range(_PEER_ROWS))
        return [str(path)]
    return ["--adapter", "sqlite", str(desk())] if name == "harlequin" else []


def _against(name: str, value: float, floor_name: str, floor: float, most: float, n: int) -> Result:
    against = value / floor
    return Result(
        name, round(value, 1), "ms", floor_name, round(floor, 1), round(against, 2), f"ratio <= {most:g}", against <= most, n
    )  # fmt: skip


def _below(name: str, value: float, unit: str, most: float, n: int) -> Result:
    return Result(name, round(value, 1), unit, None, None, None, f"<= {most:g}", value <= most, n)
