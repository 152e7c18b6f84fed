"""The load of every owner by day as a report: text, Markdown, HTML or JSON."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from tui.terminal import cells
from tui.wiring import opened
from tui.words import documents
from tui.words.documents import Section

MOST_NAMED: Final = 20
"""Actions that a person reads of what an owner has on a day, or has to hand on."""


def report(args: Namespace) -> int:
    """Print what every owner has to do, where it is more than can be done, and who could take it."""
    with opened(args) as desk:
        found = desk.owner_load(args.days)
        name = desk.header()["name"]
    documents.answer(args, found, f"Load of {name}", sections(found))
    return 0


def sections(found: Mapping[str, Any]) -> Iterator[Section]:
    """Who works how much on which day, and what to hand on."""
    owners = found["owners"]
    if not owners:
        yield Section("By owner and day", ["The plan has no owners, and nobody has an open action."])
        return
    days = [cells.named_day(date.fromisoformat(day["day"])) for day in owners[0]["days"]]
    yield Section(
        "By owner and day",
        [
            f"Planned work of the working time that there is, in hours and minutes, by days in {found['zone']}; today only what is left of it."
            " `+` is what cannot be done: work that overlaps, or what is due by the day's end beyond the time until then."
        ],
        ["owner", *days],
        [[_name(owner), *(_day(day) for day in owner["days"])] for owner in owners],
    )
    rows = [
        [_name(owner), each["action"], each["title"], hours(each["minutes"]), _takers(each)]
        for owner in owners
        for each in owner["handovers"][:MOST_NAMED]
    ]
    words = "What would relieve those who have too much, and who has the time." if rows else "Nobody has too much."
    more = sum(len(owner["handovers"]) + owner["further_handovers"] for owner in owners) - len(rows)
    if more:
        words += f" The first {MOST_NAMED} of each; `--json` has {more:,} more."
    yield Section("To hand on", [words], ["owner", "action", "title", "work", "who could take it"], rows)


def hours(minutes: int) -> str:
    """Working time in hours and minutes."""
    whole, rest = divmod(minutes, 60)
    return f"{whole} h {rest} min" if whole and rest else f"{whole} h" if whole or not rest else f"{rest} min"


def _name(owner: Mapping[str, Any]) -> str:
    return str(owner["id"]) if owner["known"] else f"{owner['id']} (not in the plan)"


def _day(day: Mapping[str, Any]) -> str:
    if not (day["planned_minutes"] or day["capacity_minutes"] or day["over_minutes"]):
        return "–"
    over = f" +{_short(day['over_minutes'])}" if day["over_minutes"] else ""
    return f"{_short(day['planned_minutes'])} of {_short(day['capacity_minutes'])}{over}"


def _short(minutes: int) -> str:
    """Working time as 4:45, so that most of a week fits on the smallest screen."""
    return f"{minutes // 60}:{minutes % 60:02}"


def _takers(handover: Mapping[str, Any]) -> str:
    takers = (f"{taker['owner']} ({hours(taker['free_minutes'])} free)" for taker in handover["to"])
    return ", ".join(takers) or "nobody has the time"
