"""What the tests of channels share: a message as the engine makes it, with text that tries to be more than text."""

from __future__ import annotations

import asyncio
from typing import Any

from connectors.outbox.sending import Sender
from engine.handoffs.deliveries import Delivery, Result

NASTY = '=cmd|"/c calc"!A1 <script>alert(1)</script> [x](http://evil) \\, ; *b*'


def action(number: int = 7, **more: Any) -> dict[str, Any]:
    return {
        "id": f"A{number}",
        "change": "new",
        "sequence": 0,
        "uid": f"A{number}-abc@offplan",
        "token": "tok7",
        "title": "Call the supplier",
        "instructions": "Ask for the date.\nWrite it down.",
        "function": "procurement",
        "role": "buyer",
        "state": "ready",
        "start_at": "2026-03-09T08:00:00Z",
        "due_at": "2026-03-09T10:00:00Z",
        "due_because": "two hours after it opened",
        "duration_minutes": 60,
        "mandatory": True,
        "form": [],
        "waits_for": [],
        **more,
    }


def ended(number: int = 8, **more: Any) -> dict[str, Any]:
    return {
        "id": f"A{number}",
        "sequence": 3,
        "uid": f"A{number}-abc@offplan",
        "title": "Book the truck",
        "state": "cancelled",
        "reason": "not needed",
        "start_at": "2026-03-09T08:00:00Z",
        "due_at": "2026-03-09T10:00:00Z",
        **more,
    }


def content(*actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "reason": "first",
        "desk": "eu-desk",
        "zone": "Europe/Berlin",
        "at": "2026-03-09T08:00:00Z",
        "owner": {"id": "ana", "name": "Ana", "email": "ana@example.com"},
        "response": {"id": "R3", "title": "Expedite", "playbook": "expedite"},
        "deviation": {
            "id": "D12",
            "kind": "late_supply",
            "severity": "high",
            "subject": {"type": "purchase_order", "id": "4711/10"},
            "summary": "12 days late",
            "item": "SKU-1",
            "site": "RTM",
            "party": "ACME",
            "need_at": "2026-03-12T08:00:00Z",
            "decide_by": None,
        },
        "actions": list(actions),
        "ended": [],
        **more,
    }


def delivery(said: dict[str, Any] | None = None, *, number: int = 5, owner: str = "ana") -> Delivery:
    return Delivery(number, "key5", owner, 1, content(action()) if said is None else said)


def send(sender: Sender, message: Delivery) -> Result:
    return asyncio.run(sender.send(message))
