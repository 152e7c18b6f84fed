"""Builds the sample world's file: loads plan and past, plays messages and commands up to the ninth of March, and
packs it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from engine.actions.messages import SECRET
from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.storage.store import Store, set_meta
from engine.values.clock import DAY, HOUR, SECOND, FixedClock
from playbooks.loader import load_library
from playbooks.planning.planner import PlaybookPlanner
from tests.sample_world import feeds, history, network, plan
from tests.sample_world.post import REPLIES, Post
from tests.sample_world.story import STORY, Act, acts

ORIGIN = json.dumps({"host": "sample"})
EXPECTED_EVERY = {"erp": 36 * HOUR, "edi": None, "wms": 3 * DAY, "carrier": 20 * HOUR, "orders": 7 * DAY, REPLIES: None}
"""How often each source should speak; a weekend is silent for the warehouses."""
SETTINGS = {
    "name": "eu-desk",
    "zone": "Europe/Berlin",
    "currency": "EUR",
    "rates": {"USD": {"2025-07-01": 0.86, "2026-02-01": 0.92}, "PLN": 0.23},
    "emissions": {"road": {"grams_per_tkm": 75.0, "source": "TransAlp Road, emission report 2025, version 1"}},
    "tolerance": {"late_supply": {"days": 1}, "short_supply": {"percent": 5}, "demand_shift": {"percent": 25}},
    "rules": [
        {"kind": "late_supply", "match": {"party": "TRANSALP"}, "days": 2},
        {"kind": "unconfirmed", "match": {"party": "STEELFORM"}, "confirm_before_days": 10},
        {"kind": "late_supply", "match": {"lane": "CNSZX>*"}, "days": 2},
        {"match": {"function": "procurement"}, "reopen_window_hours": 48},
    ],
}


def build(target: Path) -> None:
    """Write the sample world to `target`, replacing it; the same bytes each time with one SQLite version."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "draft.db"
        clock = FixedClock(plan.at(history.SET_UP, 7))
        store = Store.open(draft, create=True)
        planner = PlaybookPlanner(load_library())
        desk = Desk(store, clock, actor="ana", planner=planner, origin=ORIGIN)
        with store.write() as connection:
            set_meta(connection, SECRET, "5a" * 32)
        _set_up(desk)
        _play(store, clock, planner, Path(folder))
        with store.write() as connection:
            set_meta(connection, "clock", json.dumps({"mode": "fixed", "at": feeds.NOW}))
            # Every copy makes a secret of its own: this one can be read by anybody.
            connection.execute("DELETE FROM meta WHERE key = ?", (SECRET,))
        for suffix in ("", "-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        store.connection.execute("VACUUM INTO ?", (str(target),))
        store.close()
    target.chmod(0o644)
    # In WAL from the start, so that a look at the file does not change it.
    Store.open(target).close()


def _set_up(desk: Desk) -> None:
    """The day before the desk's work begins: settings, network, plan, and what the record systems remember."""
    desk.configure(SETTINGS)
    records = network.records()
    for kind in dict.fromkeys(record.kind for record in records):
        desk.load((record for record in records if record.kind == kind), kind=kind, scope=kind, file=f"{kind}.csv")
    for kind, lines in (
        ("purchase_order", plan.purchases()), ("shipment", plan.shipments()), ("production_order", plan.production()),
        ("transfer_order", plan.transfers()), ("sales_order", plan.sales()), ("forecast", plan.forecasts()),
        ("target", plan.targets()),
    ):  # fmt: skip
        desk.load(lines, kind=kind, scope=kind, file=f"{kind}.csv")
    for kind in ("purchase_order", "shipment"):
        # First what became of these orders, then the orders: they are over before anybody could miss them.
        past = [message.signal for message in history.messages() if message.signal.order_kind == kind]
        batch = SourceBatch(source="archive", kind="folder", identity="event", rows=past, file=f"{kind}-2025.csv")
        desk.take(batch, detect=False)
        desk.load(history.lines(kind), kind=kind, scope=f"{kind} 2025", file=f"{kind}-2025.csv")


def _play(store: Store, clock: FixedClock, planner: PlaybookPlanner, folder: Path) -> None:
    """Messages and commands in order of time, with the clock standing where each of them happened; what people have
    to be told is handed off half a minute after each command."""
    system = Desk(store, clock, actor="feeder", planner=planner, origin=ORIGIN)
    post = Post(folder, system)
    watched = False
    for at, source, moment in _moments(feeds.messages(STORY), list(acts())):
        clock.set(at)
        if not watched and at >= plan.at(plan.FIRST_MONDAY, 5):
            watched = _watch(system)
        system.tick()
        if isinstance(moment, Act):
            moment.do(Desk(store, clock, actor=moment.actor, planner=planner, origin=ORIGIN), post)
            post.deliver()
            clock.set(at + 30 * SECOND)
            post.deliver()
        else:
            system.take(SourceBatch(
                source=source, kind="folder", identity="event" if source != "wms" else "state",
                rows=[message.signal for message in moment], file=f"{source}.csv",
            ))  # fmt: skip
    clock.set(feeds.NOW)
    system.take(SourceBatch(source="edi", kind="folder", identity="event", rows=feeds.refused(), file="edi-0309.csv"))
    system.tick()


def _watch(desk: Desk) -> bool:
    """From the first Monday on it is watched how often each source speaks."""
    for source, every in EXPECTED_EVERY.items():
        desk.declare_source(source, "folder", every)
    return True


def _moments(
    messages: list[feeds.Message], commands: list[Act]
) -> Iterator[tuple[int, str, list[feeds.Message] | Act]]:
    """Batches (what one source says at one instant) and commands, merged in order of time; feeds come first."""
    batches = [(key[0], key[1], list(group)) for key, group in groupby(messages, key=lambda message: message[:2])]
    every: list[tuple[int, str, list[feeds.Message] | Act]] = [*batches, *((act.at, "", act) for act in commands)]
    return iter(sorted(every, key=lambda moment: (moment[0], isinstance(moment[2], Act))))
