"""quality: goods are held, recalled, damaged, another than said, or not as specified, and nobody has released them.

It judges the last quality event of a lot, an order line or an item at a site (engine.facts.events), by its word or by a
code of a standard that speaks for quality. The event holds until it is released or taken back by its source, also when
the line has arrived: what is damaged stays so. Its size is the grade of the word, 1 to 4. The value at risk is that of
the quantity that the event names; of a line without such a quantity, that of the whole line.
"""

from __future__ import annotations

from typing import Final

from engine.detect.event_measures import Breach, finding, grade_terms, quantity_gap, with_amount
from engine.detect.measures import bounds
from engine.facts.event_facts import EventFacts
from engine.facts.events import standing
from engine.vocabulary.model import Finding
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "quality"
DEFAULTS: Final = {"remedy_days": 3.0, **bounds(2, 3, 4)}
"""Bounds in grades of event words."""


def judge(facts: EventFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    whole = None if facts.line is None else facts.line.line.quantity
    breaches = [
        Breach(
            event,
            event.grade,
            quantity_gap(event.quantity, whole, event.uom),
            with_amount(event),
            event.quantity,
            1.0,
            grade_terms(event),
        )
        for event in standing(facts.events, KIND)
    ]
    return finding(KIND, facts, breaches, tolerance, resupply=True)


def wake_at(facts: EventFacts, tolerance: Tolerance, now: int) -> int | None:
    """Time alone changes nothing."""
    return None
