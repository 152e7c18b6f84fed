"""What the record systems said over four weeks: confirmations, expected dates, receipts, stock counts and demand.

A small simulation keeps them coherent: stock is what was received less what was used. Where a STORY line departs from
the plan, the signals say so.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from engine.values.clock import HOUR, MINUTE
from engine.vocabulary.model import Place, PlanLine, Refusal, SignalIn
from tests.sample_world import plan
from tests.sample_world.network import CENTRES, COMPONENTS, PLANT, PUMPS, Component, Pump

TODAY = date(2026, 3, 9)
NOW = plan.at(TODAY, 9, 12)
"""Where the sample world stands: Monday morning, before the second coffee."""


class Message(NamedTuple):
    """One signal, when it reaches the desk and from which source."""

    at: int
    source: str
    signal: SignalIn


@dataclass(frozen=True)
class Departure:
    """How one supply line left the plan."""

    eta_days: int = 0
    """Days by which the announced date is after the planned one."""
    announced_at: int | None = None
    source: str = "edi"
    promised: float | None = None
    """Quantity that the supplier confirms, where it is less."""
    confirmed: bool = True
    """Whether the supplier confirmed it two weeks before, as usual."""
    received_days: int | None = 0
    """Days after plan of the receipt; None: not received."""
    note: str = ""


@dataclass
class Story:
    """The lines and places that leave the plan, by reference."""

    lines: Mapping[str, Departure]
    demand: Mapping[tuple[str, str, int], float] = field(default_factory=dict)
    """(item, site, week) to the factor on the forecast."""
    counted: Mapping[tuple[str, str, date], float] = field(default_factory=dict)
    """(item, site, day) to a stock correction found by a count."""
    events: Sequence[Message] = ()
    """What is said outright: holds, stops, hazards."""


def say(source_id: str, kind: str, at: int, **values: object) -> SignalIn:
    """A signal that was recorded when it happened, unless `occurred_at` says otherwise."""
    blank: dict[str, object] = dict.fromkeys(SignalIn._fields)
    known = {"source_id": source_id, "kind": kind, "occurred_at": at, "recorded_at": at, "payload": "{}"}
    return SignalIn(**(blank | known | values))  # type: ignore[arg-type]


def refused() -> list[Refusal]:
    """Records of this morning that the mapping could not take, with all columns that the demo's mapping reads: each is
    mended in another one.
    """
    faults = (
        (
            3, "eta", "'23.03.' is no date", "write it as 2026-03-23",
            {
                "id": "edi-4696/10-492533", "order_ref": "4696/10", "item": "BRG-62", "party": "KNORD",
                "quantity": "1640", "eta": "23.03.",
            },
        ),
        (
            7, "quantity", "'8 pal' is no number", "write the number of pieces alone",
            {
                "id": "edi-4698/10-492541", "order_ref": "4698/10", "item": "BOX-20", "party": "PACKRIGHT",
                "quantity": "8 pal", "eta": "2026-03-19",
            },
        ),
    )  # fmt: skip
    common = {
        "kind": "confirmation",
        "occurred_at": "2026-03-09T07:52:00Z",
        "recorded_at": "2026-03-09T07:55:00Z",
        "order_kind": "purchase_order",
        "site": "KAS",
        "uom": "EA",
        "status": "",
    }
    return [
        Refusal(Place("edi-0309.csv", line, column), reason, mend, json.dumps({**record, **common}))
        for line, column, reason, mend, record in faults
    ]


def messages(story: Story) -> list[Message]:
    """Everything that arrived up to NOW, in order of arrival."""
    chance = random.Random(20260309)
    found = [
        *_order_messages([*plan.purchases(), *plan.shipments(), *plan.transfers(), *plan.production()], story, chance),
        *_stock_messages(story),
        *_demand_messages(story, chance),
        *_sales_messages(),
        *_carrier_messages(),
        *_loose_ends(),
        *story.events,
    ]
    return sorted((message for message in found if message.at <= NOW), key=lambda message: (message.at, message.source))


def _order_messages(lines: list[PlanLine], story: Story, chance: random.Random) -> Iterator[Message]:
    for line in lines:
        departure = story.lines.get(line.ref, Departure())
        assert line.planned_at is not None
        assert line.quantity is not None
        wobble = int(chance.random() * 180) * MINUTE
        common = {"order_kind": line.kind, "order_ref": line.ref, "item": line.item, "site": line.site, "uom": "EA"}
        if line.kind == "purchase_order" and departure.confirmed:
            confirmed = line.planned_at - 14 * 24 * HOUR + 10 * HOUR + wobble
            yield Message(confirmed, "edi", say(
                f"855-{line.ref}", "confirmation", confirmed, party=line.party, quantity=line.quantity,
                eta=line.planned_at, payload=json.dumps({"document": "855", "line_status": "IA"}), **common,
            ))  # fmt: skip
        if departure.announced_at is not None:
            said = departure.announced_at
            kind = "confirmation" if departure.source == "edi" else "eta"
            yield Message(said, departure.source, say(
                f"{departure.source}-{line.ref}-{said // HOUR}", kind, said, party=line.party,
                quantity=departure.promised if departure.promised is not None else line.quantity,
                eta=plan.days_later(line.planned_at, departure.eta_days),
                payload=json.dumps({"note": departure.note}), **common,
            ))  # fmt: skip
        if departure.received_days is not None:
            arrived = line.planned_at + departure.received_days * 24 * HOUR + 9 * HOUR + wobble
            yield Message(arrived + 25 * MINUTE, "erp", say(
                f"GR-{line.ref}", "receipt", arrived, recorded_at=arrived + 25 * MINUTE, party=line.party,
                quantity=departure.promised if departure.promised is not None else line.quantity,
                payload=json.dumps({"movement": "101"}), **common,
            ))  # fmt: skip


def _received(story: Story) -> dict[tuple[str, str, date], float]:
    """Pieces that arrive per item, site and day, as the story has it."""
    found: dict[tuple[str, str, date], float] = {}
    for line in [*plan.purchases(), *plan.shipments(), *plan.transfers()]:
        departure = story.lines.get(line.ref, Departure())
        if departure.received_days is None or line.item is None or line.site is None:
            continue
        assert line.planned_at is not None
        day = plan.FIRST_MONDAY + timedelta(days=round((line.planned_at - plan.at(plan.FIRST_MONDAY)) / (24 * HOUR)))
        key = (line.item, line.site, day + timedelta(days=departure.received_days))
        quantity = departure.promised if departure.promised is not None else line.quantity
        found[key] = found.get(key, 0) + (quantity or 0)
    return found


def _stock_messages(story: Story) -> Iterator[Message]:
    """A reading at six every working morning, before the day's use and receipts."""
    received = _received(story)
    # Parts whose delivery falls into odd weeks begin with a week more.
    places: list[tuple[Component | Pump, str, float]] = [
        (part, PLANT, 2.8 if number % 2 else 1.8) for number, part in enumerate(COMPONENTS)
    ]
    places += [(pump, centre, 1.7) for centre in CENTRES for pump in PUMPS]
    for item, site, weeks in places:
        weekly = plan.weekly_use(item, site)
        stock = weekly * weeks
        day = plan.FIRST_MONDAY
        while day <= TODAY:
            stock += story.counted.get((item.id, site, day), 0)
            if day.weekday() < 5:
                read = plan.at(day, 6)
                yield Message(read + 4 * MINUTE, "wms", say(
                    f"{item.id}@{site}", "stock", read, item=item.id, site=site, quantity=float(round(stock)), uom="EA",
                ))  # fmt: skip
                factor = story.demand.get((item.id, site, (day - plan.FIRST_MONDAY).days // 7), 1.0)
                stock = max(0.0, stock - weekly * factor / 5)
            stock += received.get((item.id, site, day), 0)
            day += timedelta(days=1)


def _demand_messages(story: Story, chance: random.Random) -> Iterator[Message]:
    """Last week's demand at the centres, every Monday at five."""
    for week in range(4):
        for place, centre in enumerate(CENTRES):
            for pump in PUMPS:
                usual = 0.9 + chance.random() * 0.2
                factor = story.demand.get((pump.id, centre, week), usual)
                said = plan.at(plan.monday(week + 1), 5, 10)
                yield Message(said, "orders", say(
                    f"{pump.id}@{centre}/{plan.monday(week).isoformat()}", "demand", plan.at(plan.monday(week), 12),
                    recorded_at=said, item=pump.id, site=centre, quantity=float(round(pump.weekly[place] * factor)),
                    uom="EA",
                ))  # fmt: skip


def _carrier_messages() -> Iterator[Message]:
    """A position of the container at sea every afternoon, until the carrier's feed fell silent on the last Saturday."""
    containers = [line for line in plan.shipments() if line.planned_at is not None]
    day = plan.FIRST_MONDAY
    while day <= date(2026, 3, 7):
        said = plan.at(day, 15, 40)
        container = next(line for line in containers if line.planned_at is not None and line.planned_at > said)
        yield Message(said, "carrier", say(
            f"position-{container.ref}-{day.isoformat()}", "milestone", said, order_kind="shipment",
            order_ref=container.ref, item=container.item, site=container.site, party="MAEU",
            payload=json.dumps({"event": "position", "mode": "sea"}),
        ))  # fmt: skip
        day += timedelta(days=1)


def _loose_ends() -> Iterator[Message]:
    """What an ERP says besides: a short delivery declared complete, and a receipt for an order that nobody planned."""
    complete = plan.at(date(2026, 2, 17), 15)
    cartons = next(
        line for line in plan.purchases() if line.item == "BOX-20" and line.planned_at == plan.at(date(2026, 2, 19))
    )
    yield Message(complete, "erp", say(
        f"DC-{cartons.ref}", "status", complete, order_kind=cartons.kind, order_ref=cartons.ref, item=cartons.item,
        site=cartons.site, party=cartons.party, status="closed", payload=json.dumps({"flag": "delivery complete"}),
    ))  # fmt: skip
    unknown = plan.at(date(2026, 3, 6), 11, 5)
    yield Message(unknown, "erp", say(
        "GR-4790/10", "receipt", unknown, order_ref="4790/10", item="SHF-12", site=PLANT, party="STEELFORM",
        quantity=200.0, uom="EA",
    ))  # fmt: skip


def _sales_messages() -> Iterator[Message]:
    """Customer orders that left the centre close their line."""
    for line in plan.sales():
        assert line.planned_at is not None
        left = line.planned_at + 15 * HOUR
        yield Message(left + 10 * MINUTE, "erp", say(
            f"GI-{line.ref}", "status", left, recorded_at=left + 10 * MINUTE, order_kind=line.kind, order_ref=line.ref,
            item=line.item, site=line.site, party=line.party, status="closed",
        ))  # fmt: skip
