"""The network of sample.db under a year of orders from a seed: some are announced late, and some of these come in time.

Suppliers differ in how often an announcement comes true, and short delays are made up for more often than long ones:
what the product can learn from the first months. It is told by signals only, opens the deviations itself and is asked
each morning.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.harness import ROOT
from benchmarks.replay import Standing, World
from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.master.network import records
from engine.storage.store import Store
from engine.values.clock import DAY, HOUR, FixedClock, parse_instant
from engine.vocabulary.model import PlanLine, PlanRecord, SignalIn

_START: Final = parse_instant("2026-01-05", "bench")
_LEARNED: Final = 150
_JUDGED: Final = 150
"""Days."""
_LINES_A_DAY: Final = 6
_ANNOUNCED: Final = 0.45
"""Share of the lines for which a later date is announced."""


class _Order(NamedTuple):
    line: PlanLine
    announced_at: int | None
    eta: int
    arrives: int


def world(seed: int) -> World:
    """The judged days of the year that a seed makes."""
    orders = _orders(random.Random(seed))
    with tempfile.TemporaryDirectory() as folder:
        clock = FixedClock(_START)
        store = Store.open(Path(folder) / "desk.db", create=True)
        try:
            desk = Desk(store, clock, actor="bench")
            desk.configure({"name": "replay", "zone": "UTC", "currency": "EUR", "rates": {}})
            _load_network(desk)
            for kind in dict.fromkeys(order.line.kind for order in orders):
                lines = (order.line for order in orders if order.line.kind == kind)
                desk.load(lines, kind=kind, scope=kind, file=kind)
            return _lived(desk, clock, orders)
        finally:
            store.close()


def _lived(desk: Desk, clock: FixedClock, orders: Sequence[_Order]) -> World:
    said: dict[int, list[SignalIn]] = defaultdict(list)
    for order in orders:
        if order.announced_at is not None:
            said[order.announced_at // DAY].append(_signal(order, "eta", order.announced_at))
        said[order.arrives // DAY].append(_signal(order, "receipt", order.arrives))
    mornings = []
    for day in range(_LEARNED + _JUDGED):
        now = _START + day * DAY + 6 * HOUR
        clock.set(now)
        spoken = said.get(now // DAY - 1, [])
        desk.take(SourceBatch(source="erp", kind="folder", identity="event", rows=spoken, file=f"day-{day}"))
        desk.tick()
        if day >= _LEARNED:
            page = desk.deviations(["kind=late_supply"], limit=None)
            mornings.append((now, [_standing(item) for item in page.items if item["decide_by"] is not None]))
    late = {order.line.ref for order in orders if order.arrives >= (order.line.until_at or 0)}
    rows = desk.deviations(["kind=late_supply"], limit=None, all=True).items
    return World(mornings, frozenset(int(row["id"][1:]) for row in rows if row["subject"]["id"] in late))


def _standing(item: dict[str, Any]) -> Standing:
    decide_by, need_at = (parse_instant(item[name], "bench") for name in ("decide_by", "need_at"))
    return Standing(
        id=int(item["id"][1:]),
        opened=parse_instant(item["opened_at"], "bench"),
        decide_by=decide_by,
        value=round(item["value_at_risk"]["amount"] * 100),
        exposure=round(item["exposure"]["amount"] * 100),
        days_late=item["gap"]["days"],
        remedy_days=(need_at - decide_by) / DAY,
    )


def _load_network(desk: Desk) -> None:
    """Items, sites, parties and lanes of sample.db."""
    with closing(sqlite3.connect(f"file:{ROOT / 'sample.db'}?mode=ro", uri=True)) as sample:
        for kind in ("site", "party", "item", "lane"):
            found = [PlanRecord(kind, data, None) for data in records(sample, kind).values()]
            desk.load(found, kind=kind, scope=kind, file="sample.db")


def _orders(chance: random.Random) -> list[_Order]:
    with closing(sqlite3.connect(f"file:{ROOT / 'sample.db'}?mode=ro", uri=True)) as sample:
        patterns = sample.execute(
            "SELECT DISTINCT kind, item, site, origin, party, value_minor / quantity FROM plan_line WHERE to_version IS NULL"
            " AND kind IN ('purchase_order', 'transfer_order', 'shipment') ORDER BY 1, 2, 3, 4, 5"
        ).fetchall()
    keeps = {party: chance.uniform(0.1, 0.95) for party in sorted({row[4] for row in patterns})}
    found = []
    for number in range((_LEARNED + _JUDGED) * _LINES_A_DAY):
        kind, item, site, origin, party, price = chance.choice(patterns)
        due = _START + (number // _LINES_A_DAY + 10) * DAY
        quantity = float(round(chance.lognormvariate(5, 1.2)) + 1)
        line = PlanLine(
            kind=kind, ref=f"R{number}", item=item, site=site, origin=origin, party=party, quantity=quantity, maximum=None,
            uom="EA", planned_at=due, until_at=due + DAY, value_minor=round(quantity * price), currency="EUR",
            status="open", attributes="{}", line=None,
        )  # fmt: skip
        found.append(_fate(line, due, keeps[party], chance))
    return found


def _fate(line: PlanLine, due: int, keeps: float, chance: random.Random) -> _Order:
    """Whether a line is announced late, for when, and whether it comes so."""
    arrives = due + 9 * HOUR
    if chance.random() >= _ANNOUNCED:
        return _Order(line, None, arrives, arrives)
    delay = chance.choice((2, 3, 5, 8, 13, 21))
    earliest = 6 if line.site == "KAS" else 3
    announced_at = due - chance.randint(earliest, earliest + 10) * DAY + 15 * HOUR
    makes_up = keeps * (1.0 if delay <= 3 else 0.8 if delay <= 8 else 0.4)
    late = chance.random() >= makes_up
    return _Order(line, announced_at, due + delay * DAY + 9 * HOUR, arrives + (delay * DAY if late else 0))


def _signal(order: _Order, kind: str, at: int) -> SignalIn:
    values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
    values |= {"source_id": f"{kind}-{order.line.ref}", "kind": kind, "recorded_at": at, "order_kind": order.line.kind}
    values |= {"order_ref": order.line.ref, "payload": "{}", "detail": ""}
    values |= {"eta": order.eta} if kind == "eta" else {"occurred_at": at}
    return SignalIn(**values)
