"""stale_feed: a source has been silent for longer than `intervals` times the interval in which it is expected.

Silence counts from when anything was last received, also a record that was known already; from when the source was
first seen where nothing ever came. A source without an expected interval is never judged.
"""

from __future__ import annotations

from typing import Final

from engine.detect.measures import bounds
from engine.facts.subjects import SourceFacts
from engine.values.clock import DAY, HOUR, MINUTE, SECOND, iso
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "stale_feed"
DEFAULTS: Final = {"intervals": 2.0, "remedy_days": 0.0, **bounds(4, 12, 48)}
"""`intervals` of silence that pass; bounds in intervals missed."""


def judge(facts: SourceFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    every = facts.expected_every
    if not every or now <= facts.last_at + int(tolerance["intervals"] * every):
        return None
    silent, missed = now - facts.last_at, (now - facts.last_at) // every
    since = "last received" if facts.received else "first seen, nothing received"
    return Finding(
        kind=KIND,
        summary=f"silent for {_span(silent)}, expected every {_span(every)}",
        severity=tolerance.severity(missed),
        planned={"every_seconds": every / SECOND},
        observed={"last_at": iso(facts.last_at)},
        gap={"intervals": float(missed)},
        terms=[
            Term(since, iso(facts.last_at), "UTC", f"source {facts.name}"),
            Term("expected every", every / SECOND, "seconds", f"source {facts.name}"),
            Term("intervals missed", missed, "", "(now − last received) ÷ expected every, whole"),
            Term("tolerance", tolerance["intervals"], "intervals", tolerance.source("intervals")),
        ],
        value_minor=None,
        currency=None,
        need_at=None,
        occurred_at=facts.last_at + every,
        signals=(),
    )


def wake_at(facts: SourceFacts, tolerance: Tolerance, now: int) -> int | None:
    """The first instant at which the silence is too long; after that, when one more interval is missed."""
    every = facts.expected_every
    if not every:
        return None
    limit = facts.last_at + int(tolerance["intervals"] * every)
    return limit + 1 if now <= limit else facts.last_at + ((now - facts.last_at) // every + 1) * every


def _span(length: int) -> str:
    for unit, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if length >= unit:
            return f"{length / unit:.1f}".removesuffix(".0") + f" {word}"
    return f"{length / SECOND:.0f} s"
