"""Terms and journal entries as the command contract's JSON, which every room above shows: names as in docs/commands.md,
times ISO 8601 with Z."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from engine.values.clock import iso
from engine.vocabulary.model import Term

_INSTANTS: Final = ("need_at", "decide_by", "snoozed_until", "clear_since", "waiting_until", "until", "raised_at")
_DOCUMENTS: Final = ("planned", "observed", "gap", "answers")


def entry(row: Mapping[str, Any]) -> dict[str, Any]:
    """A journal entry as engine.storage.journal.entries gives it."""
    return {
        "seq": row["seq"],
        "txn": row["txn"],
        "at": iso(row["at"]),
        "actor": row["actor"],
        "origin": json.loads(row["origin"]) if row["origin"].startswith("{") else row["origin"],
        "action": row["action"],
        "subject": {"type": row["subject_type"], "id": row["subject_id"]},
        "reason": row["reason"],
        "before": readable(row["before"]),
        "after": readable(row["after"]),
    }


def term(value: Term) -> dict[str, Any]:
    """One line of an explanation."""
    return {"name": value.name, "value": value.value, "unit": value.unit, "source": value.source}


def readable(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Some columns of a row, as a journal entry has them: instants as ISO text, another deviation by its id,
    documents open."""
    return {name: _readable(name, value) for name, value in columns.items()}


def _readable(name: str, value: Any) -> Any:
    if name in _DOCUMENTS and isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            # Of a signal that an earlier version took: a list must never fail over one row.
            return value
    if not isinstance(value, int):
        return value
    if name == "merged_into":
        return f"D{value}"
    return iso(value) if name.endswith("_at") or name in _INSTANTS else value
