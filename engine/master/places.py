"""Where the network lies: sites with coordinates and the lanes between two of them, as detection asks for them.

The table `place` is made anew from the master records whenever sites or lanes are loaded, which is seldom; what is
asked of it, which is often, is answered by its boxes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.master.network import records
from engine.storage.sqlite import sqlite3
from engine.values.geography import Box, Point, lane_box, lane_normal

_Row = tuple[str, str, str | None, str | None, float | None, *tuple[float, ...]]
_INSERT: Final = f"INSERT INTO place VALUES ({', '.join('?' * 16)})"


def rebuild(connection: sqlite3.Connection) -> None:
    """Make the table `place` say what the current records of sites and lanes say."""
    located = {
        key: Point(site["latitude"], site["longitude"])
        for key, site in records(connection, "site").items()
        if site.get("latitude") is not None and site.get("longitude") is not None
    }
    connection.execute("DELETE FROM place")
    connection.executemany(_INSERT, (_row("site", key, at, at, None, None, None) for key, at in located.items()))
    if located:
        connection.executemany(_INSERT, _lanes(connection, located))


def _lanes(connection: sqlite3.Connection, located: dict[str, Point]) -> Iterator[_Row]:
    for key, lane in records(connection, "lane").items():
        origin, destination = lane.get("origin"), lane["destination"]
        if origin in located and destination in located:
            yield _row(
                "lane", key, located[origin], located[destination], origin, destination, lane.get("duration_days")
            )


def _row(
    type_: str, key: str, start: Point, end: Point, origin: str | None, destination: str | None, days: float | None
) -> _Row:
    box = Box(*start, *start) if type_ == "site" else lane_box(start, end)
    return (type_, key, origin, destination, days, *start, *end, *box, *lane_normal(start, end))


def site_count(connection: sqlite3.Connection) -> int:
    """How many sites the plan has, with coordinates or without."""
    query = "SELECT count(*) FROM plan_record WHERE kind = 'site' AND to_version IS NULL"
    return int(connection.execute(query).fetchone()[0])
