"""What the detectors of events share: the one that leads among those that stand, their terms, and the value at risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from engine.detect.measures import (
    promise_terms,
    share_of_value,
    shown,
    slip_of_all,
    slip_of_quantity,
    tidy,
    value_terms,
)
from engine.facts.event_facts import EventFacts
from engine.facts.events import Event, watched
from engine.values.clock import iso
from engine.values.units import convert
from engine.vocabulary.model import Finding, Term
from engine.vocabulary.slip import Slip
from engine.vocabulary.tolerance import Tolerance


class Breach(NamedTuple):
    """One event that stands and is a breach."""

    event: Event
    size: float
    """In the unit of the kind's bounds."""
    gap: dict[str, Any]
    summary: str
    affected: float | None
    """How much of the goods, in the event's unit; None: all that the share below says."""
    share: float
    """Of a line, where `affected` is not known."""
    terms: Sequence[Term] = ()


def finding(
    kind: str, facts: EventFacts, breaches: Sequence[Breach], tolerance: Tolerance, *, resupply: bool = False
) -> Finding | None:
    """The finding of all breaches of one subject, led by the largest, of equal ones by the latest; None without any.

    `resupply`: other goods are the remedy, so that the fastest lane says how long it takes; else `remedy_days` does.
    """
    if not breaches:
        return None
    lead = max(reversed(breaches), key=lambda breach: breach.size)
    event, line = lead.event, None if facts.line is None else facts.line.line
    others = [breach.event for breach in breaches if breach is not lead]
    value = _value(facts, lead)
    summary = lead.summary + "".join(f", and {words_of(other)}" for other in others)
    return Finding(
        kind=kind,
        summary=summary,
        severity=tolerance.severity(lead.size),
        planned={} if line is None or line.planned_at is None else {"at": iso(line.planned_at)},
        observed=_observed(event),
        gap=lead.gap,
        terms=[
            *([] if facts.line is None else promise_terms(facts.line)),
            Term(event.word, iso(event.as_of), "UTC", event.source),
            *lead.terms,
            *(Term(f"also {other.word}", iso(other.as_of), "UTC", other.source) for other in others),
            *(
                Term(f"watch: {other.word}", iso(other.as_of), "UTC", other.source)
                for other in watched(facts.events, kind)
            ),
            *value.terms,
        ],
        value_minor=value.minor,
        currency=value.currency,
        need_at=None if line is None else line.planned_at,
        occurred_at=event.as_of if event.occurred_at is None else event.occurred_at,
        signals=[breach.event.signal for breach in breaches],
        item=facts.item,
        site=facts.site,
        party=facts.party,
        origin=None if line is None else line.origin,
        resupply=resupply,
        slip=_slip(facts, lead),
    )


def grade_terms(event: Event) -> list[Term]:
    """How grave an event is by its word."""
    return [Term("grade", event.grade, "of 4", f"event word {event.word}")]


def words_of(event: Event) -> str:
    """An event as a summary says it."""
    return event.word.replace("_", " ")


def with_amount(event: Event) -> str:
    """The same, with the quantity that it is about."""
    return words_of(event) + (
        f" ({shown(event.quantity)} {event.uom or 'units'})" if event.quantity is not None else ""
    )


def goes_on(facts: EventFacts) -> bool:
    """Whether what happens on the way, or at the machine, still matters: the line is open and has not arrived in
    full."""
    return facts.line is None or (facts.line.open and facts.line.state().full_at() is None)


def _observed(event: Event) -> dict[str, Any]:
    said = {
        "event": event.word, "code": event.code, "quantity": event.quantity, "uom": event.uom,
        "expected": event.expected, "limit": event.limit, "lot": event.lot, "resource": event.resource,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


class _Value(NamedTuple):
    minor: int | None
    currency: str | None
    terms: Sequence[Term]


def _value(facts: EventFacts, lead: Breach) -> _Value:
    """The value at risk: a share of the line's, else the affected quantity times what a unit is worth."""
    if facts.line is not None:
        share = _share(facts, lead)
        return _Value(
            share_of_value(facts.line, share), facts.line.line.currency,
            value_terms(facts.line, share, "affected share", _how(lead)),
        )  # fmt: skip
    worth = facts.worth(lead.event.uom)
    if worth is None or lead.affected is None:
        why = "no quantity is said" if lead.affected is None else "nothing says what a unit is worth"
        return _Value(None, None, [Term("value at risk", None, "", why)])
    minor, unit = round(lead.affected * worth.minor), f"{worth.currency or 'no currency'}, minor units"
    return _Value(
        minor, worth.currency,
        [
            Term("affected", tidy(lead.affected), lead.event.uom or "", f"S{lead.event.signal}"),
            Term("value of a unit", tidy(worth.minor), unit, worth.source),
            Term("value at risk", minor, unit, "affected × value of a unit"),
        ],
    )  # fmt: skip


def _how(lead: Breach) -> str:
    if lead.affected is None:
        return "no quantity is said: all of the line, or what is open of it"
    return f"affected ÷ planned quantity, S{lead.event.signal}"


def _slip(facts: EventFacts, lead: Breach) -> Slip | None:
    """What consumers would feel if what is affected of a line that is to come did not come: nobody says by when it
    may."""
    if facts.line is None or not facts.line.open or facts.line.state().full_at() is not None:
        return None
    share = _share(facts, lead)
    if not facts.line.line.quantity:
        return slip_of_all(facts.line.line) if share > 0 else None
    return slip_of_quantity(facts.line, share * facts.line.line.quantity)._replace(supposed=True)


def _share(facts: EventFacts, lead: Breach) -> float:
    """The share of the line that is affected, from 0 to 1."""
    assert facts.line is not None
    line = facts.line.line
    affected = None if lead.affected is None else convert(lead.affected, lead.event.uom, line.uom)
    if affected is None or not line.quantity:
        return lead.share
    return min(1.0, max(0.0, affected / line.quantity))


def quantity_gap(affected: float | None, of: float | None, uom: str | None) -> dict[str, Any]:
    """The gap of a quantity that cannot be counted on, and its share where the whole is known."""
    if affected is None:
        return {}
    gap: dict[str, Any] = {"quantity": -tidy(affected), "uom": uom}
    return gap if not of else {**gap, "percent": -tidy(100 * affected / of)}
