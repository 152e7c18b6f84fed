"""Mappings that read dates in a zone that nobody stated: UTC is then assumed, which is said rather than passed over."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.settings.mapping_settings import FieldRule, MappingSection
from connectors.values.targets import ALIASES, fields_of
from engine.values.errors import BadInput


def assumed_zones(mappings: Mapping[str, MappingSection]) -> list[BadInput]:
    """One sentence for each mapping with dates that need a zone of their own and have none."""
    found = []
    for name, mapping in mappings.items():
        dates = [field for field, rule in mapping.fields.items() if _assumes(mapping, field, rule)]
        if dates:
            fault = f"{', '.join(dates)} may state no zone, and are read as UTC then"
            found.append(
                BadInput(f"mapping.{name}", fault, 'write zone = "Europe/Berlin", or zone = "UTC" if it is meant')
            )
    return found


def _assumes(mapping: MappingSection, field: str, rule: FieldRule) -> bool:
    if fields_of(mapping.as_)[ALIASES.get(field, field)] != "date" or rule.zone or "zone" in mapping.model_fields_set:
        return False
    return not (rule.date or mapping.date).startswith("epoch")
