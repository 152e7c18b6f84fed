"""Actions and responses as the command contract's JSON; what other rows say of them is added by
engine.reading.lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.deviations import timers
from engine.values.clock import iso, iso_or_none
from engine.values.money import amount
from engine.vocabulary.lifecycle import ACTION_OPEN_STATES
from engine.vocabulary.terms import Terms


def action(row: Mapping[str, Any], *, now: int) -> dict[str, Any]:
    """An action, without `jeopardy`, which engine.reading.lists adds; the row also carries its response's
    `playbook` and `response_state`, `offered` (engine.commands.reversing), `undelivered`
    (engine.actions.undelivered) and `deviation_state`. `needs` are steps of the same response."""
    terms = Terms.load(row["terms"])
    is_open = row["state"] in ACTION_OPEN_STATES
    waits_too_long = row["state"] == "waiting" and row["waiting_until"] is not None and row["waiting_until"] < now
    return {
        "id": f"A{row['id']}",
        "response": f"R{row['response_id']}",
        "response_state": row["response_state"],
        "deviation": f"D{row['deviation_id']}",
        "playbook": row["playbook"],
        "step": row["step"],
        "kind": row["kind"],
        "choices": [option["id"] for option in terms.options],
        "chosen": row["chosen"],
        "title": row["title"],
        "instructions": row["instructions"],
        "function": row["function"],
        "role": row["role"],
        "owner": row["owner"],
        "owner_because": row["owner_because"],
        "state": row["state"],
        "needs": json.loads(row["needs"]),
        "start_at": iso(row["start_at"]),
        "home_at": iso_or_none(row["home_at"]),
        "proposed_at": iso_or_none(row["proposed_at"]),
        "proposed_because": row["proposed_because"],
        "stays": row["fixed"] == "stays",
        "due_at": iso(row["due_at"]),
        "due_because": row["due_because"],
        "duration_minutes": row["duration_minutes"],
        "waiting_until": iso_or_none(row["waiting_until"]),
        "started_at": iso_or_none(row["started_at"]),
        "done_at": iso_or_none(row["done_at"]),
        "critical": bool(row["critical"]),
        "overdue": is_open and (row["due_at"] < now or waits_too_long),
        "accept_by": iso_or_none(timers.accept_by(row, terms)),
        "escalations": row["escalation"],
        "approval": json.loads(row["approval"]),
        "approved_by": row["approved_by"],
        "approved_at": iso_or_none(row["approved_at"]),
        "form": list(terms.form),
        "answers": json.loads(row["answers"]),
        "cost": amount(row["cost_minor"], row["cost_currency"]),
        "mandatory": bool(row["mandatory"]),
        "on_fail": row["on_fail"],
        "attempt": row["attempt"],
        "reason": row["reason"],
        "failure": row["failure"],
        "offered": _offered(row),
        "undelivered": None if row["undelivered"] == "none" else row["undelivered"],
        "version": row["version"],
    }


def _offered(row: Mapping[str, Any]) -> dict[str, str] | None:
    """What is offered of an action whose deviation is over, with the command for it; None where nothing is."""
    if row["offered"] == "none":
        return None
    over = f"D{row['deviation_id']} is {row['deviation_state']}"
    because = (
        f"{over}: it may not be needed" if row["offered"] == "cancel" else f"{over}: what it did can be taken back"
    )
    return {
        "what": row["offered"],
        "because": because,
        "command": f"offplan {row['offered']} A{row['id']} --reason ...",
    }


def response(row: Mapping[str, Any]) -> dict[str, Any]:
    """A response; the row also carries `actions`, the numbers of its actions as a JSON list."""
    return {
        "id": f"R{row['id']}",
        "deviation": f"D{row['deviation_id']}",
        "playbook": row["playbook"],
        "playbook_version": row["playbook_version"],
        "title": row["title"],
        "state": row["state"],
        "owner": row["owner"],
        "inputs": json.loads(row["inputs"]),
        "waits_for": None if row["waits_for"] is None else f"R{row['waits_for']}",
        "actions": [f"A{number}" for number in json.loads(row["actions"])],
        "created_at": iso(row["created_at"]),
        "closed_at": iso_or_none(row["closed_at"]),
        "version": row["version"],
    }
