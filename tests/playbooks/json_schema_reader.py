"""A small reader of JSON Schema: whether a value fits, by the keywords that the playbook's schema uses and no
others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
_NOTES = {"$schema", "$defs", "title", "description", "default"}


def fits(value: Any, schema: Mapping[str, Any] | bool, root: Mapping[str, Any]) -> bool:
    """Raises KeyError for a keyword that is not known here."""
    if isinstance(schema, bool):
        return schema
    return all(_keyword(name, wanted, value, schema, root) for name, wanted in schema.items() if name not in _NOTES)


def _keyword(name: str, wanted: Any, value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    match name:
        case "$ref":
            return fits(value, root["$defs"][wanted.removeprefix("#/$defs/")], root)
        case "type":
            return any(_TYPES[each](value) for each in (wanted if isinstance(wanted, list) else [wanted]))
        case "const":
            return bool(value == wanted and type(value) is type(wanted))
        case "enum":
            return value in wanted
        case "allOf":
            return all(fits(value, each, root) for each in wanted)
        case "anyOf":
            return any(fits(value, each, root) for each in wanted)
        case "oneOf":
            return sum(fits(value, each, root) for each in wanted) == 1
    if isinstance(value, dict):
        return _of_object(name, wanted, value, schema, root)
    sizes = {"minItems": list, "maxItems": list, "minLength": str, "maxLength": str}
    if name in sizes and isinstance(value, sizes[name]):
        return bool(len(value) >= wanted if name.startswith("min") else len(value) <= wanted)
    if name == "items" and isinstance(value, list):
        return all(fits(each, wanted, root) for each in value)
    if name == "pattern" and isinstance(value, str):
        return re.search(wanted, value) is not None
    if name in ("minimum", "maximum") and isinstance(value, (int, float)):
        return bool(value >= wanted if name == "minimum" else value <= wanted)
    if name == "exclusiveMinimum" and isinstance(value, (int, float)):
        return bool(value > wanted)
    return bool(
        {"minimum": 1, "maximum": 1, "exclusiveMinimum": 1, "pattern": 1, "items": 1, **sizes, **_OF_OBJECTS}[name]
    )


_OF_OBJECTS = dict.fromkeys(
    ("properties", "required", "additionalProperties", "propertyNames", "minProperties", "maxProperties",
     "patternProperties"), 1,
)  # fmt: skip


def _of_object(
    name: str, wanted: Any, value: Mapping[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any]
) -> bool:
    match name:
        case "properties":
            return all(fits(value[key], part, root) for key, part in wanted.items() if key in value)
        case "required":
            return all(key in value for key in wanted)
        case "propertyNames":
            return all(fits(key, wanted, root) for key in value)
        case "minProperties":
            return bool(len(value) >= wanted)
        case "maxProperties":
            return bool(len(value) <= wanted)
        case "patternProperties":
            return all(
                fits(part, each, root)
                for pattern, each in wanted.items()
                for key, part in value.items()
                if re.search(pattern, key)
            )
        case "additionalProperties":
            named = set(schema.get("properties", {}))
            patterns = list(schema.get("patternProperties", {}))
            others = [key for key in value if key not in named and not any(re.search(each, key) for each in patterns)]
            if wanted is False:
                return not others
            return wanted is True or all(fits(value[key], wanted, root) for key in others)
    raise KeyError(name)
