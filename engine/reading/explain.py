"""Why a deviation is one and why it stands where it stands: every term, its unit, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.ranking import kept_terms, queue, rank
from engine.reading import item_site
from engine.storage.sqlite import sqlite3
from engine.values.clock import iso
from engine.vocabulary import settings, tolerance
from engine.vocabulary.lifecycle import QUEUE_STATES
from engine.vocabulary.model import Term


def terms(connection: sqlite3.Connection, deviation: Mapping[str, Any], now: int) -> list[Term]:
    """The terms of a deviation's whole row: its last verdict's, its tolerance with the layers, what depends on
    `now`."""
    found = kept_terms.load(deviation["terms"])
    if deviation["limits"] is not None:  # a row of the first release says no layers until it is judged again
        found += tolerance.terms(deviation["kind"], deviation["limits"])
    found += _survival(connection, deviation, now)
    decide_by = deviation["decide_by"]
    found.append(Term("bucket", rank.bucket(decide_by, now), "", f"decide by − now, now is {iso(now)}"))
    found += queue.terms(connection, now, deviation, settings.current(connection)["currency"])
    return found


def _survival(connection: sqlite3.Connection, deviation: Mapping[str, Any], now: int) -> list[Term]:
    """How long the stock lasts that a live supply line is to fill up; stockout says it itself."""
    item, site = deviation["item"], deviation["site"]
    said = deviation["delay"] is not None or deviation["missing"] is not None
    if not said or item is None or site is None or deviation["state"] not in QUEUE_STATES:
        return []
    lasts = item_site.survives(connection, now, item, site)
    return [] if lasts is None else [lasts]
