"""unmatched: a source names an order, an item or a site that the plan does not have.

One deviation per source and name. Orders are judged only when the plan has order lines at all, items and sites only
when it has such records or lines: a desk without a plan is not wrong. An order that the plan had once is known for
good, since finished orders drop out of exports of open ones. It clears when the plan learns the name.
"""

from __future__ import annotations

from typing import Final

from engine.detect.measures import bounds
from engine.facts.subjects import ReferenceFacts
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "unmatched"
DEFAULTS: Final = {"remedy_days": 0.0, **bounds(1, 1, 1)}
"""An unmatched name has no size (0), so a bound of 0 raises it."""


def judge(facts: ReferenceFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    if facts.known or not facts.signals:
        return None
    return Finding(
        kind=KIND,
        summary=f"{facts.source} names {facts.noun} {facts.name}, which the plan does not have",
        severity=tolerance.severity(0),
        planned={facts.noun: None},
        observed={facts.noun: facts.name},
        gap={facts.noun: facts.name},
        terms=[
            Term(facts.noun, facts.name, "", f"S{facts.signals[0]}"),
            Term("named by", facts.source, "", "source"),
            Term("in the plan", "no", "", "current baseline"),
        ],
        value_minor=None,
        currency=None,
        need_at=None,
        occurred_at=facts.first_at,
        signals=facts.signals,
        item=facts.name if facts.noun == "item" else None,
        site=facts.name if facts.noun == "site" else None,
    )


def wake_at(facts: ReferenceFacts, tolerance: Tolerance, now: int) -> int | None:
    """Time alone changes nothing."""
    return None
