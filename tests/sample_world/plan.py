"""The plan of the sample world: orders, shipments, transfers, forecasts and targets over eleven weeks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.values.clock import SECOND, instant_of
from engine.vocabulary.model import PlanLine
from tests.sample_world.network import CENTRES, COMPONENTS, CUSTOMERS, PLANT, PUMPS, Component, Pump

BERLIN = ZoneInfo("Europe/Berlin")
FIRST_MONDAY = date(2026, 2, 9)
WEEKS = 11
"""Weeks that the plan covers, from FIRST_MONDAY."""

SEA_FREIGHT = "YUEHAI"
"""This supplier's goods come by container: its lines are shipments, not purchase orders."""
ZLOTY = 4.3
"""Złoty that a price list says for a euro."""
_PROJECTS = (
    ("SO-30017/1", date(2026, 3, 18), 120, "CASTELLAN"),
    ("SO-30021/1", date(2026, 3, 24), 60, "NORDHEAT"),
)
"""Large pumps for building sites, which leave from the plant itself: reference, day, pieces, customer."""


def at(day: date, hour: int = 0, minute: int = 0) -> int:
    """A wall-clock time in Kassel as an instant."""
    return instant_of(datetime.combine(day, time(hour, minute), BERLIN))


def days_later(instant: int, days: int) -> int:
    """The same time of the wall clock some days later: suppliers promise days, whatever the clocks do meanwhile."""
    return instant_of(datetime.fromtimestamp(instant / SECOND, BERLIN) + timedelta(days=days))


def monday(week: int) -> date:
    return FIRST_MONDAY + timedelta(weeks=week)


_BLANK = PlanLine(
    kind="", ref="", item=None, site=None, origin=None, party=None, quantity=None, maximum=None, uom="EA",
    planned_at=None, until_at=None, value_minor=None, currency=None, status="open", attributes="{}", line=None,
)  # fmt: skip


def _line(kind: str, ref: str, item: str, site: str, day: date, quantity: float, **further: Any) -> PlanLine:
    """A line that is promised for a day; `further` fields replace what that implies."""
    line = _BLANK._replace(kind=kind, ref=ref, item=item, site=site, planned_at=at(day), quantity=quantity)
    return line._replace(until_at=at(day + timedelta(days=1)))._replace(**further)


def supply_day(part: Component, week: int) -> date | None:
    """The day on which a part's fortnightly delivery is due in a week, if it has one then."""
    place = COMPONENTS.index(part)
    if (week + place) % 2:
        return None
    return monday(week) + timedelta(days=1 + place % 3)


def delivery(part: Component, day: date, ref: str) -> PlanLine:
    """Two weeks' use of a part as a purchase order, of the sea supplier as a shipment that is invoiced in dollars."""
    quantity = 2 * part.weekly
    if part.supplier == SEA_FREIGHT:
        return _line(
            "shipment", ref, part.id, PLANT, day, quantity,
            origin="CNSZX", party=part.supplier, value_minor=round(quantity * part.price * 108), currency="USD",
            attributes=json.dumps({"carrier": "MAEU", "mode": "sea"}),
        )  # fmt: skip
    value_minor = round(quantity * part.price * 100)
    return _line(
        "purchase_order",
        ref,
        part.id,
        PLANT,
        day,
        quantity,
        party=part.supplier,
        value_minor=value_minor,
        currency="EUR",
    )


def purchases() -> Iterator[PlanLine]:
    """One order per supplier and week, one position per part; the sea supplier's come as shipments instead."""
    number = 4672
    for week in range(WEEKS):
        for supplier in dict.fromkeys(part.supplier for part in COMPONENTS if part.supplier != SEA_FREIGHT):
            due = [(part, supply_day(part, week)) for part in COMPONENTS if part.supplier == supplier]
            positions = [(part, day) for part, day in due if day is not None]
            for place, (part, day) in enumerate(positions, 1):
                yield delivery(part, day, f"{number}/{place * 10}")
            number += bool(positions)


def shipments() -> Iterator[PlanLine]:
    """Containers with control boards from Shenzhen."""
    part = next(part for part in COMPONENTS if part.supplier == SEA_FREIGHT)
    for week in range(WEEKS):
        day = supply_day(part, week)
        if day is not None:
            yield delivery(part, day, f"MAEU88142{10 + week}")


def production() -> Iterator[PlanLine]:
    """What Kassel assembles each week, ready on Friday."""
    number = 8801
    for week in range(WEEKS):
        for pump in PUMPS:
            quantity = sum(pump.weekly)
            yield _line(
                "production_order", f"MO-{number}", pump.id, PLANT, monday(week) + timedelta(days=4), quantity,
                value_minor=round(quantity * pump.price * 60), currency="EUR",
            )  # fmt: skip
            number += 1


def transfers() -> Iterator[PlanLine]:
    """The weekly truck to each centre, due on Thursday."""
    number = 300
    for week in range(WEEKS):
        for place, centre in enumerate(CENTRES):
            number += 1
            for position, pump in enumerate(PUMPS, 1):
                quantity = pump.weekly[place]
                yield _line(
                    "transfer_order", f"TO-{number}/{position}", pump.id, centre, monday(week) + timedelta(days=3),
                    quantity, origin=PLANT, party="TRANSALP",
                    value_minor=round(quantity * pump.price * 60), currency="EUR",
                )  # fmt: skip


def sales() -> Iterator[PlanLine]:
    """Customer orders: three a week at each centre, within the forecast, and the pumps for two building sites."""
    customers = list(CUSTOMERS)
    number = 20410
    for week in range(WEEKS - 2):
        for place, centre in enumerate(CENTRES):
            for pump in PUMPS:
                number += 1
                tenths = 6 + number % 3 if pump.id == "PMP-400" else 4 + number % 4
                quantity = max(2, pump.weekly[place] * tenths // 10)
                day = monday(week) + timedelta(days=number % 5)
                yield _sale(f"SO-{number}/1", pump, centre, day, quantity, customers[number % len(customers)])
    pump = next(pump for pump in PUMPS if pump.id == "PMP-400")
    for ref, day, quantity, customer in _PROJECTS:
        yield _sale(ref, pump, PLANT, day, quantity, customer)


def _sale(ref: str, pump: Pump, site: str, day: date, quantity: int, customer: str) -> PlanLine:
    price, currency = (pump.price * ZLOTY, "PLN") if customer == "POLTHERM" else (pump.price, "EUR")
    value_minor = round(quantity * price * 100)
    return _line(
        "sales_order", ref, pump.id, site, day, quantity, party=customer, value_minor=value_minor, currency=currency
    )


def forecasts() -> Iterator[PlanLine]:
    """Weekly demand at the centres, and the plant's planned use of parts."""
    for week in range(WEEKS):
        start = monday(week)
        bucket = {"until_at": at(start + timedelta(weeks=1))}
        for place, centre in enumerate(CENTRES):
            for pump in PUMPS:
                ref = f"{pump.id}@{centre}/{start.isoformat()}"
                yield _line("forecast", ref, pump.id, centre, start, pump.weekly[place], **bucket)
        for part in COMPONENTS:
            yield _line(
                "forecast", f"{part.id}@{PLANT}/{start.isoformat()}", part.id, PLANT, start, part.weekly, **bucket
            )


def targets() -> Iterator[PlanLine]:
    """Stock that is never to be undercut: days of cover in pieces."""

    def target(item: str, site: str, quantity: float, maximum: float) -> PlanLine:
        line = _line("target", f"{item}@{site}", item, site, FIRST_MONDAY, quantity, maximum=maximum)
        return line._replace(planned_at=None, until_at=None)

    for part in COMPONENTS:
        # ACME is a night's drive away.
        weeks = 0.3 if part.supplier == "ACME" else 0.6
        yield target(part.id, PLANT, round(part.weekly * weeks), part.weekly * 6)
    for place, centre in enumerate(CENTRES):
        for pump in PUMPS:
            yield target(pump.id, centre, round(pump.weekly[place] * 0.5), pump.weekly[place] * 6)


def weekly_use(item: Component | Pump, centre: str) -> float:
    """Planned demand of one week."""
    return item.weekly if isinstance(item, Component) else item.weekly[CENTRES.index(centre)]
