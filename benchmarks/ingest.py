"""How fast and how small a CSV of signals becomes judged rows: the bulk path from bytes to deviations."""

from __future__ import annotations

import csv
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.harness import Result, floor_module, interleave, ratio

ROWS = 200_000
ORDERS = 100_000
LATE_SHARE = 0.05
"""Order lines of the benchmark's plan that the signals make late: what a feed of a working desk looks like."""

WORKSPACE = """
[desk]
name = "bench"

[mapping.signals]
as = "signal"
identity = "event"
[mapping.signals.fields]
id = "source_id"
kind = {column = "kind", values = {shipment_delay = "eta", quantity_confirmed = "confirmation", ship_notice = "shipped", goods_receipt = "milestone", price_change = "note", quality_hold = "note"}}
occurred_at = "occurred_at"
recorded_at = "received_at"
item = "item"
site = "site"
party = "supplier"
order_ref = "order_ref"
quantity = "quantity"
eta = "eta"
"""


def csv_speed() -> Iterator[Result]:
    """A CSV of 200,000 signals against 100,000 order lines, beside raw executemany of ready tuples."""
    floor = floor_module("ingest_floor")
    common = floor_module("floor_common")
    with tempfile.TemporaryDirectory() as folder:
        lines, table = os.path.join(folder, "signals.jsonl"), os.path.join(folder, "signals.csv")
        floor.write_json_lines(lines, ROWS, 11)
        to_csv(Path(lines), Path(table))
        prepare(Path(folder))
        raw = partial(
            common.run_isolated,
            floor.measure,
            "raw_executemany",
            lines,
            os.path.join(folder, "floor.db"),
            ROWS,
            10_000,
            "FULL",
        )
        rounds = interleave(
            {
                "offplan": lambda: float(common.run_isolated(measure, folder, table, ROWS)["seconds"]),
                "floor": lambda: float(raw()["wall_seconds"]),
            },
            rounds=5,
        )
    against = ratio(rounds["offplan"], rounds["floor"])
    yield Result(
        "ingest_csv", round(statistics.median(rounds["offplan"]), 3), "s", "raw executemany of ready tuples",
        round(statistics.median(rounds["floor"]), 3), round(against, 2), "ratio <= 2.5", against <= 2.5, 5,
    )  # fmt: skip


def memory() -> Iterator[Result]:
    """Peak memory of the same ingest, and of one a quarter as long: flat means the ratio stays near 1."""
    floor = floor_module("ingest_floor")
    common = floor_module("floor_common")
    peaks = {}
    for rows in (ROWS // 4, ROWS):
        with tempfile.TemporaryDirectory() as folder:
            lines, table = os.path.join(folder, "signals.jsonl"), os.path.join(folder, "signals.csv")
            floor.write_json_lines(lines, rows, 11)
            to_csv(Path(lines), Path(table))
            prepare(Path(folder))
            peaks[rows] = float(common.run_isolated(measure, folder, table, rows)["peak_mib"])
    value, quarter = peaks[ROWS], peaks[ROWS // 4]
    yield Result(
        "ingest_memory", round(value, 1), "MiB", "the same with a quarter of the rows", round(quarter, 1),
        round(value / quarter, 2), "under 250 MiB", value < 250, 1,
    )  # fmt: skip


def to_csv(lines: Path, table: Path) -> None:
    """The floor's JSON lines as a CSV; the dates of LATE_SHARE of the orders lie after the benchmark's plan."""
    with lines.open(encoding="utf-8") as source, table.open("w", encoding="utf-8", newline="") as target:
        writer: Any = None
        for line in source:
            record = json.loads(line)
            late = int(record["order_ref"][2:]) < ORDERS * LATE_SHARE
            record["eta"] = "2026-06-20T00:00:00Z" if late else "2026-05-01T00:00:00Z"
            record["payload"] = json.dumps(record["payload"])
            if writer is None:
                writer = csv.DictWriter(target, list(record))
                writer.writeheader()
            writer.writerow(record)


def prepare(folder: Path) -> None:
    """A workspace with 100,000 order lines; its database is the template that each round copies."""
    from connectors.settings import settings_file
    from engine.desk import Desk
    from engine.storage.store import Store
    from engine.values.clock import FixedClock, parse_instant
    from engine.vocabulary.model import PlanLine

    (folder / "offplan.toml").write_text(WORKSPACE, encoding="utf-8")
    store = Store.open(folder / "template.db", create=True)
    desk = Desk(store, FixedClock(parse_instant("2026-01-01", "bench")), actor="bench")
    desk.configure(settings_file.load(folder / "offplan.toml").desk_settings())
    planned = parse_instant("2026-06-01", "bench")
    desk.load(
        (
            PlanLine(
                kind="purchase_order", ref=f"PO{number:06d}", item=f"ITEM{number % 5000:05d}", site=f"SITE{number % 40:02d}",
                origin=None, party=f"SUP{number % 800:04d}", quantity=10.0, maximum=None, uom="EA", planned_at=planned,
                until_at=None, value_minor=100_000, currency="EUR", status="open", attributes="{}", line=None,
            )
            for number in range(ORDERS)
        ),
        kind="purchase_order", scope="bench", file="bench",
    )  # fmt: skip
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


def measure(folder: str, table: str, rows: int) -> dict[str, float]:
    """Ingest the file into a copy of the template; runs in a child process of its own."""
    import shutil

    from connectors.files import reading
    from connectors.settings import settings_file
    from engine.desk import Desk
    from engine.storage.store import Store
    from engine.values.clock import FixedClock, parse_instant

    database = Path(folder) / "round.db"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    shutil.copy(Path(folder) / "template.db", database)
    known = settings_file.load(Path(folder) / "offplan.toml")
    desk = Desk(Store.open(database), FixedClock(parse_instant("2026-03-15", "bench")), actor="bench")
    # What is imported when it is first needed is imported now, as the floor's imports are.
    desk.take_all(())
    began = time.perf_counter()
    batches = reading.signal_batches(Path(table), known, "command", mapping="signals", size=reading.ONE_SHOT)
    result = desk.take_all(batches)
    seconds = time.perf_counter() - began
    if result.new != rows or not result.opened:
        raise RuntimeError(f"stored {result.new} of {rows} rows, opened {result.opened}")
    return {"seconds": seconds, "peak_mib": peak_mib()}


def peak_mib() -> float:
    """The most memory that this process itself ever held; getrusage would also count what its parent held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:"))
