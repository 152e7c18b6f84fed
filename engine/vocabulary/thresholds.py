"""Which parameters of a tolerance are limits of size, how large each departure was, and which layer spoke when it
opened.

A limit is monotone: a larger value reports some of what a smaller one does, and nothing else. So the largest size that
a deviation ever had says from which value on it would not have been reported.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from engine.vocabulary.tolerance import Tolerance


class Threshold(NamedTuple):
    """A limit of size: the tolerance's parameter, and the field of the gap that must stay within it."""

    parameter: str
    gap: str
    whole: bool = False
    """The gap counts only whole units that have passed, so that its true size lies under the next one."""

    def sparing(self, size: float) -> float:
        """The smallest value that would not have reported a departure of this size."""
        return size + 1 if self.whole else size


_DAYS: Final = Threshold("days", "days")
_PERCENT: Final = Threshold("percent", "percent")

THRESHOLDS: Final[Mapping[str, tuple[Threshold, ...]]] = {
    "late_supply": (_DAYS,),
    "short_supply": (_PERCENT, Threshold("quantity", "quantity")),
    "overdue": (Threshold("grace_days", "days", whole=True),),
    "below_target": (_PERCENT, Threshold("quantity", "quantity")),
    "excess": (_PERCENT,),
    "demand_shift": (_PERCENT, Threshold("drift_percent", "drift_percent")),
    "production": (_PERCENT,),
    "late_demand": (_DAYS, Threshold("quantity", "quantity")),
    "logistics": (Threshold("hours", "hours"),),
    "stale_feed": (Threshold("intervals", "intervals", whole=True),),
}
"""By deviation kind; a kind that is not here has no limit of size, or its severity is in another unit.
`unconfirmed` has three, whose departures keep one size together; and a smaller `confirm_before_days` reports less."""

EITHER: Final = frozenset({"late_demand"})
"""Kinds that are reported as soon as one of their limits is passed; the others when all of them are."""


def peak(kind: str, gap: Mapping[str, Any]) -> str | None:
    """The sizes of a gap by parameter, as the JSON of the column `peak`; None for a kind without limits of size."""
    sizes = {
        threshold.parameter: abs(gap[threshold.gap])
        for threshold in THRESHOLDS.get(kind, ())
        if gap.get(threshold.gap) is not None
    }
    return json.dumps(sizes, separators=(",", ":")) if sizes else None


def wider(one: str | None, other: str | None) -> str | None:
    """The larger size of each parameter of two peaks."""
    if one == other or one is None or other is None:
        return one if other is None else other
    sizes, more = json.loads(one), json.loads(other)
    return json.dumps(
        {**sizes, **{name: max(size, sizes.get(name, size)) for name, size in more.items()}}, separators=(",", ":")
    )


def rule(tolerance: Tolerance) -> str:
    """The layers that set the kind's limits of size (of a kind without any: all its parameters), in words."""
    parameters = [threshold.parameter for threshold in THRESHOLDS.get(tolerance.kind, ())] or list(tolerance.values)
    layers = dict.fromkeys(tolerance.layers[name] for name in parameters if name in tolerance.layers)
    return "; ".join(layers) or "default"
