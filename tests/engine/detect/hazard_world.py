"""A desk with located sites and lanes between them, for tests of hazards: everything through the public door."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.desk import Desk
from engine.values.clock import DAY, HOUR, FixedClock
from engine.vocabulary.model import PlanLine, PlanRecord, SignalIn
from tests.engine import desk_support
from tests.engine.desk_support import NOW

SITES = {
    "RTM": (51.95, 4.14),
    "ANR": (51.26, 4.39),
    "SHA": (31.23, 121.49),
    "LAX": (33.74, -118.26),
    "OAK": (37.80, -122.32),
    "HNL": (21.31, -157.87),
}
LANES = {("SHA", "RTM"): 30.0, ("SHA", "LAX"): 14.0, ("RTM", "ANR"): 1.0}


class HazardWorld:
    """A desk, its clock, and the words to load, say and ask in one line."""

    def __init__(self, folder: Path, sites: dict[str, tuple[float, float]] | None = None) -> None:
        self.clock = FixedClock(NOW)
        self.desk: Desk = desk_support.open_desk(folder / "desk.db", clock=self.clock)
        self.sites(SITES if sites is None else sites)

    def sites(self, places: dict[str, tuple[float, float]]) -> None:
        rows = [
            PlanRecord("site", {"id": key, "latitude": at[0], "longitude": at[1]}, None) for key, at in places.items()
        ]
        self.desk.load(rows, kind="site", scope="site", file="sites.csv", accept_removal=True)

    def lanes(self) -> None:
        rows = [
            PlanRecord("lane", {"origin": start, "destination": end, "mode": "sea", "duration_days": days}, None)
            for (start, end), days in LANES.items()
        ]
        self.desk.load(rows, kind="lane", scope="lane", file="lanes.csv")

    def plan(self, *lines: PlanLine, kind: str = "purchase_order") -> None:
        self.desk.load(list(lines), kind=kind, scope=kind, file="plan.csv", accept_removal=True)

    def say(self, *signals: SignalIn, source: str = "nws") -> None:
        desk_support.take(self.desk, *signals, source=source)

    def at(self, now: int) -> None:
        self.clock.set(now)
        self.desk.tick()

    def live(self) -> dict[str, dict[str, Any]]:
        """The deviations of hazards in the queue, by subject."""
        page = self.desk.deviations(["kind=hazard", "state=open"], limit=None)
        return {f"{item['subject']['type']} {item['subject']['id']}": item for item in page.items}


def line(ref: str, site: str, *, days: float = 1.0, value: int | None = 100_000, **fields: Any) -> PlanLine:
    """An order line of 100 pieces that arrives `days` from NOW."""
    values: dict[str, Any] = dict.fromkeys(PlanLine._fields)
    values |= {
        "kind": "purchase_order", "ref": ref, "item": "SKU-1", "site": site, "quantity": 100.0, "uom": "EA",
        "planned_at": NOW + int(days * DAY), "value_minor": value, "currency": "EUR", "status": "open", "attributes": "{}",
    }  # fmt: skip
    return PlanLine(**{**values, **fields})


def message(message_id: str, *, sent: int | None = NOW - HOUR, site: str | None = None, **said: Any) -> SignalIn:
    """One message of a hazard feed; what is not a column goes into its details."""
    name = said.pop("name", "Storm Warning")
    values: dict[str, Any] = dict.fromkeys(SignalIn._fields)
    values |= {
        "source_id": message_id, "kind": "hazard", "recorded_at": sent, "site": site, "status": name, "payload": "{}",
        "detail": json.dumps(said),
    }  # fmt: skip
    return SignalIn(**values)


def around(site: str, radius_km: float = 20.0, **said: Any) -> dict[str, Any]:
    """The details of a circle around one of SITES that holds from now on for two days."""
    latitude, longitude = SITES[site]
    return {
        "latitude": latitude, "longitude": longitude, "radius_km": radius_km, "starts_at": NOW,
        "expires_at": NOW + 2 * DAY, "severity": "Severe", "certainty": "Likely", **said,
    }  # fmt: skip
