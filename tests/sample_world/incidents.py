"""What was said outright in the sample world: storms, goods that are held, pumps that are not made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from tests.sample_world import plan
from tests.sample_world.feeds import Message, say
from tests.sample_world.network import PLANT


def messages(container: str, made_in_february: str, made_now: str) -> Iterator[Message]:
    """Everything, by the shipment that customs hold and the production orders that fall short."""
    yield from _weather()
    yield from _holds(container)
    yield from _production(made_in_february, made_now)


def _weather() -> Iterator[Message]:
    """A storm over the Bay of Gdańsk in February, made graver the same evening; one over the port of Rotterdam to
    come."""
    bay = {"latitude": 54.5, "longitude": 18.9, "radius_km": 60.0, "certainty": "Likely", "urgency": "Expected"}
    bay |= {"starts_at": plan.at(date(2026, 2, 26), 4), "expires_at": plan.at(date(2026, 2, 27))}
    delta = {"latitude": 51.9, "longitude": 4.0, "radius_km": 40.0, "certainty": "Possible", "urgency": "Future"}
    delta |= {"starts_at": plan.at(date(2026, 3, 13), 4), "expires_at": plan.at(date(2026, 3, 15), 6)}
    first, graver = {"message": "alert"}, {"message": "update", "references": "PL-2026-114"}
    for said, id_, name, more in (
        (
            plan.at(date(2026, 2, 25), 14),
            "PL-2026-114",
            "Storm, Bay of Gdańsk",
            {**bay, **first, "severity": "Moderate"},
        ),
        (
            plan.at(date(2026, 2, 25), 20),
            "PL-2026-117",
            "Storm, Bay of Gdańsk",
            {**bay, **graver, "severity": "Severe"},
        ),
        (
            plan.at(date(2026, 3, 8), 17),
            "NL-2026-031",
            "Storm surge, Rotterdam",
            {**delta, **first, "severity": "Severe"},
        ),
    ):
        yield Message(said, "weather", say(id_, "hazard", said, status=name, detail=json.dumps(more)))


def _holds(container: str) -> Iterator[Message]:
    """Customs hold a container before it is loaded; the plant blocks a lot of impellers."""
    said = plan.at(date(2026, 3, 6), 10, 15)
    yield Message(said, "carrier", say(
        f"hold-{container}", "logistics", said, order_kind="shipment", order_ref=container, item="PCB-31", site=PLANT,
        party="MAEU", status="customs_hold", payload=json.dumps({"authority": "export control, Yantian"}),
    ))  # fmt: skip
    said = plan.at(date(2026, 3, 9), 7, 20)
    yield Message(said, "qms", say(
        "NC-0412", "quality", said, item="IMP-05", site=PLANT, party="FONDERIE", quantity=120.0, uom="EA",
        status="nonconforming", detail=json.dumps({"lot": "L2207"}), payload=json.dumps({"finding": "pores in the hub"}),
    ))  # fmt: skip


def _production(made_in_february: str, made_now: str) -> Iterator[Message]:
    """The line for large pumps stood for a morning in February; the one for small pumps makes less than planned."""
    stopped, runs = plan.at(date(2026, 2, 24), 7, 10), plan.at(date(2026, 2, 24), 13, 45)
    for said, word in ((stopped, "down"), (runs, "up")):
        yield Message(said, "mes", say(
            f"LINE-2-{word}-{said}", "production", said, order_kind="production_order", order_ref=made_in_february,
            item="PMP-400", site=PLANT, status=word,
        ))  # fmt: skip
    said = plan.at(date(2026, 3, 9), 6, 30)
    yield Message(said, "mes", say(
        "LINE-1-output-w10", "production", said, order_kind="production_order", order_ref=made_now, item="PMP-100",
        site=PLANT, status="output", quantity=176.0, uom="EA", detail=json.dumps({"expected": 200}),
    ))  # fmt: skip
