"""How likely it is that a line misses its promise, from the desk's own history, shrunk where that history is thin.
Pure.

What counts is how lines stood some days before their promise (a landmark, after van Houwelingen 2007, "Dynamic
prediction by landmarking in event history analysis", Scandinavian Journal of Statistics 34) and whether they came
after it. Lines of one standing fall into groups inside groups: all of them, those of the supplier, those of the
supplier on the lane, those by the mode. Each group's share is drawn towards the share of the wider group:

    share of all    = (late + 1/2) ÷ (lines + 1)                          Jeffreys' prior
    share of a group = (late + weight × wider share) ÷ (lines + weight)    beta-binomial posterior mean

`weight` says how many lines of its own a group needs to be heard as much as the wider one. It is estimated from the
groups of the level themselves (empirical Bayes) by the method of moments of Kleinman 1973, "Proportions with extraneous
variance", Journal of the American Statistical Association 68: with m the wider share and v = m(1 - m),

    1 ÷ (weight + 1) = sum[n(late/n - m)² - v] ÷ sum[(n - 1)v]

kept between groups that hardly differ (weight 1024) and groups that say nothing of each other (weight 4).

Weights have three decimals and shares six: what is shown of an estimate is what the next step goes on with, so whoever
works it out from the screen comes to the same figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

LANDMARKS: Final = (1, 3, 7, 14, 30, 60)
"""Days before the promise at which the standing of a line is kept."""
GONE: Final = "-"
"""Standing: it had arrived."""
OPEN: Final = "o"
"""Standing: not arrived, and no date after its promise had been announced."""
ANNOUNCED: Final = (("1", 3), ("2", 14), ("3", None))
"""Standings of a line that was announced late: by up to so many days, the last by more."""
LEAST: Final = 30
"""Lines of a standing under which there is no history to learn from."""
WINDOW_DAYS: Final = 180
"""What is older does not count: half a year foretold the lines of 2009 and 2010 of the SCMS history better than a year
or all of it (`make bench ONLY=likelihood`, the lines up to 2010)."""
LEVELS: Final = ("supplier", "lane", "mode")
"""The groups below "all", each inside the one before it; this order was chosen on the same lines."""

SHARE_DIGITS: Final = 6
"""Decimals of a share."""

_LEAST_WEIGHT, _MOST_WEIGHT = 4.0, 1024.0
_WEIGHT_DIGITS: Final = 3


class Counts(NamedTuple):
    """Lines that are over, and how many of them came after their promise."""

    lines: int
    late: int


class Step(NamedTuple):
    """One level of an estimate: the group's own counts, the weight of the wider group, and the share that follows."""

    group: tuple[str, ...]
    """Supplier, lane and mode as far as the level goes; empty for all lines."""
    counts: Counts
    weight: float | None
    """In lines; None for all of them, which have no wider group."""
    share: float


class Groups:
    """The lines of one standing in groups inside groups, ready to estimate."""

    def __init__(self, cells: Iterable[tuple[Sequence[str], int, int]]) -> None:
        """`cells` are the smallest groups with their lines and how many of these came late; cells may repeat."""
        levels: list[dict[tuple[str, ...], list[int]]] = []
        for path, lines, late in cells:
            while len(levels) <= len(path):
                levels.append({})
            for depth, groups in enumerate(levels[: len(path) + 1]):
                sums = groups.setdefault(tuple(path[:depth]), [0, 0])
                sums[0] += lines
                sums[1] += late
        self._shares: dict[tuple[str, ...], Step] = {}
        for groups in levels:
            weight = None if () in groups else self._weight(groups)
            for path, found in groups.items():
                counts = Counts(*found)
                self._shares[path] = Step(path, counts, weight, self._share(path, counts, weight))

    @property
    def counts(self) -> Counts:
        """All lines of the standing."""
        return self._shares[()].counts if self._shares else Counts(0, 0)

    def estimate(self, path: Sequence[str]) -> list[Step]:
        """From all lines to the smallest group on the path that has any; the last step's share is the estimate."""
        known = (self._shares.get(tuple(path[:depth])) for depth in range(len(path) + 1))
        return [step for step in known if step is not None]

    def _share(self, path: tuple[str, ...], counts: Counts, weight: float | None) -> float:
        if weight is None:
            return round((counts.late + 0.5) / (counts.lines + 1), SHARE_DIGITS)
        wider = self._shares[path[:-1]].share
        return round((counts.late + weight * wider) / (counts.lines + weight), SHARE_DIGITS)

    def _weight(self, groups: Mapping[tuple[str, ...], Sequence[int]]) -> float:
        spread = expected = 0.0
        for path, (lines, late) in groups.items():
            mean = self._shares[path[:-1]].share
            variance = mean * (1 - mean)
            spread += lines * (late / lines - mean) ** 2 - variance
            expected += (lines - 1) * variance
        if spread <= 0 or expected <= 0:
            return _MOST_WEIGHT
        return min(_MOST_WEIGHT, max(_LEAST_WEIGHT, round(expected / spread - 1, _WEIGHT_DIGITS)))


def landmark(days_to_go: float) -> int:
    """The place in LANDMARKS of the last one that has been reached; the earliest for a line that is further away."""
    return next((place for place, days in enumerate(LANDMARKS) if days_to_go <= days), len(LANDMARKS) - 1)


def announced(days_late: float) -> str:
    """The standing of a line that is announced so many days late."""
    return next(letter for letter, days in ANNOUNCED if days is None or days_late <= days)
