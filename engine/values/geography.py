"""Places on the earth: how far apart they are, and the boxes and circles that are asked before. Pure.

The earth is a sphere of its mean radius, so distances are right within 0.6 % of those on the ellipsoid. A lane is the
shorter great-circle segment between its ends. Distances are great-circle distances in km: between points by the
haversine formula (Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984), from a point to a segment by the
exact cross-track distance, in vectors, so that neither a pole nor the antimeridian is special.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius R1 of the ellipsoid GRS 80 (Moritz, "Geodetic Reference System 1980")."""
QUARTER_KM: Final = EARTH_RADIUS_KM * math.pi / 2
"""From a pole to the equator: a circle of this radius covers half the earth."""

_DUST: Final = 1e-9
_POLAR: Final = 1e-6
"""Degrees from a pole within which a way goes over it."""

Vector = tuple[float, float, float]


class Point(NamedTuple):
    """Degrees north and degrees east."""

    latitude: float
    longitude: float


class Box(NamedTuple):
    """What lies between two parallels and two meridians; `east` is at least `west`, and passes 180 where the box
    does."""

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
    normal = unit(cross(vector(start), vector(end)))
    position = vector(point)
    if normal is not None and beside(position, vector(start), vector(end), normal):
        return EARTH_RADIUS_KM * math.asin(min(1.0, abs(dot(normal, position))))
    return min(distance_km(point, start), distance_km(point, end))


class Around(NamedTuple):
    """A box and a circle, each of which holds all of something."""

    box: Box
    centre: Point
    radius_km: float


def circle(centre: Point, radius_km: float) -> Around:
    """A circle and the box around it."""
    box = Box(centre.latitude, centre.longitude, centre.latitude, centre.longitude)
    return Around(widened(box, radius_km), centre, radius_km)


def lane_box(start: Point, end: Point) -> Box:
    """The box around the great-circle segment between two points, which may pass nearer to a pole than either."""
    first, last = vector(start), vector(end)
    normal = unit(cross(first, last))
    if normal is None and dot(first, last) < 0:
        return Box(-90.0, -180.0, 90.0, 180.0)  # Opposite ends: every way is as short as any other.
    south, north = sorted((start.latitude, end.latitude))
    west, east = sorted((start.longitude, start.longitude + turn(end.longitude - start.longitude)))
    top = None if normal is None else unit(cross(cross(normal, (0.0, 0.0, 1.0)), normal))
    if normal is not None and top is not None:
        highest = math.degrees(math.asin(max(-1.0, min(1.0, top[2]))))
        north = max(north, highest) if beside(top, first, last, normal) else north
        south = min(south, -highest) if beside((-top[0], -top[1], -top[2]), first, last, normal) else south
    if north > 90 - _POLAR or south < _POLAR - 90:
        west, east = -180.0, 180.0
    return Box(south, west, north, east)


def lane_normal(start: Point, end: Point) -> Vector:
    """The unit vector at right angles to a lane's great circle; no direction where its ends say none.

    A circle around `p` with a radius of less than a quarter of the earth meets the great circle only where the cosine
    between `p` and this vector is at most the sine of the radius.
    """
    return unit(cross(vector(start), vector(end))) or (0.0, 0.0, 0.0)


def widened(box: Box, margin_km: float) -> Box:
    """The box with a margin: exact for a point, and enough for every point of a larger one."""
    angle = margin_km / EARTH_RADIUS_KM
    south, north = box.south - math.degrees(angle), box.north + math.degrees(angle)
    if south <= -90 or north >= 90:
        return Box(max(-90.0, south), -180.0, min(90.0, north), 180.0)
    # The meridian that touches a circle does so nearer to the pole than its centre is.
    widest = math.radians(max(abs(box.south), abs(box.north)))
    aside = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(widest))))
    return Box(south, box.west - aside, north, box.east + aside)


def turn(step: float) -> float:
    """The shorter way round of a step in longitude: from -180 to 180 degrees."""
    return step if -180 <= step <= 180 else (step + 180) % 360 - 180


# vectors --------------------------------------------------------------------------------------------------------------


def vector(point: Point) -> Vector:
    """The unit vector from the earth's middle to a point."""
    latitude, longitude = math.radians(point[0]), math.radians(point[1])
    across = math.cos(latitude)
    return across * math.cos(longitude), across * math.sin(longitude), math.sin(latitude)


def dot(one: Vector, other: Vector) -> float:
    """The scalar product."""
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def cross(one: Vector, other: Vector) -> Vector:
    """The vector product."""
    (ax, ay, az), (bx, by, bz) = one, other
    return ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx


def unit(given: Vector) -> Vector | None:
    """The vector at length one; None where it has no direction."""
    length = math.sqrt(dot(given, given))
    return None if length < _DUST else (given[0] / length, given[1] / length, given[2] / length)


def beside(position: Vector, first: Vector, last: Vector, normal: Vector) -> bool:
    """Whether the foot of `position` on the great circle of `normal` lies between `first` and `last`."""
    return dot(cross(normal, first), position) >= 0 and dot(cross(last, normal), position) >= 0
