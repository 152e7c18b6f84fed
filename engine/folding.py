"""The table `cause`: which live deviations each deviation is a consequence of, so that a queue shows the root of both.

    late_demand                  of each deviation that reaches the customer order
    stockout, below_target       of the deviations of the supply lines without which there would be no window
    overdue, unconfirmed         of late_supply of the same line
    these and short_supply       of quality, logistics and production deviations of the same line

A cause always stands higher in LEVELS than its consequence, so no deviation is its own cause by any way round. What is
written here says only what follows from what; whether a root is live, and hides its consequences, is decided by whoever
reads (engine.suppression). The cause with the largest weight is the one that is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from engine.deviations import Verdict
from engine.gather.cases import as_json
from engine.lifecycle import QUEUE_SQL
from engine.model import SUPPLY_KINDS
from engine.sqlite import sqlite3

LEVELS: Final[Mapping[str, int]] = {
    "quality": 0, "logistics": 0, "production": 0, "late_supply": 1, "short_supply": 1, "overdue": 2, "unconfirmed": 2,
    "stockout": 3, "below_target": 3, "late_demand": 4,
}  # fmt: skip
"""How far from the cause each kind stands; kinds without a level are neither causes nor consequences here."""
_OF_A_LINE: Final[Mapping[str, Sequence[str]]] = {
    "late_supply": ("quality", "logistics", "production"),
    "short_supply": ("quality", "logistics", "production"),
    "overdue": ("quality", "logistics", "production", "late_supply"),
    "unconfirmed": ("quality", "logistics", "production", "late_supply"),
}
"""Kind of a line's deviation to the kinds of the same line that it follows from."""

_ABOUT: Final = (
    "SELECT deviation.id, deviation.kind, subject_type, subject_id, exposure_minor FROM json_each(?) AS wanted"
    f" CROSS JOIN deviation ON deviation.subject_id = wanted.value WHERE state IN ({QUEUE_SQL})"
)
_REACHED: Final = (
    "SELECT consequence.id, root.id, root.kind, root.subject_type || ' ' || root.subject_id, hit.delay, hit.quantity,"
    " coalesce(hit.value_minor, 0) FROM json_each(?) AS wanted CROSS JOIN deviation AS consequence"
    " ON consequence.subject_id = wanted.value AND consequence.subject_type = 'sales_order'"
    " AND consequence.kind = 'late_demand' CROSS JOIN hit ON hit.ref = wanted.value"
    f" JOIN deviation AS root ON root.id = hit.deviation_id WHERE consequence.state IN ({QUEUE_SQL})"
    f" AND root.state IN ({QUEUE_SQL})"
)
_PRESENT: Final = (
    "SELECT deviation_id, root_id, because, weight FROM json_each(?) AS wanted"
    " CROSS JOIN cause ON cause.deviation_id = wanted.value"
)


class Cause(NamedTuple):
    """One row of the table."""

    deviation_id: int
    root_id: int
    because: str
    weight: int


class _About(NamedTuple):
    id: int
    kind: str
    subject_type: str
    subject_id: str
    exposure_minor: int


def fold_lines(connection: sqlite3.Connection, references: Sequence[str]) -> None:
    """Work out what follows from what among the deviations of each supply line."""
    by_line: dict[tuple[str, str], list[_About]] = defaultdict(list)
    for row in _live(connection, references):
        if row.subject_type in SUPPLY_KINDS:
            by_line[row.subject_type, row.subject_id].append(row)
    found: dict[int, list[Cause]] = {}
    for rows in by_line.values():
        for row in rows:
            causes = [cause for cause in rows if cause.kind in _OF_A_LINE.get(row.kind, ())]
            found[row.id] = [
                Cause(row.id, cause.id, f"{cause.kind} of the same line", cause.exposure_minor) for cause in causes
            ]
    keep(connection, found)


def fold_places(connection: sqlite3.Connection, verdicts: Iterable[Verdict]) -> None:
    """Work out which stockouts, and which stock under target, follow from which supply lines."""
    because = {
        verdict.slot: verdict.finding.because if verdict.finding is not None else ()
        for verdict in verdicts
        if verdict.slot[0] in ("stockout", "below_target")
    }
    if not because:
        return
    lines: dict[tuple[str, str], list[_About]] = defaultdict(list)
    for row in _live(connection, sorted({ref for causes in because.values() for _, ref in causes})):
        if row.kind in LEVELS and row.subject_type in SUPPLY_KINDS:
            lines[row.subject_type, row.subject_id].append(row)
    here = {
        (row.kind, row.subject_type, row.subject_id): row
        for row in _live(connection, sorted({slot[2] for slot in because}))
    }
    found: dict[int, list[Cause]] = {}
    for slot, causes in because.items():
        window = here.get(slot)
        if window is None:
            continue
        found[window.id] = [
            Cause(window.id, cause.id, f"without {cause.kind} of {cause.subject_type} {cause.subject_id} stock would last",
                  cause.exposure_minor)
            for line in causes
            for cause in lines.get(line, ())
        ]  # fmt: skip
    keep(connection, found)


def fold_demands(connection: sqlite3.Connection, references: Sequence[str]) -> None:
    """Work out which deviations late customer orders follow from."""
    found: dict[int, list[Cause]] = {row.id: [] for row in _live(connection, references) if row.kind == "late_demand"}
    for number, root, kind, subject, delay, quantity, value in connection.execute(_REACHED, (as_json(references),)):
        what = f"{quantity:g} come late" if delay is not None else f"{quantity:g} do not come"
        found[number].append(Cause(number, root, f"{what} by {kind} of {subject}", value))
    keep(connection, found)


def keep(connection: sqlite3.Connection, found: Mapping[int, Sequence[Cause]]) -> None:
    """Make the causes of some deviations those that were found, writing only what differs."""
    if not found:
        return
    present = {Cause._make(row) for row in connection.execute(_PRESENT, (as_json(found),))}
    wanted = {cause for causes in found.values() for cause in causes}
    connection.executemany(
        "DELETE FROM cause WHERE deviation_id = ? AND root_id = ?", [cause[:2] for cause in present - wanted]
    )
    connection.executemany("INSERT INTO cause VALUES (?, ?, ?, ?)", sorted(wanted - present))


def _live(connection: sqlite3.Connection, subject_ids: Sequence[str]) -> list[_About]:
    return [_About._make(row) for row in connection.execute(_ABOUT, (as_json(subject_ids),))]
