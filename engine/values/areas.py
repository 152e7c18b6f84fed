"""Polygons on the earth: what lies inside, how far outside, and the circles that hold them. Pure.

Edges are straight in latitude and longitude, as GeoJSON (RFC 7946, 3.1.1) and CAP mean them. Each is cut into arcs of
at most one degree, which leave that line by less than 0.2 km; distances from them are those of engine.values.geography.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from typing import Final

from engine.values.geography import (
    QUARTER_KM,
    Around,
    Box,
    Point,
    beside,
    cross,
    distance_km,
    distance_to_lane_km,
    dot,
    turn,
    unit,
    vector,
    widened,
)

MOST_CORNERS: Final = 3000
"""Of one area, all its polygons together."""

_NUMBER: Final = r"([+-]?\d{1,3}(?:\.\d{0,17})?)"
_CORNER: Final = re.compile(f"{_NUMBER},{_NUMBER}", re.ASCII)
_PIECE: Final = 1.0
"""Degrees that one arc of an edge spans at most, in latitude and in longitude."""
_DUST: Final = 1e-9


class Area:
    """One or more polygons; `corners` has the points of each, first and last not repeated.

    A polygon over the antimeridian may be written with longitudes on both sides, one around a pole as its ring of
    corners. A polygon that crosses itself holds what an odd number of its edges surrounds; one without extent, nothing.
    """

    def __init__(self, corners: Sequence[Sequence[Point]]) -> None:
        self.corners = corners
        self._rings = [_Ring(_pieces(_closed(ring))) for ring in corners]

    def holds(self, point: Point) -> bool:
        """Whether a point lies inside one of the polygons."""
        # A ring around the south pole ends there, and what lies on an edge is inside or not as it falls.
        latitude = max(point.latitude, _DUST - 90)
        turns = (point.longitude - 360, point.longitude, point.longitude + 360)
        return any(ring.holds(latitude, longitude) for ring in self._rings for longitude in turns)

    def distance_km(self, point: Point, limit_km: float = math.inf) -> float:
        """How far a point lies outside the area, 0 inside; infinite where that is surely more than `limit_km`."""
        if self.holds(point):
            return 0.0
        near = [ring for ring in self._rings if distance_km(point, ring.centre) - ring.extent_km < limit_km]
        return min(
            (distance_to_lane_km(point, *edge) for ring in near for edge in _edges(ring.points)), default=math.inf
        )

    def distance_to_lane_km(self, start: Point, end: Point, limit_km: float = math.inf) -> float:
        """How far a lane passes outside the area, 0 where it enters it; infinite as in `distance_km`."""
        near = [
            ring for ring in self._rings if distance_to_lane_km(ring.centre, start, end) - ring.extent_km <= limit_km
        ]
        if not near:
            return math.inf
        if self.holds(start) or self.holds(end) or any(ring.is_crossed(start, end) for ring in near):
            return 0.0
        if limit_km <= 0:
            return math.inf
        corners = (distance_to_lane_km(corner, start, end) for ring in near for corner in ring.points)
        return min(self.distance_km(start, limit_km), self.distance_km(end, limit_km), min(corners))

    def around(self, margin_km: float = 0.0) -> list[Around]:
        """A box and a circle around each polygon, `margin_km` wider on every side."""
        return [Around(widened(ring.box, margin_km), ring.centre, ring.extent_km + margin_km) for ring in self._rings]


def parse_area(text: str) -> Area:
    """An area from `lat,lon lat,lon ...`, with `;` between polygons: the order of CAP, and how signals carry it.

    Raises ValueError with one sentence that says what is wrong.
    """
    rings = [_ring(part) for part in text.split(";") if part.strip()]
    if not rings:
        raise ValueError("an area without corners is none")
    count = sum(map(len, rings))
    if count > MOST_CORNERS:
        raise ValueError(f"an area of {count} corners is finer than the {MOST_CORNERS} that are kept")
    return Area(rings)


# rings ----------------------------------------------------------------------------------------------------------------


def _ring(text: str) -> list[Point]:
    ring: list[Point] = []
    for word in text.split():
        found = _CORNER.fullmatch(word)
        if found is None:
            raise ValueError(f"{word[:40]!r} is no corner of an area")
        latitude, longitude = float(found[1]), float(found[2])
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError(f"{word[:40]!r} is no place on earth: the latitude comes first")
        ring.append(Point(latitude, longitude))
    if ring and ring[0] == ring[-1]:
        ring.pop()
    if len(set(ring)) < 3:
        raise ValueError(f"a polygon of {len(set(ring))} different corners is no area")
    return ring


def _closed(corners: Sequence[Point]) -> list[Point]:
    """The corners as a closed ring whose longitudes run on without a jump; around a pole it is closed over that
    pole."""
    ring = [corners[0]]
    for before, corner in zip(corners, (*corners[1:], corners[0]), strict=True):
        step = corner.longitude - before.longitude
        # An edge along the whole of a parallel is meant as one; any other takes the shorter way.
        ring.append(Point(corner.latitude, ring[-1].longitude + (step if abs(step) == 360 else turn(step))))
    if abs(ring[-1].longitude - ring[0].longitude) > 180:
        pole = math.copysign(90.0, sum(corner.latitude for corner in corners))
        ring += [Point(pole, ring[-1].longitude), Point(pole, ring[0].longitude), ring[0]]
    return ring


def _pieces(ring: Sequence[Point]) -> list[Point]:
    """The ring with its edges cut into pieces of at most _PIECE degrees."""
    found = [ring[0]]
    for (south, west), (north, east) in itertools.pairwise(ring):
        count = max(1, math.ceil(max(abs(north - south), abs(east - west)) / _PIECE))
        found += [Point(south + (north - south) * n / count, west + (east - west) * n / count) for n in range(1, count)]
        found.append(Point(north, east))
    return found


def _edges(ring: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    return itertools.pairwise(ring)


def _inside(ring: Sequence[Point], latitude: float, longitude: float) -> bool:
    """Even-odd rule: whether a line to the south meets the ring an odd number of times."""
    inside = False
    for (south, west), (north, east) in _edges(ring):
        if (west > longitude) != (east > longitude) and latitude > south + (north - south) * (longitude - west) / (
            east - west
        ):
            inside = not inside
    return inside


class _Ring:
    """One polygon: its closed ring in pieces, the box around it, and a circle that holds it."""

    def __init__(self, points: Sequence[Point]) -> None:
        self.points = points
        self._vectors = [vector(point) for point in points]
        latitudes, longitudes = [point.latitude for point in points], [point.longitude for point in points]
        self.box = Box(min(latitudes), min(longitudes), max(latitudes), max(longitudes))
        x, y, z = (sum(parts) for parts in zip(*self._vectors, strict=True))
        self.centre = Point(math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x)))
        extent = max(distance_km(self.centre, point) for point in points) + 1
        # What spans more than half the earth lies on both sides of its ring.
        self.extent_km = extent if extent < QUARTER_KM else math.inf

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a point whose longitude is counted as the ring's lies inside."""
        box = self.box
        within = box.south <= latitude <= box.north and box.west <= longitude <= box.east
        return within and _inside(self.points, latitude, longitude)

    def is_crossed(self, start: Point, end: Point) -> bool:
        """Whether the segment between two points crosses an edge of the ring."""
        first, last = vector(start), vector(end)
        normal = unit(cross(first, last))
        if normal is None:
            return False
        sides = [dot(normal, corner) for corner in self._vectors]
        for index in range(len(sides) - 1):
            here, there = sides[index], sides[index + 1]
            if (here > 0) != (there > 0):
                (ax, ay, az), (bx, by, bz) = self._vectors[index], self._vectors[index + 1]
                share = here / (here - there)
                meeting = (ax + (bx - ax) * share, ay + (by - ay) * share, az + (bz - az) * share)
                if beside(meeting, first, last, normal):
                    return True
        return False
