"""What a mapping can fill: the fields of signals, plan lines and master records, and how each is read from text.

The names are those of engine.vocabulary.model (and, for records, of engine.master.network), so a mapping, a canonical
file header and the documentation speak one language. Standard library only: settings, mappings and proposals all start
here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from engine.vocabulary.model import LINE_KINDS, PLAN_KINDS, RECORD_KINDS, SIGNAL_DETAILS

Reading = Literal[
    "text",
    "number",
    "date",
    "money",
    "document",
    "list",
    "days",
    "ranges",
    "latitude",
    "longitude",
    "area",
    "references",
]
"""How a cell is read: as it stands, a quantity, an instant or day, an amount of money, JSON, a list of words, a
duration in days, ranges of working time, degrees alone or of a point, polygons, ids of messages."""

SIGNAL: Final = "signal"

SIGNAL_FIELDS: Final[Mapping[str, Reading]] = MappingProxyType(
    {
        "id": "text",
        "kind": "text",
        "occurred_at": "date",
        "recorded_at": "date",
        "order_kind": "text",
        "order_ref": "text",
        "item": "text",
        "site": "text",
        "party": "text",
        "quantity": "number",
        "uom": "text",
        "eta": "date",
        "status": "text",
        "payload": "document",
    }
)
"""In the order of engine.vocabulary.model.SignalIn; `id` is its source_id."""

_DETAIL_READINGS: Final[Mapping[str, Reading]] = MappingProxyType(
    {
        **dict.fromkeys(("expected", "limit", "radius_km"), "number"),
        **dict.fromkeys(("starts_at", "expires_at", "until"), "date"),
        "latitude": "latitude",
        "longitude": "longitude",
        "area": "area",
        "references": "references",
    }
)
DETAIL_FIELDS: Final[Mapping[str, Reading]] = MappingProxyType(
    {name: _DETAIL_READINGS.get(name, "text") for name in SIGNAL_DETAILS}
)
"""What a signal can say besides, packed into its `detail`."""

LINE_FIELDS: Final[Mapping[str, Reading]] = MappingProxyType(
    {
        "ref": "text",
        "item": "text",
        "site": "text",
        "origin": "text",
        "party": "text",
        "quantity": "number",
        "maximum": "number",
        "uom": "text",
        "planned_at": "date",
        "until_at": "date",
        "value": "money",
        "unit_price": "money",
        "currency": "text",
        "status": "text",
        "mode": "text",
    }
)
"""Of every plan line; `value` is the value of the whole line, or `unit_price` times `quantity`; `mode` is kept with the
attributes of the line, since only likelihood asks for it."""

ALIASES: Final[Mapping[str, str]] = MappingProxyType({"source_id": "id", "due": "planned_at"})
"""Second names that a mapping may use."""

RECORD_FIELDS: Final[Mapping[str, Mapping[str, Reading]]] = MappingProxyType(
    {
        "item": {
            "id": "text",
            "name": "text",
            "item_class": "text",
            "uom": "text",
            "units": "text",
            "unit_value": "number",
            "weight_kg": "number",
            "currency": "text",
        },
        "site": {
            "id": "text",
            "name": "text",
            "type": "text",
            "country": "text",
            "zone": "text",
            "latitude": "latitude",
            "longitude": "longitude",
        },
        "party": {
            "id": "text",
            "name": "text",
            "role": "text",
            "country": "text",
            "latitude": "latitude",
            "longitude": "longitude",
        },
        "bom": {"parent": "text", "item": "text", "quantity": "number", "site": "text", "lead_days": "days"},
        "lane": {"origin": "text", "destination": "text", "mode": "text", "duration_days": "days"},
        "owner": {
            "id": "text",
            "name": "text",
            "functions": "list",
            "sites": "list",
            "parties": "list",
            "items": "list",
            "calendar": "text",
            "email": "text",
            "lead": "text",
        },
        "calendar": {
            "id": "text",
            "zone": "text",
            "holidays": "list",
            **{f"week.{day}": "ranges" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
        },
        "absence": {"owner": "text", "first_day": "text", "last_day": "text", "reason": "text"},
    }
)

"""Of master records; engine.master.network judges the values. `week.mon` is the ranges of a day, `08:00-12:00;
13:00-17:00`."""

STATE_WORDS: Final = ("open", "closed", "cancelled")
"""The states of a plan line."""


def is_target(kind: str) -> bool:
    """Whether a mapping can be `as` this."""
    return kind == SIGNAL or kind in PLAN_KINDS


def required(kind: str) -> tuple[str, ...]:
    """The fields without which nothing of this kind can be made."""
    if kind == SIGNAL:
        return ("id", "kind")
    if kind in ("forecast", "target"):
        return ("item", "quantity")
    if kind in LINE_KINDS:
        return ("ref",)
    needed = {"bom": ("parent", "item", "quantity"), "lane": ("destination",), "absence": ("owner", "first_day")}
    return needed.get(kind, ("id",))


def fields_of(kind: str) -> Mapping[str, Reading]:
    """Field name to how it is read."""
    if kind == SIGNAL:
        return {**SIGNAL_FIELDS, **DETAIL_FIELDS}
    if kind in RECORD_KINDS:
        return RECORD_FIELDS[kind]
    return LINE_FIELDS
