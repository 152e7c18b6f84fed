"""One object with everything that is known of it: its fields, what it rests on, and its history."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.values.clock import iso
from engine.values.errors import Refused
from engine.values.money import amount
from tui.commands import impact_lines, option_lines
from tui.terminal import cells
from tui.wiring import opened
from tui.words import printing

_SECTIONS: Final = (
    "history", "versions", "signals_detail", "events", "actions", "actions_detail", "impact", "pegs", "projection", "explain", "definition",
    "consequences_detail", "follows_from", "options", "handoffs"
)  # fmt: skip
"""Parts that are tables of their own below the fields."""


def show(args: Namespace) -> int:
    """Print one object; a plan line may be given as two words."""
    with opened(args) as desk:
        found = desk.show(" ".join(args.ids))
        zone = str(desk.header()["zone"])
        now = desk.clock.now()
    if args.explain and "explain" not in found:
        raise Refused(f"{' '.join(args.ids)}: only a deviation has an explanation; leave --explain out")
    if args.json:
        printing.document(found)
        return 0
    fields = [(name, _of_field(name, value, now, zone)) for name, value in found.items() if name not in _SECTIONS]
    printing.say(args, *(f"{name:{_width(fields)}}  {value}" for name, value in fields))
    if args.explain:
        printing.say(args, "", "Explanation", *explanation(found["explain"], now, zone))
    for title, lines in (
        ("What it puts at risk", impact_lines.lines(found.get("impact"), now, zone)),
        ("Options", option_lines.lines(found.get("options"), now, zone, sums="step" in found)),
        ("Follows from", _family(found.get("follows_from"), now, zone)),
        ("Consequences", _family(found.get("consequences_detail"), now, zone)),
        ("Pegged to", impact_lines.pegs(found.get("pegs"), found.get("uom"))),
        ("Projected stock", impact_lines.projection(found.get("projection"), found.get("uom"), now, zone)),
        ("Signals", _signals(found, now, zone)),
        ("Events", _events(found, now, zone)),
        ("Actions", _actions(found, now, zone)),
        ("Versions", _versions(found, now, zone)),
        ("Handed off", _handoffs(found, now, zone)),
        ("History", _history(found, now, zone)),
    ):
        if lines:
            printing.say(args, "", title, *lines)
    return 0


def explain(args: Namespace) -> int:
    """Print the terms of a deviation alone: what `show --explain` has among all else."""
    with opened(args) as desk:
        terms = [term._asdict() for term in desk.explain(args.id)]
        zone = str(desk.header()["zone"])
        now = desk.clock.now()
    document = {"now": iso(now), "id": args.id.upper(), "total": len(terms), "items": terms}
    printing.answer(args, document, *explanation(terms, now, zone))
    return 0


def explanation(terms: Sequence[Mapping[str, Any]], now: int, zone: str) -> list[str]:
    """The terms of a deviation's verdict and rank, one a line: name, value, unit, source."""
    rows = []
    for term in terms:
        value, unit = cells.explained(term, now, zone)
        rows.append(
            (
                cells.with_local_times(str(term["name"]), now, zone),
                value,
                unit,
                cells.with_local_times(str(term["source"]), now, zone),
            )
        )
    return printing.table(("term", "value", "unit", "source"), rows)


def _width(fields: list[tuple[str, str]]) -> int:
    return max((len(name) for name, _ in fields), default=0)


def _of_field(name: str, value: Any, now: int, zone: str) -> str:
    if name == "approval" and value:
        return _approval(value)
    # How a held record has to be written is copied as it stands.
    return str(value) if name == "mend" and value else _value(value, now, zone)


def _value(value: Any, now: int, zone: str) -> str:
    if isinstance(value, str) and cells.is_time(value):
        return cells.both_times(value, now, zone)
    if isinstance(value, Mapping) and value.keys() == {"type", "id"}:
        return f"{value['type']} {value['id']}"
    return cells.with_local_times(cells.any_value(value), now, zone) or "–"


def _approval(asked: Mapping[str, Any]) -> str:
    """Who has to approve an action."""
    above = asked.get("amount")
    limit = "" if above is None else f" above {cells.money_in_full(amount(above, asked['currency']))}"
    return f"{asked['owner']} ({asked['role']}){limit}; {asked['because']}"


def _family(found: Sequence[Mapping[str, Any]] | None, now: int, zone: str) -> list[str]:
    rows = [
        (
            str(each["id"]),
            str(each["kind"]),
            str(each["subject"]["id"]),
            cells.exposure(each),
            cells.with_local_times(str(each["summary"]), now, zone),
            str(each["because"]),
        )
        for each in found or ()
    ]
    return printing.table(("id", "kind", "subject", "exposure", "summary", "because"), rows) if rows else []


def _signals(found: Mapping[str, Any], now: int, zone: str) -> list[str]:
    signals = found.get("signals_detail")
    if not signals:
        return []
    rows = [
        (
            str(signal["id"]),
            cells.both_times(signal["occurred_at"] or signal["received_at"], now, zone),
            str(signal["source"]),
            str(signal["kind"]),
            cells.quantity(signal["quantity"], signal["uom"]),
            cells.both_times(signal["eta"], now, zone),
        )
        for signal in signals
    ]
    return printing.table(("id", "when", "source", "kind", "quantity", "eta"), rows)


def _events(found: Mapping[str, Any], now: int, zone: str) -> list[str]:
    events = found.get("events")
    if not events:
        return []
    rows = [
        (
            str(event["signal"]),
            cells.both_times(event["as_of"], now, zone),
            str(event["verdict"]),
            str(event["event"]),
            event["code"] or "",
            str(event["meaning"]),
        )
        for event in events
    ]
    return printing.table(("id", "when", "verdict", "event", "code", "meaning"), rows)


def _actions(found: Mapping[str, Any], now: int, zone: str) -> list[str]:
    # A response names its actions by id, and carries them beside; a deviation carries them at once.
    actions = found.get("actions_detail") or found.get("actions")
    if not actions:
        return []
    rows = [
        (
            str(action["id"]),
            str(action["state"]),
            str(action["owner"]),
            cells.both_times(action["due_at"], now, zone),
            str(action["title"]),
        )
        for action in actions
    ]
    return printing.table(("id", "state", "owner", "due", "title"), rows)


def _handoffs(found: Mapping[str, Any], now: int, zone: str) -> list[str]:
    handoffs = found.get("handoffs")
    if not handoffs:
        return []
    rows = [
        (
            str(each["id"]),
            cells.both_times(each["ended_at"] or each["created_at"], now, zone),
            str(each["channel"]),
            str(each["owner"]),
            str(each["state"]),
            str(each["reason"]),
            each["fault"] or "",
        )
        for each in handoffs
    ]
    return printing.table(("id", "when", "channel", "owner", "state", "why", "fault"), rows)


def _versions(found: Mapping[str, Any], now: int, zone: str) -> list[str]:
    versions = found.get("versions")
    if not versions:
        return []
    rows = [
        (
            str(version["from_version"]),
            "–" if version["to_version"] is None else str(version["to_version"]),
            str(version["status"]),
            cells.both_times(version["planned_at"], now, zone),
            cells.quantity(version["quantity"], version["uom"]),
            cells.any_value(version["value"]),
        )
        for version in versions
    ]
    return printing.table(("from", "to", "status", "planned", "quantity", "value"), rows)


def _history(found: Mapping[str, Any], now: int, zone: str) -> list[str]:
    rows = []
    for entry in found.get("history") or []:
        at = entry["at"] if isinstance(entry["at"], str) else iso(entry["at"])
        changed = ", ".join(
            f"{name} {cells.with_local_times(cells.any_value(value), now, zone)}"
            for name, value in entry["after"].items()
            if name not in ("version", "terms", "limits", "decision", "lines")
        )
        rows.append(
            (
                cells.both_times(at, now, zone),
                str(entry["actor"]),
                str(entry["action"]),
                cells.with_local_times(entry["reason"] or "", now, zone),
                changed,
            )
        )
    return printing.table(("when", "who", "what", "why", "changed"), rows) if rows else []
