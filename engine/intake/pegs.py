"""The table `peg`: which places have to be pegged again, and writing what differs.

A place (an item at a site) is pegged again when the plan, a bill of material, a stock reading, or what came, left or
was closed there changes; an announced date alone never does, nor that a supplier sent something. Rows are those of
engine.gather.pegs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from engine.gather import pegs as gather
from engine.gather import restated
from engine.gather.components import PLACES, Place
from engine.gather.pegs import Pegged, Row
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.vocabulary.lifecycle import QUEUE_SQL

_COLUMNS: Final = ", ".join(Row._fields)
_MARKS: Final = ", ".join("?" * len(Row._fields))
_PRESENT: Final = (
    f"SELECT {', '.join(f'peg.{name}' for name in Row._fields)} FROM {PLACES}"
    " CROSS JOIN peg ON peg.item = wanted.item AND peg.site = wanted.site"
)
_TOUCH: Final = "INSERT INTO touched(type, a, b) SELECT 'peg', item, site FROM ({}) WHERE true ON CONFLICT DO NOTHING"
_WANTING: Final = "kind IN ('sales_order', 'transfer_order', 'production_order')"
_ANY_DEMAND: Final = (
    f"SELECT EXISTS (SELECT 1 FROM plan_line INDEXED BY plan_line_wanting WHERE to_version IS NULL AND {_WANTING})"
)
"""Whether the plan has any line that something can be pegged to; where it has none, signals cost nothing here."""
_MOVES: Final = "'receipt', 'shipped', 'status'"
"""Kinds of signals about a line that change what is on hand, or what is still open."""


def _readings(signals: str) -> str:
    """SQL for the places of stock readings; one changes what is pegged only where something is."""
    return (
        f"SELECT DISTINCT said.item, said.site FROM {signals} AND said.order_ref IS NULL AND said.kind = 'stock'"
        " AND EXISTS (SELECT 1 FROM peg WHERE peg.item = said.item AND peg.site = said.site)"
    )


def _said(signals: str) -> str:
    """SQL for the references that such signals are about, and whether more than a departure is said of them."""
    return (
        f"SELECT said.order_ref AS ref, max(said.kind <> 'shipped') AS more FROM {signals}"
        f" AND said.order_ref IS NOT NULL AND said.kind IN ({_MOVES}) GROUP BY said.order_ref"
    )


_NEW: Final = "signal AS said NOT INDEXED WHERE said.id >= :first_id"
_NUMBERED: Final = "json_each(:numbers) AS number CROSS JOIN signal AS said ON said.id = number.value WHERE true"
# What a restated row takes back counts no more, wherever it was.
_LEFT_READINGS: Final = f"SELECT DISTINCT former.item, former.site{restated.FORMER} AND former.kind = 'stock'"
_LEFT: Final = (
    f"SELECT former.order_ref AS ref, max(former.kind <> 'shipped') AS more{restated.FORMER}"
    f" AND former.kind IN ({_MOVES}) GROUP BY former.order_ref"
)
_UPSTREAM: Final = (
    "WITH RECURSIVE up(line) AS (SELECT value FROM json_each(?) UNION"
    " SELECT peg.supply FROM up JOIN peg ON peg.demand = up.line WHERE peg.supply > 0)"
    " INSERT INTO touched(type, a) SELECT DISTINCT 'order', line.ref FROM up JOIN plan_line AS line ON line.id = up.line"
    " JOIN deviation ON deviation.subject_id = line.ref AND deviation.subject_type = line.kind"
    f" WHERE deviation.state IN ({QUEUE_SQL}) ON CONFLICT DO NOTHING"
)


def _places_of(references: str) -> str:
    """SQL for the places that lines can be pegged at; `references` selects their `ref`, and `more` than that it left.

    A line that only brings something matters where something is wanted, and there it is no matter that it left
    somewhere.
    """
    lines = f"({references}) AS named CROSS JOIN plan_line AS line ON line.ref = named.ref AND line.to_version IS NULL"
    return (
        f"SELECT line.item AS item, line.site AS site FROM {lines} WHERE line.item IS NOT NULL AND line.site IS NOT NULL"
        " AND (line.kind = 'sales_order'"
        " OR named.more AND EXISTS (SELECT 1 FROM peg WHERE peg.item = line.item AND peg.site = line.site))"
        f" UNION SELECT line.item, line.origin FROM {lines} WHERE line.kind = 'transfer_order'"
        " AND line.item IS NOT NULL AND line.origin IS NOT NULL"
        f" UNION SELECT bom.component, line.site FROM {lines} CROSS JOIN plan_record AS bom"
        " ON bom.parent = line.item AND bom.kind = 'bom' AND bom.to_version IS NULL"
        " WHERE line.kind = 'production_order' AND line.site IS NOT NULL AND named.more"
    )


_BY_SIGNALS: Final = _TOUCH.format(f"{_readings(_NEW)} UNION {_places_of(_said(_NEW))}")
_BY_NUMBERS: Final = _TOUCH.format(f"{_readings(_NUMBERED)} UNION {_places_of(_said(_NUMBERED))}")
_BY_LEFT: Final = _TOUCH.format(f"{_LEFT_READINGS} UNION {_places_of(_LEFT)}")


def touch_signals(connection: sqlite3.Connection, first_id: int, *, restatable: bool) -> None:
    """Touch the places whose pegs the signals from `first_id` on may change; `restatable`: they are a state
    source's."""
    if not connection.execute(_ANY_DEMAND).fetchone()[0]:
        return
    connection.execute(_BY_SIGNALS, {"first_id": first_id})
    if restatable:
        connection.execute(_BY_LEFT, {"first_id": first_id})


def touch_taken_back(connection: sqlite3.Connection, signals: Sequence[int]) -> None:
    """Touch the places whose pegs signals with these ids made, which their source took back."""
    if signals:
        connection.execute(_BY_NUMBERS, {"numbers": as_json(signals)})


def keep(connection: sqlite3.Connection, found: Mapping[Place, Pegged]) -> None:
    """Make the pegs of some places those that were found, writing only what differs.

    The lines with a live deviation from which goods flow into what changed are touched: what they put at risk may have
    changed.
    """
    present = {row[:4]: row for row in connection.execute(_PRESENT, {"places": as_json(found)})}
    new: list[Row] = []
    gone: list[tuple[int, int, str, str]] = []
    for row in chain.from_iterable(pegged.rows for pegged in found.values()):
        former = present.pop(row[:4], None)
        if former != row:
            new.append(row)
            gone += [] if former is None else [row[:4]]
    gone += present
    connection.executemany("DELETE FROM peg WHERE supply = ? AND demand = ? AND item = ? AND site = ?", gone)
    connection.executemany(f"INSERT INTO peg({_COLUMNS}) VALUES ({_MARKS})", sorted(new))
    changed = {supply for supply, *_ in gone} | {row.supply for row in new}
    _touch_upstream(connection, sorted(supply for supply in changed if supply > 0))


def places_with_demand(connection: sqlite3.Connection, places: Sequence[Place]) -> list[Place]:
    """Those of some places that anything can be pegged at, or is."""
    return gather.with_demand(connection, places)


def _touch_upstream(connection: sqlite3.Connection, supplies: Sequence[int]) -> None:
    if (
        supplies
        and connection.execute(f"SELECT EXISTS (SELECT 1 FROM deviation WHERE state IN ({QUEUE_SQL}))").fetchone()[0]
    ):
        connection.execute(_UPSTREAM, (as_json(supplies),))
