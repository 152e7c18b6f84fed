"""How fast detection is on a large desk: the whole plan judged again, one new signal, and a batch of them.

What writes goes on with the file as the measurement before left it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks import large_desk
from benchmarks.harness import Result, floor_module, interleave, percentile, ratio
from benchmarks.ingest import LATE_SHARE
from benchmarks.large_desk import KINDS, LINES, SEED

BATCH: Final = 10_000
ONES: Final = 300
ROUNDS: Final = 5


def full() -> Iterator[Result]:
    """Every line of the plan judged again with the live tolerances, beside one query that judges the latest signal.

    Both find, of the same orders, dates and quantities, what is late and what is short. The product looks for
    late_supply, short_supply and overdue, and yields for each breach its kind, subject and size, from the states that
    detection keeps of the lines (engine.judging.measuring): exactly what a tolerance preview asks. Neither writes
    anything. The second line is the first full detection of the same desk, which reads every signal, and opens and
    journals its deviations.
    """
    floor, common = floor_module("detect_floor"), floor_module("floor_common")
    database, built = large_desk.floor_like()
    rounds = interleave(
        {
            "offplan": lambda: float(common.run_isolated(measure_full, database)["seconds"]),
            "floor": lambda: float(
                common.run_isolated(floor.measure, "latest_by_index", large_desk.floor(), 64, 0)["wall_seconds"]
            ),
        },
        rounds=ROUNDS,
    )
    against = ratio(rounds["offplan"], rounds["floor"])
    yield Result(
        "detect_full", round(statistics.median(rounds["offplan"]), 3), "s", "SQL: the latest signal by index, judged",
        round(statistics.median(rounds["floor"]), 3), round(against, 2), "ratio <= 1.5", against <= 1.5, ROUNDS,
    )  # fmt: skip
    yield Result(
        "detect_full", round(built["seconds"], 1), f"s, first detection, opens {built['opened']} deviations", None, None,
        None, "none: what it takes once", None, 1,
    )  # fmt: skip


def one() -> Iterator[Result]:
    """One new signal that makes a line late, from `Desk.take` to the commit: stored, judged, pegged, ranked,
    journalled.

    Most signals of a desk confirm the plan and are not judged at all; here every one opens a deviation, and half of
    them make a customer order late as well. A plain insert goes with each, for what a commit costs on this disk just
    then.
    """
    common = floor_module("floor_common")
    taken, plain = common.run_isolated(measure_ones, large_desk.working(), large_desk.floor(), ONES)
    value, floor = percentile(taken, 0.95), percentile(plain, 0.95)
    yield Result(
        "detect_one", round(value, 2), "ms p95", "one row inserted and committed, p95", round(floor, 2),
        round(ratio(taken, plain), 2), "p95 <= 10 ms", value <= 10, len(taken),
    )  # fmt: skip


def batch() -> Iterator[Result]:
    """10,000 new signals in one `Desk.take`, judged and committed, beside their plain insert into an equal table.

    The plain insert is executemany of ready tuples into the floor's table of 1,000,000. The share of signals that make
    a line late is that of a working desk (benchmarks.ingest.LATE_SHARE), each another line; all of them open a
    deviation. The others say again what was said, or that goods left, or nothing of a line's dates.
    """
    common = floor_module("floor_common")
    numbers = iter(range(1, 100))
    rounds = interleave(
        {
            "offplan": lambda: float(common.run_isolated(measure_batch, large_desk.working(), next(numbers))),
            "floor": lambda: float(common.run_isolated(measure_insert, large_desk.floor(), next(numbers))),
        },
        rounds=ROUNDS,
    )
    against = ratio(rounds["offplan"], rounds["floor"])
    yield Result(
        "detect_batch", round(statistics.median(rounds["offplan"]), 3), "s", "raw executemany of ready tuples",
        round(statistics.median(rounds["floor"]), 3), round(against, 2), "ratio <= 2", against <= 2, ROUNDS,
    )  # fmt: skip


# what is measured, each in a process of its own -----------------------------------------------------------------------


def measure_full(database: str) -> dict[str, float]:
    from engine.detect import tolerance_rules
    from engine.judging import measuring
    from engine.storage.store import Store
    from engine.values.clock import DAY
    from engine.values.days import Days

    store, now = Store.open(Path(database), read_only=True), large_desk.start() + 175 * DAY
    began = time.perf_counter()
    with store.read() as connection:
        found = list(measuring.breaches(connection, tolerance_rules.load(connection), Days("UTC"), now))
    seconds = time.perf_counter() - began
    if len(found) < LINES / 2:
        raise RuntimeError(f"found {len(found)} breaches of {LINES} lines")
    return {"seconds": seconds}


def measure_ones(database: str, floor_database: str, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds of `count` takes, and of a plain insert after each; as many as a tenth go before uncounted."""
    floor, common = floor_module("detect_floor"), floor_module("floor_common")
    desk, connection = large_desk.open_desk(database), common.connect(floor_database)
    rows = list(floor.signal_rows(2 * count, floor.plan_lines(LINES, SEED), SEED + 1000))
    taken, plain = [], []
    for number in range(count + count // 10):
        line = large_desk.to_be_late(number)
        signals = [large_desk.said("one", number, "eta", line, large_desk.late())]
        began = time.perf_counter()
        result = desk.take(large_desk.batch(signals))
        taken.append((time.perf_counter() - began) * 1000)
        if not result.opened:
            raise RuntimeError(f"signal {number} opened nothing")
        began = time.perf_counter()
        common.insert_in_batches(connection, common.INSERT_SIGNAL, [rows[number]], 1)
        plain.append((time.perf_counter() - began) * 1000)
    return taken[count // 10 :], plain[count // 10 :]


def measure_batch(database: str, number: int) -> float:
    desk = large_desk.open_desk(database)
    late = int(BATCH * LATE_SHARE)
    first = 1000 + late * number
    rows = [
        large_desk.said(f"batch {number}", each, "eta", large_desk.to_be_late(first + each), large_desk.late())
        for each in range(late)
    ]
    for each in range(late, BATCH):
        line = large_desk.steady(each)
        said = large_desk.promise(line)
        rows.append(large_desk.said(f"batch {number}", each, KINDS[each % len(KINDS)], line, said))
    began = time.perf_counter()
    result = desk.take(large_desk.batch(rows))
    seconds = time.perf_counter() - began
    if result.new != BATCH or result.opened < late:
        raise RuntimeError(f"stored {result.new} of {BATCH} rows, opened {result.opened}")
    return seconds


def measure_insert(database: str, number: int) -> float:
    floor, common = floor_module("detect_floor"), floor_module("floor_common")
    connection = common.connect(database)
    rows = list(floor.signal_rows(BATCH, floor.plan_lines(LINES, SEED), SEED + number))
    began = time.perf_counter()
    common.insert_in_batches(connection, common.INSERT_SIGNAL, rows, BATCH)
    seconds = time.perf_counter() - began
    connection.close()
    return seconds
