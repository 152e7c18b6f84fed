"""Drift of demand: a level that is left for good by less than a spike takes, told by a run and a cumulative sum.

The last `drift_periods` periods all lie on one side of what was expected, together by more than `drift_percent`, and
their tabular CUSUM is over `cusum` (Page, Continuous inspection schemes, 1954, in the form of Montgomery, Introduction
to Statistical Quality Control):

    z = error ÷ spread        s = max(0, s + min(|z|, 3) − 0.5)

The error of a period is actual ÷ expected − 1; the spread is the median of its absolute values in the periods before
the run ÷ 0.6745, so that it is a standard deviation where errors are normal. Capping z keeps two spikes from being a
drift (Lucas and Crosier, Robust CUSUM, 1982). Pure.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Final, NamedTuple

from engine.vocabulary.tolerance import Tolerance

DEFAULTS: Final = {"drift_percent": 15.0, "drift_periods": 8.0, "cusum": 5.0}
"""`drift_percent` and `cusum` that pass, `drift_periods` in a row that make a run."""

NORMAL_MAD: Final = 0.6745
"""MAD of the standard normal distribution."""
_ALLOWANCE: Final = 0.5
"""Half of the shift, in standard deviations, that the sum is meant to find."""
_CAP: Final = 3.0


class Period(NamedTuple):
    """One period that is over: what was asked for, and what was expected."""

    start: int
    end: int
    actual: float
    expected: float
    signals: Sequence[int]

    @property
    def error(self) -> float:
        return self.actual / self.expected - 1


class Drift(NamedTuple):
    """A run that is one."""

    run: Sequence[Period]
    percent: float
    """How far the run is from what was expected of it."""
    spread: float
    """Of errors before the run, in per cent."""
    cusum: float


def find(before: Sequence[Period], run: Sequence[Period], tolerance: Tolerance) -> Drift | None:
    """The drift that `run`, the last periods, is against those `before` it; None where it is none."""
    expected = math.fsum(period.expected for period in run)
    percent = round(100 * (math.fsum(period.actual for period in run) / expected - 1), 2)
    side = math.copysign(1.0, percent)
    if abs(percent) <= tolerance["drift_percent"] or any(period.error * side <= 0 for period in run):
        return None
    spread = statistics.median(abs(period.error) for period in before) / NORMAL_MAD
    total = 0.0
    for period in run:
        deviation = min(abs(period.error) / spread, _CAP) if spread else _CAP
        total = max(0.0, total + deviation - _ALLOWANCE)
    if total <= tolerance["cusum"]:
        return None
    return Drift(run, percent, round(100 * spread, 2), round(total, 2))
