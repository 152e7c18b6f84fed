"""Places on earth as feeds write them: GeoJSON coordinates, WKT and CAP text, to what signals and sites say.

GeoJSON (RFC 7946) and WKT put the longitude first, CAP the latitude. Of a polygon the outer ring is kept: somebody in a
hole of a hazard wants to know of it too.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any, Final

from connectors.values.faults import Fault

_WKT: Final = re.compile(
    r"(?:SRID=\d+;)?\s*(POINT|POLYGON|MULTIPOLYGON)\s*(?:Z|M|ZM)?\s*(\(.*\))", re.ASCII | re.IGNORECASE | re.DOTALL
)
_RING: Final = re.compile(r"\(([^()]+)\)(\s*,)?")
_MEND: Final = "write GeoJSON coordinates, WKT such as POLYGON((4 51, 5 51, 5 52, 4 51)), or lat,lon lat,lon ..."

Position = Sequence[Any]
"""Longitude and latitude, and perhaps a height."""


def area(text: str) -> str | None:
    """An area as `lat,lon lat,lon ...`, with `;` between polygons; None where the text holds a point."""
    if text.startswith("["):
        return _written(_polygons(_decoded(text)))
    found = _WKT.fullmatch(text)
    if found is None:
        return text
    if found[1].upper() == "POINT":
        return None
    rings, outer = [], True
    for ring in _RING.finditer(found[2]):
        if outer:
            rings.append([corner.split() for corner in ring[1].split(",")])
        outer = ring[2] is None
    return _written(rings)


def is_shape(text: str) -> bool:
    """Whether a text holds a point or polygons, and not one number."""
    return text.startswith("[") or _WKT.fullmatch(text) is not None


def of_point(text: str, axis: int) -> float | None:
    """The longitude (axis 0) or latitude (1) of a point; None of polygons."""
    if text.startswith("["):
        decoded = _decoded(text)
        return None if decoded and isinstance(decoded[0], list) else _degrees(decoded, axis)
    found = _WKT.fullmatch(text)
    if found is None or found[1].upper() != "POINT":
        return None
    return _degrees(found[2].strip("() ").split(), axis)


def references(text: str) -> str | None:
    """Ids with blanks between: from a list of ids, of objects with an `identifier`, or CAP's
    `sender,identifier,sent`."""
    named = _decoded(text) if text.startswith("[") else text.split()
    ids = []
    for each in named:
        word = each.get("identifier", each.get("id")) if isinstance(each, dict) else each
        if not isinstance(word, str | int) or not str(word).strip():
            raise Fault(f"{str(each)[:80]!r} names no message", "give a list of ids, or of objects with an identifier")
        parts = str(word).strip().split(",")
        ids.append(parts[1] if len(parts) == 3 else parts[0] if len(parts) == 1 else str(word).strip())
    return " ".join(ids) or None


def _decoded(text: str) -> list[Any]:
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError):
        decoded = None
    if not isinstance(decoded, list):
        raise Fault(f"{text[:80]!r} is no list of JSON", _MEND)
    return decoded


def _polygons(decoded: list[Any]) -> list[Sequence[Position]]:
    """The outer rings of GeoJSON's coordinates: of a Polygon or a MultiPolygon, known by how deep they are nested."""
    depth, inner = 0, decoded
    while isinstance(inner, list) and inner:
        depth, inner = depth + 1, inner[0]
    if depth == 3:
        return [decoded[0]]
    if depth == 4:
        return [polygon[0] for polygon in decoded if isinstance(polygon, list) and polygon]
    if depth == 1:
        return []
    raise Fault("these coordinates are no polygon", _MEND)


def _written(rings: Sequence[Sequence[Position]]) -> str | None:
    polygons = []
    for ring in rings:
        corners = ring if isinstance(ring, list) else []
        polygons.append(" ".join(f"{_text(corner, 1)},{_text(corner, 0)}" for corner in corners))
    return ";".join(polygons) or None


def _text(corner: Any, axis: int) -> str:
    """One coordinate of a corner, to the metre: the fifth decimal."""
    return f"{_degrees(corner, axis):.5f}".rstrip("0").rstrip(".")


def _degrees(position: Any, axis: int) -> float:
    try:
        degrees = float(position[axis])
    except (TypeError, ValueError, IndexError, KeyError):
        degrees = math.nan
    if not abs(degrees) <= 360:
        raise Fault(f"{str(position)[:80]!r} is no longitude and latitude", _MEND)
    return degrees
