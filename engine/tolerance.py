"""How far reality may leave the plan before anybody is told: defaults, layers of rules, and the one that speaks.

Tolerances are data. A rule of the table `tolerance` names the subjects that it is for (`matches`) and the parameters
that it sets; each parameter is taken from the most specific rule that sets it: more matching keys first, then a rule
for this deviation kind before one for every kind, then the later rule; last the kind's defaults. Pure, except `load`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from engine.errors import BadInput
from engine.model import SEVERITIES
from engine.sqlite import sqlite3

MATCH_KEYS: Final = ("party", "item", "site", "item_class", "subject")
"""What a rule can ask of a subject; `subject` is its id, such as 4711/10 or SKU-77@RTM."""

_COMMON: Final = {"clear_hold_hours": 0.0, "reopen_window_hours": 24.0, "minimum_value": 0.0}
"""Parameters of every kind; `minimum_value` is in units of the desk's currency."""


@functools.cache
def defaults() -> Mapping[str, Mapping[str, float]]:
    """Each deviation kind with its parameters and their defaults.

    Lengths of time are days or hours as named, `percent` is 0 to 100, and medium, high and critical are the sizes from
    which that severity holds. What else a kind has is beside its detector.
    """
    from engine import detect  # here, since the detectors are judged by this module's Tolerance

    return {kind: {**detector.DEFAULTS, **_COMMON} for kind, detector in detect.KINDS.items()}


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What holds for one subject: every parameter of the kind, and the layer that each came from."""

    kind: str
    values: Mapping[str, float]
    layers: Mapping[str, str]
    """Parameter to the rule that set it, in words; a parameter that is not in it has its default."""

    def __getitem__(self, parameter: str) -> float:
        return self.values[parameter]

    def source(self, parameter: str) -> str:
        """Where a parameter comes from, as an explanation prints it."""
        return f"tolerance {self.kind}: {parameter} ({self.layers.get(parameter, 'default')})"

    def severity(self, size: float) -> str:
        """The severity of a departure of this size, in the unit of the kind's bounds."""
        reached = [name for name in SEVERITIES if name in self.values and size >= self.values[name]]
        return str(reached[-1] if reached else SEVERITIES[0])


class Subject(NamedTuple):
    """What rules can match; fields in the order of MATCH_KEYS."""

    party: str | None
    item: str | None
    site: str | None
    item_class: str | None
    subject: str


_ANY: Final = Subject(None, None, None, None, "")


class _Rule(NamedTuple):
    number: int
    """As the user counts the rules; 0: the setting of a kind."""
    kind: str | None
    matches: tuple[tuple[int, str], ...]
    """Pairs of a position in Subject and the value asked for."""
    parameters: Mapping[str, float]

    def rank(self) -> tuple[int, bool, int]:
        return len(self.matches), self.kind is not None, self.number

    def words(self) -> str:
        named = ", ".join(f"{MATCH_KEYS[position]}={value}" for position, value in self.matches)
        return (f"rule {self.number}" + (f": {named}" if named else "")) if self.number else "setting"


class Tolerances:
    """All rules of a desk, and the answer for one subject."""

    def __init__(self, rules: list[_Rule]) -> None:
        self._by_kind = {
            kind: sorted((rule for rule in rules if rule.kind in (None, kind)), key=_Rule.rank) for kind in defaults()
        }
        self._asked = {
            kind: sorted({position for rule in ranked for position, _ in rule.matches})
            for kind, ranked in self._by_kind.items()
        }
        self._known: dict[tuple[Any, ...], Tolerance] = {}
        self.asks_item_class = any(MATCH_KEYS.index("item_class") in asked for asked in self._asked.values())
        """Whether any rule needs to know the class of items."""

    def is_ever_set(self, kind: str, parameter: str) -> bool:
        """Whether a parameter is over zero for any subject."""
        return any(rule.parameters.get(parameter, 0.0) > 0 for rule in self._by_kind[kind]) or (
            defaults()[kind][parameter] > 0
        )

    def same_for_all(self, kind: str) -> Tolerance | None:
        """What holds for every subject of a kind, where no rule asks anything of the subject; else None."""
        return None if self._asked[kind] else self.of(kind, _ANY)

    def of(self, kind: str, subject: Subject) -> Tolerance:
        """What holds for a subject under one deviation kind."""
        key = (kind, *[subject[position] for position in self._asked[kind]])
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._resolve(kind, subject)
        return found

    def _resolve(self, kind: str, subject: Subject) -> Tolerance:
        values, layers = dict(defaults()[kind]), {}
        for rule in self._by_kind[kind]:
            if all(subject[position] == wanted for position, wanted in rule.matches):
                for parameter, value in rule.parameters.items():
                    if parameter in values:
                        values[parameter], layers[parameter] = value, rule.words()
        return Tolerance(kind, values, layers)


def check(kind: str | None, matches: Mapping[str, Any], parameters: Mapping[str, Any], place: str) -> None:
    """Refuse what cannot be a rule: raises BadInput at `place` for an unknown kind, key or parameter or a bad number.

    `kind` None is a rule for every kind; it may set any parameter that some kind has.
    """
    every = defaults()
    if kind is not None and (not isinstance(kind, str) or kind not in every):
        raise BadInput(place, f"{kind!r} is no deviation kind", f"write one of {', '.join(every)}")
    known = every[kind] if kind is not None else {name: 0.0 for each in every.values() for name in each}
    for key, value in matches.items():
        if key not in MATCH_KEYS or not isinstance(value, str):
            raise BadInput(
                place, f"a rule cannot match {key!r} with {value!r}", f"match text with {', '.join(MATCH_KEYS)}"
            )
    for name, value in parameters.items():
        if name not in known:
            raise BadInput(
                place, f"{name!r} is no parameter of {kind or 'any kind'}", f"write one of {', '.join(known)}"
            )
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e9:
            raise BadInput(place, f"{name} = {value!r} is no tolerance", "write a number from 0 to 1000000000")


def load(connection: sqlite3.Connection) -> Tolerances:
    """The rules of a desk as they stand now."""
    rules = []
    for number, kind, matches, parameters in connection.execute(
        "SELECT coalesce(rule, 0), kind, matches, parameters FROM tolerance"
    ):
        asked = tuple((MATCH_KEYS.index(key), value) for key, value in sorted(json.loads(matches).items()))
        rules.append(_Rule(number, kind, asked, json.loads(parameters)))
    return Tolerances(rules)
