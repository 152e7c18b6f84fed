"""The handover brief: what the next shift has to know, as text, Markdown, HTML or JSON, and as the parts of its
view."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.vocabulary.filters import instants
from tui.terminal import cells
from tui.terminal.cells import Present
from tui.widgets.queue import subject
from tui.widgets.source_list import health
from tui.wiring import opened
from tui.words import documents
from tui.words.documents import Section


def report(args: Namespace) -> int:
    """Print what happened since an instant, and what stands."""
    with opened(args) as desk:
        found = desk.handover(instants(args.since, desk.clock.now(), "--since")[0])
    documents.answer(args, found, f"Handover of {found['standing']['name']}", sections(found))
    return 0


def sections(found: Mapping[str, Any]) -> Iterator[Section]:
    """The brief's parts in the order in which they are told; times are the desk's. Ids stand first in their rows."""
    present = Present(cells.instant(found["now"]), str(found["standing"]["zone"]))
    yield _standing(found, present)
    yield _queue("To decide first", found["first"], "Nothing is off plan.", present)
    yield _queue("Nobody has", found["unowned"], "Everything that stands in the queue has an owner.", present)
    yield _ended(found["ended"])
    yield _queue("Came in", found["opened"], "Nothing new went off plan.", present)
    yield _actions("Overdue", found["overdue"], "No action is overdue.", present)
    until = cells.short_time(cells.instant(found["until"]), present.now, present.zone)
    yield _actions(f"Due until {until}", found["due"], "No action is due.", present)
    yield _actions("Waiting", found["waiting"], "No action waits.", present)
    yield _owners(found)
    yield _remarks(found["remarks"], present)
    yield _blind(found["sources"], present)
    yield _silences(found["silences"], present)


def _standing(found: Mapping[str, Any], present: Present) -> Section:
    state = found["standing"]
    hidden = ", ".join(f"{state['suppressed'][sort]} {sort}" for sort in ("silenced", "folded", "snoozed"))
    past = f"the decide-by of {state['past_decide_by']} has" if state["past_decide_by"] else "no decide-by has"
    stand = "1 deviation stands" if state["open"] == 1 else f"{state['open']} deviations stand"
    sentences = [
        f"{stand} in the queue, {cells.money(state['exposure'])} exposed; {past} passed. Kept out of it: {hidden}.",
        f"Since then {found['opened']['total']} came in and {found['ended']['total']} ended.",
    ]
    return Section(f"Since {cells.both_times(found['since'], present.now, present.zone)}", sentences)


def _counted(title: str, found: Mapping[str, Any]) -> str:
    shown = len(found["items"])
    return f"{title} ({shown} of {found['total']})" if found["total"] > shown else f"{title} ({found['total']})"


def _queue(title: str, found: Mapping[str, Any], nothing: str, present: Present) -> Section:
    rows = [
        [
            row["id"],
            cells.relative(row["decide_by"], present.now),
            cells.exposure(row),
            row["severity"],
            row["kind"],
            subject(row),
            cells.gap(row["gap"]),
            row["state"],
            row["owner"] or "–",
        ]
        for row in found["items"]
    ]
    headings = ["id", "decide by", "exposure", "severity", "what", "subject", "gap", "state", "owner"]
    return Section(_counted(title, found), () if rows else (nothing,), headings, rows)


def _ended(found: Mapping[str, Any]) -> Section:
    rows = [
        [
            row["id"],
            row["state"],
            cells.exposure(row),
            row["kind"],
            subject(row),
            row["owner"] or "–",
            row["reason"] or "",
        ]
        for row in found["items"]
    ]
    headings = ["id", "became", "exposure", "what", "subject", "owner", "why"]
    return Section(_counted("Ended", found), () if rows else ("Nothing ended.",), headings, rows)


def _actions(title: str, found: Mapping[str, Any], nothing: str, present: Present) -> Section:
    rows = [
        [
            row["id"],
            row["owner"],
            cells.both_times(row["due_at"], present.now, present.zone),
            row["state"].replace("_", " "),
            row["deviation"],
            row["title"] + (f": {row['reason']}" if row["reason"] else ""),
        ]
        for row in found["items"]
    ]
    headings = ["id", "owner", "due", "state", "for", "what"]
    return Section(_counted(title, found), () if rows else (nothing,), headings, rows)


def _owners(found: Mapping[str, Any]) -> Section:
    done = {row["owner"]: row for row in found["done"]}
    names = [owner["id"] for owner in found["owners"]]
    load = {owner["id"]: owner for owner in found["owners"]}
    rows = [
        [
            name,
            str(load[name]["load"]) if name in load else "0",
            str(load[name]["overdue"] or "") if name in load else "",
            f"{done[name]['done']}, {done[name]['in_time']} in time" if name in done else "",
        ]
        for name in dict.fromkeys([*names, *done])
    ]
    words = () if rows else ("Nobody has anything to do.",)
    return Section("Who has what", words, ["owner", "open actions", "overdue", "done since"], rows)


def _remarks(found: Sequence[Mapping[str, Any]], present: Present) -> Section:
    rows = [
        [row["about"], cells.short_time(cells.instant(row["at"]), present.now, present.zone), row["actor"], row["text"]]
        for row in found
    ]
    words = () if rows else ("Nobody wrote anything down.",)
    return Section("Written down", words, ["about", "when", "who", "what"], rows)


def _blind(found: Sequence[Mapping[str, Any]], present: Present) -> Section:
    rows = [
        [
            row["name"],
            health(row)[0],
            cells.both_times(row["last_received_at"], present.now, present.zone),
            str(row["held"] or ""),
            row["last_error"] or "",
        ]
        for row in found
    ]
    words = () if rows else ("Every source speaks, and nothing is held.",)
    return Section("Sources to look after", words, ["source", "health", "heard", "held", "last error"], rows)


def _silences(found: Sequence[Mapping[str, Any]], present: Present) -> Section:
    rows = [
        [
            row["id"],
            cells.both_times(row["until_at"], present.now, present.zone),
            " ".join(f"{name}={value}" for name, value in row["matchers"].items()),
            str(row["matched"]),
            row["author"],
            row["reason"],
        ]
        for row in found
    ]
    words = () if rows else ("Nothing is silenced.",)
    return Section("Silences", words, ["id", "until", "what", "hides", "who", "why"], rows)
