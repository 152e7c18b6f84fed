"""How far a supply line is from its plan, for those who need its goods: what detectors hand to engine.flow.impact."""

from __future__ import annotations

from typing import NamedTuple


class Slip(NamedTuple):
    """Later, or less."""

    line: int
    """plan_line.id."""
    planned_at: int | None
    delay: int | None = None
    """How much later than planned, in microseconds; None: not later but less."""
    missing: float | None = None
    """Which share of its open quantity does not come, 0 to 1."""
    supposed: bool = False
    """Nobody says so: it is what would be if nothing came. It counts for rank, and makes no customer order late."""
