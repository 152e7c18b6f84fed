"""Public hazard feeds over the world's ports, against counts of the same files by hand."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.values.clock import DAY, iso, parse_instant
from engine.vocabulary.model import PlanLine, PlanRecord
from tests.proofs.support import Fed, data_file

QUAKES = "usgs_quakes/all_week_tgomez.geojson"
ALERTS = "nws_alerts/northwest_alerts__resolved_2024-01-08T1800Z.geojson"
REACH = ((7.5, 250), (6.5, 120), (5.5, 60), (4.5, 25))
"""The steps of the example mapping, the highest first."""


def ports() -> dict[str, tuple[float, float]]:
    """Latitude and longitude of every port that has them."""
    content = json.loads(data_file("sea_ports/ports.json").read_text(encoding="utf-8"))
    return {
        key: (port["coordinates"][1], port["coordinates"][0])
        for key, port in content.items()
        if port.get("coordinates")
    }


def a_desk(folder: Path, now: str, sites: dict[str, tuple[float, float]], days: float = 1.0) -> Fed:
    """A desk on these sites, with one line that comes to each of them."""
    fed = Fed(folder, "hazards.toml", now)
    records = [
        PlanRecord("site", {"id": key, "latitude": at[0], "longitude": at[1]}, None) for key, at in sites.items()
    ]
    fed.desk.load(records, kind="site", scope="ports", file="ports.json")
    due = parse_instant(now, "test") + int(days * DAY)
    values: dict[str, Any] = dict.fromkeys(PlanLine._fields)
    values |= {"kind": "shipment", "planned_at": due, "status": "open", "attributes": "{}"}
    lines = [PlanLine(**{**values, "ref": key, "site": key}) for key in sites]
    fed.desk.load(lines, kind="shipment", scope="ports", file="shipments.csv")
    return fed


def law_of_cosines_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance by another formula than the product's."""
    south, north = math.radians(one[0]), math.radians(other[0])
    turn = math.radians(other[1] - one[1])
    share = math.sin(south) * math.sin(north) + math.cos(south) * math.cos(north) * math.cos(turn)
    return 6371.0088 * math.acos(max(-1.0, min(1.0, share)))


def test_the_ports_near_a_week_of_quakes_are_those_that_a_count_by_hand_finds(tmp_path: Path) -> None:
    now = "2018-06-14T10:00:00Z"
    path, sites = data_file(QUAKES), ports()
    fed = a_desk(tmp_path, now, sites)
    assert fed.ingest(path, "usgs_quakes").new == 4711
    wanted = set()
    for quake in json.loads(path.read_text(encoding="utf-8"))["features"]:
        said, (longitude, latitude, _) = quake["properties"], quake["geometry"]["coordinates"]
        reach = next((km for magnitude, km in REACH if (said["mag"] or 0) >= magnitude), 0)
        began = datetime.fromtimestamp(said["time"] / 1000, UTC)
        age = datetime.fromisoformat(now) - began
        if reach and age.days < 2:  # It lives for three days, and the lines come tomorrow.
            wanted |= {key for key, at in sites.items() if law_of_cosines_km((latitude, longitude), at) <= reach}
    assert set(fed.subjects("kind=hazard")) == wanted
    assert len(wanted) > 0
    fed.at("2018-06-18T10:00:00Z")
    assert fed.subjects("kind=hazard") == []


def test_alerts_cover_a_site_in_each_polygon_and_end_when_the_weather_does(tmp_path: Path) -> None:
    path = data_file(ALERTS)
    alerts = [each for each in json.loads(path.read_text(encoding="utf-8"))["features"] if each["geometry"]]
    now = parse_instant("2024-01-08T18:00:00Z", "test")
    sites, ends = {}, {}
    for number, alert in enumerate(alerts):
        corners = alert["geometry"]["coordinates"][0][:-1]
        middle = (
            sum(corner[1] for corner in corners) / len(corners),
            sum(corner[0] for corner in corners) / len(corners),
        )
        if _surrounds(corners, middle):
            sites[f"A{number}"], said = middle, alert["properties"]
            last, more = (said["ends"], 0) if said.get("ends") else (said["onset"], 3 * DAY)
            ends[f"A{number}"] = parse_instant(last, "test") + more
    sites |= {f"far{number}": (-40.0 + number / 10, 20.0) for number in range(4 * len(sites))}
    fed = a_desk(tmp_path, iso(now), sites, days=0)
    fed.ingest(path, "nws_alerts")
    live = {key for key, end in ends.items() if end > now}
    assert live <= set(fed.subjects("kind=hazard")) <= set(ends)
    assert len(live) > 5
    fed.at("2024-02-01T00:00:00Z")
    assert fed.subjects("kind=hazard") == []


def _surrounds(corners: list[list[float]], point: tuple[float, float]) -> bool:
    """Whether the polygon winds around the point: another test than the product's."""
    turns = 0.0
    for (west, south), (east, north) in zip(corners, corners[1:] + corners[:1], strict=True):
        first = math.atan2(south - point[0], west - point[1])
        turns += (math.atan2(north - point[0], east - point[1]) - first + math.pi) % (2 * math.pi) - math.pi
    return abs(turns) > math.pi


def test_an_alert_over_the_world_is_one_finding_over_all_ports(tmp_path: Path) -> None:
    sites = ports()
    fed = a_desk(tmp_path, "2018-06-14T10:00:00Z", sites)
    corners = [[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]
    said = {"id": "x", "event": "Test of the siren", "sent": "2018-06-14T09:00:00Z", "status": "Actual"}
    feed = tmp_path / "world.json"
    feature = {"properties": said, "geometry": {"type": "Polygon", "coordinates": [corners]}}
    feed.write_text(json.dumps({"features": [feature]}), encoding="utf-8")
    fed.ingest(feed, "nws_alerts")
    (found,) = fed.desk.deviations(["kind=hazard"]).items
    assert found["subject"] == {"type": "source", "id": "command"}
    count = len(sites)
    assert found["summary"] == f"Test of the siren covers {count} of {count} sites: look at the feed"
