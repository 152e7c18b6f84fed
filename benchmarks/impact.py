"""impact: what one supplier's open lines put at risk, on a network of 100,000 pegs.

60,000 plan lines in five layers (10,000 purchase orders of 1,000 suppliers, two layers of production, transfers, 20,000
customer orders), each of them but the first fed by two lines of the layer before, with 0 to 4 days of slack on each
peg. Suppliers differ in size as they do: the largest have some hundred lines, most a few. Lines and pegs are written
into the product's tables as pegging would write them (engine.intake.pegs has nothing to decide here: a peg is a row);
everything measured is the product's: for all open lines of a supplier, each 10 days late, the pegs are read, walked
with their slack, and the customer orders that are hit are priced in the desk's currency. Suppliers are drawn at random,
with at least one open line. The floor is recursive SQL in the same run: every line that can be reached from the
supplier's lines.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.harness import Result, percentile
from engine.deviations.value_at_risk import Valuer
from engine.storage.sqlite import sqlite3
from engine.storage.store import Store
from engine.values.clock import DAY, parse_instant
from engine.values.rates import Rates
from engine.vocabulary.slip import Slip

NOW: Final = parse_instant("2026-03-09T08:00:00Z", "benchmark")
LAYERS: Final = (
    ("purchase_order", 10_000), ("production_order", 10_000), ("production_order", 10_000), ("transfer_order", 10_000),
    ("sales_order", 20_000),
)  # fmt: skip
SUPPLIERS: Final = 1_000
FEEDS: Final = 2
ROUNDS: Final = 400
TARGET_MS: Final = 10.0

_PEG: Final = "supply, demand, item, site, quantity, gap, supply_from, supply_to, demand_share, demand_open, customer, worth, coined"
_REACHED: Final = (
    "WITH RECURSIVE reached(line) AS (SELECT value FROM json_each(?) UNION"
    " SELECT peg.demand FROM reached JOIN peg ON peg.supply = reached.line) SELECT line FROM reached"
)


def impact() -> Iterator[Result]:
    """One supplier's impact, median and 95th percentile."""
    chance = random.Random(20260309)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "desk.db", create=True)
        by_supplier = _build(store, chance)
        valuer = Valuer(store.connection, Rates("EUR", {"USD": 0.92}, "UTC", NOW))
        taken, floor, reached, hits = [], [], [], []
        for number in range(ROUNDS + 20):
            lines = by_supplier[chance.choice(list(by_supplier))]
            size, elapsed = _floor(store.connection, lines)
            slips = {line: Slip(line, NOW, delay=10 * DAY) for line in lines}
            started = time.perf_counter()
            effects = valuer.effects(slips)
            mine = 1000 * (time.perf_counter() - started)
            if number >= 20:
                taken.append(mine)
                floor.append(elapsed)
                reached.append(size)
                hits.append(sum(len(effect.hits) for effect in effects.values()))
        store.close()
    print(
        f"  lines reached: median {percentile(reached, 0.5)}, p95 {percentile(reached, 0.95)}; customer orders hit:"
        f" median {percentile(hits, 0.5)}, p95 {percentile(hits, 0.95)}",
        file=sys.stderr,
    )
    for share, name in ((0.5, "median"), (0.95, "p95")):
        value, base = percentile(taken, share), percentile(floor, share)
        met = value <= TARGET_MS if share == 0.95 else None
        yield Result(
            "impact", round(value, 3), f"ms, {name}", "recursive SQL, everything reachable", round(base, 3),
            round(value / base, 2), f"p95 <= {TARGET_MS:g} ms", met, ROUNDS,
        )  # fmt: skip


def _floor(connection: sqlite3.Connection, lines: list[int]) -> tuple[int, float]:
    wanted = f"[{','.join(map(str, lines))}]"
    started = time.perf_counter()
    found = connection.execute(_REACHED, (wanted,)).fetchall()
    return len(found), 1000 * (time.perf_counter() - started)


def _build(store: Store, chance: random.Random) -> dict[int, list[int]]:
    """Write the network; the purchase order lines of each supplier."""
    by_supplier: dict[int, list[int]] = {}
    lines, pegs = [], []
    layers: list[range] = []
    first = 1
    for layer, (kind, count) in enumerate(LAYERS):
        layers.append(range(first, first + count))
        for number in layers[layer]:
            supplier = min(int(chance.paretovariate(0.6)), SUPPLIERS)
            if layer == 0:
                by_supplier.setdefault(supplier, []).append(number)
            value = 1000_00 if kind == "sales_order" else None
            at = NOW + (layer * 10 + chance.randrange(10)) * DAY
            lines.append((number, kind, f"L{number}", f"ITEM-{layer}", f"P{supplier}", 10.0, at, value))
            if layer:
                for supply in chance.sample(layers[layer - 1], FEEDS):
                    gap = chance.randrange(5) * DAY
                    customer = int(layer == len(LAYERS) - 1)
                    pegs.append(
                        (
                            supply,
                            number,
                            f"ITEM-{layer - 1}",
                            "X",
                            5.0,
                            gap,
                            0.0,
                            1.0,
                            0.5,
                            10.0,
                            customer,
                            *((1000_00.0, "USD") if customer else (None, None)),
                        )
                    )
        first += count
    with store.write() as connection:
        connection.executemany(
            "INSERT INTO plan_line(id, kind, ref, scope, item, site, party, quantity, uom, planned_at, value_minor, currency,"
            " status, attributes, content, from_version)"
            " VALUES (?, ?, ?, 'bench', ?, 'X', ?, ?, 'EA', ?, ?, 'USD', 'open', '{}', x'', 1)",
            lines,
        )
        connection.executemany(f"INSERT INTO peg({_PEG}) VALUES ({', '.join('?' * 13)})", sorted(pegs))
    return by_supplier
