"""Every line of the plan judged again at once, as far as the sizes of its departures: from what is kept of each line.

It is what a change of tolerances asks, over and over, of a whole plan, so it reads no signals, describes nothing and writes
nothing. That the kept states are the fold of all signals is a law of engine.gather.line_states.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine import detect
from engine.days import Days
from engine.gather import items, line_states
from engine.sqlite import sqlite3
from engine.tolerance import Tolerances


class Breach(NamedTuple):
    """A line that departs from its plan by more than its tolerance."""

    kind: str
    """The deviation kind."""
    subject_type: str
    subject_id: str
    size: float
    """In the unit of the kind's bounds."""


def breaches(connection: sqlite3.Connection, tolerances: Tolerances, days: Days, now: int) -> Iterator[Breach]:
    """Every breach of the measured kinds (engine.detect.MEASURED) at `now`, as of the last judging."""
    classes = items.classes(connection) if tolerances.asks_item_class else {}
    measures = [(each.KIND, each.measure, tolerances.same_for_all(each.KIND)) for each in detect.MEASURED]
    for line in line_states.departing(connection, now):
        state = line.state
        for kind, measure, shared in measures:
            limits = tolerances.of(kind, line.subject(classes)) if shared is None else shared
            found = measure(state, limits, days, now)
            if found is not None:
                yield Breach(kind, line.kind, line.ref, found.size)
