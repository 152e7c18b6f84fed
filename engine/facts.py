"""What detectors judge: the values, and the fold that makes one line's facts out of the signals about it.

A fold is a function of the set of signals that are known at `now`, whatever the order in which they came: among the
statements of one row the last by (as_of, tie) holds; between rows the last holds for a date, a promised quantity or a
state; receipts of different rows add up (docs/architecture.md, "Statements about time"). Pure; engine.gather reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from engine.tolerance import Subject

CLOSED_WORDS: Final = ("closed", "cancelled")
"""States of a line, in the plan or by signal, that end its watch."""


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

    @property
    def source(self) -> str:
        """The line as an explanation names it."""
        return f"{self.kind} {self.ref}, baseline {self.from_version}"


class Statement(NamedTuple):
    """One signal about an order; sorts in the order in which statements hold."""

    as_of: int
    tie: int
    id: int
    row_key: bytes
    kind: str
    order_kind: str | None
    occurred_at: int | None
    quantity: float | None
    uom: str | None
    eta: int | None
    status: str | None
    source: str
    order_ref: str


class Move(NamedTuple):
    """Goods that arrived or left: when, how many (None: all of the line), and the signal that says so."""

    at: int
    quantity: float | None
    signal: int


@dataclass(slots=True)
class LineFacts:
    """A line of the plan beside all that is known about it."""

    line: Line
    item_class: str | None = None
    due_end: int | None = None
    """The instant from which the plan's date is past: the end of a promised day, else the promised instant."""
    eta: int | None = None
    """The date last promised or expected."""
    eta_signal: int | None = None
    promised: float | None = None
    """The quantity last promised."""
    promised_signal: int | None = None
    receipts: Sequence[Move] = ()
    """Goods that came in, oldest first."""
    departures: Sequence[Move] = ()
    """Goods that went out, oldest first."""
    open: bool = True
    """Neither closed nor cancelled, in the plan or by signal."""
    changes_at: int | None = None
    """When the next signal that is stored already becomes known."""

    def received(self, until: int | None = None) -> float:
        """The quantity that came in (up to and with `until`); infinite where a receipt stands for the whole line."""
        return _sum(self.receipts, until)

    def departed(self, until: int | None = None) -> float:
        """The quantity that went out, as `received`."""
        return _sum(self.departures, until)

    def full_at(self, share: float = 1.0) -> int | None:
        """When `share` of the planned quantity had come in; None while it has not.

        A line without a planned quantity has arrived with its first receipt.
        """
        wanted = (self.line.quantity or 0.0) * share
        total = 0.0
        for receipt in self.receipts:
            total = float("inf") if receipt.quantity is None else total + receipt.quantity
            if total >= wanted - abs(wanted) * 1e-9:
                return receipt.at
        return None

    def subject(self) -> Subject:
        line = self.line
        return Subject(line.party, line.item, line.site, self.item_class, line.ref)


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
    """Demand of a customer order: what a forecast is consumed by."""


class Bucket(NamedTuple):
    """One bucket of a forecast: `quantity` is expected from `start` up to `end`."""

    start: int
    end: int
    quantity: float
    source: str


class Reading(NamedTuple):
    """The stock that was last counted or reported."""

    quantity: float
    at: int
    uom: str | None
    signal: int


class Target(NamedTuple):
    """The quantity that stock must not fall under."""

    quantity: float
    uom: str | None
    source: str


class Demand(NamedTuple):
    """One statement of actual demand."""

    at: int
    day: int
    """First instant of the desk's day that holds `at`."""
    quantity: float
    signal: int


@dataclass(slots=True)
class StockFacts:
    """An item at a site: what is there, what comes, what goes, and what was asked for."""

    item: str
    site: str
    today: int
    """First instant of the desk's present day."""
    tomorrow: int
    reading: Reading | None = None
    flows: Sequence[Flow] = ()
    forecasts: Sequence[Bucket] = ()
    target: Target | None = None
    history: Sequence[Demand] = ()
    """Actual demand, oldest first."""
    party: str | None = None
    """The supplier of the next supply line, for rules and owners."""
    item_class: str | None = None
    unit_value: float | None = None
    """Value of one unit in minor units of `currency`."""
    currency: str | None = None
    unit_value_source: str = ""
    changes_at: int | None = None
    """When the next stored statement or target comes into force."""

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


def fold(line: Line, statements: Sequence[Statement], now: int, item_class: str | None = None) -> LineFacts:
    """The facts of one line at `now`; `statements` are sorted and may be about lines of other kinds as well."""
    due_end = line.planned_at if line.until_at is None else line.until_at
    facts = LineFacts(line, item_class, due_end, open=line.status not in CLOSED_WORDS)
    holding: dict[bytes, Statement] = {}
    for statement in statements:
        if statement.order_kind is not None and statement.order_kind != line.kind:
            continue
        if statement.as_of > now:
            facts.changes_at = statement.as_of
            break
        if statement.row_key in holding:
            # Out and in again, so that the statements that hold stand in the order of their time.
            del holding[statement.row_key]
        holding[statement.row_key] = statement
    for statement in holding.values():
        _state(facts, statement)
    if len(facts.receipts) > 1:
        facts.receipts = sorted(facts.receipts)
    return facts


def _state(facts: LineFacts, statement: Statement) -> None:
    """Lay one statement over the facts; called in the order of time."""
    kind = statement.kind
    if kind == "eta" or kind == "confirmation":
        if statement.eta is not None:
            facts.eta, facts.eta_signal = statement.eta, statement.id
        if statement.quantity is not None and same_unit(facts.line.uom, statement.uom):
            facts.promised, facts.promised_signal = statement.quantity, statement.id
    elif kind == "receipt" or kind == "shipped":
        # A quantity in another unit says that something moved, not how much of the line.
        counts = statement.quantity is None or same_unit(facts.line.uom, statement.uom)
        at = statement.as_of if statement.occurred_at is None else statement.occurred_at
        move = Move(at, statement.quantity if counts else 0.0, statement.id)
        if kind == "receipt":
            facts.receipts = (*facts.receipts, move)
        else:
            facts.departures = (*facts.departures, move)
    elif kind == "status":
        facts.open = facts.line.status not in CLOSED_WORDS and statement.status not in CLOSED_WORDS


def same_unit(one: str | None, other: str | None) -> bool:
    """Whether quantities can be compared: the units are the same word, or one of them is not stated."""
    return one is None or other is None or one.casefold() == other.casefold()


def _sum(moves: Sequence[Move], until: int | None) -> float:
    total = 0.0
    for move in moves:
        if until is None or move.at <= until:
            total += float("inf") if move.quantity is None else move.quantity
    return total
