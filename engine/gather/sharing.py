"""What an item at a site has to share out: every peg there, with when it is needed, and every supply, with when it
comes.

A decision about a supply line leaves all others as they are planned; one about the place takes them as they are
announced. What stock serves other than customer orders stays with them, and what the plan does not peg is not shared
out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from engine.flow.impact import ENDLESS, Edge
from engine.flow.overlay import ROOT, Arrival, Need
from engine.flow.pegging import NOTHING, ON_HAND
from engine.gather import downstream
from engine.gather.served import Subject
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.values.clock import DAY
from engine.vocabulary.lifecycle import QUEUE_SQL

_PEGS: Final = (
    "SELECT peg.*, demand.ref AS demand_ref, demand.planned_at AS wanted_at, supply.planned_at AS planned_at,"
    " (SELECT max(deviation.delay) FROM deviation WHERE deviation.subject_id = supply.ref"
    f" AND deviation.subject_type = supply.kind AND deviation.state IN ({QUEUE_SQL})) AS delay"
    " FROM peg JOIN plan_line AS demand ON demand.id = peg.demand LEFT JOIN plan_line AS supply ON supply.id = peg.supply"
    " WHERE peg.item = ? AND peg.site = ? ORDER BY peg.demand, peg.supply"
)


class Shared(NamedTuple):
    """What can be shared out."""

    need: Need
    """All pegs of the place under ROOT; delays and slacks count from `base`."""
    base: int
    names: Mapping[int, str]
    """The references of the demands, by plan_line.id."""


def read(connection: sqlite3.Connection, subject: Subject, now: int) -> Shared | None:
    """What the place of a subject has to share out; None where it is no place, or the subject is one order."""
    if subject.item is None or subject.site is None or (subject.line is None and not subject.whole_place):
        return None
    found = [
        (row, due, at)
        for row in rows(connection, _PEGS, (subject.item, subject.site))
        for due, at in [_times(row, subject, now)]
        if due is not None
    ]
    if not found:
        return None
    comes = [(each.quantity, subject.base + each.delay) for each in subject.need.arrivals if each.delay is not None]
    others: dict[tuple[int, int], float] = defaultdict(float)
    for row, _, at in found:
        if row["supply"] not in (NOTHING, subject.line) and at is not None:
            others[row["supply"], at] += row["quantity"]
    comes = ([] if subject.line is None else comes) + [(quantity, at) for (_, at), quantity in others.items()]
    base = min([now, *(due for _, due, _ in found), *(at for _, at in comes)]) - DAY
    edges = [_edge(row, due - base) for row, due, _ in sorted(found, key=lambda each: (each[1], each[0]["demand"]))]
    network = downstream.read(connection, {edge.demand for edge in edges if not edge.customer})
    quantity = sum(edge.quantity for edge in edges)
    arrivals = [Arrival(each, at - base) for each, at in comes]
    return Shared(
        Need(quantity, {**network, ROOT: edges}, arrivals),
        base,
        {row["demand"]: row["demand_ref"] for row, *_ in found},
    )


def _times(row: Mapping[str, Any], subject: Subject, now: int) -> tuple[int | None, int | None]:
    """Until when the supply of a peg has to be there, None where it is not shared out; and when it is."""
    if row["supply"] == NOTHING:
        return (row["wanted_at"] if subject.whole_place and row["customer"] else None), None
    if row["supply"] == ON_HAND:
        wanted = row["wanted_at"] if row["customer"] else None
        return (None if wanted is None else max(wanted, now)), now
    planned = row["planned_at"]
    if planned is None:
        return None, None
    at = planned + ((row["delay"] or 0) if subject.whole_place else 0)
    # What the plan itself brings too late is in time as far as this decision goes, unless it is about the place.
    undated = row["gap"] is None and row["customer"]
    slack = ENDLESS if undated else row["gap"] or 0
    return planned + (slack if subject.whole_place else max(0, slack)), at


def _edge(row: Mapping[str, Any], slack: int) -> Edge:
    return Edge(
        supply=ROOT, demand=row["demand"], gap=slack, slack=slack, demand_share=row["demand_share"],
        demand_open=row["demand_open"], customer=row["customer"], worth=row["worth"], coined=row["coined"],
        item=row["item"], quantity=row["quantity"],
    )  # fmt: skip
