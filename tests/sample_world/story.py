"""What happened at the sample desk: which lines left the plan, and what its people did about them, by whom and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from engine.desk import Desk
from engine.values.clock import DAY
from engine.vocabulary.model import PlanLine
from tests.sample_world import incidents, plan, whole_life
from tests.sample_world.feeds import Departure, Story
from tests.sample_world.post import Post


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


def _production(item: str, week: int) -> PlanLine:
    due = plan.at(plan.monday(week) + timedelta(days=4))
    return next(line for line in plan.production() if line.item == item and line.planned_at == due)


MOTOR = _supply("MOT-22", 5).ref
BOARDS = _supply("PCB-31", 4).ref
SEALS = _supply("SEL-07", 4).ref
BEARINGS = _supply("BRG-62", 3).ref
TRUCK = _transfer("PMP-400", "RTM", 3).ref
HOUSINGS = _supply("CST-60", 3)
IMPELLERS = _supply("IMP-05", 2).ref
CARTONS = _supply("BOX-20", 1).ref
SHAFTS = _supply("SHF-12", 1).ref
HARNESS = _supply("CBL-09", 5).ref
SILENT_SHAFTS = _supply("SHF-12", 5).ref
GASKETS = _supply("GSK-01", 2).ref
HARNESS_IN_FEBRUARY = _supply("CBL-09", 1).ref
HARNESS_IN_MARCH = _supply("CBL-09", 3).ref
LARGE_PUMPS_IN_FEBRUARY = _production("PMP-400", 2).ref
SMALL_PUMPS = _production("PMP-100", 4).ref
NEXT_CONTAINER = _supply("PCB-31", 8).ref
IMPELLER_LOT = "IMP-05#L2207"

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
        HOUSINGS.ref: Departure(eta_days=20, announced_at=whole_life.BROKEN, received_days=1, note="mould broken"),
        IMPELLERS: Departure(
            eta_days=3,
            announced_at=plan.at(date(2026, 2, 20), 10, 0),
            received_days=3,
            note="casting rejected, second melt",
        ),
        CARTONS: Departure(announced_at=plan.at(date(2026, 2, 13), 12, 0), promised=640.0, note="paper shortage"),
        SHAFTS: Departure(received_days=5),
        HARNESS_IN_FEBRUARY: Departure(eta_days=2, announced_at=plan.at(date(2026, 2, 10), 10, 0)),
        GASKETS: Departure(eta_days=2, announced_at=plan.at(date(2026, 2, 16), 11, 30)),
        HARNESS_IN_MARCH: Departure(eta_days=2, announced_at=plan.at(date(2026, 2, 24), 9, 0)),
        SILENT_SHAFTS: Departure(confirmed=False, received_days=None),
    },
    demand={("PMP-200", "GDN", 3): 1.63},
    counted={
        ("PMP-100", "LYS", date(2026, 3, 6)): -52.0,
        ("GSK-01", "KAS", date(2026, 3, 4)): 2460.0,
        # A fork-lift truck went into the rack.
        ("MOT-22", "KAS", date(2026, 3, 6)): -130.0,
    },
    events=[
        *incidents.messages(NEXT_CONTAINER, LARGE_PUMPS_IN_FEBRUARY, SMALL_PUMPS),
        *whole_life.messages(HOUSINGS),
    ],
)


def feb(day: int, hour: int, minute: int = 0) -> int:
    """A time of February in Kassel."""
    return plan.at(date(2026, 2, day), hour, minute)


def march(day: int, hour: int, minute: int = 0) -> int:
    """A time of March in Kassel."""
    return plan.at(date(2026, 3, day), hour, minute)


class Act(NamedTuple):
    """One command: when, by whom, and what it does."""

    at: int
    actor: str
    do: Callable[[Desk, Post], object]


def _of(kind: str, subject: str, do: Callable[[Desk, str], object]) -> Callable[[Desk, Post], object]:
    """A command about the last deviation of a kind and subject."""
    return lambda desk, post: do(desk, _last(desk, kind, subject))


def _last(desk: Desk, kind: str, subject: str) -> str:
    return str(desk.deviations([f"kind={kind}", f"subject={subject}"], all=True).items[-1]["id"])


def _ack(to: str | None = None) -> Callable[[Desk, str], object]:
    return lambda desk, deviation: desk.ack([deviation], to=to)


def _respond(desk: Desk, deviation: str) -> object:
    return desk.respond([deviation])


def _comment(text: str) -> Callable[[Desk, str], object]:
    return lambda desk, deviation: desk.comment([deviation], text=text)


def _dismiss(reason: str, category: str) -> Callable[[Desk, str], object]:
    return lambda desk, deviation: desk.dismiss([deviation], reason=reason, category=category)


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
        shown = desk.show(action)
        if shown["state"] not in ("ready", "assigned", "in_progress", "waiting"):
            continue
        if shown["options"]:
            best = shown["options"][0]["winner"] or "nothing"
            desk.decide([action], option=best, reason="the figures speak for it")
        else:
            desk.done([action])


def acts() -> Iterator[Act]:
    """Everything that people did at the desk."""
    yield from _about_suppliers()
    yield from _about_the_housings()
    yield from _about_goods_on_the_way()
    yield from _about_noise()
    yield from _at_the_plant()


def _about_suppliers() -> Iterator[Act]:
    kind = "short_supply"
    yield Act(feb(13, 13), "jan", _of(kind, CARTONS, _ack()))
    said = "PackRight ships the rest with the next call-off; stock covers it"
    yield Act(feb(16, 9), "jan", _of(kind, CARTONS, _comment(said)))
    yield Act(
        feb(16, 9, 5),
        "jan",
        _of(kind, CARTONS, lambda desk, found: desk.resolve([found], reason="covered by stock")),
    )
    yield Act(march(5, 12), "ana", _of(kind, SEALS, _ack("jan")))
    yield Act(march(5, 12, 10), "jan", _of(kind, SEALS, _respond))
    yield Act(march(5, 13, 30), "jan", _of(kind, SEALS, _start(0)))
    kind = "late_supply"
    yield Act(feb(20, 10, 20), "ana", _of(kind, IMPELLERS, _ack("jan")))
    yield Act(feb(20, 10, 30), "jan", _of(kind, IMPELLERS, _respond))
    yield Act(feb(20, 11), "jan", _of(kind, IMPELLERS, _done(0, "foundry confirms the 27th")))
    yield Act(feb(23, 9), "jan", _of(kind, IMPELLERS, _finish))
    said = "second melt clause goes into the frame contract"
    yield Act(march(2, 9), "ana", _of(kind, IMPELLERS, _comment(said)))


def _about_the_housings() -> Iterator[Act]:
    for move in whole_life.moves():
        yield Act(move.at, move.actor, partial(_of_the_housings, move.do))


def _of_the_housings(do: Callable[[Desk, Post, str], object], desk: Desk, post: Post) -> object:
    return do(desk, post, _last(desk, "late_supply", HOUSINGS.ref))


def _about_goods_on_the_way() -> Iterator[Act]:
    said = "they lie in the yard since Friday, the receipt is not booked"
    yield Act(feb(23, 9, 30), "bo", _of("overdue", SHAFTS, _dismiss(said, "wrong_data")))
    yield Act(march(6, 16, 30), "emil", _of("late_supply", BOARDS, _ack()))
    yield Act(march(6, 16, 40), "emil", _of("late_supply", BOARDS, _respond))
    yield Act(march(6, 16, 45), "emil", _of("late_supply", BOARDS, _start(0)))
    yield Act(march(9, 8, 20), "emil", _of("late_supply", BOARDS, _done(0, "Hamburg berth confirmed for the 13th")))
    yield Act(march(9, 8, 30), "emil", _of("late_supply", BOARDS, _start(1)))
    yield Act(march(9, 8, 40), "emil", _of("overdue", TRUCK, _ack()))
    yield Act(march(9, 8, 41), "emil", _of("overdue", TRUCK, _respond))


def _about_noise() -> Iterator[Act]:
    """What was not worth anybody's time, and what is known to be so for a while."""
    every_time = "Baltic always writes two days more and comes as ordered"
    yield Act(feb(10, 11), "jan", _of("late_supply", HARNESS_IN_FEBRUARY, _dismiss(every_time, "noise")))
    yield Act(feb(16, 13), "jan", _of("late_supply", GASKETS, _dismiss("nobody waits for gaskets", "noise")))
    yield Act(feb(24, 10, 15), "jan", _of("late_supply", HARNESS_IN_MARCH, _dismiss(every_time, "noise")))
    until = plan.at(date(2026, 3, 11), 8)
    yield Act(
        march(6, 9, 40),
        "jan",
        _of(
            "late_supply",
            HARNESS,
            lambda desk, found: desk.snooze([found], until=until, reason="haulier talks on Tuesday night"),
        ),
    )
    yield Act(
        march(6, 10),
        "bo",
        lambda desk, _: desk.silence(
            ["kind=unconfirmed", "party=STEELFORM"],
            until=plan.at(date(2026, 3, 13), 17),
            reason="SteelForm moves its EDI this week and answers by telephone",
        ),
    )


def _at_the_plant() -> Iterator[Act]:
    yield Act(feb(24, 10, 40), "chen", _of("production", LARGE_PUMPS_IN_FEBRUARY, _ack()))
    yield Act(march(9, 8, 5), "henk", _of("quality", IMPELLER_LOT, _ack()))
    yield Act(march(9, 8, 10), "henk", _of("quality", IMPELLER_LOT, _respond))
