"""Detectors, one module per deviation kind, and the registry of which kinds judge which family of subjects.

A detector is a module with `KIND`, `DEFAULTS` (the parameters of its tolerance), `judge(facts, tolerance, now) ->
Finding | None` and `wake_at(facts, tolerance, now) -> int | None`, the next instant at which time alone can change its
verdict. Both are pure. A kind may judge two families, and then takes the facts of both. Adding a kind is a module, its
test, its place here, and its word in engine.vocabulary.deviation_kinds.DEVIATION_KINDS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol, TypeVar

from engine.detect import (
    below_target,
    demand_shift,
    excess,
    hazard,
    late_demand,
    late_supply,
    logistics,
    overdue,
    production,
    quality,
    short_supply,
    stale_feed,
    stockout,
    unconfirmed,
    unmatched,
)
from engine.facts.demand_facts import DemandFacts
from engine.facts.event_facts import EventFacts
from engine.facts.hazard_facts import PlaceFacts
from engine.facts.line_state import LineState
from engine.facts.subjects import LineFacts, ReferenceFacts, SourceFacts, StockFacts
from engine.values.days import Days
from engine.vocabulary.model import Finding
from engine.vocabulary.tolerance import Tolerance

Facts_contra = TypeVar("Facts_contra", contravariant=True)


class Detector(Protocol[Facts_contra]):
    """What a module of this package offers for one kind of facts."""

    @property
    def KIND(self) -> str:  # noqa: N802 - a module's constant
        """The deviation kind."""

    @property
    def DEFAULTS(self) -> Mapping[str, float]:  # noqa: N802 - a module's constant
        """The tolerance's parameters of this kind, beside those that every kind has (engine.vocabulary.tolerance)."""

    def judge(self, facts: Facts_contra, tolerance: Tolerance, now: int, /) -> Finding | None:
        """The breach at `now`, or None while the subject keeps to its plan."""

    def wake_at(self, facts: Facts_contra, tolerance: Tolerance, now: int, /) -> int | None:
        """The next instant after `now` at which time alone can change the verdict; None when it cannot."""


class Measured(Protocol):
    """A breach as far as its size goes."""

    @property
    def size(self) -> float:
        """In the unit of the kind's bounds."""


class LineDetector(Detector[LineFacts], Protocol):
    """A detector of lines whose verdict follows from what is kept of each (engine.facts.line_state)."""

    def measure(self, state: LineState, tolerance: Tolerance, days: Days, now: int, /) -> Measured | None:
        """The breach at `now`, or None; `judge` finds one exactly where this does."""


MEASURED: Final[tuple[LineDetector, ...]] = (late_supply, short_supply, overdue)
"""For lines of model.SUPPLY_KINDS, from their kept states."""
LINE: Final[tuple[Detector[LineFacts], ...]] = (*MEASURED, unconfirmed, excess)
"""For lines of model.SUPPLY_KINDS."""
STOCK: Final[tuple[Detector[StockFacts], ...]] = (stockout, below_target, excess, demand_shift)
"""For an item at a site."""
PLACE: Final[tuple[Detector[PlaceFacts], ...]] = (hazard,)
"""For sites and lanes, and for sources whose hazards cover too much."""
EVENT: Final[tuple[Detector[EventFacts], ...]] = (production, quality, logistics)
"""For whatever an event is about: a line, a lot, a resource, an item at a site."""
DEMAND: Final[tuple[Detector[DemandFacts], ...]] = (late_demand,)
"""For customer order lines."""
SOURCE: Final[tuple[Detector[SourceFacts], ...]] = (stale_feed,)
REFERENCE: Final[tuple[Detector[ReferenceFacts], ...]] = (unmatched,)

FAMILIES: Final[Mapping[str, tuple[Detector[Any], ...]]] = {
    "order": (*LINE, *EVENT, *REFERENCE),
    "event": EVENT,
    "stock": (*STOCK, *REFERENCE),
    "hazard": PLACE,
    "place": PLACE,
    "demand": DEMAND,
    "source": SOURCE,
}
"""Type of a subject on the work list to the detectors that judge it."""
_ALL: Final[tuple[Detector[Any], ...]] = (
    late_supply, short_supply, overdue, unconfirmed, stockout, below_target, excess, demand_shift, late_demand,
    production, quality, logistics, hazard, stale_feed, unmatched,
)  # fmt: skip
KINDS: Final[Mapping[str, Detector[Any]]] = {detector.KIND: detector for detector in _ALL}
"""Every detector by its deviation kind, in the order of engine.vocabulary.deviation_kinds.DEVIATION_KINDS."""
