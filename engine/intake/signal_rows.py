"""Sound signals into rows of the table `signal`, a whole batch column by column: the innermost place of every ingest.

What a row's keys are is engine.intake.ingest's; here is only how to write them fast. What SQLite's module does for a
value is most of the price: binding None or bytes costs it 0.9 us, '' or a bytearray 0.05 us, and a value that is not
bound nothing. So a column is bound as it is where every row has it, through nullif where some lack it, and not at all
where all do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, Final

from engine.storage.sqlite import sqlite3
from engine.vocabulary.model import SignalIn

_ALWAYS: Final = ("source_id", "kind", "payload")
_MAYBE: Final = (
    "occurred_at", "recorded_at", "order_kind", "order_ref", "item", "site", "party", "quantity", "uom", "eta", "status",
    "detail",
)  # fmt: skip


def put(
    connection: sqlite3.Connection,
    source: str,
    signals: Sequence[SignalIn],
    digests: Sequence[bytes],
    keys: Sequence[bytes],
    ties: Sequence[int],
    *,
    first_id: int,
    now: int,
    restatable: bool,
) -> int:
    """Insert the signals whose `keys` (dedup_key) are not stored yet, in order from `first_id` on; return how many.

    `digests` are those of their rows. A number whose signal is known already stays free. `now` is when we received
    them.
    """
    if not signals:
        return 0
    given = dict(zip(SignalIn._fields, zip(*signals, strict=True), strict=True))
    columns: dict[str, tuple[str, Iterable[Any] | None]] = {
        "id": ("?", range(first_id, first_id + len(signals))),
        "dedup_key": ("?", map(bytearray, keys)),
        "row_key": ("?", [bytearray(digest[:8]) for digest in digests]),
        "source": ("?", repeat(source, len(signals))),
        "as_of": ("?", [now if at is None else at for at in stated_at(signals)]),
        "tie": ("?", ties),
        "received_at": ("?", repeat(now, len(signals))),
        **{name: ("?", given[name]) for name in _ALWAYS},
        **{name: _bound(given[name]) for name in _MAYBE},
        "restatable": ("1" if restatable else "NULL", None),
    }
    marks = ", ".join(mark for mark, _ in columns.values())
    values = [column for _, column in columns.values() if column is not None]
    before = connection.total_changes
    connection.executemany(
        f"INSERT INTO signal({', '.join(columns)}) VALUES ({marks}) ON CONFLICT(dedup_key) DO NOTHING",
        zip(*values, strict=True),
    )
    return int(connection.total_changes - before)


def stated_at(signals: Iterable[SignalIn]) -> list[int | None]:
    """The time that each statement gives itself: when it was recorded, else when it occurred, else None."""
    return [signal[2] if signal[3] is None else signal[3] for signal in signals]


def _bound(values: Sequence[Any]) -> tuple[str, Sequence[Any] | None]:
    """How a column is bound that a row may lack, and its values; None where no row has it."""
    if all(values):
        return "?", values
    if not any(values) and all(value is None or value == "" for value in values):
        return "NULL", None
    return "nullif(?, '')", ["" if value is None else value for value in values]
