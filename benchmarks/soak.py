"""Four desks and a feeder on a grown file for minutes, under a steady stream of signals: is a change missed, a lock
told, memory kept?

`SOAK_SECONDS` says for how long (60 unless said; the promise is about 600, and a shorter run does not judge memory:
its first part ends before a feeder has settled). In each of ten parts a writer drops files for a feeder; then it rests,
and what each desk shows is compared with what the file says.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import soak_desk
from benchmarks.harness import ROOT, Result, floor_module
from benchmarks.latency import WORKSPACE
from engine.desk import Desk
from engine.storage.store import Store
from engine.values.clock import DAY, SystemClock, iso

_DESKS: Final = 4
_PER_SECOND: Final = 50
_FILES_PER_SECOND: Final = 5
_LATE: Final = 0.02
"""Share of the signals that move a line far enough to open, raise or clear a deviation."""
_PARTS: Final = 10
_PROMISED_SECONDS: Final = 600
_REST_SECONDS: Final = 20.0
_OPEN: Final = re.compile(r"([\d,]+) open")


def four_desks() -> Iterator[Result]:
    """What the desks missed, the locks that they told of, and how much the largest of all processes grew."""
    bench = floor_module("ptybench")
    seconds = float(os.environ.get("SOAK_SECONDS", "60"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writer = _Writer(folder)
        feeder = subprocess.Popen(
            [sys.executable, "-m", "tui.command_line", "watch", "--quiet", "--workspace", str(folder)],
            cwd=ROOT, stderr=(folder / "feeder.log").open("wb"),
        )  # fmt: skip
        _wait_for_lease(folder)
        command = [sys.executable, "-m", "tui.command_line", "--workspace", str(folder)]
        desks = [bench.Terminal(command, cols=160, rows=50, cwd=str(ROOT)) for _ in range(_DESKS)]
        try:
            missed, told, spent, sizes = _run(bench, folder, writer, desks, feeder.pid, seconds)
        finally:
            for desk in desks:
                desk.close()
            feeder.terminate()
            feeder.wait()
        told += (folder / "feeder.log").read_text(encoding="utf-8").count("locked")
    first, last = sizes[0], sizes[-1]
    growth = max(100 * (after / before - 1) for before, after in zip(first, last, strict=True))
    what = f"{writer.signals - soak_desk.SIGNALS:,} signals in {spent:.0f} s"
    yield Result(
        "ui_soak, changes missed", missed, "desks × looks", None, None, None, f"0 ({what})", missed == 0, _PARTS
    )
    yield Result("ui_soak, locks told", told, "sentences", None, None, None, "0", told == 0, _PARTS)
    yield Result(
        "ui_soak, memory", round(growth, 1), "% since the first part, the largest", None, None, None,
        f"flat: <= 5 over {_PROMISED_SECONDS} s", growth <= 5 if seconds >= _PROMISED_SECONDS else None, len(sizes),
    )  # fmt: skip


def _wait_for_lease(folder: Path) -> None:
    """Let the feeder be the one, so that no desk starts another of its own, whose memory would count as the desk's."""
    store = Store.open(folder / "offplan.db", read_only=True)
    try:
        asked, deadline = Desk(store, SystemClock(), actor="bench"), time.monotonic() + 60
        while asked.lease("feeder") is None and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        store.close()


def _run(
    bench: Any, folder: Path, writer: _Writer, desks: Sequence[Any], feeder: int, seconds: float
) -> tuple[int, int, float, list[list[float]]]:
    """Desks that showed something else than the file at a rest, sentences about locks, the seconds in which files
    came, and MiB of each process by part."""
    missed, told, spent = 0, 0, 0.0
    sizes: list[list[float]] = []
    for part in range(_PARTS):
        begun = time.monotonic()
        for number in range(1, round(seconds / _PARTS * _FILES_PER_SECOND) + 1):
            writer.drop()
            # By the clock, whatever the drop and the looking took: a file that comes late does not hold up the next.
            _watch(desks, begun + number / _FILES_PER_SECOND)
            told += sum("locked" in desk.text() for desk in desks)
        spent += time.monotonic() - begun
        missed += _differing(folder, desks, writer)
        sizes.append([bench.rss_mib(pid) for pid in (*(desk.pid for desk in desks), feeder)])
        shown = ", ".join(f"{size:.0f}" for size in sizes[-1])
        print(f"  part {part + 1}: {missed} missed, {told} locks, MiB {shown}", file=sys.stderr, flush=True)
    return missed, told, spent, sizes


def _watch(desks: Sequence[Any], until: float) -> None:
    """Read what the desks draw, once at least."""
    while True:
        for desk in desks:
            while (piece := desk.read(0.005)) is not None:
                desk.show([piece])
        if time.monotonic() >= until:
            return


def _differing(folder: Path, desks: Sequence[Any], writer: _Writer) -> int:
    """How many desks do not show what the file says, once all is taken and they had time to draw."""
    store = Store.open(folder / "offplan.db", read_only=True)
    try:
        asked = Desk(store, SystemClock(), actor="bench")
        deadline = time.monotonic() + _REST_SECONDS
        while time.monotonic() < deadline:
            for desk in desks:
                # What stands under the cursor stays where it is, so what came before it may be out of sight.
                desk.send(b"g")
            _watch(desks, time.monotonic() + 0.5)
            taken = asked.signals(limit=1, all=True).total
            wrong = [desk for desk in desks if not _agrees(desk.text(), asked)]
            if taken == writer.signals and not wrong:
                return 0
        return len(wrong) or _DESKS
    finally:
        store.close()


def _agrees(text: str, asked: Desk) -> bool:
    page = asked.deviations(limit=3)
    counted = _OPEN.search(text)
    return (
        counted is not None
        and int(counted[1].replace(",", "")) == page.total
        and all(str(item["subject"]["id"]) in text for item in page.items)
    )


class _Writer:
    """The workspace of the grown desk, and the files that record systems drop into it."""

    def __init__(self, folder: Path) -> None:
        self.signals = soak_desk.SIGNALS
        """In the file, once all is taken."""
        self._folder = folder
        self._files = 0
        self._clock = SystemClock()
        self._chance = random.Random(7)
        now = self._clock.now()
        self._planned = now + 10 * DAY
        (folder / "inbox").mkdir()
        (folder / "offplan.toml").write_text(WORKSPACE, encoding="utf-8")
        soak_desk.build(folder / "offplan.db", now=now, planned=self._planned)
        # All lines are judged by the workspace's settings before the desks open, as on a morning like any other.
        tick = [sys.executable, "-m", "tui.command_line", "tick", "--workspace", str(folder)]
        subprocess.run(tick, cwd=ROOT, check=True, capture_output=True)

    def drop(self) -> None:
        """Rename one complete file into the inbox."""
        now, rows = self._clock.now(), []
        for _ in range(_PER_SECOND // _FILES_PER_SECOND):
            self.signals += 1
            number = self._chance.randrange(soak_desk.LINES)
            if self._chance.random() < _LATE:
                late = self._chance.randrange(5, 40) * DAY
            else:
                late = soak_desk.LATE_BY if number < soak_desk.LIVE else 0
            order = soak_desk.order(number)
            rows.append({"id": f"E{self.signals}", "at": iso(now), "order": order, "eta": iso(self._planned + late)})
        self._files += 1
        waiting = self._folder / f"{self._files}.tmp"
        waiting.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        waiting.rename(self._folder / "inbox" / f"{self._files}.jsonl")
