"""What pydantic says about a file's shape, as sentences for the author with what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.values.text import shown
from playbooks.language.fields import NAME_PATTERN
from playbooks.language.findings import Fault, located
from playbooks.language.schema import Playbook
from playbooks.language.shapes import ANCHOR_PATTERN, TIME_OF_DAY_PATTERN

_WANTED: Final[Mapping[str, tuple[str, str]]] = {
    "string_type": ("text", "put it in quotes"),
    "int_type": ("a whole number", "write digits without quotes"),
    "float_type": ("a number", "write digits without quotes"),
    "bool_type": ("true or false", "write true or false without quotes"),
    "list_type": ("a list", "begin each entry with a hyphen on a line of its own"),
    "dict_type": ("a mapping", "write it as key: value lines"),
    "model_type": ("a mapping", "write it as key: value lines"),
}
_FORMS: Final = {
    ANCHOR_PATTERN: "write opened, need, decide_by, ready or step:ID",
    TIME_OF_DAY_PATTERN: "write it as 08:00",
    NAME_PATTERN: "use small letters, digits and single underscores, beginning with a letter",
}
_SLUG_MEND: Final = "use small letters, digits and single hyphens, beginning with a letter"


def shape_faults(error: ValidationError) -> list[Fault]:
    """One fault for each error, in the order of the file's paths."""
    return [_fault(each) for each in error.errors(include_url=False)]


def _fault(error: ErrorDetails) -> Fault:
    at = tuple(part for part in error["loc"] if part != "[key]")
    key = len(at) < len(error["loc"])
    name, kind, given = located(at) or "the file", error["type"], error["input"]
    if kind == "missing":
        return Fault("syntax", at, f"{name} is missing", "add it")
    if kind == "extra_forbidden":
        known = _keys(_model_at(at[:-1]))
        return Fault("syntax", at, f"{name} is no key of schema 1", nearest(str(at[-1]), known), key=True)
    if kind == "literal_error" and at == ("schema",):
        fault = f"schema {shown(given)} is not one that this offplan reads"
        return Fault("syntax", at, fault, "write schema: 1, or update offplan")
    if kind == "literal_error":
        expected = [word.strip("'") for word in error["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        return Fault("syntax", at, f"{name} is {shown(given)}", nearest(str(given), expected))
    if kind == "string_pattern_mismatch":
        mend = _FORMS.get(error["ctx"]["pattern"], _SLUG_MEND)
        return Fault("syntax", at, f"{name} is {shown(given)}", mend, key=key)
    if kind in _WANTED:
        wanted, mend = _WANTED[kind]
        return Fault("syntax", at, f"{name} is {_type_word(given)}, not {wanted}", _quoting(given, mend))
    if kind in ("less_than_equal", "greater_than_equal"):
        side, limit = (
            ("most", error["ctx"].get("le")) if kind == "less_than_equal" else ("least", error["ctx"].get("ge"))
        )
        return Fault("syntax", at, f"{name} is {shown(given)}", f"write at {side} {limit}")
    if kind == "too_short":
        least = error["ctx"]["min_length"]
        return Fault("syntax", at, f"{name} has {len(given)} entries", f"write at least {least}, or take it out")
    if kind == "value_error":
        fault, _, mend = str(error["ctx"]["error"]).partition("; ")
        return Fault("syntax", at, f"{name}: {fault}", mend)
    return Fault("syntax", at, f"{name}: {error['msg'][:1].lower()}{error['msg'][1:]}", "correct it")


def _quoting(given: Any, mend: str) -> str:
    return "write it out" if given is None else mend


def nearest(given: str, known: Sequence[str]) -> str:
    """The mend for a word that is not one of a closed list."""
    close = difflib.get_close_matches(given, known, n=1)
    choices = ", ".join(known)
    return f"did you mean {close[0]}? Possible: {choices}" if close else f"use one of {choices}"


def _type_word(value: Any) -> str:
    words = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a mapping"}
    return "empty" if value is None else words[type(value)]


def _model_at(at: Sequence[str | int]) -> type[BaseModel]:
    """The model that reads the mapping at a path."""
    model: type[BaseModel] = Playbook
    for part in at:
        if isinstance(part, str):
            field = next((each for name, each in model.model_fields.items() if part in (name, each.alias)), None)
            model = _inside(field.annotation) or model if field is not None else model
    return model


def _inside(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds: itself, in a list, by name, or nothing else."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inside(part)) is not None), None)


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]
