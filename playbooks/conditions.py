"""Whether a condition holds for a deviation, and the sentence that says why.

Conditions are data: nothing is rendered, called or searched by pattern. An unknown field makes its clause unknown, and
an unknown is no match, inside `not` too (Kleene's three values), so a playbook never starts on something nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.text import clean
from playbooks.fields import FIELDS, Scalar, comparable, lookup

if TYPE_CHECKING:
    from playbooks.schema import Condition

_SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥", "nin": "not in"}


class Verdict(NamedTuple):
    """True, False, or None for unknown; and the clauses that decide it, with the values compared."""

    held: bool | None
    because: str


def evaluate(condition: Condition, deviation: Mapping[str, Any]) -> Verdict:
    """Judge a linted condition; `deviation` is the contract's JSON."""
    if condition.all_ is not None:
        verdicts = [evaluate(each, deviation) for each in condition.all_]
        return _decide(verdicts, decisive=False)
    if condition.any_ is not None:
        verdicts = [evaluate(each, deviation) for each in condition.any_]
        return _decide(verdicts, decisive=True)
    if condition.not_ is not None:
        inner = evaluate(condition.not_, deviation)
        return Verdict(None if inner.held is None else not inner.held, f"not: {inner.because}")
    return _clause(condition, deviation)


def _decide(verdicts: Sequence[Verdict], *, decisive: bool) -> Verdict:
    """Of `all`, one False decides; of `any`, one True does; else an unknown; else all together say the same."""
    for wanted in (decisive, None):
        for verdict in verdicts:
            if verdict.held is wanted:
                return verdict
    return Verdict(not decisive, "; ".join(verdict.because for verdict in verdicts))


def _clause(condition: Condition, deviation: Mapping[str, Any]) -> Verdict:
    name, operator = condition.field or "", condition.op or ""
    field = FIELDS[name]
    raw = lookup(deviation, name)
    if operator == "exists":
        wanted = condition.value is not False
        found = "is known" if raw is not None else "is not known"
        return Verdict((raw is not None) is wanted, f"{name} {found}")
    actual = comparable(field, raw)
    shown = f"{_SIGNS.get(operator, operator.replace('_', ' '))} {_words(condition.value)}"
    if actual is None:
        return Verdict(None, f"{name} is not known (asked: {shown})")
    values = condition.value if isinstance(condition.value, list) else [condition.value]
    operands = [operand for value in values if (operand := comparable(field, value)) is not None]
    held = _compare(operator, actual, operands)
    return Verdict(held, f"{name} is {_words(raw)}" if held else f"{name} is {_words(raw)} (asked: {shown})")


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
