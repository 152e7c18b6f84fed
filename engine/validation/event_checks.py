"""What makes an event of quality, logistics or production usable: that it says what happened, and to what."""

from __future__ import annotations

import json
from typing import Any, Final

from engine.validation.detail_checks import Fault
from engine.vocabulary.event_words import REPORTS, WORDS
from engine.vocabulary.model import SignalIn

_ABOUT: Final = {
    "quality": "an order_ref, a lot, or an item and a site",
    "logistics": "an order_ref",
    "production": "an order_ref or a resource",
}
"""What an event of each kind can be about."""


def fault(row: SignalIn) -> Fault | None:
    """The first thing that makes an event unusable, or None; details are sound already."""
    said: dict[str, Any] = json.loads(row.detail) if row.detail else {}
    if not row.order_ref and not _names_another(row, said):
        column = {"quality": "lot", "production": "resource"}.get(row.kind, "order_ref")
        return Fault(column, f"it does not say what the {row.kind} event is about", f"map {_ABOUT[row.kind]}")
    words = WORDS[row.kind]
    if row.status and row.status not in words:
        mend = f"map it with `values` to one of {', '.join(words)}, or leave it out and map code"
        return Fault("status", f"{row.status[:80]!r} is no word of {row.kind}", mend)
    if (row.status and row.status not in REPORTS) or said.get("code") is not None:
        return None
    if row.kind != "production":
        return Fault("status", f"a {row.kind} event needs a status or a code", "map status or code")
    missing = [
        name for name, value in (("quantity", row.quantity), ("expected", said.get("expected"))) if value is None
    ]
    if missing:
        reason = f"a report of {row.status or 'output'} needs {' and '.join(missing)}"
        return Fault(missing[0], reason, f"map a column to {missing[0]}, or say with status what happened")
    if said["expected"] <= 0:
        return Fault("expected", f"{said['expected']!r} is nothing to compare with", "give what should have been made")
    return None


def _names_another(row: SignalIn, said: dict[str, Any]) -> bool:
    """Whether it names what its kind can be about besides an order."""
    if row.kind == "production":
        return "resource" in said
    return row.kind == "quality" and ("lot" in said or bool(row.item and row.site))
