"""What the detectors of events judge: a line, lot, resource or item at a site with every event that holds about it.
Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.facts.events import Event
from engine.facts.subjects import LineFacts, UnitValue
from engine.values.units import same
from engine.vocabulary.tolerance import Subject


@dataclass(slots=True)
class EventFacts:
    """A subject of events, and every event that holds about it."""

    subject_type: str
    subject_id: str
    events: Sequence[Event]
    """Oldest first."""
    line: LineFacts | None = None
    """Of a line of the plan."""
    item: str | None = None
    site: str | None = None
    party: str | None = None
    item_class: str | None = None
    unit_value: UnitValue | None = None
    """What a unit of the item is worth, where it has a record."""
    changes_at: int | None = None
    """When the next stored statement comes into force, or is said no more."""

    def subject(self) -> Subject:
        if self.line is not None:
            return self.line.subject()
        return Subject(self.party, self.item, self.site, self.item_class, self.subject_id)

    def worth(self, uom: str | None) -> UnitValue | None:
        """What one `uom` is worth; None where nothing says so for this unit."""
        value = self.unit_value
        fits = value is not None and (value.uom is None or uom is None or same(value.uom, uom))
        return value if fits else None


def of_line(facts: LineFacts) -> EventFacts:
    """The events of a line, as detectors of events judge them."""
    line = facts.line
    return EventFacts(
        line.kind, line.ref, facts.events, facts, line.item, line.site, line.party, facts.item_class,
        changes_at=facts.changes_at,
    )  # fmt: skip
