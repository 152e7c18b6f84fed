"""What lies under a deviation and what it follows from, as the contract's JSON: each with the sentence that says why.

Who is whose consequence is engine.ranking.roots' answer; here it is put into words for one page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.ranking import roots
from engine.reading import screens
from engine.storage.sqlite import sqlite3

_SHOWN: Final = 200
"""Consequences that are shown one by one; the numbers of all are in `consequences`."""
_FIELDS: Final = (
    "id", "kind", "state", "severity", "subject", "summary", "gap", "value_at_risk", "exposure", "decide_by",
    "party", "owner",
)  # fmt: skip


def of(connection: sqlite3.Connection, now: int, number: int) -> dict[str, Any]:
    """`consequences_detail`, the largest exposure first, and `follows_from`, the direct live roots, the named one first."""
    under = roots.consequences(connection, [number]).get(number, [])
    causes = roots.causes(connection, [number, *under])
    above = [root for root, _ in causes.get(number, ())]
    shown = {shape["id"]: shape for shape in screens.deviation_rows(connection, now, [*under, *above])}
    ranked = sorted((shown[f"D{each}"] for each in under), key=lambda shape: (-_amount(shape), int(shape["id"][1:])))
    said = {f"D{each}": "; ".join(because for _, because in found) for each, found in causes.items()}
    return {
        # One whose root is over follows from it no more: there is nothing to say of why.
        "consequences_detail": [_named(shape, said.get(shape["id"], "")) for shape in ranked[:_SHOWN]],
        "follows_from": [_named(shown[f"D{root}"], because) for root, because in causes.get(number, ())],
    }


def _amount(shape: Mapping[str, Any]) -> float:
    return float(shape["exposure"]["amount"]) if shape["exposure"] else 0.0


def _named(shape: Mapping[str, Any], because: str) -> dict[str, Any]:
    return {**{name: shape[name] for name in _FIELDS}, "because": because}
