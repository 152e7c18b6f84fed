"""Deviations as a list is arranged by: in an order of a person's choosing, and in groups of what they have in common.

What an order leaves equal stays in the queue's order; groups come in the order of their first member, so the most
urgent one stands on top. Which deviations there are is engine.reading.deviation_list's answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.ranking.suppression import LIVE
from engine.reading import deviation_list, fields, groups
from engine.storage.sqlite import sqlite3
from engine.values.errors import BadInput
from engine.values.money import amount
from engine.vocabulary import settings
from engine.vocabulary.filters import Field, Filter, parse_line


class Group(NamedTuple):
    """What the members share, how many they are, and what they expose together."""

    value: str | bool | None
    size: int
    exposure: dict[str, Any] | None


class Arrangement(NamedTuple):
    """Numbers of deviations; with groups, those of the first group first, then those of the second."""

    ids: list[int]
    groups: list[Group]


_ORDER, _GROUP, _EXPOSURE = range(3)
"""Where the values of a deviation stand."""
_NOTHING: Final = Field("text", "NULL")
_ORDERED: Final = ("text", "number", "time", "money", "flag", "choice", "id")


def order_names() -> list[str]:
    """The fields that deviations can be ordered by."""
    return [name for name, field in fields.DEVIATIONS.fields.items() if field.type in _ORDERED]


def deviations(connection: sqlite3.Connection, now: int, text: str, order: str, group: str) -> Arrangement:
    """Deviations under a filter text, by `order`: a field, with a minus before it the largest first; empty: the
    queue's.

    What has no value in the field comes last either way. Raises BadInput for a filter or a field that cannot be used.
    """
    wanted = _order_field(order)
    shared = groups.field(group) if group else None
    met = parse_line(text, fields.DEVIATIONS, now)
    found = deviation_list.numbers(connection, now, met)
    if wanted is None and shared is None:
        return Arrangement(found, [])
    asked = [field or _NOTHING for field in (wanted, shared)]
    values = _values(connection, now, met, asked)
    if wanted is not None:
        found = _ordered(found, values, wanted, largest_first=order.startswith("-"))
    return Arrangement(found, []) if shared is None else _grouped(connection, found, values, shared)


def _order_field(order: str) -> Field | None:
    name = order.removeprefix("-")
    if not order:
        return None
    field = fields.DEVIATIONS.fields.get(name)
    if field is None or field.type not in _ORDERED:
        raise BadInput("sort", f"{name!r} cannot be sorted by", f"name one of {', '.join(order_names())}")
    return field


def _values(
    connection: sqlite3.Connection, now: int, met: Filter, asked: Sequence[Field]
) -> dict[int, tuple[Any, ...]]:
    """By deviation under a filter: the values of fields, text without a letter as none, and the exposure.

    Asked by the filter once more: a list of a hundred thousand numbers costs more than the look at the rows.
    """
    columns = ", ".join(["id", *(f"nullif({field.sql}, '')" for field in asked), "exposure_minor"])
    scope = deviation_list.scope_of(met)
    # The live ones lie side by side in an index that has all that is asked of them; those that ended do not.
    live = f"SELECT {columns} FROM deviation INDEXED BY deviation_live WHERE {LIVE if scope == '1' else scope} AND {met.sql}"
    ended = f"SELECT {columns} FROM deviation WHERE NOT {LIVE} AND {met.sql}"
    parameters = {**met.parameters, "now": now}
    found = {number: values for number, *values in connection.execute(live, parameters)}
    if scope == "1":
        found |= {number: values for number, *values in connection.execute(ended, parameters)}
    return found


def _ordered(
    numbers: list[int], values: Mapping[int, tuple[Any, ...]], field: Field, *, largest_first: bool
) -> list[int]:
    places = {choice: place for place, choice in enumerate(field.choices)}
    keys = {number: values[number][_ORDER] for number in numbers}
    if places:
        keys = {number: places.get(value, value) for number, value in keys.items()}
    known = [number for number in numbers if keys[number] is not None]
    # Python's sort keeps what is equal in its order, also in reverse.
    known.sort(key=keys.__getitem__, reverse=largest_first)
    return known + [number for number in numbers if keys[number] is None]


def _grouped(
    connection: sqlite3.Connection, numbers: list[int], values: Mapping[int, tuple[Any, ...]], field: Field
) -> Arrangement:
    members: dict[Any, list[int]] = {}
    for number in numbers:
        members.setdefault(values[number][_GROUP], []).append(number)
    currency = settings.current(connection)["currency"]
    told = [
        Group(
            groups.value(field, shared),
            len(inside),
            amount(sum(values[number][_EXPOSURE] or 0 for number in inside), currency),
        )
        for shared, inside in members.items()
    ]
    return Arrangement([number for inside in members.values() for number in inside], told)
