"""What is odd about a source's records and yet taken: counted by source and sort, with the last example in words.

Odd is what refuses nothing and yet deserves a look, since the source or its mapping means something else than we read.
`offplan check` and `show SOURCE` say it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, Final, NamedTuple

from engine.clock import iso
from engine.model import SignalIn
from engine.signal_checks import Sifted
from engine.sqlite import sqlite3
from engine.text import clean

_EXAMPLE_LIMIT: Final = 300
_BODY: Final = tuple(name for name in SignalIn._fields if name not in ("source_id", "line"))
_PAYLOAD: Final = _BODY.index("payload")
_body_of: Final = itemgetter(*(SignalIn._fields.index(name) for name in _BODY))


class _Sort(NamedTuple):
    one: str
    many: str
    """With the count in braces."""
    mend: str


_SORTS: Final[Mapping[str, _Sort]] = {
    "changed_body": _Sort(
        "1 record came again under its id with another content, and was left out",
        "{} records came again under their ids with another content, and were left out",
        'let the source give a changed event a new id that `corrects` the old one, or read it as identity = "state"',
    ),
}


def note(connection: sqlite3.Connection, now: int, source: str, sort: str, count: int, example: str) -> None:
    """Count `count` records of a source as odd in one of the sorts; `example` says the last one in words."""
    assert sort in _SORTS
    connection.execute(
        "INSERT INTO oddity(source, sort, count, example, last_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT(source, sort)"
        " DO UPDATE SET count = count + excluded.count, example = excluded.example, last_at = excluded.last_at",
        (source, sort, count, clean(example)[:_EXAMPLE_LIMIT], now),
    )


def of(connection: sqlite3.Connection, source: str | None = None) -> list[dict[str, Any]]:
    """Every oddity (of one source): source, sort, count, fault, mend, example, last_at."""
    found = connection.execute(
        "SELECT source, sort, count, example, last_at FROM oddity WHERE source = ?1 OR ?1 IS NULL ORDER BY source, sort",
        (source,),
    ).fetchall()
    return [
        {
            "source": name,
            "sort": sort,
            "count": count,
            "fault": _SORTS[sort].one if count == 1 else _SORTS[sort].many.format(count),
            "mend": _SORTS[sort].mend,
            "example": example,
            "last_at": iso(last_at),
        }
        for name, sort, count, example, last_at in found
    ]


def note_changed(connection: sqlite3.Connection, now: int, source: str, sifted: Sifted, first_id: int) -> None:
    """Count the events of a batch whose id is known (stored before `first_id`, or twice in it) with another content."""
    known: dict[bytes, Sequence[Any]] = {}
    remaining = iter(dict.fromkeys(sifted.digests))
    while chunk := list(islice(remaining, 10_000)):
        marks = ",".join("?" * len(chunk))
        query = f"SELECT dedup_key, {', '.join(_BODY)} FROM signal WHERE dedup_key IN ({marks}) AND id < ?"
        for dedup_key, *body in connection.execute(query, [*map(bytearray, chunk), first_id]):
            known[dedup_key] = body
    count, example = 0, ""
    for signal, digest in zip(sifted.signals, sifted.digests, strict=True):
        body = [None if value == "" else value for value in _body_of(signal)]
        changed = _changed(known.setdefault(digest, body), body)
        if changed:
            count, example = count + 1, f"{signal.source_id}, differing in {', '.join(changed)}"
    if count:
        note(connection, now, source, "changed_body", count, example)


def _changed(before: Sequence[Any], body: Sequence[Any]) -> list[str]:
    """The fields in which two contents differ; a payload written in another order is the same."""
    if before == body:
        return []
    changed = [name for name, was, present in zip(_BODY, before, body, strict=True) if was != present]
    if "payload" in changed and json.loads(before[_PAYLOAD]) == json.loads(body[_PAYLOAD]):
        changed.remove("payload")
    return changed
