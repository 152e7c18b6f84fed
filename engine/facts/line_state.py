"""What the sizes of a line's departures are worked out from: its plan, the last promise, what came in.

It is small enough to keep. `LineFacts.state` makes it of a fold, engine.gather.line_states keeps it. What keeps to the
plan is not told apart: a date that is not later than planned and a quantity that is not less are None, as if nothing
had been said, so a line of which only such things are known looks like one that nobody mentioned. Once goods came in,
both stand as they were said: an announced date then says when no more goods are to be expected. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Move(NamedTuple):
    """Goods that arrived or left: when, how many (None: all of the line), and the signal that says so."""

    at: int
    quantity: float | None
    """In the line's unit."""
    signal: int
    said: str = ""
    """The signal as an explanation names it, with what it said where that was in another unit."""


class LineState(NamedTuple):
    """A supply line as far as late_supply, short_supply and overdue measure it."""

    planned_at: int | None
    until_at: int | None
    """Exclusive end of a promised day; None: the promise is an instant."""
    quantity: float | None
    eta: int | None
    """The date last promised or expected."""
    promised: float | None
    """The quantity last promised."""
    receipts: Sequence[Move]
    """Goods that came in, oldest first."""
    open: bool
    """Neither closed nor cancelled, in the plan or by signal."""

    @property
    def due_end(self) -> int | None:
        """The instant from which the plan's date is past."""
        return self.planned_at if self.until_at is None else self.until_at

    def received(self) -> float:
        """The quantity that came in; infinite where a receipt stands for the whole line."""
        return total(self.receipts)

    def full_at(self, share: float = 1.0) -> int | None:
        """When `share` of the planned quantity had come in; None while it has not.

        A line without a planned quantity has arrived with its first receipt.
        """
        wanted = (self.quantity or 0.0) * share
        came = 0.0
        for receipt in self.receipts:
            came = math.inf if receipt.quantity is None else came + receipt.quantity
            if came >= wanted - abs(wanted) * 1e-9:
                return receipt.at
        return None


def total(moves: Iterable[Move], until: int | None = None) -> float:
    """The quantity of some moves (up to and with `until`); infinite where one stands for the whole line."""
    summed = 0.0
    for move in moves:
        if until is None or move.at <= until:
            summed += math.inf if move.quantity is None else move.quantity
    return summed
