"""Which value of a tolerance would have spared the noise of a period, and what it would have missed.

Worked out from the largest size that each episode ever had (column `peak`): a limit of size that is no smaller would
not have reported it at all. Noise is what was dismissed as noise or ended alone; missed is what somebody acted upon;
others are all that remains (accepted, a duplicate, wrong data, still untouched). Three values are given, where they
differ:

    safe     the smallest value that spares all noise under the smallest departure that was acted upon: it misses
             nothing
    best     the smallest value with the most noise spared, less what it misses
    all      the smallest value that spares all noise, whatever it misses

Both are arithmetic over what happened, not a forecast. A value that the desk has already, or exceeds, is not repeated.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.detect.tolerance_rules import Tolerances
from engine.reports.noise import NEEDLESS, Episodes, Group
from engine.vocabulary.thresholds import EITHER, THRESHOLDS, Threshold
from engine.vocabulary.tolerance import MATCH_KEYS, Subject

_ASKED: Final = r"(?:rule \d+: |, )({})=(.*?)(?=, (?:{})=|; rule \d|; setting|$)"
"""What the words of a layer say that it asks for, as engine.vocabulary.tolerance writes them."""


class Suggestion(NamedTuple):
    """One value for one parameter of the layer that let deviations of a kind open."""

    kind: str
    rule: str
    parameter: str
    current: float
    value: float
    sort: str
    """safe, best or all."""
    noise: int
    """Episodes of noise whose size is known, and which this limit alone could have spared."""
    spared: int
    missed: int
    others: int


def suggestions(episodes: Episodes, tolerances: Tolerances) -> list[Suggestion]:
    """What could be set, for the most noise first."""
    groups: dict[Group, Counter[tuple[str, str]]] = defaultdict(Counter)
    rows = zip(episodes.kind, episodes.rule, episodes.outcome, episodes.peak, strict=True)
    for (kind, rule, outcome, peak), count in Counter(rows).items():
        if peak is not None and outcome != "recorded":
            groups[kind, rule][_class(outcome), peak] += count
    found: list[Suggestion] = []
    for (kind, rule), peaks in groups.items():
        limits = THRESHOLDS.get(kind, ())
        current = {limit.parameter: _current(tolerances, kind, rule, limit.parameter) for limit in limits}
        for limit in limits:
            found += _of(kind, rule, limit, peaks, current)
    return sorted(found, key=lambda each: (-each.noise, each.kind, each.rule, each.parameter, each.value))


def asked_of(rule: str) -> list[str]:
    """What the subjects of a layer have in common, as `KEY=VALUE`: what a rule for them alone has to ask for."""
    keys = "|".join((*MATCH_KEYS, "function"))
    return [f"{key}={value}" for key, value in re.findall(_ASKED.format(keys, keys), rule)]


def _of(
    kind: str, rule: str, threshold: Threshold, peaks: Counter[tuple[str, str]], current: Mapping[str, float]
) -> Iterator[Suggestion]:
    limits: dict[str, list[float]] = {"noise": [], "acted": [], "other": []}
    for (sort, peak), count in peaks.items():
        sizes = json.loads(peak)
        size = sizes.get(threshold.parameter)
        if size is not None and not (kind in EITHER and _passed_without(threshold, sizes, current)):
            limits[sort] += [threshold.sparing(size)] * count
    for found in limits.values():
        found.sort()
    noise, acted, other = limits.values()
    seen: set[float] = set()
    for sort, value in _values(noise, acted):
        if value > current[threshold.parameter] and value not in seen:
            seen.add(value)
            counts = [bisect_right(each, value) for each in (noise, acted, other)]
            yield Suggestion(
                kind, rule, threshold.parameter, current[threshold.parameter], value, sort, len(noise), *counts
            )


def _passed_without(threshold: Threshold, sizes: Mapping[str, float], current: Mapping[str, float]) -> bool:
    """Whether another limit would have reported a departure of these sizes, whatever this one is set to."""
    return any(sizes.get(name, 0) > limit for name, limit in current.items() if name != threshold.parameter)


def _values(noise: Sequence[float], acted: Sequence[float]) -> Iterator[tuple[str, float]]:
    """The three values; both lists are the smallest values that would have spared each episode, in ascending order."""
    if not noise:
        return
    below = bisect_left(noise, acted[0]) if acted else len(noise)
    if below:
        yield "safe", noise[below - 1]
    most, best, missed = 0, None, 0
    for spared, value in enumerate(noise, 1):
        while missed < len(acted) and acted[missed] <= value:
            missed += 1
        if spared - missed > most:
            most, best = spared - missed, value
    if best is not None:
        yield "best", best
    yield "all", noise[-1]


def _class(outcome: str) -> str:
    return "noise" if outcome in NEEDLESS else "acted" if outcome == "acted" else "other"


def _current(tolerances: Tolerances, kind: str, rule: str, parameter: str) -> float:
    """What holds now for the subjects of a layer."""
    asked: dict[str, Any] = {**dict.fromkeys(Subject._fields), "subject": ""}
    asked |= {key: value for key, _, value in (each.partition("=") for each in asked_of(rule)) if key in asked}
    return tolerances.of(kind, Subject(**asked))[parameter]
