"""Distances and areas on the earth: known figures, and laws that hold at the poles and the antimeridian as anywhere."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.values.areas import Area, parse_area
from engine.values.geography import (
    EARTH_RADIUS_KM,
    QUARTER_KM,
    Box,
    Point,
    circle,
    distance_km,
    distance_to_lane_km,
    lane_box,
    lane_normal,
)

POINTS = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
HALF_KM = EARTH_RADIUS_KM * math.pi


def on_the_way(start: Point, end: Point, share: float) -> Point:
    """The point at a share of the great circle between two others (slerp)."""
    angle = distance_km(start, end) / EARTH_RADIUS_KM
    one, other = math.sin((1 - share) * angle) / math.sin(angle), math.sin(share * angle) / math.sin(angle)
    x, y, z = (one * a + other * b for a, b in zip(_vector(start), _vector(end), strict=True))
    return Point(math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x)))


def _vector(point: Point) -> tuple[float, float, float]:
    north, east = math.radians(point.latitude), math.radians(point.longitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def inside(box: Box, point: Point, dust: float = 1e-6) -> bool:
    return box.south - dust <= point.latitude <= box.north + dust and any(
        box.west - dust <= point.longitude + turn <= box.east + dust for turn in (-360, 0, 360)
    )


def test_known_distances() -> None:
    paris, london = Point(48.8566, 2.3522), Point(51.5074, -0.1278)
    assert distance_km(paris, london) == pytest.approx(343.6, abs=0.2)
    assert distance_km(Point(0, 0), Point(0, 1)) == pytest.approx(111.195, abs=0.001)
    assert distance_km(Point(90, 0), Point(-90, 77)) == pytest.approx(HALF_KM)
    assert distance_km(Point(10, 179.5), Point(10, -179.5)) == pytest.approx(109.5, abs=0.1)
    assert distance_to_lane_km(Point(1, 50), Point(0, 0), Point(0, 100)) == pytest.approx(111.195, abs=0.001)
    assert distance_to_lane_km(Point(0, 101), Point(0, 0), Point(0, 100)) == pytest.approx(111.195, abs=0.001)


@given(POINTS, POINTS, POINTS)
def test_distance_is_a_metric(one: Point, other: Point, third: Point) -> None:
    assert distance_km(one, one) == 0
    assert 0 <= distance_km(one, other) <= HALF_KM + 1e-6
    assert distance_km(one, other) == pytest.approx(distance_km(other, one), abs=1e-6)
    assert distance_km(one, third) <= distance_km(one, other) + distance_km(other, third) + 1e-3


@given(POINTS, POINTS, POINTS)
def test_no_sampled_point_of_a_lane_is_nearer_than_its_distance(point: Point, start: Point, end: Point) -> None:
    assume(1 < distance_km(start, end) < HALF_KM - 1)
    length = distance_km(start, end)
    nearest = min(distance_km(point, on_the_way(start, end, n / 200)) for n in range(201))
    found = distance_to_lane_km(point, start, end)
    assert found <= nearest + 1e-3
    assert nearest <= found + length / 400 + 1e-3
    assert found == pytest.approx(distance_to_lane_km(point, end, start), abs=1e-3)


@given(POINTS, st.floats(0, 25_000), st.floats(0, 360), st.floats(0, 1))
def test_the_box_of_a_circle_holds_the_circle(centre: Point, radius: float, bearing: float, share: float) -> None:
    angle, turn, north = share * radius / EARTH_RADIUS_KM, math.radians(bearing), math.radians(centre.latitude)
    latitude = math.asin(
        max(-1, min(1, math.sin(north) * math.cos(angle) + math.cos(north) * math.sin(angle) * math.cos(turn)))
    )
    aside = math.atan2(
        math.sin(turn) * math.sin(angle) * math.cos(north), math.cos(angle) - math.sin(north) * math.sin(latitude)
    )
    longitude = (centre.longitude + math.degrees(aside) + 180) % 360 - 180
    assert inside(circle(centre, radius).box, Point(math.degrees(latitude), longitude), dust=1e-4)


@given(POINTS, POINTS, st.floats(0, 1))
def test_the_box_of_a_lane_holds_the_lane(start: Point, end: Point, share: float) -> None:
    assume(1 < distance_km(start, end) < HALF_KM - 1)
    assert inside(lane_box(start, end), on_the_way(start, end, share), dust=1e-3)


@given(POINTS, st.floats(0, QUARTER_KM), POINTS, POINTS)
def test_a_circle_that_meets_a_lane_is_near_its_great_circle(
    point: Point, radius: float, start: Point, end: Point
) -> None:
    cosine = sum(one * other for one, other in zip(lane_normal(start, end), _vector(point), strict=True))
    if distance_to_lane_km(point, start, end) <= radius:
        assert abs(cosine) <= math.sin(radius / EARTH_RADIUS_KM) + 1e-9


def test_a_lane_over_the_pole_has_all_longitudes() -> None:
    assert tuple(lane_box(Point(80, 10), Point(80, -170))) == pytest.approx((80, -180, 90, 180))
    assert lane_box(Point(0, 170), Point(0, -170)) == Box(0, 170, 0, 190)
    assert lane_box(Point(10, 20), Point(-10, -160)) == Box(-90, -180, 90, 180)


SQUARE = "50,4 50,6 52,6 52,4"
FIJI = "-20,178 -20,-178 -16,-178 -16,178"
ARCTIC = "80,0 80,90 80,180 80,-90"
ANTARCTIC = "-80,0 -80,90 -80,180 -80,-90"
WORLD = "-90,-180 -90,180 90,180 90,-180 -90,-180"
CROSSED = "0,0 0,10 10,0 10,10"
LINE = "0,0 0,5 0,10"


@pytest.mark.parametrize(
    ("area", "within", "without"),
    [
        (SQUARE, [(51, 5), (50.1, 4.1)], [(51, 7), (53, 5), (-51, 5), (51, -175)]),
        (f"{SQUARE} 50,4;{FIJI}", [(51, 5), (-18, 179)], [(0, 0)]),
        (FIJI, [(-18, 179), (-18, -179), (-18, 180), (-18, -180)], [(-18, 0), (-18, 177), (-18, -177)]),
        (ARCTIC, [(90, 0), (89, 45), (81, -135), (85, 180)], [(79, 45), (-89, 0)]),
        (ANTARCTIC, [(-90, 0), (-85, 100)], [(89, 0)]),
        (WORLD, [(0, 0), (51, 179.9), (-51, -179.9)], []),
        (CROSSED, [(1, 5), (9, 5)], [(5, 1), (5, 9)]),
        (LINE, [], [(0, 5), (1, 5)]),
    ],
)
def test_points_in_areas(area: str, within: list[tuple[float, float]], without: list[tuple[float, float]]) -> None:
    found = parse_area(area)
    for point in within:
        assert found.holds(Point(*point)), point
        assert found.distance_km(Point(*point)) == 0
    for point in without:
        assert not found.holds(Point(*point)), point


def test_distances_from_areas() -> None:
    square = parse_area(SQUARE)
    assert square.distance_km(Point(53, 5)) == pytest.approx(111.2, abs=0.3)
    assert parse_area(LINE).distance_km(Point(1, 5)) == pytest.approx(111.195, abs=0.01)
    assert parse_area(FIJI).distance_km(Point(-18, 177)) == pytest.approx(105.8, abs=0.2)
    assert square.distance_to_lane_km(Point(51, 0), Point(51, 10)) == 0, "through it, with both ends outside"
    assert square.distance_to_lane_km(Point(51, 0), Point(51, 5)) == 0
    assert square.distance_to_lane_km(Point(55, 0), Point(55, 10)) == pytest.approx(344.5, abs=0.1), (
        "it bends to the north"
    )
    assert square.distance_to_lane_km(Point(51, 10), Point(51, 20)) == pytest.approx(distance_km(Point(51, 6), Point(51, 10)), abs=3)  # fmt: skip


@given(
    st.floats(-60, 60), st.floats(-180, 180), st.floats(0.5, 20), st.floats(0.5, 20), POINTS, POINTS,
    st.floats(-360, 360).map(round),
)  # fmt: skip
def test_turning_the_earth_changes_no_answer(
    south: float, west: float, high: float, wide: float, start: Point, end: Point, turn: int
) -> None:
    """A rectangle and two places, all moved round by the same longitude: the antimeridian is nothing special."""

    def moved(latitude: float, longitude: float) -> Point:
        return Point(latitude, (longitude + turn + 180) % 360 - 180)

    def corners(place: type[Point] | object) -> list[Point]:
        ring = [(south, west), (south, west + wide), (south + high, west + wide), (south + high, west)]
        return [place(*corner) for corner in ring]  # type: ignore[operator]

    here = Area([corners(lambda latitude, longitude: Point(latitude, (longitude + 180) % 360 - 180))])
    there = Area([corners(moved)])
    assert here.distance_km(start) == pytest.approx(there.distance_km(moved(*start)), abs=0.01)
    ways = here.distance_to_lane_km(start, end), there.distance_to_lane_km(moved(*start), moved(*end))
    assume(1 < distance_km(start, end) < HALF_KM - 1)
    assert ways[0] == pytest.approx(ways[1], abs=0.01)
    nearest = min(here.distance_km(on_the_way(start, end, n / 40)) for n in range(41))
    assert ways[0] <= nearest + 0.5
    for box in [around.box for around in here.around(50.0)]:
        if here.distance_km(start) <= 50:
            assert inside(box, start)
