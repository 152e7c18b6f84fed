"""Why a deviation is one and why it stands where it stands: every term, its unit, and where it came from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine import rank
from engine.clock import iso
from engine.lifecycle import QUEUE_STATES
from engine.model import Term
from engine.sqlite import sqlite3

_QUEUE: Final = ", ".join(f"'{state}'" for state in QUEUE_STATES)
_PLACE: Final = (
    f"SELECT place FROM (SELECT id, row_number() OVER (ORDER BY {rank.ORDER_SQL}) AS place FROM deviation"
    f" WHERE state IN ({_QUEUE})) WHERE id = :id"
)


def dump(terms: Sequence[Term]) -> str:
    """Terms as the column `deviation.terms` keeps them."""
    return json.dumps([[term.name, term.value, term.unit, term.source] for term in terms], ensure_ascii=False)


def terms(connection: sqlite3.Connection, deviation: Mapping[str, Any], now: int) -> list[Term]:
    """The terms of a deviation's whole row: those of its last verdict, then what depends on `now`."""
    found = [Term(*parts) for parts in json.loads(deviation["terms"])]
    decide_by = deviation["decide_by"]
    found.append(Term("bucket", rank.bucket(decide_by, now), "", f"decide by − now, now is {iso(now)}"))
    row = connection.execute(_PLACE, {"now": now, "id": deviation["id"]}).fetchone()
    if row is not None:
        found.append(Term("place in the queue", row[0], "", "bucket, then exposure, then id"))
    return found
