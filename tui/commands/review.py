"""The review of one deviation as a page: text, Markdown, HTML or JSON."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.actions.containment import STEPS
from tui.commands import option_lines
from tui.terminal import cells
from tui.wiring import opened
from tui.words import documents
from tui.words.documents import Section

_STRETCHES: Final = {
    "detected": "noticed, since it occurred",
    "acknowledged": "taken by somebody",
    "decided": "decided",
    "first_action": "first action started",
    "contained": "contained",
    "restored": "over",
    "resolved": "resolved",
    "closed": "closed",
}


def _stretch(duration: Mapping[str, Any]) -> str:
    by = f" (its {duration['by']} ended)" if duration["by"] == STEPS else ""
    return _STRETCHES[duration["name"]] + by


def report(args: Namespace) -> int:
    """Print what happened to a deviation, who did what, what was known, how long it took, what it cost, what is
    open."""
    with opened(args) as desk:
        found = desk.review(args.id)
        zone = str(desk.header()["zone"])
    documents.answer(args, found, title(found), sections(found, zone))
    return 0


def title(found: Mapping[str, Any]) -> str:
    """What the page is about."""
    return f"Review of {found['deviation']['id']}: {found['deviation']['summary']}"


def sections(found: Mapping[str, Any], zone: str) -> Iterator[Section]:
    """The page's parts in their order; times are the desk's."""
    now = cells.instant(found["now"])
    yield _outcome(found)
    yield _durations(found, now, zone)
    yield from _decisions(found, now, zone)
    yield _actions(found, now, zone)
    yield _handovers(found)
    yield _known(found["known"], now, zone)
    yield _timeline(found, now, zone)


def _durations(found: Mapping[str, Any], now: int, zone: str) -> Section:
    return Section(
        "How long it took",
        ["Each since it was noticed, unless said otherwise. What has not happened has no length."],
        ["until it was", "at", "took"],
        [
            [_stretch(each), cells.short_time_of(each["at"], now, zone), cells.length(each["minutes"])]
            for each in found["durations"]
        ],
    )


def _actions(found: Mapping[str, Any], now: int, zone: str) -> Section:
    return Section(
        "Actions",
        [f"Still open: {', '.join(found['open'])}." if found["open"] else "Nothing stayed open."],
        ["id", "action", "function", "owner", "state", "due", "done", "late", "cost", "answers", "reason"],
        [
            [
                *(each[name] for name in ("id", "title", "function", "owner", "state")),
                *(cells.short_time_of(each[name], now, zone) for name in ("due_at", "done_at")),
                cells.length(each["late_minutes"]), cells.money_in_full(each["cost"]),
                cells.with_local_times(cells.any_value(each["answers"]), now, zone) if each["answers"] else "",
                each["reason"] or "",
            ]
            for each in found["actions"]
        ],
    )  # fmt: skip


def _handovers(found: Mapping[str, Any]) -> Section:
    if not found["handovers"]:
        return Section("Hand-overs between functions", ["There was none."])
    return Section(
        "Hand-overs between functions",
        ["How long until it was accepted once it could begin, and from the other's end until it began."],
        ["from", "to", "action", "accepted after", "began after"],
        [
            [
                f"{each['from_function']} ({each['from_owner']})", f"{each['to_function']} ({each['to_owner']})",
                each["action"], cells.length(each["accept_minutes"]),
                cells.length(each["wait_minutes"]) + (", still waiting" if each["open"] else ""),
            ]
            for each in found["handovers"]
        ],
    )  # fmt: skip


def _known(known: Mapping[str, Any], now: int, zone: str) -> Section:
    return Section(
        "What was known",
        [f"It rests on {', '.join(known['signals']) or 'no signal'}."],
        ["term", "value", "unit", "source"],
        [
            [
                cells.with_local_times(str(each["name"]), now, zone),
                *cells.explained(each, now, zone),
                cells.with_local_times(str(each["source"]), now, zone),
            ]
            for each in known["terms"]
        ],
    )


def _timeline(found: Mapping[str, Any], now: int, zone: str) -> Section:
    people = ", ".join(f"{each['who']} ({each['commands']})" for each in found["people"]) or "nobody"
    return Section(
        "Timeline",
        [f"Who acted, and how often: {people}."],
        ["at", "who", "what", "did", "why"],
        [
            [
                cells.short_time_of(each["at"], now, zone), each["actor"], each["subject"], each["event"],
                each["reason"] or "",
            ]
            for each in found["timeline"]
        ],
    )  # fmt: skip


def _outcome(found: Mapping[str, Any]) -> Section:
    deviation = found["deviation"]
    stated, costs = found["costs"]["stated"], found["costs"]["actions"]
    whole = cells.money_in_full(stated) if stated else "not stated"
    spent = ", ".join(map(cells.money_in_full, costs)) or "none stated"
    return Section(
        "What came of it",
        [
            f"{deviation['kind']} of {deviation['subject']['id']}, {deviation['severity']}, owned by"
            f" {deviation['owner'] or 'nobody'}; it is {deviation['state']}.",
            f"Outcome: {deviation['outcome'] or 'not stated'}. Reason: {deviation['reason'] or 'not stated'}.",
            f"At risk when it was last judged: {cells.money_in_full(deviation['value_at_risk'])}. "
            f" Cost stated at its end: {whole}; costs of its actions, added up: {spent}.",
        ],
    )


def _decisions(found: Mapping[str, Any], now: int, zone: str) -> Iterator[Section]:
    """What was chosen and what was known of everything that was not."""
    for each in found["decisions"]:
        yield Section(
            f"Decision {each['action']}: {each['title']}",
            [f"{line}." for line in (each["about"], *option_lines.verdict(each, now, zone))],
            option_lines.HEADINGS,
            [option_lines.row(option, each, now, zone) for option in each["options"]],
        )
