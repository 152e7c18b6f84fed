"""Whether a condition holds for a deviation at a time, and the sentence that says why.

Conditions are data: nothing is rendered or called. An unknown field makes its clause unknown, and an unknown is no
match, inside `not` too (Kleene's three values), so a playbook never starts on something nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from engine.values.clock import MINUTE
from engine.values.paths import at_path
from engine.values.text import clean
from playbooks.language.fields import FIELDS, Field, Scalar, comparable
from playbooks.language.patterns import compiled
from playbooks.working_time.durations import clock_minutes

if TYPE_CHECKING:
    from playbooks.language.condition_shape import Condition

SIGNS: Final = {
    "eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥", "nin": "not in", "regex": "fits",
}  # fmt: skip
"""Operators as people read them; the others as they are written, without underlines."""


class Verdict:
    """True, False, or None for unknown; and the clauses that decide it, put into words when they are asked for."""

    def __init__(self, held: bool | None, say: Callable[[], str]) -> None:
        self.held = held
        self._say = say

    @cached_property
    def because(self) -> str:
        """The clauses that decide, with the values compared."""
        return self._say()


class Case:
    """A deviation (the contract's JSON) at an instant; a clause that many playbooks ask is judged once."""

    def __init__(self, deviation: Mapping[str, Any], now: int, fields: Mapping[str, Field] = FIELDS) -> None:
        self._deviation = deviation
        self._now = now
        self._fields = fields
        self._judged: dict[tuple[str | None, str | None, Any], Verdict] = {}

    def value(self, path: str) -> Any:
        """What the deviation says there; None where it says nothing."""
        return at_path(self._deviation, path)

    def judge(self, clause: Condition) -> Verdict:
        """Judge a linted clause of field, op and value."""
        value = tuple(clause.value) if isinstance(clause.value, list) else clause.value
        key = clause.field, clause.op, value
        verdict = self._judged.get(key)
        if verdict is None:
            verdict = self._judged[key] = _clause(clause, self._deviation, self._now, self._fields[clause.field or ""])
        return verdict


def evaluate(condition: Condition, case: Case) -> Verdict:
    """Judge a linted condition."""
    if condition.all_ is not None:
        return _decide([evaluate(each, case) for each in condition.all_], decisive=False)
    if condition.any_ is not None:
        return _decide([evaluate(each, case) for each in condition.any_], decisive=True)
    if condition.not_ is not None:
        inner = evaluate(condition.not_, case)
        return Verdict(None if inner.held is None else not inner.held, lambda: f"not: {inner.because}")
    return case.judge(condition)


def _decide(verdicts: Sequence[Verdict], *, decisive: bool) -> Verdict:
    """Of `all`, one False decides; of `any`, one True does; else an unknown; else all together say the same."""
    for wanted in (decisive, None):
        for verdict in verdicts:
            if verdict.held is wanted:
                return verdict
    return Verdict(not decisive, lambda: "; ".join(verdict.because for verdict in verdicts))


def _clause(condition: Condition, deviation: Mapping[str, Any], now: int, field: Field) -> Verdict:
    name, operator = condition.field or "", condition.op or ""
    raw = at_path(deviation, name)
    if operator == "exists":
        wanted = condition.value is not False
        return Verdict(
            (raw is not None) is wanted, lambda: f"{name} {'is known' if raw is not None else 'is not known'}"
        )
    actual = comparable(field, raw)

    def asked() -> str:
        return f"(asked: {SIGNS.get(operator, operator.replace('_', ' '))} {_words(condition.value)})"

    if actual is None:
        return Verdict(None, lambda: f"{name} is not known {asked()}")
    if operator in ("older_than", "newer_than"):
        held = _aged(operator, actual, now - clock_minutes(condition.value) * MINUTE)
    elif operator == "regex":
        held = compiled(condition.value).fits(str(actual))
    else:
        values = condition.value if isinstance(condition.value, list) else [condition.value]
        operands = [operand for value in values if (operand := comparable(field, value)) is not None]
        held = _compare(operator, actual, operands)
    return Verdict(held, lambda: f"{name} is {_words(raw)}" if held else f"{name} is {_words(raw)} {asked()}")


def _aged(operator: str, actual: Any, limit: int) -> bool:
    return bool(actual < limit if operator == "older_than" else actual > limit)


def _compare(operator: str, actual: Any, operands: Sequence[Scalar]) -> bool:
    """`operands` hold the values asked for: two for between, any number for in and nin, else one."""
    first: Any = operands[0]
    match operator:
        case "eq" | "in":
            return actual in operands
        case "ne" | "nin":
            return actual not in operands
        case "lt":
            return bool(actual < first)
        case "le":
            return bool(actual <= first)
        case "gt":
            return bool(actual > first)
        case "ge":
            return bool(actual >= first)
        case "between":
            last: Any = operands[1]
            return bool(first <= actual <= last)
        case "contains":
            return first in actual
        case "ends_with":
            return bool(actual.endswith(first))
        case _:
            return bool(actual.startswith(first))


def _words(value: Any) -> str:
    if isinstance(value, list):
        return " or ".join(_words(each) for each in value)
    if isinstance(value, float):
        return f"{value:,.12g}"
    return clean(str(value))


def specificity(condition: Condition | None) -> int:
    """How many clauses have to hold at least: the more, the closer the playbook is to the case at hand."""
    if condition is None:
        return 0
    if condition.all_ is not None:
        return sum(specificity(each) for each in condition.all_)
    if condition.any_ is not None:
        return min(specificity(each) for each in condition.any_)
    if condition.not_ is not None:
        return specificity(condition.not_)
    return 1


def walk(condition: Condition, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Condition, int]]:
    """Every condition inside, itself first, with its path in the file and its depth from 1."""
    waiting = [(path, condition, 1)]
    while waiting:
        place, current, depth = waiting.pop()
        yield place, current, depth
        for key, parts in (("all", current.all_), ("any", current.any_)):
            waiting += [((*place, key, number), part, depth + 1) for number, part in enumerate(parts or ())]
        if current.not_ is not None:
            waiting.append(((*place, "not"), current.not_, depth + 1))


def values_asked(condition: Condition, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The values of steps that a condition asks about, each with its path in the file."""
    for place, part, _ in walk(condition, path):
        if part.field is not None and part.field.startswith("values."):
            yield (*place, "field"), part.field.removeprefix("values.")
