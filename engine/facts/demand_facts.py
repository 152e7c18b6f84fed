"""What is judged of a customer order: its line, and the deviations of supply lines that reach it. Pure values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.facts.subjects import Line
from engine.vocabulary.tolerance import Subject


class LiveHit(NamedTuple):
    """A live deviation of a supply line that reaches a customer order line."""

    deviation: int
    kind: str
    subject: str
    """The supply line: kind and reference."""
    delay: int | None
    """How much later the order is because of it, in microseconds; None: not later but less."""
    after: int | None
    """The same, counting what the plan itself is late."""
    quantity: float
    value_minor: int | None
    open_minor: int | None
    supply: str | None
    """The line that serves the order of those that are late or missing because of it; None: several do."""
    item: str | None
    """Of the supply line that leaves its plan."""


@dataclass(frozen=True, slots=True)
class DemandFacts:
    """A customer order line, and what reaches it."""

    ref: str
    line: Line | None
    """None: the plan has it no more."""
    currency: str
    """The desk's."""
    hits: Sequence[LiveHit] = ()
    signals: Sequence[int] = ()
    """What the deviations that reach it rest on."""
    item_class: str | None = None

    def subject(self) -> Subject:
        line = self.line
        if line is None:
            return Subject(None, None, None, None, self.ref)
        return Subject(line.party, line.item, line.site, self.item_class, self.ref)
