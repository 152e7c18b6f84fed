"""The review of a deviation out of the journal: what happened, who did what when, what was decided knowing what, how
long each stretch took, what it cost, and what stayed open.

Durations are those of engine.reports.response_times for one episode: each stamp against the moment at which the
deviation was noticed, and `detected` itself against the moment at which it occurred. A stamp that is missing has no
length; where nobody said when it was contained, its steps say it (engine.actions.containment).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.actions import containment, handovers
from engine.actions.containment import Contained
from engine.deviations.command_context import describe
from engine.reading import questions
from engine.storage.journal import SYSTEM
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.values.clock import MINUTE, iso, iso_or_none, parse_instant
from engine.values.ids import parse
from engine.values.money import amount
from engine.vocabulary.lifecycle import ACTION_OPEN_STATES, spoken

_STAMPS: Final = (
    ("detected", "opened_at"),
    ("acknowledged", "acknowledged_at"),
    ("decided", "decided_at"),
    ("first_action", "responded_at"),
    ("contained", "contained_at"),
    ("restored", "recovered_at"),
    ("resolved", "resolved_at"),
    ("closed", "closed_at"),
)
"""What a length ends with, and the stamp that says when."""


def of(connection: sqlite3.Connection, now: int, text: str) -> dict[str, Any]:
    """The review of a deviation as JSON. Raises NotFound."""
    reference = parse(text, "deviation")
    shown = questions.show(connection, now, reference.id)
    actions = rows(
        connection, "SELECT * FROM action WHERE deviation_id = ? ORDER BY response_id, position", (reference.number,)
    )
    history = shown["history"]
    left = ("actions", "signals_detail", "history", "explain", "impact", "consequences_detail", "follows_from")
    return {
        "now": iso(now),
        "deviation": {name: value for name, value in shown.items() if name not in left},
        "durations": _durations(shown, _contained(connection, reference.number, shown)),
        "timeline": [_line(entry) for entry in history],
        "known": {"signals": [signal["id"] for signal in shown["signals_detail"]], "terms": shown["explain"]},
        "decisions": [_decision(row) for row in actions if row["decision"] is not None],
        "actions": [_action(row) for row in actions],
        "handovers": _handovers(actions, now),
        "people": _people(history),
        "costs": {"stated": shown["cost"], "actions": _costs(actions)},
        "open": [f"A{row['id']}" for row in actions if row["state"] in ACTION_OPEN_STATES],
    }


def _contained(connection: sqlite3.Connection, number: int, shown: Mapping[str, Any]) -> Contained:
    stated = shown["contained_at"]
    return containment.of(connection, number, None if stated is None else parse_instant(stated, "contained_at"))


def _durations(shown: Mapping[str, Any], contained: Contained) -> list[dict[str, Any]]:
    """Each stretch: name, its end, minutes since it was noticed (`detected`: since it occurred), and of `contained`
    by what."""
    found = []
    for name, stamp in _STAMPS:
        since = shown["occurred_at" if name == "detected" else "opened_at"]
        at = iso_or_none(contained.at) if name == "contained" else shown[stamp]
        length = None if since is None or at is None else _minutes(parse_instant(since, name), parse_instant(at, name))
        found.append({"name": name, "at": at, "minutes": length, "by": contained.by if name == "contained" else None})
    return found


def _minutes(begin: int, end: int) -> int:
    return max(0, end - begin) // MINUTE


def _line(entry: Mapping[str, Any]) -> dict[str, Any]:
    told = {**entry, "subject_type": entry["subject"]["type"], "at": parse_instant(entry["at"], "at")}
    return {
        "at": entry["at"],
        "actor": entry["actor"],
        "subject": entry["subject"]["id"],
        "event": spoken(entry["subject"]["type"], entry["action"]),
        "reason": entry["reason"],
        "words": describe(told),
        "txn": entry["txn"],
    }


def _decision(row: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen, by whom, and what was known of everything that was not: the document that was kept with it."""
    return {"action": f"A{row['id']}", "title": row["title"], **json.loads(row["decision"])}


def _action(row: Mapping[str, Any]) -> dict[str, Any]:
    ended = row["done_at"]
    late = None if ended is None or ended <= row["due_at"] else _minutes(row["due_at"], ended)
    return {
        "id": f"A{row['id']}",
        "response": f"R{row['response_id']}",
        "title": row["title"],
        "function": row["function"],
        "owner": row["owner"],
        "state": row["state"],
        "due_at": iso(row["due_at"]),
        "started_at": iso_or_none(row["started_at"]),
        "done_at": iso_or_none(ended),
        "late_minutes": late,
        "escalations": row["escalation"],
        "approved_by": row["approved_by"],
        "answers": json.loads(row["answers"]),
        "cost": amount(row["cost_minor"], row["cost_currency"]),
        "reason": row["reason"],
    }


def _handovers(actions: Sequence[Mapping[str, Any]], now: int) -> list[dict[str, Any]]:
    of_response: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in actions:
        of_response[row["response_id"]].append(row)
    return [each for found in of_response.values() for each in handovers.of(found, now)]


def _people(history: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Who gave how many commands, the busiest first; what rules and time did is nobody's."""
    given = Counter(actor for actor, _ in {(entry["actor"], entry["txn"]) for entry in history} if actor != SYSTEM)
    return [
        {"who": who, "commands": count} for who, count in sorted(given.items(), key=lambda each: (-each[1], each[0]))
    ]


def _costs(actions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any] | None]:
    """What the actions cost, summed by currency."""
    spent: Counter[str] = Counter()
    for row in actions:
        if row["cost_minor"] is not None:
            spent[row["cost_currency"]] += row["cost_minor"]
    return [amount(minor, currency) for currency, minor in sorted(spent.items())]
