"""How often in a row a departure was stated: what opens a candidate, and what ends a deviation, by count.

A tolerance may ask for several `breaches` in a row before a deviation opens, and for several `clears` before it ends.
What counts is statements, not judgements: the verdict after each earlier statement is worked out again from what was
known then, so that it does not matter in how many batches the statements came. Walking back in time, the first run that
is long enough decides. Pure.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.values.clock import HOUR
from engine.vocabulary.model import Finding
from engine.vocabulary.tolerance import Tolerance


class Run(NamedTuple):
    """What the count says."""

    finding: Finding | None
    """The departure that holds: the last breach, until enough clears say otherwise."""
    breaches: int
    """Breaches in a row that count, at most as many as are asked for."""
    clears: int
    """Statements in a row, the last included, after which nothing departed."""
    enough: bool
    """Whether the departure was stated often enough to be open."""


class Counter:
    """Counts the verdicts about one subject under one deviation kind, the newest first."""

    def __init__(self, tolerance: Tolerance) -> None:
        self._needed, self._needed_clears = int(tolerance["breaches"]), int(tolerance["clears"])
        self._within = int(tolerance["within_hours"] * HOUR)
        self._times: list[int] = []
        """When the breaches of the run that is being walked were stated."""
        self._last: Finding | None = None
        self._said: frozenset[int] = frozenset()
        self._clears = 0
        self._newest: tuple[int, int] | None = None
        """Breaches and clears of the newest run, once it has ended."""

    def feed(self, at: int, finding: Finding | None) -> Run | None:
        """The verdict after the statement of instant `at`, older than all before; the answer, once it is certain."""
        if finding is None or finding.done:
            return self._feed_clear()
        return self._feed_breach(at, finding)

    def end(self) -> Run:
        """The answer where nothing more was stated: a last breach is suspected, a last clear is no departure."""
        breaches, clears = self._counts()
        return Run(None if clears else self._last, breaches, clears, enough=False)

    def _feed_breach(self, at: int, finding: Finding) -> Run | None:
        if self._clears and self._newest is None:
            self._newest = (0, self._clears)
        said = frozenset(finding.signals)
        if self._times and said == self._said:
            return None  # Nothing that bears on the departure was said in between: the same observation.
        self._said, self._last = said, self._last or finding
        self._times.append(at)
        self._clears = 0
        if len(self._times) < self._needed:
            return None
        if self._within and self._times[-self._needed] - at >= self._within:
            return None
        _, clears = self._counts()
        return Run(self._last, self._needed, clears, enough=True)

    def _feed_clear(self) -> Run | None:
        if self._times and self._newest is None:
            self._newest = (self._counted(), 0)
        self._times.clear()
        self._clears += 1
        if self._clears < self._needed_clears:
            return None
        breaches, clears = self._counts()
        if breaches:
            return Run(self._last, breaches, 0, enough=False)
        return Run(None, 0, clears, enough=False)

    def _counts(self) -> tuple[int, int]:
        """Breaches and clears of the newest run, of which one is 0."""
        return self._newest or (self._counted(), self._clears)

    def _counted(self) -> int:
        """Breaches of the present run that lie within the span."""
        if not self._within:
            return len(self._times)
        return sum(1 for at in self._times if self._times[0] - at < self._within)
