"""Facts of sources: when each last brought anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from engine.facts.subjects import SourceFacts
from engine.gather.cases import Case, Key
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json

_SOURCES: Final = (
    "SELECT source.name, expected_every, coalesce(last_received_at, first_seen_at), last_received_at IS NOT NULL"
    " FROM json_each(?) AS wanted CROSS JOIN source ON source.name = wanted.value"
)


def cases(connection: sqlite3.Connection, names: Sequence[str]) -> Iterator[Case[SourceFacts]]:
    """One case for each source that exists."""
    for name, expected_every, last_at, received in connection.execute(_SOURCES, (as_json(names),)):
        yield Case(Key("source", name), "source", name, SourceFacts(name, expected_every, last_at, bool(received)))
