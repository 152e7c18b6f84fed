"""Which clock a desk file lives on: the machine's, or one that the file carries in its `meta` row `clock`.

A file with its own date does not age: the sample world stands still at its last moment, and the demo's copy of it runs
on from there. Whoever opens a desk asks `clock_of`; `--now` goes before it.
"""

from __future__ import annotations

import json
from typing import Final

from engine.storage.store import Store, set_meta
from engine.values.clock import Clock, FixedClock, OffsetClock, SystemClock
from engine.values.errors import StoreUnusable

KEY: Final = "clock"


def clock_of(store: Store) -> Clock:
    """The clock that the file asks for; the machine's where it asks for none.

    `{"mode": "fixed", "at": N}` stands at N, or at the last journal entry where that is later, so that the journal
    never runs backwards. `{"mode": "offset", "offset": N}` runs N microseconds beside the machine's clock.
    Raises StoreUnusable for anything else.
    """
    text = store.meta(KEY)
    if text is None:
        return SystemClock()
    try:
        asked = json.loads(text)
        if asked["mode"] == "fixed":
            return FixedClock(max(int(asked["at"]), _last_entry(store)))
        if asked["mode"] == "offset":
            return OffsetClock(int(asked["offset"]))
    except (ValueError, KeyError, TypeError):
        pass
    raise StoreUnusable(
        f"{store.path}: it carries a clock that this offplan does not know; give --now, or update offplan"
    )


def run_on_from(store: Store, at: int) -> OffsetClock:
    """Let the file's clock run from `at` (UTC microseconds), from now on and for every process that opens the file."""
    offset = at - SystemClock().now()
    with store.write() as connection:
        set_meta(connection, KEY, json.dumps({"mode": "offset", "offset": offset}))
    return OffsetClock(offset)


def _last_entry(store: Store) -> int:
    with store.read() as connection:
        row = connection.execute("SELECT at FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return 0 if row is None else int(row[0])
