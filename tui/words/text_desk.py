"""The desk as text, once: what `offplan` prints where there is no terminal. The same header, queue, feed and
actions."""

from __future__ import annotations

from typing import Any, Final

from engine.desk import Desk
from engine.values.clock import iso
from engine.values.zones import local_time
from tui.terminal import cells
from tui.words import printing

DEVIATIONS: Final = 20
SIGNALS: Final = 10
ACTIONS: Final = 20
"""Rows of each part that are printed; the lists have the rest."""
_KEPT_OUT: Final = ("silenced", "folded", "snoozed")


def document(desk: Desk) -> dict[str, Any]:
    """The desk for a program: the header, and the first rows of each part as the lists have them."""
    return {
        "now": iso(desk.clock.now()),
        "header": desk.header(),
        "deviations": desk.deviation_rows(desk.queue_ids()[:DEVIATIONS]),
        "signals": desk.signal_rows(desk.signal_ids("", SIGNALS)),
        "actions": desk.action_rows()[:ACTIONS],
    }


def lines(desk: Desk) -> list[str]:
    """The desk for a person, line by line."""
    header = desk.header()
    now, zone = desk.clock.now(), str(header["zone"])
    return [
        _header(desk, header, now, zone),
        *_deviations(desk, now, zone),
        *_signals(desk, now, zone),
        *_actions(desk, now, zone),
    ]


def _header(desk: Desk, header: dict[str, Any], now: int, zone: str) -> str:
    parts = [
        f"offplan {header['name']}",
        f"{header['open']} open",
        f"{cells.money(header['exposure'])} exposed",
        f"{header['past_decide_by']} past decide-by",
        f"{header['feeds']} feed{'' if header['feeds'] == 1 else 's'}",
    ]
    parts += [f"{header['suppressed'][sort]} {sort}" for sort in _KEPT_OUT if header["suppressed"][sort]]
    if header["stale"]:
        parts.append(f"{header['stale']} stale {cells.age(header['stale_since'], now)}".rstrip())
    if header["quarantined"]:
        parts.append(f"{header['quarantined']} quarantined")
    if header["findings"]:
        parts.append(f"{header['findings']} finding{'' if header['findings'] == 1 else 's'}")
    return " · ".join([*parts, local_time(now, zone), desk.actor])


def _deviations(desk: Desk, now: int, zone: str) -> list[str]:
    ids = desk.queue_ids()
    title = _title("Deviations, by exposure and time to decide", len(ids), DEVIATIONS)
    if not ids:
        header = desk.header()
        last, hidden = header["last_signal_at"], header["suppressed"]["total"]
        came = "no signal has come yet" if last is None else f"the last signal came {_came(last, now, zone)}"
        said = f"nothing waits for a decision, {hidden} kept out of the queue" if hidden else "nothing is off plan"
        if not header["baseline_version"]:
            said = "nothing can be off plan yet: there is no plan, offplan load FILE --as KIND brings one in"
        return ["", title, f"  {said}; {came}"]
    rows = [
        (
            row["id"],
            cells.relative(row["decide_by"], now) if row["decide_by"] else "–",
            "PASSED" if row["bucket"] == "passed" else "",
            cells.exposure(row),
            row["severity"],
            row["kind"],
            f"{row['subject']['type']} {row['subject']['id']}",
            cells.gap(row["gap"]),
            row["owner"] or "–",
        )
        for row in desk.deviation_rows(ids[:DEVIATIONS])
    ]
    headings = ("id", "decide by", "", "exposure", "severity", "what", "subject", "gap", "owner")
    return ["", title, *_indented(printing.table(headings, rows))]


def _came(last: str | int, now: int, zone: str) -> str:
    return cells.both_times(last if isinstance(last, str) else iso(last), now, zone)


def _signals(desk: Desk, now: int, zone: str) -> list[str]:
    found = desk.signal_rows(desk.signal_ids("", SIGNALS))
    rows = [
        (
            cells.short_time(cells.instant(row["received_at"]), now, zone),
            row["source"],
            row["kind"],
            f"{row['subject']['type']} {row['subject']['id']}" if row["subject"] else "–",
            cells.quantity(row["quantity"], row["uom"]),
            f"eta {cells.short_time(cells.instant(row['eta']), now, zone)}" if row["eta"] else "",
        )
        for row in found
    ]
    if not rows:
        return ["", "Signals", "  none yet"]
    return ["", "Signals, newest first", *_indented(printing.table(("", "", "", "", "", ""), rows)[1:])]


def _actions(desk: Desk, now: int, zone: str) -> list[str]:
    found = desk.action_rows()
    rows = [
        (
            row["owner"],
            row["id"],
            row["state"],
            cells.both_times(row["due_at"], now, zone) + (" !" if row["overdue"] else ""),
            f"{row['title']} ({row['deviation']})",
        )
        for row in found[:ACTIONS]
    ]
    title = _title("Actions, by owner", len(found), ACTIONS)
    if not rows:
        return ["", title, "  none open"]
    return ["", title, *_indented(printing.table(("owner", "id", "state", "due", "what"), rows))]


def _title(text: str, total: int, shown: int) -> str:
    return f"{text} ({shown} of {total})" if total > shown else text


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
