"""The words of a step with the deviation's values put in: `$item`, `$need_at` and the other names of a closed list.

A template is filled once and never read again, so text from outside that looks like a template stays as it is. Only
`string.Template` names are known: no attribute, no index, no call.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from string import Template
from typing import Any, Final

from engine.values import money
from engine.values.clock import parse_instant
from engine.values.text import clean
from engine.values.zones import local_time

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
"""How the contract writes an instant."""

UNKNOWN: Final = "(not known)"
"""What stands where the deviation has no value."""

NAMES: Final[Mapping[str, str]] = {
    "id": "the deviation's id",
    "kind": "its kind",
    "severity": "its severity",
    "summary": "its summary in one line",
    "subject": "what it is about, such as purchase_order 4711/10",
    "item": "item",
    "site": "site",
    "party": "supplier, customer or carrier",
    "gap": "the size of the departure with its unit",
    "planned": "what the plan says",
    "observed": "what was observed",
    "value_at_risk": "amount and currency",
    "need_at": "when the supply is needed, in the desk's zone",
    "decide_by": "the last moment at which a decision still helps, in the desk's zone",
}
"""The names that titles and instructions may use, and what they mean."""


def faults(text: str, known: Collection[str]) -> list[str]:
    """What is wrong with a template: names that are none of the known ones, and a `$` that begins no name."""
    template = Template(text)
    unknown = sorted({name for name in template.get_identifiers() if name not in known})
    found = [f"${name} is not a name that can be filled in" for name in unknown]
    if not template.is_valid():
        found.append("a $ stands before something that is not a name (write $$ for the sign)")
    return found


def names_in(text: str) -> set[str]:
    """The names that a template asks for."""
    return set(Template(text).get_identifiers())


def fill(text: str, values: Mapping[str, str]) -> str:
    """The template with `values` in it, as one clean line."""
    return clean(Template(text).substitute(values))


def values_of(deviation: Mapping[str, Any], zone: str) -> dict[str, str]:
    """Every name of NAMES with its clean text for this deviation; times in `zone`."""
    subject = deviation.get("subject") or {}
    values: dict[str, Any] = {
        name: deviation.get(name) for name in ("id", "kind", "severity", "summary", "item", "site", "party")
    }
    values["subject"] = f"{subject.get('type')} {subject.get('id')}" if subject else None
    for name in ("gap", "planned", "observed"):
        values[name] = _measures(deviation.get(name), zone)
    values["value_at_risk"] = _money(deviation.get("value_at_risk"))
    for name in ("need_at", "decide_by"):
        text = deviation.get(name)
        values[name] = local_time(parse_instant(text, name), zone) if text else None
    return {name: clean(str(value)) if value is not None else UNKNOWN for name, value in values.items()}


def _measures(measures: Mapping[str, Any] | None, zone: str) -> str | None:
    """`{"days": 12.0, "quantity": -400.0, "uom": "EA"}` as `12 days, -400 EA`; other names stand before their value.

    Instants are shown in `zone`; shares to a tenth of a percent, as the desk shows them, all else to a thousandth.
    """
    units = {"days": "days", "hours": "hours", "percent": "%", "quantity": (measures or {}).get("uom")}
    parts = []
    for name, value in (measures or {}).items():
        if name == "uom" or value is None:
            continue
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        is_instant = isinstance(value, str) and _INSTANT.fullmatch(value) is not None
        shown = f"{round(value, 1 if name == 'percent' else 3):,.12g}" if is_number else str(value)
        if is_instant:
            shown = local_time(parse_instant(value, name), zone)
        unit = units.get(name)
        parts.append(f"{shown} {unit}" if is_number and unit else f"{name} {shown}")
    return ", ".join(parts) or None


def _money(stated: Mapping[str, Any] | None) -> str | None:
    if not stated:
        return None
    currency = str(stated["currency"])
    return money.text(round(stated["amount"] * money.units(currency)), currency)
