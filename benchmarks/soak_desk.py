"""The desk that the soak begins with: 100,000 order lines, a million signals about them, 100,000 deviations.

All of it comes through the desk's own doors. Ten days ago every line was late; five days ago suppliers said of nine in
ten that they come as planned after all, so that a tenth of the deviations is live and the rest is history.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.storage.store import Store
from engine.values.clock import DAY, SECOND, FixedClock
from engine.vocabulary.model import PlanLine, SignalIn

LINES: Final = 100_000
SIGNALS: Final = 1_000_000
LIVE: Final = LINES // 10
"""Lines that are late still: the first ones."""
LATE_BY: Final = 20 * DAY
_AT_ONCE: Final = 100_000
_ROUNDS: Final = SIGNALS // LINES


def order(number: int) -> str:
    """The purchase order of a line."""
    return f"order-{number:06d}"


def build(path: Path, *, now: int, planned: int) -> None:
    """Write the desk to a new file, as it is at `now`, with every line planned for `planned`."""
    store = Store.open(path, create=True)
    try:
        _at(store, now - 11 * DAY).load(_plan(planned), kind="purchase_order", scope="bench", file="bench")
        half = _ROUNDS // 2
        for rounds, days in ((range(half), 10), (range(half, _ROUNDS), 5)):
            desk = _at(store, now - days * DAY)
            for said in rounds:
                _take(desk, [_signal(number, said, now - days * DAY, planned) for number in _shuffled(said)])
            desk.detect()
        _at(store, now).tick()
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        store.close()


def _at(store: Store, now: int) -> Desk:
    return Desk(store, FixedClock(now), actor="bench")


def _plan(planned: int) -> Iterator[PlanLine]:
    for number in range(LINES):
        yield PlanLine(
            kind="purchase_order", ref=order(number), item=f"PART-{number % 5000}", site=f"SITE-{number % 40}", origin=None,
            party=f"SUPPLIER-{number % 800}", quantity=10.0, maximum=None, uom="EA", planned_at=planned, until_at=None,
            value_minor=100_000 * (number % 3000 + 1), currency="EUR", status="open", attributes="{}", line=None,
        )  # fmt: skip


def _shuffled(said: int) -> Sequence[int]:
    return random.Random(said).sample(range(LINES), LINES)


def _signal(number: int, said: int, at: int, planned: int) -> SignalIn:
    late = number < LIVE or said < _ROUNDS // 2
    return SignalIn(
        f"H{said}-{number}", "eta", at - (_ROUNDS - said) * SECOND, None, None, order(number), None, None, None, None, None,
        planned + LATE_BY if late else planned, None, "{}", None,
    )  # fmt: skip


def _take(desk: Desk, signals: list[SignalIn]) -> None:
    for first in range(0, len(signals), _AT_ONCE):
        desk.take(SourceBatch("bench", "command", "event", signals[first : first + _AT_ONCE], "bench"), detect=False)
