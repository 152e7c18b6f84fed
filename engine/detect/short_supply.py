"""short_supply: less of a supply line is coming, or came, than planned, by more than the tolerance.

The quantity compared is the one that the latest `eta` or `confirmation` with a quantity promises. Once goods came and
both the plan's date and the last announced date are past, it is what was received. Breach: the missing quantity is more
than `quantity` and more than `percent` of the plan. A line without a planned quantity, and quantities in a unit that does
not convert, cannot be compared. Closed and cancelled lines are not watched.
"""

from __future__ import annotations

from typing import Final

from engine.clock import iso_or_none
from engine.detect.measures import bounds, promise_terms, share_of_value, shown, tidy, value_terms
from engine.facts import LineFacts
from engine.model import Finding, Term
from engine.tolerance import Tolerance

KIND: Final = "short_supply"
DEFAULTS: Final = {"quantity": 0.0, "percent": 5.0, "remedy_days": 5.0, **bounds(10, 25, 50)}
"""`quantity` and `percent` of the plan that may be missing; bounds in per cent short."""


def judge(facts: LineFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    line, planned = facts.line, facts.line.quantity
    if not planned or not facts.open or (facts.promised is None and not facts.receipts):
        return None
    settled_at = _settled_at(facts) if facts.receipts else None
    if settled_at is not None and now >= settled_at:
        expected, word, signals = facts.received(), "received", [move.signal for move in facts.receipts]
        said = ", ".join(move.said for move in facts.receipts)
    elif facts.promised is not None and facts.promised_signal is not None:
        # What came in already cannot be taken back by a smaller promise.
        expected, word, signals = max(facts.promised, facts.received()), "promised", [facts.promised_signal]
        said = facts.promised_said
    else:
        return None
    missing = tidy(planned - expected)
    percent = tidy(100 * missing / planned)
    if missing <= max(0.0, tolerance["quantity"]) or percent <= tolerance["percent"]:
        return None
    terms = [
        *promise_terms(facts),
        Term(word, tidy(expected), line.uom or "", said),
        Term("missing", missing, line.uom or "", f"planned quantity − {word}"),
        Term("missing share", percent, "%", "missing ÷ planned quantity × 100"),
        Term("tolerance", tolerance["quantity"], line.uom or "", tolerance.source("quantity")),
        Term("tolerance", tolerance["percent"], "%", tolerance.source("percent")),
        *value_terms(facts, missing / planned, "missing share of one"),
    ]
    return Finding(
        kind=KIND,
        summary=f"{shown(missing)} {line.uom or 'units'} of {shown(planned)} missing ({percent:.0f} %)",
        severity=tolerance.severity(percent),
        planned={"quantity": planned, "uom": line.uom, "at": iso_or_none(line.planned_at)},
        observed={"quantity": tidy(expected), "uom": line.uom, "by": word},
        gap={"quantity": -missing, "uom": line.uom, "percent": -percent},
        terms=terms,
        value_minor=share_of_value(facts, missing / planned),
        currency=line.currency,
        need_at=line.planned_at,
        occurred_at=None,
        signals=signals,
        item=line.item,
        site=line.site,
        party=line.party,
    )


def wake_at(facts: LineFacts, tolerance: Tolerance, now: int) -> int | None:
    """When a partial receipt begins to count as all that came; before that, when the plan's date is past.

    The latter so that no announcement can bring the wake-up forward (engine.gather.quiet relies on it).
    """
    due_end, settled_at = facts.due_end, _settled_at(facts) if facts.receipts and facts.open else None
    if due_end is None or settled_at is None:
        return None
    return next((at for at in (due_end, settled_at) if at > now), None)


def _settled_at(facts: LineFacts) -> int | None:
    """When the plan's date and the announced date (its whole day, where the plan speaks of days) are both past."""
    due_end = facts.due_end
    if facts.eta is None or due_end is None:
        return due_end
    return max(due_end, facts.eta if facts.line.until_at is None else facts.days.later(facts.eta, 1))
