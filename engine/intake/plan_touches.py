"""What a new version of the plan puts on detection's work list (`touched`): the subjects whose verdict it can
change."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from engine.gather import components
from engine.intake import hazards
from engine.storage.sqlite import sqlite3
from engine.vocabulary.model import ORDER_KINDS, ORDER_SQL

_SPEAKS_OF: Final = {
    "item": ("item", "id"),
    "site": ("site", "id"),
    "party": ("party", "id"),
    "lane": ("site", "destination"),
}
"""Kind of record to the column of a plan line that it says something about, and the field that names it."""

_PEGGED_BY: Final = {
    "item": f"SELECT item, site FROM plan_line WHERE to_version IS NULL AND kind IN ({ORDER_SQL})"
    " AND item IN ({names}) AND site IS NOT NULL UNION SELECT item, origin FROM plan_line WHERE to_version IS NULL"
    " AND kind = 'transfer_order' AND item IN ({names}) AND origin IS NOT NULL",
    "lane": "SELECT DISTINCT item, origin FROM plan_line WHERE to_version IS NULL AND kind = 'transfer_order'"
    " AND item IS NOT NULL AND origin IS NOT NULL AND site IN ({names})",
}
"""Kind of record to the places where its units, or the time on the way, change what is pegged."""


def lines(connection: sqlite3.Connection, kind: str, about: Mapping[str, Sequence[tuple[Any, Any, Any]]]) -> None:
    """Changed lines by key, and the stock that they say something about: item, site and origin as they were and are."""
    if kind in ORDER_KINDS:
        _touch(connection, "order", sorted((key, "") for key in about))
    places: set[tuple[str, str]] = set()
    for item, site, origin in itertools.chain.from_iterable(about.values()):
        if item:
            places.update((item, place) for place in (site, origin) if place)
    if kind == "production_order":
        places.update(components.places_of(connection, sorted(places)))
    _touch(connection, "stock", sorted(places))
    if kind in ORDER_KINDS:
        _touch(connection, "peg", sorted(places))
    else:
        connection.executemany(
            "INSERT INTO stock_point(item, site) VALUES (?, ?) ON CONFLICT DO NOTHING", sorted(places)
        )


def records(connection: sqlite3.Connection, kind: str, version: int) -> None:
    """The lines and the stock that master records changed by `version` speak of."""
    if kind in ("site", "lane"):
        hazards.follow_network(connection)
    if kind == "bom":
        places = components.places_of_change(connection, version)
        _touch(connection, "stock", places)
        _touch(connection, "peg", places)
    if kind not in _SPEAKS_OF:
        return
    column, name = _SPEAKS_OF[kind]
    names = f"SELECT json_extract(data, '$.{name}') FROM plan_record WHERE kind = '{kind}' AND :version IN (from_version, to_version)"
    connection.execute(
        f"INSERT INTO touched(type, a) SELECT DISTINCT 'order', ref FROM plan_line WHERE to_version IS NULL"
        f" AND kind IN ({ORDER_SQL}) AND {column} IN ({names}) ON CONFLICT DO NOTHING",
        {"version": version},
    )
    # What is reached down the pegs is judged by its own item, site and party; and its item values it for the root.
    reached = f"hit CROSS JOIN plan_line AS line ON line.id = hit.line WHERE line.to_version IS NULL AND line.{column} IN ({names})"
    connection.execute(
        f"INSERT INTO touched(type, a) SELECT DISTINCT 'demand', line.ref FROM {reached} ON CONFLICT DO NOTHING",
        {"version": version},
    )
    if kind == "item":
        connection.execute(
            "INSERT INTO touched(type, a) SELECT DISTINCT 'order', subject_id FROM deviation WHERE id IN"
            f" (SELECT hit.deviation_id FROM {reached}) ON CONFLICT DO NOTHING",
            {"version": version},
        )
    if column != "party":
        connection.execute(
            f"INSERT INTO touched(type, a, b) SELECT 'stock', item, site FROM stock_point WHERE {column} IN ({names})"
            " ON CONFLICT DO NOTHING",
            {"version": version},
        )
    if kind in _PEGGED_BY:
        places = connection.execute(_PEGGED_BY[kind].format(names=names), {"version": version}).fetchall()
        if kind == "item":
            # Also what is made of other items: they are counted by the unit of what they become.
            places += components.places_of(connection, places)
        _touch(connection, "peg", places)
        _touch(connection, "stock", places)


def every_reference(connection: sqlite3.Connection) -> None:
    """All orders that signals name: before the plan had orders none could be missing from it, from now on any can."""
    connection.execute(
        "INSERT INTO touched(type, a) SELECT DISTINCT 'order', order_ref FROM signal WHERE order_ref IS NOT NULL"
        " ON CONFLICT DO NOTHING"
    )


def _touch(connection: sqlite3.Connection, kind: str, subjects: Iterable[tuple[str, str]]) -> None:
    connection.executemany(
        "INSERT INTO touched(type, a, b) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        ((kind, first, second) for first, second in subjects),
    )
