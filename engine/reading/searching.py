"""Looking through all signals a piece at a time, the last that came first, so that a screen never waits for a million.

There is no index of words: it would cost every signal at ingest what a person needs a few times a day. A piece is
bounded by the rows that are looked at, not by those that are found.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from engine.reading import fields
from engine.storage.sqlite import sqlite3
from engine.vocabulary.filters import parse_line

# Asked for together, least and largest would be looked for through the whole table.
_SPAN: Final = "SELECT coalesce((SELECT min(id) FROM signal), 1), coalesce((SELECT max(id) FROM signal), 0)"


class Piece(NamedTuple):
    """What a piece of the search found, and where the next one begins."""

    ids: list[int]
    """Numbers of signals, the last that came first."""
    below: int | None
    """The next piece looks at those before this number; None where there are no more."""


def span(connection: sqlite3.Connection) -> range:
    """The numbers of all signals, the last that came first: they are given one after the other and never taken back."""
    first, last = connection.execute(_SPAN).fetchone()
    return range(last, first - 1, -1)


def piece(connection: sqlite3.Connection, now: int, text: str, below: int, rows: int) -> Piece:
    """The signals under a filter text among the `rows` that came last before number `below`. Raises BadInput."""
    found = parse_line(text, fields.SIGNALS, now)
    first, _ = connection.execute(_SPAN).fetchone()
    start = max(first, below - rows)
    query = f"SELECT id FROM signal WHERE id < :below AND id >= :start AND {found.sql} ORDER BY id DESC"
    asked = {**found.parameters, "now": now, "below": below, "start": start}
    ids = [row[0] for row in connection.execute(query, asked)]
    return Piece(ids, start if start > first else None)
