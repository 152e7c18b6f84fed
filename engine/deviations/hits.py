"""The table `hit`: which customer order lines each deviation reaches, as its last verdict has it.

A row says nothing about whether its deviation is live still; who asks joins with that. Demands whose hits change are
put on the work list, to be judged for late_demand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from engine.ranking.suppression import IN_QUEUE
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.vocabulary.lifecycle import QUEUE_STATES
from engine.vocabulary.model import SUPPLY_KINDS

if TYPE_CHECKING:
    from engine.deviations.value_at_risk import Priced
    from engine.deviations.verdicts import Slot


class Row(NamedTuple):
    """One row of the table."""

    deviation_id: int
    line: int
    ref: str
    delay: int | None
    after: int | None
    quantity: float
    value_minor: int | None
    open_minor: int | None
    supply: int | None


_COLUMNS: Final = ", ".join(Row._fields)
_MARKS: Final = ", ".join("?" * len(Row._fields))
_LATEST: Final = (
    "SELECT deviation.kind, subject_type, subject_id, max(deviation.id) FROM json_each(?) AS wanted"
    " CROSS JOIN deviation ON deviation.subject_id = wanted.value GROUP BY 1, 2, 3"
)
_NAMES: Final = (
    "SELECT line.id, line.ref FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.id = wanted.value"
)
_PRESENT: Final = (
    f"SELECT {', '.join(f'hit.{name}' for name in Row._fields)} FROM json_each(?) AS wanted"
    " CROSS JOIN hit ON hit.deviation_id = wanted.value"
)
_TOUCH_OF: Final = (
    "INSERT INTO touched(type, a) SELECT DISTINCT 'demand', ref FROM hit WHERE deviation_id = ? ON CONFLICT DO NOTHING"
)
# What reaches an order by way of one last supply: late parts wait together, so the largest counts, as do two deviations
# of one line; parts that do not come at all are missing beside each other where they are of one item (of several the
# scarcest decides), unless one of them is that supply itself. A line that only one deviation reaches is counted once,
# so most are passed by.
_TWICE: Final = (
    "WITH reached AS (SELECT hit.line AS line, subject_type || ' ' || subject_id AS subject, max(deviation.item) AS item,"
    " max(hit.open_minor) AS whole,"
    " sum(hit.value_minor * likelihood) AS added, max(hit.value_minor * likelihood) AS largest,"
    " max(iif(hit.delay IS NULL, 0, hit.value_minor * likelihood)) AS late,"
    " max(iif(hit.delay IS NULL, hit.value_minor * likelihood, 0)) AS short,"
    " iif(count(supply) = count(*) AND min(supply) = max(supply), min(supply), NULL) AS supply"
    " FROM (SELECT line FROM hit INDEXED BY hit_line GROUP BY line HAVING count(*) > 1) AS shared"
    " CROSS JOIN hit INDEXED BY hit_line ON hit.line = shared.line CROSS JOIN deviation ON deviation.id = hit.deviation_id"
    f" WHERE {IN_QUEUE} AND hit.value_minor IS NOT NULL GROUP BY hit.line, subject),"
    " parted AS (SELECT reached.*, coalesce(last.kind || ' ' || last.ref = subject, 1) AS own FROM reached"
    " LEFT JOIN plan_line AS last ON short > 0 AND last.id = supply),"
    " of_items AS (SELECT line, coalesce(supply, subject) AS way, sum(added) AS added, max(whole) AS whole,"
    " max(max(late), max(iif(own, largest, 0)), sum(iif(own, 0, short))) AS largest FROM parted GROUP BY line, way, item),"
    " supplied AS (SELECT line, sum(added) AS added, max(whole) AS whole, max(largest) AS largest"
    " FROM of_items GROUP BY line, way),"
    " orders AS (SELECT sum(added) AS added, min(sum(largest), max(whole)) AS at_most FROM supplied GROUP BY line)"
    " SELECT sum(added - at_most) FROM orders"
)
_TOUCH: Final = (
    "INSERT INTO touched(type, a) SELECT 'demand', value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING"
)


def keep(
    connection: sqlite3.Connection, found: Mapping[Slot, Sequence[Priced]], known: Mapping[Slot, Mapping[str, Any]]
) -> None:
    """Make the hits of some deviations those that were found; `known` are the rows that their subjects had before.

    What is in `known` and not in `found` reaches nobody now.
    """
    owners = {row["id"] for slot, row in known.items() if slot[1] in SUPPLY_KINDS}
    wanted: set[Row] = set()
    subjects = {slot[2] for slot, hits in found.items() if hits}
    reached = {priced.hit.line for hits in found.values() for priced in hits}
    names = dict(connection.execute(_NAMES, (as_json(sorted(reached)),)).fetchall()) if reached else {}
    for kind, subject_type, subject_id, number in connection.execute(_LATEST, (as_json(sorted(subjects)),)):
        hits = found.get((kind, subject_type, subject_id))
        if hits:
            owners.add(number)
            wanted.update(_row(number, names[priced.hit.line], priced) for priced in hits)
    if not owners:
        return
    present = {Row._make(row) for row in connection.execute(_PRESENT, (as_json(sorted(owners)),))}
    gone, new = present - wanted, wanted - present
    if not gone and not new:
        return
    connection.executemany("DELETE FROM hit WHERE deviation_id = ? AND line = ?", [row[:2] for row in gone])
    connection.executemany(f"INSERT INTO hit({_COLUMNS}) VALUES ({_MARKS})", sorted(new, key=lambda row: row[:2]))
    connection.execute(_TOUCH, (as_json(sorted({row.ref for row in (*gone, *new)})),))


def touch_of_deviation(connection: sqlite3.Connection, number: int, was: str, now: str) -> None:
    """Put the customer orders that a deviation reaches on the work list, where it begins or ends to be live."""
    if (was in QUEUE_STATES) != (now in QUEUE_STATES):
        connection.execute(_TOUCH_OF, (number,))


def counted_twice(connection: sqlite3.Connection, now: int) -> int:
    """By how much the exposures in the queue add up customer orders more than once, in minor units.

    A customer order is at risk once, whatever and however many deviations reach it: late goods that reach it by way of
    one supply count with the largest of them, missing ones of one item add up there, and all together at most with what
    is open of it.
    """
    return round(connection.execute(_TWICE, {"now": now}).fetchone()[0] or 0.0)


def customers(connection: sqlite3.Connection, number: int) -> list[str]:
    """The customers whose orders a deviation reaches, those with most at risk first."""
    found = connection.execute(
        "SELECT party FROM hit JOIN plan_line AS line ON line.id = hit.line WHERE deviation_id = ? AND party IS NOT NULL"
        " GROUP BY party ORDER BY sum(hit.value_minor) DESC, party",
        (number,),
    )
    return [row[0] for row in found]


def _row(number: int, ref: str, priced: Priced) -> Row:
    hit = priced.hit
    return Row(
        number,
        hit.line,
        ref,
        hit.delay,
        hit.after,
        round(hit.quantity, 6),
        priced.value_minor,
        priced.open_minor,
        hit.supply,
    )
