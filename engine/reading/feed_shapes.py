"""What comes in and goes out as the command contract's JSON: signals, what they say, sources, held records,
hand-offs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.values.clock import iso, iso_or_none
from engine.vocabulary.shapes import readable

if TYPE_CHECKING:
    from engine.facts.events import Event


def signal(row: Mapping[str, Any]) -> dict[str, Any]:
    """A signal; its subject is the order it names, else the resource, the lot, the item at a site, else its source."""
    from engine.facts.events import subject_of

    detail = json.loads(row["detail"]) if row["detail"] else {}
    # What proves that a reply is its owner's is nobody else's to see.
    detail.pop("token", None)
    if row["order_ref"] is not None:
        named = (row["order_kind"] or "order", row["order_ref"])
    else:
        named = subject_of(row["kind"], row["item"], row["site"], detail) or ("source", row["source"])
    subject = dict(zip(("type", "id"), named, strict=True))
    return {
        "id": f"S{row['id']}",
        "source": row["source"],
        "source_id": row["source_id"],
        "kind": row["kind"],
        "subject": subject,
        "as_of": iso(row["as_of"]),
        "occurred_at": iso_or_none(row["occurred_at"]),
        "recorded_at": iso_or_none(row["recorded_at"]),
        "received_at": iso(row["received_at"]),
        "item": row["item"],
        "site": row["site"],
        "party": row["party"],
        "order_ref": row["order_ref"],
        "quantity": row["quantity"],
        "uom": row["uom"],
        "eta": iso_or_none(row["eta"]),
        "status": row["status"],
        **readable(detail),
        "payload": json.loads(row["payload"]),
    }


def event(value: Event) -> dict[str, Any]:
    """What a signal says in a word or a code; `kind` is the deviation kind that it speaks for."""
    return {
        "signal": f"S{value.signal}",
        "as_of": iso(value.as_of),
        "verdict": value.verdict or "unknown",
        "kind": value.kind,
        "event": value.word,
        "code": value.code,
        "meaning": value.meaning,
    }


def source(row: Mapping[str, Any]) -> dict[str, Any]:
    """A source and its health; the row also carries `stale`, `health` and `held`, its records in quarantine."""
    every = row["expected_every"]
    return {
        "id": row["name"],
        "name": row["name"],
        "kind": row["kind"],
        "health": row["health"],
        "stale": bool(row["stale"]),
        "expected_every_seconds": None if every is None else every / 1_000_000,
        "first_seen_at": iso(row["first_seen_at"]),
        "last_received_at": iso_or_none(row["last_received_at"]),
        "last_recorded_at": iso_or_none(row["last_recorded_at"]),
        "last_error": row["last_error"],
        "last_error_at": iso_or_none(row["last_error_at"]),
        "next_poll_at": iso_or_none(row["next_poll_at"]),
        "signals": row["signals"],
        "duplicates": row["duplicates"],
        "quarantined": row["quarantined"],
        "held": row["held"],
    }


def quarantined(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record that could not be taken."""
    return {
        "id": f"Q{row['id']}",
        "source": row["source"],
        "file": row["file"],
        "line": row["line"],
        "column": row["column_name"],
        "reason": row["reason"],
        "mend": row["mend"],
        "raw": row["raw"],
        "state": row["state"],
        "received_at": iso(row["received_at"]),
    }


def handoff(row: Mapping[str, Any]) -> dict[str, Any]:
    """A message to an owner; the row also carries `actions`, the numbers of what it is about, as a JSON list."""
    return {
        "id": f"H{row['id']}",
        "channel": row["channel"],
        "owner": row["owner"],
        "response": f"R{row['response_id']}",
        "actions": [f"A{number}" for number in json.loads(row["actions"])],
        "reason": row["reason"],
        "state": row["state"],
        "attempt": row["attempt"],
        "fault": row["fault"],
        "key": row["key"],
        **{name: iso_or_none(row[name]) for name in ("created_at", "begun_at", "ended_at", "next_at")},
        "version": row["version"],
    }
