"""What pydantic says about offplan.toml, as one sentence with the place, what is wrong and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic_core import ErrorDetails

from engine.values.errors import BadInput

_SECRETIVE: Final = frozenset(("url", "headers", "params", "password", "secret"))
"""Keys of a source or a channel whose values are never quoted."""
_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "source": ("folder", "http"),
    "channel": ("folder", "calendar", "email", "webhook"),
}
"""What `type` may say, by table."""
KnownKeys = Callable[[Iterable[int | str]], list[str]]


_WANTED: Final[Mapping[str, str]] = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list in [ ]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "string_pattern_mismatch": "an address such as https://erp.example/api",
}
"""What would be right, by pydantic's types of fault; only addresses have a pattern."""


def sentence(path: Path, document: Mapping[str, Any], errors: list[ErrorDetails], known_keys: KnownKeys) -> BadInput:
    """The first fault as place, fault and mend; how many more there are is said too.

    `known_keys` says for the location of an unknown key which ones its table has.
    """
    faults: dict[tuple[str, ...], list[ErrorDetails]] = {}
    for error in errors:
        faults.setdefault(keys_of(document, error), []).append(error)
    keys, alike = next(iter(faults.items()))
    error = alike[0]
    place = f"{path}: {'.'.join(keys)}" if keys else str(path)
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    if error["type"] == "extra_forbidden":
        known = known_keys(error["loc"])
        near = difflib.get_close_matches(keys[-1], known, 1)
        mend = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
        return BadInput(place, f"unknown key {keys[-1]!r}{more}", mend)
    if error["type"] == "value_error":
        fault, _, mend = str(error["ctx"]["error"]).partition("; ")
        return BadInput(place, fault + more, mend)
    if error["type"] == "missing":
        return BadInput(place, f"the key is missing{more}", "add it")
    if error["type"].startswith("union_tag"):
        mend = "write " + " or ".join(f'type = "{type_}"' for type_ in _TYPES[keys[0]])
        return BadInput(f"{place}.type", f"there is no {keys[0]} of this type{more}", mend)
    shown = repr(error["input"])
    shown = shown if len(shown) <= 60 else shown[:59] + "…"
    if keys[:1] in (("source",), ("channel",)) and _SECRETIVE.intersection(keys[2:]):
        # Addresses, headers and parameters may hold what no log and no screen must show.
        shown = "what stands there"
    return BadInput(place, f"{shown} does not fit{more}", _mend(keys, alike))


def keys_of(document: Mapping[str, Any], error: ErrorDetails) -> tuple[str, ...]:
    """The keys of the file that lead to a fault; what pydantic adds (`int`, `http`) only names a branch of a model.

    Faults of all branches have the same keys. Elements of an array count from 1.
    """
    keys: list[str] = []
    value: Any = document
    for part in error["loc"]:
        if isinstance(value, dict) and part in value:
            keys.append(str(part))
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int):
            keys.append(str(part + 1))
            value = value[part]
    return (*keys, str(error["loc"][-1])) if error["type"] == "missing" else tuple(keys)


def _mend(keys: tuple[str, ...], alike: Iterable[ErrorDetails]) -> str:
    """What would be right in a place, by what each branch of its model wants."""
    wanted: dict[str, None] = {}
    for error in alike:
        if error["type"] == "literal_error":
            wanted[error["ctx"]["expected"]] = None
        elif error["type"] in _WANTED:
            wanted[_WANTED[error["type"]]] = None
        else:
            return error["msg"][:1].lower() + error["msg"][1:]
    if keys[:1] == ("mapping",) and keys[2:3] == ("fields",) and len(keys) == 4:
        return "write the name of a column in quotes, or a table"
    if "a number" in wanted:
        wanted.pop("a whole number", None)
    return f"write {' or '.join(wanted)}"
