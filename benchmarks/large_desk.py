"""The large desk of the detection benchmarks: 1,000,000 signals about 100,000 purchase order lines.

All of it comes in through the desk's own doors, `Desk.load` and `Desk.take`, once for a run. There are two: one with
the signals of the floor's script, and one of which as many lines are late as a working desk has.
"""

from __future__ import annotations

import atexit
import functools
import random
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from benchmarks.harness import floor_module
from benchmarks.ingest import LATE_SHARE

SIGNALS: Final = 1_000_000
LINES: Final = 100_000
DEMANDS: Final = 20_000
LATE_LINES: Final = int(LINES * LATE_SHARE)
TO_BE_LATE: Final = 15_000
SEED: Final = 7
KINDS: Final = ("eta", "confirmation", "shipped", "milestone", "note", "note")
"""What is said of a line, in turn; a date comes with the first two."""
_LOADED: Final = 100_000
"""Signals a transaction while a desk is built, as history is loaded before the first desk opens."""


@functools.cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="detection-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@functools.cache
def floor() -> str:
    """The floor's own database."""
    database = str(_folder() / "floor.db")
    floor_module("floor_common").run_isolated(floor_module("detect_floor").build, database, SIGNALS, LINES, SEED)
    return database


@functools.cache
def floor_like() -> tuple[str, dict[str, float]]:
    """A desk with the floor's signals, its deviations opened, and what that took."""
    database = str(_folder() / "full.db")
    return database, floor_module("floor_common").run_isolated(build_floor_like, database)


@functools.cache
def working() -> str:
    """A desk of which LATE_SHARE of the lines are late."""
    database = str(_folder() / "working.db")
    floor_module("floor_common").run_isolated(build_working, database)
    return database


def build_floor_like(database: str) -> dict[str, float]:
    """Plan and signals of the floor's script, all dates of the plan and of the promises 140 days later.

    So a few lines are past due at the end of the signals, and most are not. Every signal is a confirmation with a date
    and a quantity, as each of the floor's is; those of its orders that the plan does not have are notes about other
    ones.
    """
    from engine.values.clock import DAY
    from engine.vocabulary.model import SignalIn

    floor = floor_module("detect_floor")
    lines, later = floor.plan_lines(LINES, SEED), 140 * DAY
    desk = open_desk(database, create=True)
    _load(desk, ((ref, item, site, party, quantity, at + later) for ref, item, site, party, quantity, at in lines))

    def signals() -> Iterator[SignalIn]:
        rows = floor.signal_rows(SIGNALS, lines, SEED)
        for number, (id_, _, _, at, _, item, site, party, ref, quantity, eta, payload) in enumerate(rows):
            known = not ref.startswith("UNKNOWN")
            yield SignalIn(
                id_, "confirmation" if known else "note", at, None, None, ref if known else lines[number % LINES][0], item,
                site, party, quantity if known else None, None, eta + later if known else None, None, payload, None,
            )  # fmt: skip

    _take(desk, signals())
    began = time.perf_counter()
    opened = desk.detect().opened
    seconds = time.perf_counter() - began
    _settle(desk)
    return {"seconds": seconds, "opened": opened}


def build_working(database: str) -> None:
    """Lines that are due in a year, and customer orders that want all of it, half of them five days after.

    Of what is said of the lines, LATE_SHARE of them get a date nine days later, so half of these delay a customer.
    """
    from engine.values.clock import DAY

    desk = open_desk(database, create=True)
    _load(
        desk,
        ((_ref(n), f"ITEM{n % 5000:05d}", f"SITE{n % 40:02d}", f"SUP{n % 800:04d}", 10.0, due()) for n in range(LINES)),
    )
    _load(
        desk,
        (
            (f"SO{n:07d}", f"ITEM{n % 5000:05d}", f"SITE{n % 40:02d}", f"CUST{n % 300:03d}", 50.0, due() + days * DAY)
            for n, days in ((n, 5 if n < DEMANDS / 2 else 35) for n in range(DEMANDS))
        ),
        kind="sales_order",
    )
    chance = random.Random(SEED)
    lines = (chance.randrange(LINES) for _ in range(SIGNALS))
    _take(
        desk,
        (
            said("history", number, KINDS[number % len(KINDS)], line, promise(line), number % 170)
            for number, line in enumerate(lines)
        ),
    )
    desk.detect()
    _settle(desk)


def start() -> int:
    return int(floor_module("detect_floor").START_MICROSECONDS)


def due() -> int:
    from engine.values.clock import DAY

    return start() + 365 * DAY


def late() -> int:
    from engine.values.clock import DAY

    return due() + 9 * DAY


def to_be_late(number: int) -> int:
    """A line that keeps to its plan until a measurement makes it late; another for each number below TO_BE_LATE."""
    return LATE_LINES + number


def steady(number: int) -> int:
    """A line that measurements say again of what they said before."""
    line = number * 7919 % (LINES - TO_BE_LATE)
    return line if line < LATE_LINES else line + TO_BE_LATE


def promise(line: int) -> int:
    """What `build_working` said, and goes on to say, of a line."""
    return late() if line < LATE_LINES else due()


def _ref(number: int) -> str:
    return f"PO{number:07d}"


def said(source: str, number: int, kind: str, line: int, eta: int, day: int = 174) -> Any:
    """A signal on the last of the days that the desk has lived, or an earlier one."""
    from engine.values.clock import DAY, SECOND
    from engine.vocabulary.model import SignalIn

    dated = kind in ("eta", "confirmation")
    return SignalIn(
        f"{source} {number * 0x9E3779B97F4A7C15 % (1 << 64):016x}", kind, start() + day * DAY + number % 86_400 * SECOND, None, None,
        _ref(line), f"ITEM{line % 5000:05d}", f"SITE{line % 40:02d}", f"SUP{line % 800:04d}", 10.0 if dated else None, None,
        eta if dated else None, None, '{"carrier":"North Line","note":"as planned"}', None,
    )  # fmt: skip


def open_desk(database: str, *, create: bool = False) -> Any:
    from engine.desk import Desk
    from engine.storage.store import Store
    from engine.values.clock import DAY, FixedClock

    desk = Desk(Store.open(Path(database), create=create), FixedClock(start() + 175 * DAY), actor="bench")
    desk.take_all(())  # imports what is imported when it is first needed
    return desk


def _load(desk: Any, lines: Iterable[tuple[Any, ...]], kind: str = "purchase_order") -> None:
    from engine.vocabulary.model import PlanLine

    rows = (
        PlanLine(
            kind=kind, ref=ref, item=item, site=site, origin=None, party=party, quantity=quantity, maximum=None,
            uom="EA", planned_at=at, until_at=None, value_minor=100_000, currency="EUR", status="open", attributes="{}",
            line=None,
        )
        for ref, item, site, party, quantity, at in lines
    )  # fmt: skip
    desk.load(rows, kind=kind, scope="bench", file="bench")


def batch(rows: list[Any]) -> Any:
    from engine.intake.ingest import SourceBatch

    return SourceBatch("bench", "command", "event", rows, "bench")


def _take(desk: Any, signals: Iterator[Any]) -> None:
    while rows := list(islice(signals, _LOADED)):
        desk.take(batch(rows), detect=False)


def _settle(desk: Any) -> None:
    desk.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.store.close()
