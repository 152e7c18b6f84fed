"""Other terminal programs beside the desk and the floor: first cell, a key that scrolls, an idle minute, memory.

Each shows a list of 10,000 rows (posting: 200 requests, htop: the processes) in the same terminal in the same run. They
are looked for on PATH and in the folders that OFFPLAN_BENCH_PEERS names; what is not there is not measured.
"""

from __future__ import annotations

import contextlib
import csv
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.harness import Result, Unavailable, floor_module, percentile
from benchmarks.screen import COMPLETE, PRESSES, READY, lines, offplan, pressed, running

FOLDERS: Final = "OFFPLAN_BENCH_PEERS"
"""The variable that names the folders with other programs, as PATH does."""
_ROWS: Final = 10_000
_REQUESTS: Final = 200
_REST: Final = 1.0
_IDLE: Final = 10.0


class _Program(NamedTuple):
    """How a program is brought to a list: what follows its name, what it says once it is there, and keys."""

    arguments: Callable[[Path], list[str]] = lambda folder: []
    ready: str = ""
    keys: tuple[str, ...] = ()


class _Seen(NamedTuple):
    """What was measured of one program."""

    first_cell: float
    """Milliseconds."""
    key: float
    """Milliseconds of the slowest but five of a hundred."""
    sent: float
    """Bytes of a key, the median."""
    idle: float
    """Bytes a second."""
    memory: float
    """MiB, with its children."""


_UNITS: Final = {
    "first_cell": ("first cell", "ms"),
    "key": ("key, p95", "ms"),
    "sent": ("bytes of a key", "B"),
    "idle": ("idle", "B/s"),
    "memory": ("memory", "MiB"),
}


def beside() -> Iterator[Result]:
    """Every measure of every program that is here; `floor` is what the desk needs for the same, `ratio` theirs to
    it."""
    ours = _measure(offplan(), READY, ("pgdn", "pgdn"))
    found = {"offplan": ours, "Line-API list": _measure(lines(), "READY", ("pgdn", "pgdn")), **_peers()}
    for measure, (words, unit) in _UNITS.items():
        mine = getattr(ours, measure)
        for name, seen in found.items():
            value = getattr(seen, measure)
            against = round(value / mine, 2) if mine else None
            yield Result(f"ui_peers, {words}, {name}", value, unit, "offplan", mine, against, "none", None, PRESSES)


def _peers() -> Mapping[str, _Seen]:
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), os.environ.get(FOLDERS, "")])
    found = {}
    for name, program in _PEERS.items():
        place = shutil.which(name, path=path)
        if place is None:
            print(f"  {name}: not installed, not measured", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as folder:
            # A home of its own: some keep what was typed for the next time.
            command = ["env", f"HOME={folder}", place, *program.arguments(Path(folder))]
            try:
                seen = _measure(command, program.ready, program.keys)
            except Unavailable as why:
                print(f"  {name}: it does not work here ({why}), not measured", file=sys.stderr)
                continue
        if not seen.memory:
            # What was counted is the terminal's own echo of the keys.
            print(f"  {name}: it ended by itself, not measured", file=sys.stderr)
            continue
        found[name] = seen
    return found


def _measure(command: list[str], ready: str, keys: tuple[str, ...]) -> _Seen:
    bench = floor_module("ptybench")
    with running(command, ready=ready) as (terminal, start):
        pressed(terminal, *keys, settled=2 * COMPLETE)
        taken, sizes = pressed(terminal, f"down*{PRESSES}")
        # What a program says once a key rests belongs to the key.
        bench.measure_idle(terminal, _REST)
        idle = bench.measure_idle(terminal, _IDLE)
        return _Seen(
            round(start.first_cell * 1000),
            round(percentile(taken, 0.95), 1),
            round(statistics.median(sizes)),
            idle["bytes_per_s"],
            bench.rss_mib(terminal.pid),
        )


def _rows() -> list[tuple[Any, ...]]:
    return [(number, f"SUP{number % 800}", number * 7919 % 60) for number in range(_ROWS)]


def _table(folder: Path) -> list[str]:
    with (folder / "rows.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("id", "supplier", "late"), *_rows()])
    return [str(folder / "rows.csv")]


def _database(folder: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(folder / "rows.db")) as connection:
        connection.execute("CREATE TABLE rows(id, supplier, late)")
        connection.executemany("INSERT INTO rows VALUES (?, ?, ?)", _rows())
        connection.commit()
    return ["--adapter", "sqlite", str(folder / "rows.db")]


def _requests(folder: Path) -> list[str]:
    for number in range(_REQUESTS):
        text = f"name: request {number:03d}\nmethod: GET\nurl: http://localhost/{number}\n"
        (folder / f"request-{number:03d}.posting.yaml").write_text(text)
    return ["--collection", str(folder)]


_PEERS: Final[Mapping[str, _Program]] = {
    "posting": _Program(_requests, "request 000", ("c-o", "tab")),
    "harlequin": _Program(_database, "Data Catalog", ("'select * from rows", "c-j")),
    "vd": _Program(_table, "SUP1"),
    "htop": _Program(),
}
"""Programs by the name of their command."""
