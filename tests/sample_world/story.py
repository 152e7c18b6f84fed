"""What happened at the sample desk: which lines left the plan, and what its people did about them, by whom and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from engine.clock import DAY
from engine.desk import Desk
from engine.model import PlanLine
from tests.sample_world import plan
from tests.sample_world.feeds import Departure, Story


def _supply(item: str, week: int) -> PlanLine:
    """The purchase or shipment line of a part that is due in a week."""
    return next(
        line
        for line in [*plan.purchases(), *plan.shipments()]
        if line.item == item
        and line.planned_at is not None
        and plan.at(plan.monday(week)) <= line.planned_at < plan.at(plan.monday(week + 1))
    )


def _transfer(item: str, site: str, week: int) -> PlanLine:
    return next(
        line
        for line in plan.transfers()
        if line.item == item and line.site == site and line.planned_at == plan.at(plan.monday(week)) + 3 * DAY
    )


MOTOR = _supply("MOT-22", 5).ref
BOARDS = _supply("PCB-31", 4).ref
SEALS = _supply("SEL-07", 4).ref
BEARINGS = _supply("BRG-62", 3).ref
TRUCK = _transfer("PMP-400", "RTM", 3).ref
HOUSINGS = _supply("CST-60", 3).ref
IMPELLERS = _supply("IMP-05", 2).ref
CARTONS = _supply("BOX-20", 1).ref
SHAFTS = _supply("SHF-12", 1).ref
HARNESS = _supply("CBL-09", 5).ref
SILENT_SHAFTS = _supply("SHF-12", 5).ref

STORY = Story(
    lines={
        MOTOR: Departure(
            eta_days=12,
            announced_at=plan.at(date(2026, 3, 9), 7, 41),
            received_days=None,
            note="winding line down until 23 March",
        ),
        BOARDS: Departure(
            eta_days=3,
            announced_at=plan.at(date(2026, 3, 6), 16, 5),
            source="carrier",
            received_days=None,
            note="port call omitted, Hamburg instead",
        ),
        SEALS: Departure(
            announced_at=plan.at(date(2026, 3, 5), 11, 20),
            promised=520.0,
            received_days=None,
            note="balance backordered, no date",
        ),
        BEARINGS: Departure(received_days=None),
        TRUCK: Departure(received_days=None),
        HARNESS: Departure(
            eta_days=2, announced_at=plan.at(date(2026, 3, 6), 9, 30), received_days=None, note="strike at the haulier"
        ),
        HOUSINGS: Departure(
            eta_days=4, announced_at=plan.at(date(2026, 2, 26), 14, 0), received_days=2, note="mould repair"
        ),
        IMPELLERS: Departure(
            eta_days=3,
            announced_at=plan.at(date(2026, 2, 20), 10, 0),
            received_days=3,
            note="casting rejected, second melt",
        ),
        CARTONS: Departure(announced_at=plan.at(date(2026, 2, 13), 12, 0), promised=640.0, note="paper shortage"),
        SHAFTS: Departure(received_days=5),
        SILENT_SHAFTS: Departure(confirmed=False, received_days=None),
    },
    demand={("PMP-200", "GDN", 3): 1.63},
    counted={("PMP-100", "LYS", date(2026, 3, 6)): -52.0, ("GSK-01", "KAS", date(2026, 3, 4)): 2460.0},
)


def feb(day: int, hour: int, minute: int = 0) -> int:
    """A time of February in Kassel."""
    return plan.at(date(2026, 2, day), hour, minute)


def march(day: int, hour: int, minute: int = 0) -> int:
    """A time of March in Kassel."""
    return plan.at(date(2026, 3, day), hour, minute)


class Act(NamedTuple):
    """One command: when, by whom, and what it does. `find` names the deviation kind and subject it is about."""

    at: int
    actor: str
    kind: str
    subject: str
    do: Callable[[Desk, str], object]


def _actions(desk: Desk, deviation: str) -> list[str]:
    """The ids of a deviation's actions, in the order of the response."""
    return [action["id"] for action in desk.show(deviation)["actions"]]


def _start(place: int) -> Callable[[Desk, str], object]:
    return lambda desk, deviation: desk.start([_actions(desk, deviation)[place]])


def _done(place: int, note: str) -> Callable[[Desk, str], object]:
    return lambda desk, deviation: desk.done([_actions(desk, deviation)[place]], reason=note)


def _finish(desk: Desk, deviation: str) -> None:
    """Do what is still open, step by step, as each becomes ready."""
    for action in _actions(desk, deviation):
        if desk.show(action)["state"] in ("ready", "assigned", "in_progress", "waiting"):
            desk.done([action])


def acts() -> Iterator[Act]:
    """Everything that people did at the desk, oldest first."""
    yield Act(feb(13, 13), "jan", "short_supply", CARTONS, lambda desk, found: desk.ack([found]))
    yield Act(
        feb(16, 9),
        "jan",
        "short_supply",
        CARTONS,
        lambda desk, found: desk.comment(
            [found], text="PackRight ships the rest with the next call-off; stock covers it"
        ),
    )
    yield Act(
        feb(16, 9, 5),
        "jan",
        "short_supply",
        CARTONS,
        lambda desk, found: desk.resolve([found], reason="covered by stock"),
    )
    yield Act(feb(20, 10, 20), "ana", "late_supply", IMPELLERS, lambda desk, found: desk.ack([found], to="jan"))
    yield Act(feb(20, 10, 30), "jan", "late_supply", IMPELLERS, lambda desk, found: desk.respond([found]))
    yield Act(feb(20, 11), "jan", "late_supply", IMPELLERS, _done(0, "foundry confirms the 27th"))
    yield Act(feb(23, 9), "jan", "late_supply", IMPELLERS, _finish)
    yield Act(
        feb(23, 9, 30),
        "bo",
        "overdue",
        SHAFTS,
        lambda desk, found: desk.dismiss(
            [found], reason="they lie in the yard since Friday, the receipt is not booked", category="wrong_data"
        ),
    )
    yield Act(
        march(2, 9),
        "ana",
        "late_supply",
        IMPELLERS,
        lambda desk, found: desk.comment([found], text="second melt clause goes into the frame contract"),
    )
    yield Act(feb(26, 14, 30), "ana", "late_supply", HOUSINGS, lambda desk, found: desk.ack([found], to="jan"))
    yield Act(
        march(4, 15),
        "jan",
        "late_supply",
        HOUSINGS,
        lambda desk, found: desk.comment([found], text="Fonderie found a night shift, two days instead of four"),
    )
    yield Act(march(5, 12), "ana", "short_supply", SEALS, lambda desk, found: desk.ack([found], to="jan"))
    yield Act(march(5, 12, 10), "jan", "short_supply", SEALS, lambda desk, found: desk.respond([found]))
    yield Act(march(5, 13, 30), "jan", "short_supply", SEALS, _start(0))
    yield Act(
        march(6, 9, 40),
        "jan",
        "late_supply",
        HARNESS,
        lambda desk, found: desk.snooze(
            [found], until=plan.at(date(2026, 3, 11), 8), reason="haulier talks on Tuesday night"
        ),
    )
    yield Act(march(6, 16, 30), "emil", "late_supply", BOARDS, lambda desk, found: desk.ack([found]))
    yield Act(march(6, 16, 40), "emil", "late_supply", BOARDS, lambda desk, found: desk.respond([found]))
    yield Act(march(6, 16, 45), "emil", "late_supply", BOARDS, _start(0))
    yield Act(march(9, 8, 20), "emil", "late_supply", BOARDS, _done(0, "Hamburg berth confirmed for the 13th"))
    yield Act(march(9, 8, 30), "emil", "late_supply", BOARDS, _start(1))
    yield Act(march(9, 8, 40), "emil", "overdue", TRUCK, lambda desk, found: desk.ack([found]))
    yield Act(march(9, 8, 41), "emil", "overdue", TRUCK, lambda desk, found: desk.respond([found]))
