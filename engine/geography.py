"""Places on the earth: how far apart they are, what lies within an area, and the boxes that are asked before. Pure.

The earth is a sphere of its mean radius, so distances are right within 0.6 % of those on the ellipsoid. A lane is the
shorter great-circle segment between its ends. Distances are great-circle distances in km: between points by the
haversine formula (Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984), from a point to a segment by the
exact cross-track distance, in vectors, so that neither a pole nor the antimeridian is special.

Edges of an area are straight in latitude and longitude, as GeoJSON (RFC 7946, 3.1.1) and CAP mean them. Each is cut into
arcs of at most one degree, which leave that line by less than 0.2 km.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius R1 of the ellipsoid GRS 80 (Moritz, "Geodetic Reference System 1980")."""
QUARTER_KM: Final = EARTH_RADIUS_KM * math.pi / 2
"""From a pole to the equator: a circle of this radius covers half the earth."""
MOST_CORNERS: Final = 3000
"""Of one area, all its polygons together."""

_NUMBER: Final = r"([+-]?\d{1,3}(?:\.\d{0,17})?)"
_CORNER: Final = re.compile(f"{_NUMBER},{_NUMBER}", re.ASCII)
_PIECE: Final = 1.0
"""Degrees that one arc of an edge spans at most, in latitude and in longitude."""
_DUST: Final = 1e-9
_POLAR: Final = 1e-6
"""Degrees from a pole within which a way goes over it."""

Vector = tuple[float, float, float]


class Point(NamedTuple):
    """Degrees north and degrees east."""

    latitude: float
    longitude: float


class Box(NamedTuple):
    """What lies between two parallels and two meridians; `east` is at least `west`, and passes 180 where the box does."""

    south: float
    west: float
    north: float
    east: float


def distance_km(one: Point, other: Point) -> float:
    """The great-circle distance between two points."""
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    across = math.sin(math.radians(other.longitude - one.longitude) / 2)
    part = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * across**2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, part)))


def distance_to_lane_km(point: Point, start: Point, end: Point) -> float:
    """The distance from a point to the great-circle segment between two others: cross-track, or to the nearer end."""
    normal = _unit(_cross(_vector(start), _vector(end)))
    position = _vector(point)
    if normal is not None and _beside(position, _vector(start), _vector(end), normal):
        return EARTH_RADIUS_KM * math.asin(min(1.0, abs(_dot(normal, position))))
    return min(distance_km(point, start), distance_km(point, end))


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

    def boxes(self, margin_km: float = 0.0) -> list[Box]:
        """A box around each polygon, `margin_km` wider on every side."""
        return [_widened(ring.box, margin_km) for ring in self._rings]


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


def circle_box(centre: Point, radius_km: float) -> Box:
    """The box around a circle."""
    return _widened(Box(centre.latitude, centre.longitude, centre.latitude, centre.longitude), radius_km)


def lane_box(start: Point, end: Point) -> Box:
    """The box around the great-circle segment between two points, which may pass nearer to a pole than either."""
    first, last = _vector(start), _vector(end)
    normal = _unit(_cross(first, last))
    if normal is None and _dot(first, last) < 0:
        return Box(-90.0, -180.0, 90.0, 180.0)  # Opposite ends: every way is as short as any other.
    south, north = sorted((start.latitude, end.latitude))
    west, east = sorted((start.longitude, start.longitude + _turn(end.longitude - start.longitude)))
    top = None if normal is None else _unit(_cross(_cross(normal, (0.0, 0.0, 1.0)), normal))
    if normal is not None and top is not None:
        highest = math.degrees(math.asin(max(-1.0, min(1.0, top[2]))))
        north = max(north, highest) if _beside(top, first, last, normal) else north
        south = min(south, -highest) if _beside((-top[0], -top[1], -top[2]), first, last, normal) else south
    if north > 90 - _POLAR or south < _POLAR - 90:
        west, east = -180.0, 180.0
    return Box(south, west, north, east)


# rings ------------------------------------------------------------------------------------------------------------------


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
    """The corners as a closed ring whose longitudes run on without a jump; around a pole it is closed over that pole."""
    ring = [corners[0]]
    for before, corner in zip(corners, (*corners[1:], corners[0]), strict=True):
        step = corner.longitude - before.longitude
        # An edge along the whole of a parallel is meant as one; any other takes the shorter way.
        ring.append(Point(corner.latitude, ring[-1].longitude + (step if abs(step) == 360 else _turn(step))))
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
        self._vectors = [_vector(point) for point in points]
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
        first, last = _vector(start), _vector(end)
        normal = _unit(_cross(first, last))
        if normal is None:
            return False
        sides = [_dot(normal, vector) for vector in self._vectors]
        for index in range(len(sides) - 1):
            here, there = sides[index], sides[index + 1]
            if (here > 0) != (there > 0):
                (ax, ay, az), (bx, by, bz) = self._vectors[index], self._vectors[index + 1]
                share = here / (here - there)
                meeting = (ax + (bx - ax) * share, ay + (by - ay) * share, az + (bz - az) * share)
                if _beside(meeting, first, last, normal):
                    return True
        return False


def _widened(box: Box, margin_km: float) -> Box:
    """The box with a margin: exact for a point, and enough for every point of a larger one."""
    angle = margin_km / EARTH_RADIUS_KM
    south, north = box.south - math.degrees(angle), box.north + math.degrees(angle)
    if south <= -90 or north >= 90:
        return Box(max(-90.0, south), -180.0, min(90.0, north), 180.0)
    # The meridian that touches a circle does so nearer to the pole than its centre is.
    widest = math.radians(max(abs(box.south), abs(box.north)))
    aside = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(widest))))
    return Box(south, box.west - aside, north, box.east + aside)


def _turn(step: float) -> float:
    """The shorter way round of a step in longitude: from -180 to 180 degrees."""
    return step if -180 <= step <= 180 else (step + 180) % 360 - 180


# vectors ------------------------------------------------------------------------------------------------------------------


def _vector(point: Point) -> Vector:
    latitude, longitude = math.radians(point[0]), math.radians(point[1])
    across = math.cos(latitude)
    return across * math.cos(longitude), across * math.sin(longitude), math.sin(latitude)


def _dot(one: Vector, other: Vector) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _cross(one: Vector, other: Vector) -> Vector:
    (ax, ay, az), (bx, by, bz) = one, other
    return ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx


def _unit(vector: Vector) -> Vector | None:
    """The vector at length one; None where it has no direction."""
    length = math.sqrt(_dot(vector, vector))
    return None if length < _DUST else (vector[0] / length, vector[1] / length, vector[2] / length)


def _beside(position: Vector, first: Vector, last: Vector, normal: Vector) -> bool:
    """Whether the foot of `position` on the great circle of `normal` lies between `first` and `last`."""
    return _dot(_cross(normal, first), position) >= 0 and _dot(_cross(last, normal), position) >= 0
