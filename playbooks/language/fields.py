"""The fields of a deviation that a condition may ask about: a closed list, with the type that decides what compares.

Paths are those of the contract's JSON of a deviation. A field that is absent or null there is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from engine.values.clock import parse_instant
from engine.values.errors import BadInput
from engine.vocabulary.deviation_kinds import DEVIATION_KINDS
from engine.vocabulary.lifecycle import DEVIATION_STATES
from engine.vocabulary.model import LINE_KINDS, SEVERITIES

NAME_PATTERN: Final = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
VALUE_PATTERN: Final = rf"^values\.{NAME_PATTERN.removeprefix('^')}"
"""How an amount names a value of the playbook's own: `values.quote`."""

FieldType = Literal["text", "number", "choice", "rank", "time"]
Scalar = str | int | float

_EQUAL: Final = frozenset({"eq", "ne", "in", "nin", "exists"})
_ORDER: Final = frozenset({"lt", "le", "gt", "ge", "between", "exists"})
OPERATORS: Final[Mapping[FieldType, frozenset[str]]] = {
    "text": _EQUAL | {"contains", "starts_with", "ends_with", "regex"},
    "choice": _EQUAL,
    "number": _EQUAL | _ORDER,
    "rank": _EQUAL | _ORDER,
    "time": _ORDER | {"older_than", "newer_than"},
}
"""What can be asked of each type. A `choice` is one of a few words, a `rank` one of a few ordered words."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field that conditions know; `always` says that every deviation has it."""

    type: FieldType
    choices: tuple[str, ...] = ()
    always: bool = False


FIELDS: Final[Mapping[str, Field]] = {
    "kind": Field("choice", DEVIATION_KINDS, always=True),
    "state": Field("choice", DEVIATION_STATES, always=True),
    "severity": Field("rank", SEVERITIES, always=True),
    "bucket": Field("rank", ("passed", "4h", "24h", "3d", "later")),
    "subject.type": Field(
        "choice", (*LINE_KINDS, "item_site", "lot", "resource", "site", "lane", "source", "reference"), always=True
    ),
    "subject.id": Field("text", always=True),
    "item": Field("text"),
    "site": Field("text"),
    "party": Field("text"),
    "owner": Field("text"),
    "summary": Field("text", always=True),
    "gap.days": Field("number"),
    "gap.hours": Field("number"),
    "gap.quantity": Field("number"),
    "gap.percent": Field("number"),
    "observed.event": Field("text"),
    "value_at_risk.amount": Field("number"),
    "value_at_risk.currency": Field("text"),
    "exposure.amount": Field("number"),
    "likelihood": Field("number"),
    "flaps": Field("number", always=True),
    "episode": Field("number", always=True),
    "need_at": Field("time"),
    "decide_by": Field("time"),
    "occurred_at": Field("time"),
    "opened_at": Field("time"),
    "raised_at": Field("time"),
}


_OF_ANSWERS: Final[Mapping[str, Field]] = {
    "text": Field("text"),
    "number": Field("number"),
    "boolean": Field("choice", ("yes", "no")),
    "date": Field("time"),
    "time": Field("time"),
}
"""What conditions compare of an answer; of a list only whether there is one."""


def fields_with(types: Mapping[str, str]) -> Mapping[str, Field]:
    """The fields of a deviation, and those of a playbook by their type: `inputs.NAME` and `values.NAME`."""
    own = {name: _OF_ANSWERS[kind] for name, kind in types.items() if kind in _OF_ANSWERS}
    return {**FIELDS, **own} if own else FIELDS


def value_name(said: Any) -> str | None:
    """The value that `values.NAME` names; None for anything else."""
    return said.removeprefix("values.") if isinstance(said, str) and re.fullmatch(VALUE_PATTERN, said) else None


def said(value: Any) -> Any:
    """An answer as conditions compare it: yes or no for what is true or not."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def kind_of(value: Any) -> str:
    """The type of an answer that a value of the file is."""
    return "boolean" if isinstance(value, bool) else "number" if isinstance(value, (int, float)) else "text"


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """The deviation that has these fields, by their paths."""
    deviation: dict[str, Any] = {}
    for path, value in values.items():
        *outer, last = path.split(".")
        inner = deviation
        for name in outer:
            inner = inner.setdefault(name, {})
        inner[last] = value
    return deviation


def comparable(field: Field, value: Any) -> Scalar | None:
    """`value` as what the field's type compares: a number, a rank, an instant or text; None where it is no such
    thing."""
    if isinstance(value, bool) or value is None:
        return None
    if field.type == "number":
        return value if isinstance(value, (int, float)) else None
    if not isinstance(value, str):
        return None
    if field.type == "rank":
        return field.choices.index(value) if value in field.choices else None
    if field.type == "time":
        try:
            return parse_instant(value, "time")
        except BadInput:
            return None
    return value
