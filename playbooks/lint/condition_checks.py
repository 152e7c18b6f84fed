"""Lint of conditions: fields and operators that go together, values of the right type, and nothing that is constant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from engine.values.text import clean, shown
from playbooks.language.condition_shape import Condition
from playbooks.language.conditions import walk
from playbooks.language.fields import FIELDS, OPERATORS, Field, comparable
from playbooks.language.findings import At, Fault
from playbooks.language.patterns import compiled
from playbooks.language.shape_errors import nearest
from playbooks.lint.constancy import verdicts
from playbooks.planning.scopes import fields_of
from playbooks.working_time.durations import clock_minutes

if TYPE_CHECKING:
    from playbooks.language.schema import Playbook

MAX_DEPTH: Final = 8
MAX_NODES: Final = 200
_LISTS: Final = frozenset({"in", "nin", "between"})
_VALUE_WORDS: Final = {
    "text": "text in quotes",
    "number": "a number",
    "time": "a time such as 2026-03-09T08:00:00Z",
}
_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "regex": compiled,
    "older_than": clock_minutes,
    "newer_than": clock_minutes,
}
_AGE: Final = ("an age", "write hours or minutes on the clock, such as PT48H")
_READ: Final = {"regex": ("a pattern", "write it as text in quotes"), "older_than": _AGE, "newer_than": _AGE}


def condition_faults(playbook: Playbook) -> Iterator[Fault]:
    """Faults of every trigger's match and every step's when."""
    broken = False
    fields = fields_of(playbook)
    for number, trigger in enumerate(playbook.triggers):
        if trigger.match is not None:
            faults = list(_condition_faults(trigger.match, ("triggers", number, "match"), FIELDS))
            yield from faults
            broken = broken or bool(faults)
    for name, role in playbook.roles.items():
        for number, way in enumerate(role.resolve or ()):
            if way.when is not None:
                yield from _condition_faults(way.when, ("roles", name, "resolve", number, "when"), fields)
    if playbook.close.review is not None and playbook.close.review.when is not None:
        yield from _condition_faults(playbook.close.review.when, ("close", "review", "when"), fields)
    for number, step in enumerate(playbook.steps):
        if step.when is not None:
            faults = list(_condition_faults(step.when, ("steps", number, "when"), fields))
            yield from faults
            if not faults and not broken and not _can_hold(playbook, step.when, fields):
                fault = f"the when of step {step.id} can never hold where this playbook applies"
                yield Fault(
                    "expressions", ("steps", number, "when"), fault, "compare it with match, or take the step out"
                )


def _can_hold(playbook: Playbook, when: Condition, fields: Mapping[str, Field]) -> bool:
    """Whether there is a deviation that a trigger takes and for which `when` holds."""
    matches = [trigger.match for trigger in playbook.triggers]
    both = [when if match is None else Condition.model_validate({"all": [match, when]}) for match in matches]
    return any(verdicts(condition, fields) != {False} for condition in both)


def _condition_faults(match: Condition, at: At, fields: Mapping[str, Field]) -> Iterator[Fault]:
    parts = list(walk(match, at))
    if len(parts) > MAX_NODES or max(depth for _, _, depth in parts) > MAX_DEPTH:
        fault = f"the condition has {len(parts)} parts, or is nested over {MAX_DEPTH} deep"
        yield Fault("expressions", at, fault, f"keep it under {MAX_NODES} parts, or write several triggers")
        return
    faults = [
        fault for place, part, _ in parts if part.field is not None for fault in _clause_faults(part, place, fields)
    ]
    yield from faults
    if faults:
        return
    outcomes = verdicts(match, fields)
    if outcomes == {False}:
        yield Fault("expressions", at, "the condition can never hold", "correct the clauses that exclude each other")
    elif outcomes == {True}:
        yield Fault("expressions", at, "the condition always holds", "ask for something that can differ, such as kind")


def _clause_faults(clause: Condition, at: At, fields: Mapping[str, Field]) -> Iterator[Fault]:
    name, operator = clause.field or "", clause.op or ""
    field = fields.get(name)
    if field is None:
        known = nearest(name, list(fields))
        yield Fault("expressions", (*at, "field"), f"{clean(name)[:60]!r} is no field of a deviation", known)
        return
    if operator not in OPERATORS[field.type]:
        possible = ", ".join(sorted(OPERATORS[field.type]))
        yield Fault(
            "expressions", (*at, "op"), f"{operator} does not fit {name}, which is a {field.type}", f"use {possible}"
        )
        return
    fault = _value_fault(name, field, operator, clause.value)
    if fault:
        yield Fault("expressions", (*at, "value"), *fault)


def _value_fault(name: str, field: Field, operator: str, value: Any) -> tuple[str, str] | None:
    if operator == "exists":
        sound = value is None or isinstance(value, bool)
        return None if sound else ("exists asks for true or false", "write value: true or value: false")
    if operator in _READERS:
        return _unreadable(name, operator, value)
    if operator in _LISTS:
        if not isinstance(value, list) or not value:
            return f"{operator} on {name} asks for a list", "write value: [first, second]"
    elif isinstance(value, list):
        return f"{operator} on {name} asks for one value, not a list", "use in for several values"
    if operator == "between" and len(value) != 2:
        return f"between on {name} has {len(value)} values", "give the lowest and the highest"
    for each in value if isinstance(value, list) else [value]:
        if comparable(field, each) is None or (field.choices and each not in field.choices):
            mend = nearest(str(each), field.choices) if field.choices else f"write {_VALUE_WORDS[field.type]}"
            return f"{shown(each)} cannot be compared with {name}, which is a {field.type}", mend
        if each == "" and field.type == "text":
            return f"{operator} on {name} asks for empty text", "use op: exists with value: false for what is not there"
    if operator == "between" and _reversed(field, value):
        return f"between on {name} has the higher value first, so it never holds", "give the lowest and the highest"
    return None


def _unreadable(name: str, operator: str, value: Any) -> tuple[str, str] | None:
    """What is wrong with the value of an operator that reads it as something else than the field's type."""
    if not isinstance(value, str) or not value:
        asked, mend = _READ[operator]
        return f"{operator} on {name} asks for {asked}", mend
    try:
        _READERS[operator](value)
    except ValueError as error:
        fault, _, mend = str(error).partition("; ")
        return fault, mend
    return None


def _reversed(field: Field, bounds: list[Any]) -> bool:
    low: Any = comparable(field, bounds[0])
    return bool(low > comparable(field, bounds[1]))
