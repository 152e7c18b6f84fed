"""The fold that makes one line's facts out of the signals about it.

It is a function of the set of signals that are known at `now`, whatever the order in which they came: among the
statements of one row the last holds (`Statement.until`, read by engine.gather.restated); between rows the last by
(as_of, tie) holds for a date, a promised quantity or a state; receipts of different rows add up (docs/architecture.md,
"Statements about time"); the events of one topic are engine.facts.events'. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from engine.facts import events
from engine.facts.events import Event
from engine.facts.line_state import Move
from engine.facts.subjects import Line, LineFacts
from engine.values.days import Days
from engine.values.units import NO_UNITS, ItemUnits, convert, same
from engine.vocabulary.event_words import EVENT_KINDS

CLOSED_WORDS: Final = ("closed", "cancelled")
"""States of a line, in the plan or by signal, that end its watch."""

ANNOUNCING: Final = ("eta", "confirmation")
"""Kinds of statements that say what is to come."""

_IN_TIME: Final = attrgetter("at", "signal")


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
    detail: str | None
    until: int | None
    """From when it holds no more: another statement of its row does, perhaps about another order, or it is taken
    back."""
    withdrawn_at: int | None
    """From when its source takes it back; None: it does not."""

    def holds(self, now: int) -> bool:
        """Whether it is known at `now`, the last word of its row, and not taken back."""
        return self.as_of <= now and (self.until is None or self.until > now)

    def stands(self, now: int) -> bool:
        """Whether it is not taken back at `now`, whatever its row said besides."""
        return self.withdrawn_at is None or self.withdrawn_at > now


def next_change(statements: Iterable[Statement], now: int) -> int | None:
    """The next instant at which a stored statement becomes known, and perhaps takes the place of another."""
    changes = (at for each in statements for at in (each.as_of, each.until) if at is not None and at > now)
    return min(changes, default=None)


def fold(
    line: Line,
    statements: Sequence[Statement],
    now: int,
    days: Days,
    item_class: str | None = None,
    item_units: ItemUnits = NO_UNITS,
) -> LineFacts:
    """The facts of one line at `now`; `statements` are sorted and may be about lines of other kinds as well."""
    due_end = line.planned_at if line.until_at is None else line.until_at
    facts = LineFacts(line, days, item_class, due_end, open=line.status not in CLOSED_WORDS)
    if not statements:
        return facts
    about = [each for each in statements if each.order_kind is None or each.order_kind == line.kind]
    for statement in about:
        if statement.holds(now):
            _state(facts, statement, item_units)
    facts.changes_at = next_change(about, now)
    facts.receipts = sorted(facts.receipts, key=_IN_TIME)
    facts.departures = sorted(facts.departures, key=_IN_TIME)
    return facts


def _state(facts: LineFacts, statement: Statement, item_units: ItemUnits) -> None:
    """Lay one statement over the facts; called in the order of time."""
    kind = statement.kind
    if kind in ANNOUNCING:
        facts.answered = True
        if statement.eta is not None:
            facts.eta, facts.eta_signal = statement.eta, statement.id
            if facts.receipts and statement.eta > statement.as_of:
                # Nobody counted what was only said to be there, and who speaks later expects it: an old "delivered"
                # that comes in late must not end what was said since. What was counted is there, whatever is announced.
                facts.receipts = tuple(move for move in facts.receipts if move.quantity is not None)
        promised = _quantity(facts, statement, item_units)
        if promised is not None:
            facts.promised, facts.promised_signal = promised, statement.id
            facts.promised_said = _said(facts.line, statement)
    elif kind == "receipt" or kind == "shipped":
        moved = _quantity(facts, statement, item_units)
        if moved is None and statement.quantity is not None:
            # A quantity in a unit that does not convert says that something moved, not how much of the line.
            moved = 0.0
        at = statement.as_of if statement.occurred_at is None else statement.occurred_at
        move = Move(at, moved, statement.id, _said(facts.line, statement))
        if kind == "receipt":
            facts.receipts = (*facts.receipts, move)
        else:
            facts.departures = (*facts.departures, move)
    elif kind == "status":
        facts.open = facts.line.status not in CLOSED_WORDS and statement.status not in CLOSED_WORDS
    if statement.detail is not None or kind in EVENT_KINDS:
        event = event_of(statement)
        if event is not None:
            facts.events = (*facts.events, event)
            if event.kind == "short_supply":
                _answer(facts, statement, event)


def event_of(statement: Statement) -> Event | None:
    """The event that a statement says; None for most."""
    return events.read(
        statement.kind, statement.status, statement.detail, as_of=statement.as_of, signal=statement.id,
        occurred_at=statement.occurred_at, quantity=statement.quantity, uom=statement.uom,
    )  # fmt: skip


def _answer(facts: LineFacts, statement: Statement, answer: Event) -> None:
    """Lay the code of an answer to an order over the promise; a quantity that the answer says itself goes first."""
    if statement.quantity is not None:
        return
    if answer.verdict in ("ok", "clear"):
        facts.promised, facts.promised_signal, facts.promised_said = None, None, ""
    elif answer.verdict == "dev" and (answer.word == "refused" or statement.eta is None):
        # Something else than the plan is promised, and nothing says what.
        facts.promised, facts.promised_signal, facts.promised_said = 0.0, statement.id, answer.source


def _quantity(facts: LineFacts, statement: Statement, item_units: ItemUnits) -> float | None:
    """The quantity of a statement in the line's unit; None where it says none, or one that does not convert."""
    if statement.quantity is None:
        return None
    quantity = convert(statement.quantity, statement.uom, facts.line.uom, item_units)
    if quantity is None:
        facts.unconverted = (
            f"S{statement.id} says {statement.quantity:g} {statement.uom}, the line is in {facts.line.uom}"
        )
    return quantity


def _said(line: Line, statement: Statement) -> str:
    """A statement as an explanation names it: `S5`, or `S5: 8 PAL` where it speaks in another unit than the line."""
    name = f"S{statement.id}"
    if statement.quantity is None or statement.uom is None or line.uom is None or same(statement.uom, line.uom):
        return name
    return f"{name}: {statement.quantity:g} {statement.uom}"
