"""Orders served as a whole where supply is scarce, as HiGHS solves it: an extra (`pip install "offplan[highs]"`), asked
only where the search of engine.flow.allocation stopped before it had a proof.

    maximize sum(value_i x_i), so that for every due time t: sum(quantity_i x_i, due_i <= t) <= what has arrived by t

It stops after so many branches and not after so much time, so that every machine gives the same answer. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from engine.flow.scarce import Arriving, Want

BRANCHES: Final = 2_000
_OPTIONS: Final = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_max_nodes": BRANCHES,
}


class Found(NamedTuple):
    """What HiGHS says."""

    served: frozenset[int]
    """Places of the wants that are served."""
    bound: float
    """No choice of wants is worth more."""


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("highspy") is not None


def solve(wants: Sequence[Want], arriving: Sequence[Arriving]) -> Found | None:
    """The best choice that so many branches find, with its bound; None where it found none."""
    import highspy

    model: Any = highspy.Highs()
    for name, value in _OPTIONS.items():
        model.setOptionValue(name, value)
    chosen = [model.addBinary() for _ in wants]
    for time in sorted({want.due for want in wants}):
        due = [place for place, want in enumerate(wants) if want.due <= time]
        there = math.fsum(each.quantity for each in arriving if each.at <= time)
        model.addConstr(sum(wants[place].quantity * chosen[place] for place in due) <= there)
    model.maximize(sum(want.value * each for want, each in zip(wants, chosen, strict=True)))
    values, bound = model.getSolution().col_value, float(model.getInfo().mip_dual_bound)
    if len(values) != len(wants) or not math.isfinite(bound):
        return None
    return Found(frozenset(place for place, value in enumerate(values) if value > 0.5), bound)
