"""The queue's order: what a decision still helps, by exposure that halves with the time that is left; then the rest.

    decide-by = need time − the fastest remedy's duration
    exposure  = value at risk × likelihood, in the desk's currency
    weight    = exposure ÷ 2 ^ ((decide-by − now) ÷ HALVING)

This is the apparent-tardiness-cost rule (Vepsalainen and Morton 1987, "Priority rules for job shops with weighted
tardiness costs", Management Science 33) for jobs of one length. `priority` is its logarithm without `now`, which is the
same for all: so the order of two deviations never changes while time passes, and an index keeps it. In order come

    those whose decide-by lies ahead, the largest weight first
    those without a decide-by, the largest exposure first
    those whose decide-by has passed, in the order in which they stood: no decision in time is left

and of equals the one that opened first (docs/rank.md has why, and the study behind HALVING).

The fastest remedy is, where other supply is what helps, the fastest way that fits: a lane into the site, from the
line's own origin where it has one, else from wherever a lane comes; or what a playbook that answers it can have brought
(an option with its days, engine.ranking.remedies). Where no lane fits, the tolerance's `remedy_days` is a way as well.
Where no other supply helps it is `remedy_days`, and no less than the work that the shortest playbook asks for. A
`remedy_days` that the settings state stands for the playbooks. How likely a prediction comes true is
engine.ranking.outcomes' answer; what is a fact, or has no history, counts as certain.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.values import money
from engine.values.clock import DAY, HOUR, MINUTE, iso
from engine.vocabulary.model import Finding, Term

if TYPE_CHECKING:
    from engine.gather.items import FastestLanes
    from engine.ranking.outcomes import Estimate, History
    from engine.ranking.remedies import StatedRemedies
    from engine.values.rates import Rates
    from engine.vocabulary.planning import Remedy
    from engine.vocabulary.tolerance import Tolerance

BUCKETS: Final = (("passed", 0), ("4h", 4 * HOUR), ("24h", 24 * HOUR), ("3d", 3 * DAY))
"""Words for the time to a decide-by, each with the longest that it holds; the rest is `later`."""

HALVING: Final = 30 * HOUR
"""How much further away a decide-by is that halves the weight of an exposure; `make bench ONLY=rank_halving` chose
it."""

AHEAD, UNDATED, PASSED = range(3)
"""The groups of the queue, in its order."""
GROUPS: Final = ("decide_by > :now", "decide_by IS NULL", "decide_by <= :now")
"""Each group as a condition on the table deviation; `:now` is the present instant."""
GROUP_WORDS: Final = (
    "its decide-by lies ahead",
    "nothing says by when to decide about it",
    "its decide-by has passed",
)
GROUP_SQL: Final = f"CASE WHEN {GROUPS[AHEAD]} THEN {AHEAD} WHEN {GROUPS[UNDATED]} THEN {UNDATED} ELSE {PASSED} END"
"""The group of a row, as a query of the table deviation asks for it."""


def group(decide_by: int | None, now: int) -> int:
    """The group of a decide-by: AHEAD, UNDATED or PASSED."""
    if decide_by is None:
        return UNDATED
    return AHEAD if decide_by > now else PASSED


def priority(exposure_minor: int, decide_by: int | None) -> float:
    """What the queue orders by inside its groups: the binary logarithm of the weight, leaving out what all share."""
    return math.log2(max(exposure_minor, 1)) - (decide_by or 0) / HALVING


def hours_left(decide_by: int, now: int) -> float:
    """Hours to a decide-by, by the minute that a clock shows at `now`; four decimals, as people see them."""
    return round((decide_by - now // MINUTE * MINUTE) / HOUR, 4)


def weight(exposure_minor: int, decide_by: int, now: int) -> float:
    """The exposure, halved for each HALVING that a decide-by lies ahead of now: of `hours_left`, so it can be
    redone."""
    return exposure_minor * math.exp2(-hours_left(decide_by, now) * HOUR / HALVING)


def bucket(decide_by: int | None, now: int) -> str:
    """The bucket of a decide-by: passed, 4h, 24h, 3d or later (also without a decide-by)."""
    if decide_by is not None:
        for name, limit in BUCKETS:
            if decide_by <= now + limit:
                return name
    return "later"


class Assessment(NamedTuple):
    """What a finding's place in the queue goes by, with every term."""

    likelihood: float
    value_minor: int | None
    """Value at risk in minor units of the desk's currency; where no rate is known, of the same number of units."""
    exposure_minor: int
    """Value at risk × likelihood; 0 where no value is known."""
    decide_by: int | None
    terms: tuple[Term, ...]
    changes_at: int | None
    """When time alone makes the likelihood or the rate another one."""


class Ranking:
    """Ranks findings by a desk's rates, lanes, remedies and history."""

    def __init__(self, rates: Rates, lanes: FastestLanes, remedies: StatedRemedies, history: History) -> None:
        self._rates, self._lanes, self._remedies, self._history = rates, lanes, remedies, history

    def look_up(self, slots: Iterable[tuple[str, str, str]]) -> None:
        """Read at once what `assess` needs of all these (deviation kind, subject type, subject id)."""
        self._history.look_up(slots)

    def assess(self, slot: tuple[str, str, str], finding: Finding, tolerance: Tolerance) -> Assessment:
        """Exposure and decide-by of a finding; `slot` is its deviation kind, subject type and subject id."""
        estimate = self._history.estimate(slot, finding)
        value, exposure, terms = self._exposure(finding, estimate)
        decide_by, when = self._decide_by(slot, finding, tolerance)
        rate = None if value is None else self._rates.of(finding.currency)
        changes = (estimate.changes_at, None if rate is None else rate.until)
        changes_at = min((at for at in changes if at is not None), default=None)
        return Assessment(estimate.value, value, exposure, decide_by, (*terms, *when), changes_at)

    @property
    def currency(self) -> str:
        """The desk's, which exposure is in."""
        return self._rates.currency

    def minimum(self, tolerance: Tolerance) -> int:
        """The value at risk under which a departure is not reported, in minor units of the desk's currency."""
        return round(tolerance["minimum_value"] * money.units(self._rates.currency))

    def _exposure(self, finding: Finding, estimate: Estimate) -> tuple[int | None, int, list[Term]]:
        """Value at risk and exposure in the desk's currency."""
        own, coined = self._rates.currency, finding.currency
        unit = f"{own}, minor units"
        terms = list(estimate.terms)
        if finding.value_minor is None:
            return None, 0, [*terms, Term("exposure", 0, unit, "no value is known")]
        value = self._rates.exchanged(finding.value_minor, coined)
        exposure = round(value * estimate.value)
        rate = self._rates.of(coined)
        if rate is None:
            source = f"{self._rates.lack(coined)} × likelihood"
            return value, exposure, [*terms, Term("exposure", exposure, unit, source)]
        source = "value at risk × likelihood"
        if coined != own:
            terms.append(Term("rate", rate.value, f"{own} per {coined}", rate.source))
            source += " × rate"
        return value, exposure, [*terms, Term("exposure", exposure, unit, source)]

    def _decide_by(
        self, slot: tuple[str, str, str], finding: Finding, tolerance: Tolerance
    ) -> tuple[int | None, list[Term]]:
        if finding.need_at is None:
            return None, [Term("decide by", None, "UTC", "nothing says when it is needed")]
        supplied = finding.site is not None and finding.resupply
        days, source = (
            self._of_supply(slot, finding, tolerance) if supplied else self._of_work(slot, finding, tolerance)
        )
        decide_by = finding.need_at - int(days * DAY)
        return decide_by, [
            Term("needed at", iso(finding.need_at), "UTC", "plan date, or start of the window"),
            Term("fastest remedy", days, "days", source),
            Term("decide by", iso(decide_by), "UTC", "needed at − fastest remedy"),
        ]

    def _of_supply(self, slot: tuple[str, str, str], finding: Finding, tolerance: Tolerance) -> tuple[float, str]:
        """Days of the fastest way to other supply, and what says so."""
        lane = self._lanes.between(finding.origin, finding.site or "")
        if lane is None:
            days, source = tolerance["remedy_days"], tolerance.source("remedy_days")
            if finding.origin is not None:
                source += f"; no lane from {finding.origin} to {finding.site} says how long it takes"
        else:
            way = f"{lane.origin} to {finding.site}" if lane.origin else f"from anywhere to {finding.site}"
            days, source = lane.days, f"lane {way}" + (f" by {lane.mode}" if lane.mode else "")
        stated = self._stated(slot, finding, tolerance, supply=True)
        if stated is None or stated.days >= days:
            return days, source
        return stated.days, f"{stated.source}, sooner than {days:g} days: {source}"

    def _of_work(self, slot: tuple[str, str, str], finding: Finding, tolerance: Tolerance) -> tuple[float, str]:
        """Days of a remedy that is work and no other supply, and what says so."""
        days, source = tolerance["remedy_days"], tolerance.source("remedy_days")
        stated = self._stated(slot, finding, tolerance, supply=False)
        if stated is None or stated.days <= days:
            return days, source
        return stated.days, f"{stated.source}, more than {days:g} days: {source}"

    def _stated(
        self, slot: tuple[str, str, str], finding: Finding, tolerance: Tolerance, *, supply: bool
    ) -> Remedy | None:
        """What the playbooks state; nothing where the settings do."""
        if "remedy_days" in tolerance.layers:
            return None
        return self._remedies.fastest(slot, finding.severity, supply=supply)
