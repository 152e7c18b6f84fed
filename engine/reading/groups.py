"""Deviations by what they have in common: how many, how much exposure, how urgent, for each value of some fields.

What has no value in a field is a group of its own, and never lost among the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from engine.reading import deviation_list, fields
from engine.storage.sqlite import sqlite3
from engine.values.clock import iso_or_none
from engine.values.errors import BadInput
from engine.values.money import amount
from engine.vocabulary import settings
from engine.vocabulary.filters import Field, parse_where
from engine.vocabulary.model import SEVERITIES, Page

_TYPES: Final = ("text", "choice", "flag", "id")
"""Types of fields whose values can be shared."""


def names() -> list[str]:
    """The fields that deviations can be grouped by."""
    return [name for name, field in fields.DEVIATIONS.fields.items() if field.type in _TYPES and name != "id"]


def deviations(
    connection: sqlite3.Connection,
    now: int,
    by: Sequence[str],
    where: Sequence[str],
    *,
    limit: int | None,
    everything: bool,
) -> Page:
    """The groups of what `deviation_list.page` shows, the largest exposure first; `total` counts the groups.

    Each has `group` (field to value, null where there is none), `count`, `exposure` in the desk's currency, `severity`
    (the highest) and `decide_by` (the first). Raises BadInput for a field or a condition that cannot be used.
    """
    chosen = [field(name) for name in dict.fromkeys(by)]
    found = parse_where(where, fields.DEVIATIONS, now)
    scope = "1" if everything else deviation_list.scope_of(found)
    places = range(1, len(chosen) + 1)
    values = ", ".join(f"nullif({each.sql}, '')" for each in chosen)
    severity = " ".join(f"WHEN '{name}' THEN {place}" for place, name in enumerate(SEVERITIES))
    query = (
        f"SELECT {values}, count(*) AS size, sum(exposure_minor) AS exposure, min(decide_by),"
        f" max(CASE severity {severity} END) FROM deviation WHERE {scope} AND {found.sql}"
        f" GROUP BY {', '.join(map(str, places))} ORDER BY exposure DESC, size DESC, {', '.join(map(str, places))}"
    )
    rows = connection.execute(query, {**found.parameters, "now": now}).fetchall()
    currency = settings.current(connection)["currency"]
    shown = rows if limit is None else rows[: max(limit, 0)]
    return Page(now, len(rows), [_shape(list(dict.fromkeys(by)), chosen, row, currency) for row in shown])


def field(name: str) -> Field:
    """A field that deviations can be grouped by. Raises BadInput for any other."""
    found = fields.DEVIATIONS.fields.get(name)
    if found is None or name not in names():
        raise BadInput("group-by", f"{name!r} cannot be grouped by", f"name one of {', '.join(names())}")
    return found


def _shape(by: Sequence[str], chosen: Sequence[Field], row: Sequence[Any], currency: str) -> dict[str, Any]:
    *values, size, exposure, decide_by, severity = row
    return {
        "group": {name: value(each, of) for name, each, of in zip(by, chosen, values, strict=True)},
        "count": size,
        "exposure": amount(exposure, currency),
        "severity": SEVERITIES[severity],
        "decide_by": iso_or_none(decide_by),
    }


def value(of: Field, stored: Any) -> Any:
    """What a group shares as the contract's JSON says it: ids with their letter, flags as flags."""
    if stored is None:
        return None
    if of.type == "id":
        return f"{of.table[0].upper()}{stored}"
    return bool(stored) if of.type == "flag" else stored
