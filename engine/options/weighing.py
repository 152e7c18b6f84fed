"""Weighing options against each other: one sum for each, which is dominated, and the weight at which the winner flips.

    score = cost x weight + value late x weight + CO2e in kg x weight + value at stake in the risk x weight

in the desk's currency: a weight says what one unit of a criterion is worth in money, so every score can be redone by
hand and an option that is added changes no other's score. The smallest score wins, of equals the one that stands first.
Pure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

CRITERIA: Final[Mapping[str, str]] = {
    "cost": "what the option costs, for each unit of money",
    "service": "value of customer orders that are late or short with it, for each unit of money",
    "co2": "money for each kg of CO2e",
    "risk": "the chance that it fails x the value that it would have kept, for each unit of money",
}
WEIGHTS: Final[Mapping[str, float]] = {"cost": 1.0, "service": 1.0, "co2": 0.1, "risk": 1.0}
"""What counts where a step says nothing else."""
ROBUST: Final = 0.5
"""A winner is robust if no weight alone, changed by up to this share, makes another one win."""


class Weighed(NamedTuple):
    """One option by its criteria; each in the unit that its weight is for. None: not known, which counts as nothing."""

    id: str
    values: Mapping[str, float | None]

    def score(self, weights: Mapping[str, float]) -> float:
        """The sum that decides."""
        return math.fsum(weights[name] * (self.values[name] or 0.0) for name in CRITERIA)


class Flip(NamedTuple):
    """The weight of one criterion at which another option wins, above or below the one that holds."""

    criterion: str
    weight: float
    at: float
    winner: str
    """Who wins beyond it."""


def winner(options: Sequence[Weighed], weights: Mapping[str, float]) -> Weighed:
    """The option with the smallest score."""
    return min(options, key=lambda option: option.score(weights))


def spoken(option: str) -> str:
    """An option's id in a sentence, where `nothing wins` would say the opposite."""
    return "doing nothing" if option == "nothing" else option


def dominated(options: Sequence[Weighed]) -> dict[str, str]:
    """By option that no weights could make win, one that is nowhere worse and somewhere better.

    What is not known of either compares with nothing.
    """
    found: dict[str, str] = {}
    for option in options:
        better = next((other.id for other in options if other is not option and _dominates(other, option)), None)
        if better is not None:
            found[option.id] = better
    return found


def _dominates(one: Weighed, other: Weighed) -> bool:
    pairs = [(one.values[name], other.values[name]) for name in CRITERIA]
    known = [(mine, theirs) for mine, theirs in pairs if mine is not None and theirs is not None]
    if len(known) < len([pair for pair in pairs if pair != (None, None)]):
        return False
    return all(mine <= theirs for mine, theirs in known) and any(mine < theirs for mine, theirs in known)


def flips(options: Sequence[Weighed], weights: Mapping[str, float]) -> list[Flip]:
    """For each criterion the nearest weight above, and the nearest below down to nothing, beyond which another wins.

    The scores are straight lines over one weight, so two of them meet where the difference is made up.
    """
    best = winner(options, weights)
    found = []
    for criterion in CRITERIA:
        present = weights[criterion]
        meeting: list[tuple[float, float, str]] = []
        for other in options:
            steeper = (other.values[criterion] or 0.0) - (best.values[criterion] or 0.0)
            if other is not best and steeper:
                ahead = other.score(weights) - best.score(weights)
                # Of those that meet at one weight the steepest wins beyond it.
                meeting.append((present - ahead / steeper, steeper, other.id))
        above = min(((at, steeper, name) for at, steeper, name in meeting if steeper < 0), default=None)
        below = max(((at, steeper, name) for at, steeper, name in meeting if steeper > 0 and at > 0), default=None)
        found += [Flip(criterion, present, each[0], each[2]) for each in (below, above) if each is not None]
    return found


def robust(found: Sequence[Flip]) -> bool:
    """Whether no weight alone, changed by up to half, makes another option win."""
    return not any(abs(flip.at - flip.weight) <= ROBUST * flip.weight for flip in found)
