"""Findings on the data: what is odd about the plan, what sources said, and what could therefore not be judged.

Nothing of it stops anything: each finding names a place, the fault and its mend, how often it is there and a few
examples. `note` is worth knowing, `warning` asks for attention. What the plan alone decides is looked for when a load
or the settings change it and kept in the table `finding`, so that asking costs nothing; the other findings are counted
where they arise (engine.validation.oddities, engine.judging.unjudged, the quarantine).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from engine.judging import unjudged
from engine.storage.sqlite import sqlite3
from engine.storage.store import set_meta
from engine.validation import oddities, plan_checks
from engine.values.clock import DAY
from engine.vocabulary.check_findings import CheckFinding

_FRESH: Final = 30 * DAY
"""What a source said oddly, and has not said so for this long, is found no more."""


class _Sort(NamedTuple):
    severity: str
    fault: str
    """With what is counted in braces."""
    mend: str


_SORTS: Final[Mapping[str, _Sort]] = {
    "bom_cycle": _Sort(
        "warning",
        "{} in the bill of material, through which no demand can be followed",
        "take one line out of each circle",
    ),
    "lane_time": _Sort(
        "warning",
        "{} without a duration, so no remedy and no departure is timed by it",
        "map duration_days",
    ),
    "overlap": _Sort("warning", "{} beginning before the one before ends, so demand counts twice", "correct until_at"),
    "no_date": _Sort(
        "warning", "{} without a planned date, so nothing tells whether they are late", "map planned_at, or fill it in"
    ),
    "no_quantity": _Sort(
        "warning", "{} without a quantity over zero, and so never short", "correct the quantity, or its sign"
    ),
    "no_value": _Sort(
        "note",
        "{} without a value, and so ranked behind all others",
        "map value, or unit_price and a quantity, or fill them in",
    ),
    "no_currency": _Sort(
        "warning", "{} with a value without a currency, which is taken for the desk's", "map currency"
    ),
    "no_rate": _Sort(
        "warning", "{} in a currency without a rate, and so ranked by the bare number", "add it to [rates]"
    ),
    "unknown_item": _Sort("warning", "{} in lines of the plan, but without an item record", "load their records"),
    "unknown_site": _Sort("warning", "{} in lines of the plan, but without a site record", "load their records"),
    "unknown_party": _Sort("warning", "{} in lines of the plan, but without a party record", "load their records"),
    "no_owner": _Sort(
        "note", "{} without an owner, so steps go to the fallback or the desk lead", "give an owner the function"
    ),
    "two_plans": _Sort(
        "warning",
        "{} left out, since a plan that was loaded under another name has them",
        "load both files with one --scope, or remove the older plan first",
    ),
    unjudged.UNIT: _Sort(
        "warning",
        "{} not compared in full, since units do not convert",
        "give the items their packs in `units`, or correct the unit in the mapping",
    ),
}
_NOUNS: Final[Mapping[str, tuple[str, str]]] = {
    "bom_cycle": ("circle", "circles"),
    "lane_time": ("lane", "lanes"),
    "overlap": ("forecast bucket", "forecast buckets"),
    "unknown_item": ("item", "items"),
    "unknown_site": ("site", "sites"),
    "unknown_party": ("party", "parties"),
    "no_owner": ("function", "functions"),
    "two_plans": ("record", "records"),
    unjudged.UNIT: ("subject", "subjects"),
}
"""What is counted, one and many; open lines else."""


def refresh(connection: sqlite3.Connection, changed: Collection[str]) -> None:
    """Look again for what a change of some plan kinds, or of plan_checks.SETTINGS, can have made odd or mended."""
    again = plan_checks.sorts(changed)
    connection.executemany("DELETE FROM finding WHERE sort = ?", [(sort,) for sort in again])
    connection.executemany(
        "INSERT INTO finding(sort, place, count, examples) VALUES (?, ?, ?, ?)",
        [
            (each.sort, each.place, each.number, json.dumps(list(each.examples), ensure_ascii=False))
            for each in plan_checks.odd(connection, changed)
        ],
    )
    first_at = connection.execute("SELECT min(planned_at) FROM plan_line WHERE to_version IS NULL").fetchone()[0]
    set_meta(connection, oddities.PLAN_FIRST_AT, json.dumps(first_at))


def of(connection: sqlite3.Connection, now: int) -> Iterator[CheckFinding]:
    """Every finding on the data at the desk's instant `now`."""
    for sort, place, count, examples in connection.execute(
        "SELECT sort, place, count, examples FROM finding ORDER BY sort, place"
    ).fetchall():
        yield _finding(sort, place, count, json.loads(examples))
    for place, count, examples in _two_plans(connection):
        yield _finding("two_plans", place, count, examples)
    for reason, count in unjudged.counts(connection).items():
        found = unjudged.examples(connection, reason, plan_checks.EXAMPLES)
        if reason == unjudged.UNIT:
            yield _finding(reason, "units", count, found)
        else:
            yield _failed(reason, count, found)
    for odd in oddities.of(connection, since=now - _FRESH):
        yield {
            "place": f"source {odd['source']}",
            "fault": odd["fault"],
            "mend": odd["mend"],
            "severity": "warning",
            "count": odd["count"],
            "examples": [odd["example"]],
        }


def count(connection: sqlite3.Connection, now: int) -> int:
    """How many findings ask for attention: what a header shows, without the notes and what is in quarantine anyway."""
    notes = [sort for sort, words in _SORTS.items() if words.severity == "note"]
    marks = ", ".join("?" * len(notes))
    query = (
        f"SELECT (SELECT count(*) FROM finding WHERE sort NOT IN ({marks}))"
        " + (SELECT count(DISTINCT reason) FROM unjudged) + (SELECT count(*) FROM oddity WHERE last_at >= ?)"
    )
    return int(connection.execute(query, (*notes, now - _FRESH)).fetchone()[0])


def _finding(sort: str, place: str, number: int, examples: Sequence[str]) -> CheckFinding:
    words = _SORTS[sort]
    one, many = _NOUNS.get(sort, ("open line", "open lines"))
    return {
        "place": place,
        "fault": words.fault.format(f"{number} {one if number == 1 else many}"),
        "mend": words.mend,
        "severity": words.severity,
        "count": number,
        "examples": list(examples),
    }


def _failed(kind: str, number: int, examples: Sequence[str]) -> CheckFinding:
    return {
        "place": f"deviation kind {kind}",
        "fault": f"judging {number} {'subject' if number == 1 else 'subjects'} failed; everything else was judged",
        "mend": "correct what the examples name, and report the fault if nothing in the data explains it",
        "severity": "error",
        "count": number,
        "examples": list(examples),
    }


def _two_plans(connection: sqlite3.Connection) -> Iterator[tuple[str, int, list[str]]]:
    """Held records that another plan owns, by the plan that they came with."""
    held: dict[str, list[str]] = {}
    query = (
        "SELECT source, reason FROM quarantine WHERE state = 'held' AND source >= 'plan:' AND source < 'plan;'"
        " AND reason LIKE '% belongs to the plan loaded as %' ORDER BY source, id"
    )
    for source, reason in connection.execute(query):
        held.setdefault(source, []).append(reason)
    for source, reasons in held.items():
        yield source, len(reasons), reasons[: plan_checks.EXAMPLES]
