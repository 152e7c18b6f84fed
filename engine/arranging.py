"""Deviations as a list is arranged by: in an order of a person's choosing, and in groups of what they have in common.

What an order leaves equal stays in the queue's order; groups come in the order of their first member, so the most urgent
one stands on top. Which deviations there are is engine.lists' answer.
"""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from engine import fields, groups, lists, settings
from engine.errors import BadInput
from engine.filters import Field, parse_line
from engine.money import amount
from engine.sqlite import sqlite3


class Group(NamedTuple):
    """What the members share, how many they are, and what they expose together."""

    value: str | bool | None
    size: int
    exposure: dict[str, Any] | None


class Arrangement(NamedTuple):
    """Numbers of deviations; with groups, those of the first group first, then those of the second."""

    ids: list[int]
    groups: list[Group]


_ORDERED: Final = ("text", "number", "time", "money", "flag", "choice", "id")


def order_names() -> list[str]:
    """The fields that deviations can be ordered by."""
    return [name for name, field in fields.DEVIATIONS.fields.items() if field.type in _ORDERED]


def deviations(connection: sqlite3.Connection, now: int, text: str, order: str, group: str) -> Arrangement:
    """Deviations under a filter text, by `order`: a field, with a minus before it the largest first; empty: the queue's.

    What has no value in the field comes last either way. Raises BadInput for a filter or a field that cannot be used.
    """
    wanted = _order_field(order)
    shared = groups.field(group) if group else None
    found = lists.deviation_numbers(connection, now, parse_line(text, fields.DEVIATIONS, now))
    if wanted is not None:
        found = _ordered(connection, now, found, wanted, largest_first=order.startswith("-"))
    return Arrangement(found, []) if shared is None else _grouped(connection, now, found, shared)


def _order_field(order: str) -> Field | None:
    name = order.removeprefix("-")
    if not order:
        return None
    field = fields.DEVIATIONS.fields.get(name)
    if field is None or field.type not in _ORDERED:
        raise BadInput("sort", f"{name!r} cannot be sorted by", f"name one of {', '.join(order_names())}")
    return field


def _ordered(
    connection: sqlite3.Connection, now: int, numbers: list[int], field: Field, *, largest_first: bool
) -> list[int]:
    values = _values(connection, now, numbers, field)
    places = {choice: place for place, choice in enumerate(field.choices)}
    keys = {number: places.get(value, value) if places else value for number, value in values.items()}
    known = [number for number in numbers if keys[number] is not None]
    # Python's sort keeps what is equal in its order, also in reverse.
    known.sort(key=keys.__getitem__, reverse=largest_first)
    return known + [number for number in numbers if keys[number] is None]


def _grouped(connection: sqlite3.Connection, now: int, numbers: list[int], field: Field) -> Arrangement:
    values = _values(connection, now, numbers, field)
    members: dict[Any, list[int]] = {}
    for number in numbers:
        members.setdefault(values[number], []).append(number)
    exposed = _values(connection, now, numbers, Field("number", "exposure_minor"))
    currency = settings.current(connection)["currency"]
    told = [
        Group(
            groups.value(field, value),
            len(inside),
            amount(sum(exposed[number] or 0 for number in inside), currency),
        )
        for value, inside in members.items()
    ]
    return Arrangement([number for inside in members.values() for number in inside], told)


def _values(connection: sqlite3.Connection, now: int, numbers: list[int], field: Field) -> dict[int, Any]:
    """The value of a field by deviation; text without a letter counts as none."""
    query = f"SELECT id, nullif({field.sql}, '') FROM deviation WHERE id IN (SELECT value FROM json_each(:numbers))"
    return dict(connection.execute(query, {"numbers": json.dumps(numbers), "now": now}).fetchall())
