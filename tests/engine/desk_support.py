"""A small desk for tests of commands and questions: late purchase order lines, and a planner with three steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.storage.store import Store
from engine.values.clock import DAY, HOUR, FixedClock, iso, parse_instant
from engine.values.errors import NotFound, Refused
from engine.vocabulary.model import PlanLine, PlanRecord, SignalIn
from engine.vocabulary.planning import Booking, Match, PlannedAction, Remedies, ResponsePlan, Settled, Start, World
from engine.vocabulary.scheduling import OpenAction, OwnerLoad, Placing, Replan
from engine.vocabulary.stated_times import Timetabled
from playbooks.planning.settling import settle
from playbooks.scheduling.replanning import replan
from playbooks.scheduling.slack import placings
from playbooks.scheduling.workload import workload
from playbooks.working_time.people import People

NOW = parse_instant("2026-03-09T08:00:00Z", "test")


def open_desk(path: Path, *, actor: str = "ana", clock: FixedClock | None = None, **more: Any) -> Desk:
    """A desk on a real file, made if it is not there, standing at NOW."""
    store = Store.open(path, create=True)
    return Desk(store, clock or FixedClock(NOW), actor=actor, origin="{}", **more)


def line(ref: str, *, value: int = 10_000_00, due: int = NOW + 10 * DAY, party: str = "ACME") -> PlanLine:
    """A purchase order line of 100 pieces, due at an instant; `value` in cents."""
    return PlanLine(
        "purchase_order", ref, "SKU-1", "RTM", None, party, 100.0, None, "EA", due, None, value, "EUR", "open", "{}", None
    )  # fmt: skip


def eta(ref: str, at: int, *, number: str = "1", recorded: int = NOW - HOUR) -> SignalIn:
    """A supplier's message that a line comes at another time."""
    return SignalIn(
        f"{ref}/{number}", "eta", recorded, recorded, "purchase_order", ref, "SKU-1", "RTM", "ACME", None, None, at, None,
        "{}", None
    )  # fmt: skip


def take(desk: Desk, *signals: SignalIn, source: str = "tower", detect: bool = True) -> None:
    """Hand signals in as one batch of an event source, judged at once."""
    batch = SourceBatch(source=source, kind="command", identity="event", rows=signals, file="test.csv")
    desk.take(batch, detect=detect)


def late(desk: Desk, **days: int) -> list[str]:
    """Load lines that are all due in ten days, and say how many days late each comes; the deviations' ids."""
    desk.load([line(ref) for ref in days], kind="purchase_order", scope="test", file="plan.csv")
    take(desk, *(eta(ref, NOW + (10 + count) * DAY) for ref, count in days.items()))
    found = {item["subject"]["id"]: item["id"] for item in desk.deviations().items}
    return [found[ref] for ref in days]


def owners(desk: Desk, *names: str) -> None:
    """Put people into the plan."""
    records = [
        PlanRecord("owner", {"id": name, "name": name.title(), "functions": ["procurement"]}, None) for name in names
    ]
    desk.load(records, kind="owner", scope="owner", file="owners.csv")


@dataclass
class InTurn:
    """Responses that a planner of a test makes one after the other."""

    planner: Any
    world: World

    def plan(
        self,
        deviation: Mapping[str, Any],
        playbook: str | None = None,
        inputs: Mapping[str, object] | None = None,
    ) -> ResponsePlan:
        answer: ResponsePlan = self.planner.plan(deviation, self.world, playbook, inputs)
        return answer

    def plan_stated(self, deviation: Mapping[str, Any], playbook: str, trigger: int) -> ResponsePlan:
        raise NotFound(f"there is no playbook {playbook}")

    def keep(self, bookings: Iterable[Booking]) -> None:
        self.world = replace(self.world, bookings=[*self.world.bookings, *bookings])


class Scheduling:
    """What every planner of a test says about open actions together: the real answers."""

    def planning(self, world: World) -> InTurn:
        return InTurn(self, world)

    def placings(self, responses: Iterable[Sequence[OpenAction]], world: World) -> Iterator[tuple[OpenAction, Placing]]:
        return placings(responses, world)

    def remedies(self, known: str | None) -> Remedies | None:
        return None

    def timetable(self) -> Sequence[Timetabled]:
        return ()

    def may_be_kept_out(self, playbook: str) -> bool:
        return False

    def holds(self, playbook: str, trigger: int, deviation: Mapping[str, Any], now: int) -> bool:
        return True

    def settle(
        self, late: Mapping[str, Any], deviation: Mapping[str, Any], values: Mapping[str, Any], now: int
    ) -> Settled:
        return settle(late, deviation, values, now)

    def workload(
        self, actions: Iterable[OpenAction], world: World, days: int, most: int | None = None
    ) -> Sequence[OwnerLoad]:
        return workload(actions, world, days, most)

    def calendar_faults(self, world: World) -> Sequence[tuple[str, str]]:
        return People(world).faults()

    def replan(self, actions: Sequence[OpenAction], world: World, pinned: Mapping[str, int]) -> Replan:
        return replan(actions, world, pinned)


@dataclass(frozen=True)
class Steps(Scheduling):
    """A planner with one playbook: `confirm`, then `book` (which needs it), beside them `tell`, which is optional."""

    on_fail: str = "block"
    version: int = 1
    close_requires: Sequence[str] = ()
    then: Callable[[ResponsePlan], ResponsePlan] = field(default=lambda plan: plan)
    """What is made of each plan before it is given."""

    def matches(self, deviation: Mapping[str, Any], now: int) -> Sequence[Match]:
        held = deviation["kind"] == "late_supply"
        return [Match("expedite", self.version, "Expedite", held, f"kind is {deviation['kind']}")]

    def plan(
        self,
        deviation: Mapping[str, Any],
        world: World,
        playbook: str | None = None,
        inputs: Mapping[str, object] | None = None,
    ) -> ResponsePlan:
        if playbook not in (None, "expedite", "reroute"):
            raise NotFound(f"there is no playbook {playbook}")
        if deviation["kind"] != "late_supply":
            raise Refused(f"no playbook applies to {deviation['id']}")
        owner = min(("bo", "chen"), key=lambda name: world.load_minutes.get(name, 0))
        actions = [
            self._action("confirm", owner, world.now, ()),
            self._action("book", owner, world.now + 2 * HOUR, ("confirm",)),
            self._action("tell", "dora", world.now, (), mandatory=False),
        ]
        name = playbook or "expedite"
        text = f"frozen for {deviation['id']} at {iso(world.now)}"
        return self.then(
            ResponsePlan(
                name,
                self.version,
                "0" * 64,
                "Expedite",
                text,
                "ana",
                actions,
                ("the last step ends late",),
                self.close_requires,
                dict(inputs or {}),
            )
        )

    def _action(
        self, step: str, owner: str, start_at: int, needs: Sequence[str], *, mandatory: bool = True
    ) -> PlannedAction:
        return PlannedAction(
            step=step,
            title=f"{step} it",
            instructions="Call the supplier.\nWrite down the name.",
            function="procurement",
            role="buyer",
            owner=owner,
            owner_because="has the least to do",
            needs=needs,
            start_at=start_at,
            due_at=start_at + HOUR,
            due_because="an hour after its start",
            duration_minutes=60,
            mandatory=mandatory,
            critical=mandatory,
            on_fail=self.on_fail,
            approval=None,
        )


def starting(**rules: Any) -> Steps:
    """A planner whose plans have these rules about their start (engine.vocabulary.planning.Start)."""
    return Steps(then=lambda plan: replace(plan, start=Start(**rules)))
