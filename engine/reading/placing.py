"""Where a deviation stands in the queue, as figures by which the person at the screen can redo the arithmetic.

    exposure = value at risk × rate × likelihood
    weight   = exposure ÷ 2 ^ (hours to decide ÷ hours that halve it), where its decide-by lies ahead

The order itself, and what decides between two of them, is engine.ranking.queue's; every term with its source is
engine.reading.explain's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.ranking import kept_terms, queue, rank
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.values.clock import HOUR, iso_or_none
from engine.values.money import amount
from engine.vocabulary import settings

GROUPS: Final[Mapping[int, str]] = {rank.AHEAD: "ahead", rank.UNDATED: "undated", rank.PASSED: "passed"}


def of(connection: sqlite3.Connection, now: int, number: int) -> dict[str, Any] | None:
    """The figures of a deviation, or None where there is none of this number; `place` is None outside the queue."""
    found = rows(connection, "SELECT * FROM deviation WHERE id = ?", (number,))
    if not found:
        return None
    row, currency = found[0], settings.current(connection)["currency"]
    place = queue.place(connection, now, row)
    before, after = (None, None) if place is None else queue.neighbours(connection, now, row)
    return {
        **_figures(row, now, currency),
        "place": place,
        "of": queue.size(connection, now),
        "value_at_risk": amount(row["value_minor"], row["currency"]),
        "rate": next((term.value for term in kept_terms.load(row["terms"]) if term.name == "rate"), None),
        "likelihood": row["likelihood"],
        "decide_by": iso_or_none(row["decide_by"]),
        "halving_hours": rank.HALVING / HOUR,
        "before": None if before is None else _figures(before, now, currency),
        "after": None if after is None else _figures(after, now, currency),
    }


def _figures(row: Mapping[str, Any], now: int, currency: str) -> dict[str, Any]:
    decide_by = row["decide_by"]
    group = rank.group(decide_by, now)
    ahead = group == rank.AHEAD
    return {
        "id": f"D{row['id']}",
        "group": GROUPS[group],
        "exposure": amount(row["exposure_minor"], currency) if row["value_minor"] is not None else None,
        "hours": rank.hours_left(decide_by, now) if decide_by is not None else None,
        "weight": amount(round(rank.weight(row["exposure_minor"], decide_by, now)), currency) if ahead else None,
    }
