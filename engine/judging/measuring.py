"""Every line of the plan judged again at once, as far as the sizes of its departures: from what is kept of each line.

It is what a change of tolerances asks, over and over, of a whole plan, so it reads no signals, describes nothing and
writes nothing. That the kept states are the fold of all signals is a law of engine.gather.line_states.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

from engine import detect
from engine.detect import LineDetector, Measured
from engine.detect.tolerance_rules import Tolerances
from engine.gather import items, line_states
from engine.storage.sqlite import sqlite3
from engine.values.days import Days
from engine.vocabulary.tolerance import Tolerance


class Breach(NamedTuple):
    """A line that departs from its plan by more than its tolerance."""

    kind: str
    """The deviation kind."""
    subject_type: str
    subject_id: str
    size: float
    """In the unit of the kind's bounds."""


# Without the check of its constructor: half the time per breach.
_breach: Final[Callable[[Iterable[Any]], Breach]] = partial(tuple.__new__, Breach)


def breaches(connection: sqlite3.Connection, tolerances: Tolerances, days: Days, now: int) -> Iterator[Breach]:
    """Every breach of the measured kinds (engine.detect.MEASURED) at `now`, as of the last judging."""
    classes = items.classes(connection) if tolerances.asks_item_class else {}
    measures = [(each.KIND, each.measure, tolerances.same_for_all(each.KIND)) for each in detect.MEASURED]
    asked = any(shared is None for _, _, shared in measures)
    for line in line_states.departing(connection, now, subjects=asked):
        state = line.state
        for kind, measure, shared in measures:
            limits = tolerances.of(kind, line.subject(classes)) if shared is None else shared
            found = measure(state, limits, days, now)
            if found is not None:
                yield _breach((kind, line.kind, line.ref, found.size))


def seen_differently(
    connection: sqlite3.Connection,
    former: Tolerances,
    wanted: Tolerances,
    kinds: Collection[str],
    days: Days,
    now: int,
) -> set[str]:
    """References of the lines that two sets of tolerances may judge differently in some of the measured kinds.

    They do where one finds a breach and the other none, or another severity; and, where there is a breach, they may by
    any parameter that is not the kind's own, such as how often it has to be stated.
    """
    classes = items.classes(connection) if former.asks_item_class or wanted.asks_item_class else {}
    detectors = [each for each in detect.MEASURED if each.KIND in kinds]
    found = set()
    for line in line_states.departing(connection, now, subjects=True):
        subject = line.subject(classes)
        for detector in detectors:
            one, other = (tolerances.of(detector.KIND, subject) for tolerances in (former, wanted))
            if one.values == other.values:
                continue
            was, will = (detector.measure(line.state, limits, days, now) for limits in (one, other))
            if (was or will) and (_differs(was, one, will, other) or _more_differs(detector, one, other)):
                found.add(line.ref)
    return found


def _differs(was: Measured | None, one: Tolerance, will: Measured | None, other: Tolerance) -> bool:
    """Whether two measurements of one line are not the same verdict."""
    return was is None or will is None or one.severity(was.size) != other.severity(will.size)


def _more_differs(detector: LineDetector, one: Tolerance, other: Tolerance) -> bool:
    """Whether parameters differ that every kind has, or tolerances that count, whose earlier statements matter too."""
    if one.counts_breaches or other.counts_breaches or one.counts_clears or other.counts_clears:
        return True
    return any(other.values[name] != value for name, value in one.values.items() if name not in detector.DEFAULTS)
