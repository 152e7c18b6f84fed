"""What detection of hazards judges: a place, the hazards that cover it, and the order lines that use it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.vocabulary.tolerance import Subject, lane


class Hazard(NamedTuple):
    """One message that holds, as one place sees it; words are empty where the source says none."""

    source: str
    message: str
    """The source's id of it."""
    signal: int
    word: str
    """alert or update."""
    name: str
    """What it is, such as Flash Flood Warning."""
    starts_at: int
    ends_at: int
    states_end: bool
    severity: str
    certainty: str
    urgency: str
    distance_km: float
    sites: int
    """How many sites it covers."""


class Use(NamedTuple):
    """An open order line at a place, and when it is there: at an instant, within a day, or under way."""

    from_at: int
    until_at: int
    ref: str
    source: str
    """The line as an explanation names it."""
    value_minor: int | None
    """What is open of its value, in the currency of PlaceFacts."""


@dataclass(slots=True)
class PlaceFacts:
    """A site, a lane, or a source whose hazards cover too much."""

    type: str
    id: str
    site: str | None
    """The site, or the one that the lane leads to."""
    origin: str | None = None
    """The site that a lane comes from."""
    hazards: Sequence[Hazard] = ()
    uses: Sequence[Use] = ()
    currency: str | None = None
    all_sites: int = 0
    """How many sites the plan has."""

    def subject(self) -> Subject:
        return Subject(None, None, self.site, None, self.id, lane(self.origin, self.site))
