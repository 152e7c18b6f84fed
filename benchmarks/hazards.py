"""How fast one hazard finds what lies under it, in a network of 2,000 sites and 5,000 lanes."""

from __future__ import annotations

import cmath
import json
import math
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.harness import Result, percentile
from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.storage.store import Store
from engine.values.clock import DAY, FixedClock, parse_instant
from engine.values.geography import Point, distance_km, distance_to_lane_km
from engine.vocabulary.model import PlanRecord, SignalIn

SITES: Final = 2_000
LANES: Final = 5_000
HAZARDS: Final = 60
SEED: Final = 7
RADIUS_KM: Final = 150.0
NOW: Final = parse_instant("2026-03-09T08:00:00Z", "benchmark")


def reach() -> Iterator[Result]:
    """One hazard message from `Desk.take` to the commit: stored, resolved, laid over the network, its places judged.

    The plan has no lines, so nothing opens: what is measured is the geography. Beside it, in turn, the distances of the
    same circle from every site and lane without any box, which is what the boxes spare. Circles first, then areas of 20
    corners.
    """
    chance = random.Random(SEED)
    sites = {f"S{number}": Point(chance.uniform(-60.0, 65.0), chance.uniform(-180.0, 180.0)) for number in range(SITES)}
    names = list(sites)
    lanes = [tuple(chance.sample(names, 2)) for _ in range(LANES)]
    with tempfile.TemporaryDirectory() as folder:
        desk = _desk(Path(folder), sites, lanes)
        for sort in ("circle", "area"):
            mine, floor = [], []
            for number in range(HAZARDS):
                centre = sites[chance.choice(names)]
                start = time.perf_counter()
                desk.take(_batch(f"{sort} {number}", _circle(centre) if sort == "circle" else _area(centre, chance)))
                mine.append((time.perf_counter() - start) * 1000)
                floor.append(_without_boxes(sites, lanes, centre) * 1000)
            value, against = percentile(mine, 0.95), statistics.median(mine) / statistics.median(floor)
            yield Result(
                "hazard_reach", round(value, 2), f"ms p95, {sort}", "distances from every site and lane",
                round(statistics.median(floor), 2), round(against, 2),
                "ratio <= 1", against <= 1, HAZARDS,
            )  # fmt: skip


def _desk(folder: Path, sites: dict[str, Point], lanes: Sequence[Sequence[str]]) -> Desk:
    desk = Desk(Store.open(folder / "desk.db", create=True), FixedClock(NOW), actor="benchmark")
    records = [PlanRecord("site", {"id": name, **at._asdict()}, None) for name, at in sites.items()]
    desk.load(records, kind="site", scope="site", file="sites")
    unique = dict.fromkeys(map(tuple, lanes))
    records = [PlanRecord("lane", {"origin": start, "destination": end}, None) for start, end in unique]
    desk.load(records, kind="lane", scope="lane", file="lanes")
    return desk


def _batch(name: str, detail: dict[str, Any]) -> SourceBatch:
    values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
    detail |= {"starts_at": NOW, "expires_at": NOW + DAY}
    values |= {"source_id": name, "kind": "hazard", "payload": "{}", "detail": json.dumps(detail)}
    return SourceBatch("weather", "http", "event", [SignalIn(**values)], file="feed")


def _circle(centre: Point) -> dict[str, Any]:
    return {**centre._asdict(), "radius_km": RADIUS_KM}


def _area(centre: Point, chance: random.Random) -> dict[str, Any]:
    """Twenty corners around a place, in about the distance of the circle."""
    corners = [cmath.rect(chance.uniform(1.1, 1.9), math.tau * number / 20) for number in range(20)]
    written = [f"{centre.latitude + z.imag:.4f},{(centre.longitude + z.real + 180) % 360 - 180:.4f}" for z in corners]
    return {"area": " ".join(written)}


def _without_boxes(sites: dict[str, Point], lanes: Sequence[Sequence[str]], centre: Point) -> float:
    start = time.perf_counter()
    for at in sites.values():
        distance_km(centre, at)
    for origin, destination in lanes:
        distance_to_lane_km(centre, sites[origin], sites[destination])
    return time.perf_counter() - start
