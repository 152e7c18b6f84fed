"""What detectors judge, as values: lines, items at sites, sources and references with all that is known about them.

How signals become the facts of a line is engine.facts.fold; engine.gather reads what goes in. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.facts.events import Event
from engine.facts.line_state import LineState, Move, total
from engine.values import units
from engine.values.days import Days
from engine.vocabulary.tolerance import Subject, lane


class Line(NamedTuple):
    """One current line of the plan, columns as in the table plan_line."""

    id: int
    kind: str
    ref: str
    item: str | None
    site: str | None
    origin: str | None
    party: str | None
    quantity: float | None
    uom: str | None
    planned_at: int | None
    until_at: int | None
    value_minor: int | None
    currency: str | None
    status: str
    from_version: int
    maximum: float | None = None
    """Of an inventory target."""

    @property
    def source(self) -> str:
        """The line as an explanation names it."""
        return f"{self.kind} {self.ref}, baseline {self.from_version}"


@dataclass(slots=True)
class LineFacts:
    """A line of the plan beside all that is known about it."""

    line: Line
    days: Days
    """The days of the desk's zone."""
    item_class: str | None = None
    due_end: int | None = None
    """The instant from which the plan's date is past: the end of a promised day, else the promised instant."""
    eta: int | None = None
    """The date last promised or expected."""
    eta_signal: int | None = None
    promised: float | None = None
    """The quantity last promised, in the line's unit."""
    promised_signal: int | None = None
    promised_said: str = ""
    """That signal as an explanation names it, with what it said where that was in another unit."""
    receipts: Sequence[Move] = ()
    """Goods that came in, oldest first."""
    departures: Sequence[Move] = ()
    """Goods that went out, oldest first."""
    open: bool = True
    """Neither closed nor cancelled, in the plan or by signal."""
    changes_at: int | None = None
    """When the next signal that is stored already becomes known."""
    unconverted: str = ""
    """What was not compared, since its unit does not convert into the line's; empty: nothing."""
    answered: bool = False
    """The other party said something of it: an eta or a confirmation of any kind."""
    events: Sequence[Event] = ()
    """Events of quality, logistics and production that hold, and codes, oldest first."""
    known_since: int | None = None
    """When the plan first had the line; None where nothing asks for it (engine.gather.expectations)."""
    lane_days: float | None = None
    """How long the fastest lane from the line's origin takes; None as above, and where there is none."""

    def received(self, until: int | None = None) -> float:
        """The quantity that came in (up to and with `until`); infinite where a receipt stands for the whole line."""
        return total(self.receipts, until)

    def departed(self, until: int | None = None) -> float:
        """The quantity that went out, as `received`."""
        return total(self.departures, until)

    def state(self) -> LineState:
        """What the sizes of its departures go by."""
        line, eta, promised = self.line, self.eta, self.promised
        if not self.receipts:
            # What keeps to the plan is no departure, and is not told apart (engine.facts.line_state).
            if eta is not None and (line.planned_at is None or eta <= line.planned_at):
                eta = None
            if promised is not None and (line.quantity is None or promised >= line.quantity):
                promised = None
        return LineState(line.planned_at, line.until_at, line.quantity, eta, promised, self.receipts, self.open)

    def gone(self, until: int | None = None) -> float:
        """The quantity of an outgoing line that has left, at most the planned one: what has reached its goal left
        too."""
        return min(self.line.quantity or 0.0, max(self.departed(until), self.received(until)))

    def subject(self) -> Subject:
        line = self.line
        return Subject(line.party, line.item, line.site, self.item_class, line.ref, lane(line.origin, line.site))


class Flow(NamedTuple):
    """One expected movement of stock: positive in, negative out."""

    at: int
    """When it is stated to happen; it may be past."""
    day: int
    """First instant of the desk's day that it counts on: never before today."""
    quantity: float
    source: str
    """The line and the signal that it comes from, for an explanation."""
    signals: Sequence[int]
    order: bool
    """Demand of a customer or production order: what a forecast is consumed by."""
    uom: str | None = None
    arrived: bool = False
    """Supply that came after the reading was taken."""


class SupplySlip(NamedTuple):
    """A supply line that is expected otherwise than planned, as both movements of stock."""

    kind: str
    ref: str
    planned: Flow
    expected: Flow | None
    """None: nothing of it is expected."""


class Bucket(NamedTuple):
    """One bucket of a forecast: `quantity` is expected from `start` up to `end`."""

    start: int
    end: int
    quantity: float
    source: str
    uom: str | None = None


class Reading(NamedTuple):
    """The stock that was last counted or reported."""

    quantity: float
    at: int
    uom: str | None
    signal: int


class Target(NamedTuple):
    """The quantity that stock must not fall under, and the one that it must not stay above."""

    quantity: float
    uom: str | None
    source: str
    maximum: float | None = None


class Demand(NamedTuple):
    """One statement of actual demand."""

    at: int
    day: int
    """First instant of the desk's day that holds `at`."""
    quantity: float
    signal: int
    uom: str | None = None


class UnitValue(NamedTuple):
    """What one `uom` of an item is worth."""

    minor: float
    """In minor units of `currency`."""
    currency: str | None
    uom: str | None
    source: str


@dataclass(slots=True)
class StockFacts:
    """An item at a site: what is there, what comes, what goes, and what was asked for.

    All of it is in one unit as far as it converts (engine.gather.one_unit); what does not is in its own.
    """

    item: str
    site: str
    days: Days
    """The days of the desk's zone."""
    today: int
    """First instant of the desk's present day."""
    reading: Reading | None = None
    flows: Sequence[Flow] = ()
    slips: Sequence[SupplySlip] = ()
    """Supply lines among `flows` that come later or less than planned."""
    forecasts: Sequence[Bucket] = ()
    target: Target | None = None
    history: Sequence[Demand] = ()
    """Actual demand, oldest first."""
    party: str | None = None
    """The supplier of the next supply line, for rules and owners."""
    item_class: str | None = None
    unit_values: Sequence[UnitValue] = ()
    """What a unit is worth, the best source first."""
    changes_at: int | None = None
    """When the next stored statement or target comes into force."""
    unconverted: str = ""
    """What was not counted, since its unit does not convert into the reading's; empty: nothing."""

    def unit_value(self, uom: str | None) -> UnitValue | None:
        """What one `uom` is worth; None where nothing says so for this unit."""
        return next((value for value in self.unit_values if same_unit(value.uom, uom)), None)

    def subject(self) -> Subject:
        return Subject(self.party, self.item, self.site, self.item_class, f"{self.item}@{self.site}")


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A feed and when it last brought anything."""

    name: str
    expected_every: int | None
    """Microseconds; None: nobody expects anything."""
    last_at: int
    """When something was last received, or when the source was first seen."""
    received: bool

    def subject(self) -> Subject:
        return Subject(None, None, None, None, self.name)


@dataclass(frozen=True, slots=True)
class ReferenceFacts:
    """A name that a source uses, and whether the plan has it."""

    source: str
    noun: str
    """order, item or site."""
    name: str
    known: bool
    signals: Sequence[int]
    """The signals known by now that use it, oldest first."""
    first_at: int | None = None

    @property
    def id(self) -> str:
        """The subject's id: SOURCE:REF of an order, SOURCE:item NAME and SOURCE:site NAME else."""
        return reference_id(self.source, self.noun, self.name)

    def subject(self) -> Subject:
        return Subject(None, None, None, None, self.id)


def reference_id(source: str, noun: str, name: str) -> str:
    """The id of a reference; items and sites say what they are, since an order may have the same name."""
    return f"{source}:{name}" if noun == "order" else f"{source}:{noun} {name}"


def same_unit(one: str | None, other: str | None) -> bool:
    """Whether quantities can be compared as they are: the units are the same, or one of them is not stated."""
    return one is None or other is None or units.same(one, other)
