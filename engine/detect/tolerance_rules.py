"""The rules of tolerances as they stand: each kind's defaults, the rules over them, and which one decides.

The defaults stand beside the detectors, so this is above them; what holds for one subject is a value that they judge by
(engine.vocabulary.tolerance). Pure, except `load`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from engine import detect
from engine.storage.sqlite import sqlite3
from engine.values.errors import BadInput
from engine.vocabulary.deviation_kinds import COUNTED_KINDS, KIND_FUNCTIONS
from engine.vocabulary.model import FUNCTIONS
from engine.vocabulary.tolerance import ANY_SITE, FUNCTION, LAYERS, MATCH_KEYS, NO_SUBJECT, Subject, Tolerance

_COMMON: Final = {
    "minimum_value": 0.0,
    "clear_hold_hours": 0.0,
    "reopen_window_hours": 24.0,
    "re_raise_days": 0.0,
    "close_after_days": 7.0,
}
"""Parameters of every kind; `minimum_value` is in units of the desk's currency, and `re_raise_days` 0 means never."""


_COUNTED: Final = {"breaches": 1.0, "within_hours": 0.0, "clears": 1.0}
"""Parameters of deviation_kinds.COUNTED_KINDS (engine.facts.runs); `within_hours` 0: however long it takes."""


_LARGEST: Final = {"days": 36_500, "hours": 876_000}
"""A hundred years, by the end of a parameter's name: what is added to a date has to stay one."""


@functools.cache
def defaults() -> Mapping[str, Mapping[str, float]]:
    """Each deviation kind with its parameters and their defaults.

    Lengths of time are days or hours as named, `percent` is 0 to 100, and medium, high and critical are the sizes from
    which that severity holds. What else a kind has is beside its detector.
    """
    return {
        kind: {**detector.DEFAULTS, **_COMMON, **(_COUNTED if kind in COUNTED_KINDS else {})}
        for kind, detector in detect.KINDS.items()
    }


class _Rule(NamedTuple):
    number: int
    """As the user counts the rules; 0: the setting of a kind."""
    kind: str | None
    function: str | None
    matches: tuple[tuple[int, str], ...]
    """Pairs of a position in Subject and the value asked for."""
    parameters: Mapping[str, float]

    def rank(self) -> tuple[int, int]:
        """Bits of LAYERS, so that the narrowest thing that two rules do not share decides; then the later rule."""
        asked = [_layer(MATCH_KEYS[position], value) for position, value in self.matches]
        asked += ["kind"] if self.kind is not None else []
        asked += [FUNCTION] if self.function is not None else []
        return sum(1 << LAYERS.index(layer) for layer in asked), self.number

    def reaches(self, kind: str) -> bool:
        return self.kind in (None, kind) and self.function in (None, KIND_FUNCTIONS[kind])

    def holds(self, subject: Subject) -> bool:
        return all(_meets(MATCH_KEYS[position], wanted, subject[position]) for position, wanted in self.matches)

    def words(self) -> str:
        asked = [(MATCH_KEYS[position], value) for position, value in self.matches]
        asked += [(FUNCTION, self.function)] if self.function is not None else []
        named = ", ".join(f"{key}={value}" for key, value in asked)
        return (f"rule {self.number}" + (f": {named}" if named else "")) if self.number else "setting"


def _layer(key: str, value: str) -> str:
    return f"{key} with {ANY_SITE}" if key == "lane" and ANY_SITE in value.split(">") else key


def _meets(key: str, wanted: str, value: str | None) -> bool:
    if key != "lane" or value is None:
        return value == wanted
    return all(end in (ANY_SITE, present) for end, present in zip(wanted.split(">"), value.split(">"), strict=False))


class Tolerances:
    """All rules of a desk, and the answer for one subject."""

    def __init__(self, rules: list[_Rule]) -> None:
        self._by_kind = {
            kind: sorted((rule for rule in rules if rule.reaches(kind)), key=_Rule.rank) for kind in defaults()
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
        return None if self._asked[kind] else self.of(kind, NO_SUBJECT)

    def counts_clears(self, kind: str) -> bool:
        """Whether some rule for a kind asks for more than one clear."""
        return any(rule.parameters.get("clears", 1) > 1 for rule in self._by_kind[kind])

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
            if rule.holds(subject):
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
        _check_match(key, value, place)
    for name, value in parameters.items():
        if name not in known:
            raise BadInput(
                place, f"{name!r} is no parameter of {kind or 'any kind'}", f"write one of {', '.join(known)}"
            )
        largest = next((limit for word, limit in _LARGEST.items() if name.endswith(word)), 10**9)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= largest:
            raise BadInput(place, f"{name} = {value!r} is no tolerance", f"write a number from 0 to {largest}")
        if name in ("breaches", "clears") and (value < 1 or value != int(value)):
            raise BadInput(place, f"{name} = {value!r} cannot be counted", "write a whole number from 1")


def _check_match(key: Any, value: Any, place: str) -> None:
    keys = (*MATCH_KEYS, FUNCTION)
    if key not in keys or not isinstance(value, str):
        raise BadInput(place, f"a rule cannot match {key!r} with {value!r}", f"match text with {', '.join(keys)}")
    if key == FUNCTION and value not in FUNCTIONS:
        raise BadInput(place, f"{value!r} is no function", f"write one of {', '.join(FUNCTIONS)}")
    if key == "lane" and not (value.count(">") == 1 and all(value.split(">"))):
        raise BadInput(place, f"{value!r} is no lane", f"write ORIGIN>SITE, with {ANY_SITE} for any of one of them")


def load(connection: sqlite3.Connection) -> Tolerances:
    """The rules of a desk as they stand now."""
    return of_rules(connection.execute("SELECT rule, kind, matches, parameters FROM tolerance"))


def of_rules(rows: Iterable[tuple[int | None, str | None, str, str]]) -> Tolerances:
    """The answers of some rules: number (None: a kind's setting), kind, matches and parameters as the table has
    them."""
    rules = []
    for number, kind, matches, parameters in rows:
        wanted = json.loads(matches)
        function = wanted.pop(FUNCTION, None)
        asked = tuple((MATCH_KEYS.index(key), value) for key, value in sorted(wanted.items()))
        rules.append(_Rule(number or 0, kind, function, asked, json.loads(parameters)))
    return Tolerances(rules)
