"""What makes a hazard signal usable: where it is, when it holds, and what it says about other messages.

It needs a place: a site, a point (with or without a radius), or an area. A cancel needs references instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.values.areas import parse_area
from engine.vocabulary.lineage import WORDS, word_of

LARGEST_RADIUS_KM: Final = 1e6
"""Beyond the earth's own size a radius is still taken, for a person to see (engine.detect.hazard); beyond this it is
noise."""

_BOUNDS: Final = {"latitude": (-90.0, 90.0), "longitude": (-180.0, 180.0), "radius_km": (0.0, LARGEST_RADIUS_KM)}

Trouble = tuple[str, str, str]
"""The field, what is wrong with it, and what would be right."""


def trouble(site: str | None, detail: Mapping[str, Any]) -> Trouble | None:
    """The first thing that makes a hazard unusable, or None; `detail` is its decoded detail, sound by
    engine.validation.detail_checks."""
    word = word_of(detail)
    if word not in WORDS:
        return "message", f"{word[:40]!r} is no word of a message", f"map it to one of {', '.join(WORDS)}"
    for name, (least, most) in _BOUNDS.items():
        value = detail.get(name)
        if value is not None and not least <= value <= most:
            return name, f"{str(value)[:40]!r} is no {name}", f"give a number from {least:g} to {most:g}"
    if word in ("ack", "error"):
        return None
    if word == "cancel":
        if not str(detail.get("references") or "").split():
            return "references", "a cancel needs references", "map the ids of the messages that it ends"
        return None
    if (detail.get("latitude") is None) != (detail.get("longitude") is None):
        missing = "longitude" if detail.get("longitude") is None else "latitude"
        return missing, f"a point needs its {missing}", "map both latitude and longitude"
    if detail.get("area") is not None:
        try:
            parse_area(str(detail["area"]))
        except ValueError as error:
            return "area", str(error), "write it as lat,lon lat,lon ..., or map GeoJSON or WKT to area"
    elif detail.get("latitude") is None and not site:
        return "area", "a hazard needs a place", "map a site, latitude and longitude, or an area"
    return None
