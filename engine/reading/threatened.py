"""What the exposures of hazards in the queue add up more than once: order lines at several places under hazards.

Every command asks it, with the header, and few desks have two such places at once: what only those need is imported
for them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from engine.ranking.suppression import IN_QUEUE
from engine.storage.sqlite import sqlite3

_AT_RISK: Final = (
    f"FROM deviation WHERE kind = 'hazard' AND subject_type <> 'source' AND value_minor IS NOT NULL AND {IN_QUEUE}"
)
_SEVERAL: Final = (
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM hazard_cover)"
    f" THEN (SELECT count(*) FROM (SELECT 1 {_AT_RISK} LIMIT 2)) > 1 ELSE 0 END"
)
_PLACES: Final = f"SELECT subject_type, subject_id, coalesce(likelihood, 1.0) {_AT_RISK}"


def counted_twice(connection: sqlite3.Connection, now: int) -> int:
    """By how much they do, in minor units of the desk's currency.

    A line is at risk once, however many of its places are: with the largest of what they make of it, which is its open
    value times the likelihood there.
    """
    if not connection.execute(_SEVERAL, {"now": now}).fetchone()[0]:
        return 0
    from engine.detect import hazard, tolerance_rules
    from engine.gather import exposed
    from engine.values.days import Days
    from engine.values.rates import Rates
    from engine.vocabulary import settings

    likely = {(type_, id_): likelihood for type_, id_, likelihood in connection.execute(_PLACES, {"now": now})}
    desk, tolerances = settings.current(connection), tolerance_rules.load(connection)
    days, rates = Days(desk["zone"]), Rates(desk["currency"], desk["rates"], desk["zone"], now)
    exposures = defaultdict[str, list[float]](list)
    for case in exposed.cases(connection, sorted(likely), now, days, rates, shared=True):
        facts = case.facts
        # A line that comes in and leaves again is at one place twice, and at risk there once.
        values = {
            use.source: use.value_minor
            for use in hazard.under(facts, tolerances.of(hazard.KIND, facts.subject()), now)
            if use.value_minor is not None
        }
        for line, value in values.items():
            exposures[line].append(rates.exchanged(value, facts.currency) * likely[facts.type, facts.id])
    return round(sum(sum(found) - max(found) for found in exposures.values()))
