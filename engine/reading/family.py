"""What lies under a deviation and what it follows from, as the contract's JSON: each with the sentence that says why.

Who is whose consequence is engine.ranking.roots' answer; here it is put into words for one page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.ranking import roots
from engine.reading import screens
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json

_SHOWN: Final = 200
"""Consequences that are shown one by one; the numbers of all are in `consequences`."""
_LARGEST: Final = (
    "SELECT deviation.id FROM json_each(?) AS named CROSS JOIN deviation ON deviation.id = named.value"
    " ORDER BY iif(value_minor IS NULL, 0, exposure_minor) DESC, deviation.id LIMIT ?"
)
_FIELDS: Final = (
    "id", "kind", "state", "severity", "subject", "summary", "gap", "value_at_risk", "exposure", "decide_by",
    "party", "owner",
)  # fmt: skip


def of(connection: sqlite3.Connection, now: int, number: int) -> dict[str, Any]:
    """`consequences_detail`, the largest exposure first, and `follows_from`, the direct live roots, the named one
    first."""
    under = roots.consequences(connection, [number]).get(number, [])
    largest = [each for (each,) in connection.execute(_LARGEST, (as_json(under), _SHOWN))]
    causes = roots.causes(connection, [number, *largest])
    above = [root for root, _ in causes.get(number, ())]
    shown = {shape["id"]: shape for shape in screens.deviation_rows(connection, now, [*largest, *above])}
    said = {each: "; ".join(because for _, because in found) for each, found in causes.items()}
    return {
        # One whose root is over follows from it no more: there is nothing to say of why.
        "consequences_detail": [_named(shown[f"D{each}"], said.get(each, "")) for each in largest],
        "follows_from": [_named(shown[f"D{root}"], because) for root, because in causes.get(number, ())],
    }


def _named(shape: Mapping[str, Any], because: str) -> dict[str, Any]:
    return {**{name: shape[name] for name in _FIELDS}, "because": because}
