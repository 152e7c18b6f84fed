"""The columns of each list as people see it; the JSON has every field."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from engine.vocabulary.model import Page
from tui.terminal import cells
from tui.words import printing

_MENDING: Final = (
    "mend the mapping and say `offplan quarantine --retry`, or mend the file and `offplan ingest` it:"
    " a record is let go of when it could be taken"
)
Row = Mapping[str, Any]
Reader = Callable[[Row, int, str], str]
Columns = Sequence[tuple[str, Reader]]


def _field(name: str) -> Reader:
    return lambda item, now, zone: cells.any_value(item.get(name))


def _time(name: str) -> Reader:
    def read(item: Row, now: int, zone: str) -> str:
        value = item.get(name)
        return "–" if not value else cells.short_time(cells.instant(value), now, zone)

    return read


def _subject(item: Row, now: int, zone: str) -> str:
    subject = item.get("subject") or {}
    return f"{subject.get('type', '')} {subject.get('id', '')}".strip() or "–"


def _place(item: Row, now: int, zone: str) -> str:
    file = str(item.get("file") or "")
    # Of a file's whole path the end tells most; `show` has all of it.
    parts = [os.path.basename(file) if os.path.isabs(file) else file]
    if item.get("line") is not None:
        parts.append(f"line {item['line']}")
    if item.get("column"):
        parts.append(f"column {item['column']}")
    return ", ".join(part for part in parts if part) or "–"


def _group(item: Row, now: int, zone: str) -> str:
    return ", ".join(
        f"{name} {'(none)' if value is None else cells.any_value(value)}" for name, value in item["group"].items()
    )


COLUMNS: Final[Mapping[str, Columns]] = {
    "groups": (
        ("group", _group),
        ("deviations", _field("count")),
        ("exposure", lambda item, now, zone: cells.money(item["exposure"])),
        ("highest", _field("severity")),
        ("first decide by", _time("decide_by")),
    ),
    "deviations": (
        ("id", _field("id")),
        ("decide by", _time("decide_by")),
        ("exposure", lambda item, now, zone: cells.exposure(item)),
        ("severity", _field("severity")),
        ("kind", _field("kind")),
        ("subject", _subject),
        ("gap", lambda item, now, zone: cells.gap(item.get("gap") or {})),
        ("state", _field("state")),
        ("owner", _field("owner")),
        ("summary", lambda item, now, zone: cells.with_local_times(str(item["summary"]), now, zone)),
    ),
    "signals": (
        ("id", _field("id")),
        ("received", _time("received_at")),
        ("occurred", _time("occurred_at")),
        ("source", _field("source")),
        ("kind", _field("kind")),
        ("subject", _subject),
        ("quantity", lambda item, now, zone: cells.quantity(item.get("quantity"), item.get("uom"))),
        ("eta", _time("eta")),
    ),
    "responses": (
        ("id", _field("id")),
        ("deviation", _field("deviation")),
        ("state", _field("state")),
        ("owner", _field("owner")),
        ("playbook", _field("playbook")),
        ("title", _field("title")),
    ),
    "actions": (
        ("id", _field("id")),
        ("due", _time("due_at")),
        ("late", lambda item, now, zone: "!" if item.get("overdue") else ""),
        ("owner", _field("owner")),
        ("function", _field("function")),
        ("state", _field("state")),
        ("deviation", _field("deviation")),
        ("title", _field("title")),
    ),
    "sources": (
        ("name", _field("name")),
        ("kind", _field("kind")),
        ("health", _field("health")),
        ("last received", _time("last_received_at")),
        ("next poll", _time("next_poll_at")),
        ("signals", _field("signals")),
        ("quarantined", _field("quarantined")),
        ("last error", _field("last_error")),
    ),
    "silences": (
        ("id", _field("id")),
        ("state", _field("state")),
        ("from", _time("from_at")),
        ("until", _time("until_at")),
        ("who", _field("author")),
        ("matches", lambda item, now, zone: str(item.get("matched"))),
        ("what", lambda item, now, zone: " ".join(f"{name}={value}" for name, value in item["matchers"].items())),
        ("why", _field("reason")),
    ),
    "handoffs": (
        ("id", _field("id")),
        ("made", _time("created_at")),
        ("channel", _field("channel")),
        ("owner", _field("owner")),
        ("actions", lambda item, now, zone: ", ".join(item["actions"])),
        ("why", _field("reason")),
        ("state", _field("state")),
        ("tries", _field("attempt")),
        ("next try", _time("next_at")),
        ("fault", _field("fault")),
    ),
    "quarantine": (
        ("id", _field("id")),
        ("source", _field("source")),
        ("place", _place),
        ("state", _field("state")),
        ("reason and mend", lambda item, now, zone: f"{item.get('reason')}; {item.get('mend')}"),
    ),
}


def lines(verb: str, found: Page, zone: str) -> list[str]:
    """One list for a person: a table, and a word on what is not shown."""
    if not found.items:
        return ["nothing is held" if verb == "quarantine" else f"no {verb}"]
    columns = COLUMNS[verb]
    rows = [[str(read(item, found.now, zone)) for _, read in columns] for item in found.items]
    shown = printing.table([title for title, _ in columns], rows)
    if found.total > len(found.items):
        shown.append(f"{len(found.items)} of {found.total}; --limit N or --all shows more")
    if verb == "quarantine" and any(item["state"] == "held" for item in found.items):
        shown.append(_MENDING)
    return shown


def kept_out(counts: Mapping[str, int]) -> list[str]:
    """A word on what is kept out of the queue, with the command that lists each sort; nothing where nothing is."""
    if not counts["total"]:
        return []
    sorts = [
        f"{counts[sort]} {sort} (offplan deviations --where {sort}=true)"
        for sort in ("silenced", "folded", "snoozed")
        if counts[sort]
    ]
    return [f"{counts['total']} more: {', '.join(sorts)}"]
