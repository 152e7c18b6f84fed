"""The table `cause`: which live deviations each deviation is a consequence of, so that a queue shows the root of both.

    late_demand                  of each deviation that reaches the customer order
    stockout, below_target       of the deviations of the supply lines without which there would be no window
    overdue, unconfirmed         of late_supply of the same line
    these and short_supply       of quality, logistics and production deviations of the same line
    late_supply, overdue         of a transfer or production order, of what it is made or taken of, where that comes so
                                 late that it explains all of the order's lateness

A cause always stands higher in LEVELS than its consequence, or is of a line that is planned earlier, so no deviation is
its own cause by any way round. What is written here says only what follows from what; whether a root is live, and hides
its consequences, is decided by whoever reads (engine.ranking.suppression). The cause with the largest weight is the one
that is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from engine.deviations.verdicts import Verdict
from engine.gather import upstream
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.vocabulary.lifecycle import QUEUE_SQL
from engine.vocabulary.model import SUPPLY_KINDS

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

_FED: Final = ("transfer_order", "production_order")
"""Lines that are served by others."""
_LATE_KINDS: Final = ("late_supply", "overdue")
_CONSEQUENCES: Final = (
    "SELECT DISTINCT under.subject_id FROM json_each(?) AS wanted CROSS JOIN deviation ON deviation.subject_id = wanted.value"
    f" CROSS JOIN cause ON cause.root_id = deviation.id JOIN deviation AS under ON under.id = cause.deviation_id"
    f" WHERE under.subject_type IN {_FED!r} AND under.state IN ({QUEUE_SQL})"
)
_LINES: Final = (
    "SELECT DISTINCT line.ref FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.id = wanted.value"
    " CROSS JOIN deviation ON deviation.subject_id = line.ref AND deviation.subject_type = line.kind"
    f" WHERE deviation.state IN ({QUEUE_SQL})"
)
_LATE: Final = (
    "SELECT line.id, deviation.id, deviation.kind, line.kind || ' ' || line.ref, delay, line.planned_at, exposure_minor"
    " FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.{} = wanted.value AND line.to_version IS NULL"
    " CROSS JOIN deviation ON deviation.subject_id = line.ref AND deviation.subject_type = line.kind"
    f" WHERE deviation.state IN ({QUEUE_SQL}) AND deviation.kind IN {_LATE_KINDS!r} AND delay IS NOT NULL"
    " AND line.planned_at IS NOT NULL"
)

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


class _Late(NamedTuple):
    """A live deviation that makes a line late."""

    line: int
    id: int
    kind: str
    subject: str
    delay: int
    planned_at: int
    exposure_minor: int


def fold_lines(connection: sqlite3.Connection, references: Sequence[str], reached: Iterable[int]) -> None:
    """Work out what follows from what among the deviations of supply lines: of each line, and of what feeds it.

    `reached` are the lines (plan_line.id) that these make late; they, and what followed from these before, are asked
    again.
    """
    wanted = {*references, *(ref for (ref,) in connection.execute(_CONSEQUENCES, (as_json(references),)))}
    if reached:
        wanted.update(ref for (ref,) in connection.execute(_LINES, (as_json(reached),)))
    references = sorted(wanted)
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
    for cause in _of_what_feeds(connection, [key for key in by_line if key[0] in _FED]):
        found[cause.deviation_id].append(cause)
    keep(connection, found)


def _of_what_feeds(connection: sqlite3.Connection, fed: Sequence[tuple[str, str]]) -> Iterator[Cause]:
    """The causes, among what feeds them, of late transfer and production orders (kind and reference)."""
    if not fed:
        return
    names = {f"{kind} {ref}" for kind, ref in fed}
    query = _LATE.format("ref")
    asked = [
        late
        for late in map(_Late._make, connection.execute(query, (as_json(sorted({ref for _, ref in fed})),)))
        if late.subject in names
    ]
    feeds = upstream.read(connection, {late.line for late in asked}) if asked else {}
    supplies = sorted({supply for found in feeds.values() for supply, _ in found})
    roots: dict[int, list[_Late]] = defaultdict(list)
    for root in map(_Late._make, connection.execute(_LATE.format("id"), (as_json(supplies),)) if supplies else ()):
        roots[root.line].append(root)
    if not roots:
        return
    for late in asked:
        for line, slack in upstream.slacks(late.line, feeds).items():
            for root in roots.get(line, ()):
                if root.delay - slack >= late.delay and root.planned_at < late.planned_at:
                    what = f"as late as {root.kind} of {root.subject} makes it"
                    yield Cause(late.id, root.id, what, root.exposure_minor)


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
