"""hazard: a live hazard covers a site, or lies on a lane, that the plan uses while it holds.

A place is in use when an open order line arrives at it, leaves it or is under way on it between the hazard's start and
its end. One deviation for each place: of its hazards the gravest leads, the others are named in its terms, because the
people at a port have one port to protect, whatever threatens it. A hazard over nothing in use is none.

How grave: the standard's word for severity as a grade from 1 to 4 (_GRADES), one less where the word for certainty
makes it less likely than not. How likely: the parameter that has the word's name. A hazard that covers too much to be
believed (engine.intake.hazards) is a deviation of its source instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.detect.measures import bounds
from engine.facts.hazard_facts import Hazard, PlaceFacts, Use
from engine.values.clock import DAY, iso
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.tolerance import Tolerance

KIND: Final = "hazard"
CERTAINTIES: Final = ("observed", "likely", "possible", "unlikely", "unknown")
DEFAULTS: Final = {
    "radius_km": 100.0,
    "live_days": 3.0,
    "ahead_days": 7.0,
    "wide_percent": 25.0,
    "wide_sites": 5.0,
    "observed": 1.0,
    "likely": 0.75,
    "possible": 0.25,
    "unlikely": 0.05,
    "unknown": 0.5,
    "remedy_days": 1.0,
    **bounds(2, 3, 4),
}
"""`radius_km` around a point that states none, `live_days` of a hazard that states no end, `ahead_days` from which a
coming one is told, `wide_percent` of all sites and `wide_sites` that one has to cover to be disbelieved; the likelihood
of each word of certainty; bounds in grades. The first, second, fourth and fifth hold for a source, not for a place."""

_GRADES: Final = {
    "extreme": 4, "severe": 3, "moderate": 2, "minor": 1, "red": 4, "orange": 3, "yellow": 2, "green": 1
}  # fmt: skip
"""CAP's words, and the colours of GDACS and PAGER; any other word, and none, is 2."""
_UNKNOWN_GRADE: Final = 2
_WIDE_GRADE: Final = 2
_SHOWN: Final = 5
"""Other hazards that are named."""


def judge(facts: PlaceFacts, tolerance: Tolerance, now: int) -> Finding | None:
    """The breach at `now`, or None."""
    present = _present(facts, tolerance, now)
    if facts.type == "source":
        return _wide(facts, present, tolerance) if present else None
    threatened = {each: [use for use in facts.uses if _meet(each, use, tolerance)] for each in present}
    ranked = sorted(
        (each for each in present if threatened[each]),
        key=lambda each: (-_size(each, tolerance), -len(threatened[each]), each.starts_at, each.source, each.message),
    )
    if not ranked:
        return None
    uses = sorted({use for each in ranked for use in threatened[each]}, key=lambda use: (use.until_at, use.ref))
    return _finding(facts, ranked, uses, tolerance, now)


def under(facts: PlaceFacts, tolerance: Tolerance, now: int) -> set[Use]:
    """The lines that use the place while one of its hazards holds."""
    present = _present(facts, tolerance, now)
    return {use for use in facts.uses if any(_meet(each, use, tolerance) for each in present)}


def _present(facts: PlaceFacts, tolerance: Tolerance, now: int) -> list[Hazard]:
    return [each for each in facts.hazards if each.starts_at - _ahead(tolerance) <= now < each.ends_at]


def wake_at(facts: PlaceFacts, tolerance: Tolerance, now: int) -> int | None:
    """When the next hazard comes near enough to be told, begins or is over, or the next line's time has passed."""
    ahead = _ahead(tolerance)
    times = [at for each in facts.hazards for at in (each.starts_at - ahead, each.starts_at, each.ends_at)]
    passed = (use.until_at + 1 for use in facts.uses)
    return min((at for at in (*times, *passed) if at > now), default=None)


def _ahead(tolerance: Tolerance) -> int:
    return int(tolerance["ahead_days"] * DAY)


def _meet(hazard: Hazard, use: Use, tolerance: Tolerance) -> bool:
    """Whether a line uses the place while the hazard holds."""
    ends_at = hazard.ends_at
    if ends_at <= hazard.starts_at:
        # What expires before it begins is a message that will be followed by another: it speaks of a time to come.
        ends_at = hazard.starts_at + int(tolerance["live_days"] * DAY)
    return use.from_at < ends_at and use.until_at >= hazard.starts_at


def _likelihood(hazard: Hazard, tolerance: Tolerance) -> tuple[float, str]:
    """How likely a hazard is, and the parameter that says so."""
    word = hazard.certainty.casefold()
    name = word if word in CERTAINTIES else "unknown"
    return min(1.0, tolerance[name]), name


def _size(hazard: Hazard, tolerance: Tolerance) -> int:
    grade = _GRADES.get(hazard.severity.casefold(), _UNKNOWN_GRADE)
    return max(1, grade - (_likelihood(hazard, tolerance)[0] < 0.5))


def _finding(
    facts: PlaceFacts, ranked: Sequence[Hazard], uses: Sequence[Use], tolerance: Tolerance, now: int
) -> Finding:
    lead, coming = ranked[0], next((use for use in uses if use.until_at >= now), uses[-1])
    likelihood, word = _likelihood(lead, tolerance)
    valued = [use.value_minor for use in uses if use.value_minor is not None]
    value = sum(valued) if valued else None
    others = ranked[1:]
    count = "1 open line" if len(uses) == 1 else f"{len(uses)} open lines"
    more = f" and {len(others)} more" if others else ""
    return Finding(
        kind=KIND,
        summary=f"{lead.name}{_words(lead)}{more}, until {_minute(lead.ends_at)}: {count}",
        severity=tolerance.severity(_size(lead, tolerance)),
        planned={"lines": len(uses), "next": coming.ref, "next_at": iso(coming.until_at)},
        observed=_observed(lead),
        gap={"lines": len(uses), "hazards": len(ranked), "until": iso(lead.ends_at)},
        terms=[
            *_lead_terms(lead, tolerance),
            Term("certainty", lead.certainty or "not stated", "", f"S{lead.signal}"),
            Term("stated likelihood", likelihood, "", tolerance.source(word)),
            Term("grade", _size(lead, tolerance), "of 4", "the word for severity, one less below even odds"),
            *_use_terms(facts, uses, coming, value),
            *[
                Term("also", f"{each.name}{_words(each)}, until {iso(each.ends_at)}", "", f"S{each.signal}")
                for each in others[:_SHOWN]
            ],
            *([Term("and others", len(others) - _SHOWN, "hazards", "")] if len(others) > _SHOWN else []),
        ],
        value_minor=value,
        currency=facts.currency if value is not None else None,
        need_at=coming.until_at,
        occurred_at=lead.starts_at,
        signals=[each.signal for each in ranked],
        site=facts.site,
        likelihood=likelihood,
        resupply=False,
    )


def _wide(facts: PlaceFacts, present: Sequence[Hazard], tolerance: Tolerance) -> Finding:
    lead = max(present, key=lambda each: (each.sites, each.starts_at, each.message))
    return Finding(
        kind=KIND,
        summary=f"{lead.name} covers {lead.sites} of {facts.all_sites} sites: look at the feed",
        severity=tolerance.severity(_WIDE_GRADE),
        planned={"sites": facts.all_sites},
        observed=_observed(lead),
        gap={"sites": lead.sites, "hazards": len(present), "until": iso(lead.ends_at)},
        terms=[
            *_lead_terms(lead, tolerance),
            Term("sites covered", lead.sites, "sites", f"S{lead.signal}, and the coordinates of the sites"),
            Term("sites", facts.all_sites, "sites", "current baseline"),
            Term("believed up to", tolerance["wide_percent"], "percent", tolerance.source("wide_percent")),
            Term("or up to", tolerance["wide_sites"], "sites", tolerance.source("wide_sites")),
        ],
        value_minor=None,
        currency=None,
        need_at=None,
        occurred_at=lead.starts_at,
        signals=[each.signal for each in present],
    )


def _lead_terms(lead: Hazard, tolerance: Tolerance) -> list[Term]:
    source = f"S{lead.signal}"
    ends = source if lead.states_end else f"start + {tolerance.source('live_days')}"
    return [
        Term("hazard", lead.name, "", f"{source}, {lead.word} {lead.message} of {lead.source}"),
        Term("severity stated", lead.severity or "not stated", "", source),
        Term("from", iso(lead.starts_at), "UTC", source),
        Term("until", iso(lead.ends_at), "UTC", ends),
        Term("distance", lead.distance_km, "km", "great circle, from its point or from the edge of its area"),
    ]


def _use_terms(facts: PlaceFacts, uses: Sequence[Use], coming: Use, value: int | None) -> list[Term]:
    last = uses[-1]
    unit = f"{facts.currency or 'no currency'}, minor units"
    terms = [
        Term("open lines in its time", len(uses), "lines", f"order lines that use {facts.type} {facts.id}"),
        Term("the next of them", iso(coming.until_at), "UTC", coming.source),
    ]
    if len(uses) > 1:
        terms.append(Term("the last of them", iso(last.until_at), "UTC", last.source))
    return [*terms, Term("value at risk", value, unit, "open value of these lines" if value is not None else "none is stated")]  # fmt: skip


def _observed(lead: Hazard) -> dict[str, str | float]:
    said = {"hazard": lead.name, "severity": lead.severity, "certainty": lead.certainty, "urgency": lead.urgency}
    known: dict[str, str | float] = {name: word for name, word in said.items() if word}
    return known | {
        "from": iso(lead.starts_at), "until": iso(lead.ends_at), "distance_km": lead.distance_km, "source": lead.source
    }  # fmt: skip


def _words(hazard: Hazard) -> str:
    said = ", ".join(word for word in (hazard.severity, hazard.certainty) if word)
    return f" ({said})" if said else ""


def _minute(instant: int) -> str:
    return iso(instant)[:16].replace("T", " ") + "Z"
