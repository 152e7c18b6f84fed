"""Rows that a source restates: which statement of a row holds, and what a later one takes the place of.

A state source says a row (`row_key`: the source and its id) again when it has changed, and the last statement of the
row by (as_of, tie) holds. A statement takes the place of what its row said before about the same order; and of what its
row said before in the same kind about any other order, or item at a site: a corrected reference moves the statement.
Two kinds about two subjects under one id are two mappings' rows whose ids meet, no correction: both hold.

Events are said once: only statements with `restatable` are in the index signal_row, so that events pay nothing for it.
Either can be taken back by its source (engine.gather.corrections).
"""

from __future__ import annotations

from typing import Final

from engine.gather.corrections import ANY, withdrawn_at
from engine.storage.sqlite import sqlite3
from engine.values.clock import LATEST


def _before(same: str) -> str:
    """SQL for the statement of the row of `said` just before it, among those that have the same value in a column."""
    return (
        "(SELECT earlier.id FROM signal AS earlier INDEXED BY signal_row WHERE earlier.row_key = said.row_key"
        " AND earlier.restatable = 1 AND (earlier.as_of, earlier.tie) < (said.as_of, said.tie)"
        f" AND earlier.{same} = said.{same} ORDER BY earlier.as_of DESC, earlier.tie DESC LIMIT 1)"
    )


FORMER: Final = (
    f" FROM signal AS said NOT INDEXED CROSS JOIN signal AS former ON former.id IN ({_before('kind')}, {_before('order_ref')})"
    " WHERE said.id >= :first_id"
)
"""New statements (NOT INDEXED: the few from `first_id` on), each with those of its row whose place it takes."""
_LEFT_ORDERS: Final = (
    f"INSERT INTO touched(type, a) SELECT DISTINCT 'order', former.order_ref{FORMER} AND former.order_ref IS NOT NULL"
    " AND (former.order_ref, former.order_kind) IS NOT (said.order_ref, said.order_kind)"
    " ORDER BY former.order_ref ON CONFLICT DO NOTHING"
)
_LEFT_PLACES: Final = (
    f"INSERT INTO touched(type, a, b) SELECT DISTINCT 'stock', former.item, former.site{FORMER}"
    " AND former.order_ref IS NULL AND former.item IS NOT NULL AND former.site IS NOT NULL"
    " AND (said.order_ref IS NOT NULL OR (former.item, former.site) IS NOT (said.item, said.site))"
    " ORDER BY former.item, former.site ON CONFLICT DO NOTHING"
)
_LEFT_EVENTS: Final = (
    "INSERT INTO touched(type, a, b) SELECT DISTINCT 'event', type, id FROM event_subject"
    f" WHERE signal_id IN (SELECT former.id{FORMER}) ORDER BY type, id ON CONFLICT DO NOTHING"
)


def until(signal: str) -> str:
    """SQL for when `signal` (an alias) holds no more: another statement takes its place, or its source takes it back.

    Null where nothing that is stored ends it.
    """
    later = (
        "(SELECT later.as_of FROM signal AS later INDEXED BY signal_row"
        f" WHERE later.row_key = {signal}.row_key AND later.restatable = 1"
        f" AND (later.as_of, later.tie) > ({signal}.as_of, {signal}.tie)"
        f" AND (later.kind = {signal}.kind OR later.order_ref = {signal}.order_ref)"
        " ORDER BY later.as_of, later.tie LIMIT 1)"
    )
    sooner = f"min(coalesce({later}, {LATEST}), coalesce({withdrawn_at(signal)}, {LATEST}))"
    return f"(CASE WHEN {ANY} THEN nullif({sooner}, {LATEST}) ELSE {later} END)"


def touch_left(connection: sqlite3.Connection, first_id: int) -> None:
    """Touch what the rows of the signals from `first_id` on were about before: orders, items at sites, lots,
    resources."""
    connection.execute(_LEFT_ORDERS, {"first_id": first_id})
    connection.execute(_LEFT_PLACES, {"first_id": first_id})
    if connection.execute("SELECT EXISTS (SELECT 1 FROM event_subject)").fetchone()[0]:
        connection.execute(_LEFT_EVENTS, {"first_id": first_id})
