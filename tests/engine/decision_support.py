"""A planner whose playbook is one decision between options, and late supply to decide about, for tests of deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.desk import Desk
from engine.values.clock import DAY, HOUR
from engine.vocabulary.model import PlanRecord
from engine.vocabulary.planning import Match, PlannedAction, ResponsePlan, World
from engine.vocabulary.terms import Terms
from tests.engine.desk_support import NOW, Scheduling, open_desk
from tests.engine.deviations.test_value_at_risk import pumps
from tests.engine.network_support import line, load, said, take


@dataclass(frozen=True)
class OneDecision(Scheduling):
    """`decide`, and steps which need it."""

    options: Sequence[Mapping[str, Any]]
    weights: Mapping[str, float] = field(default_factory=dict)
    steps: Sequence[str] = ("book",)

    def matches(self, deviation: Mapping[str, Any], now: int) -> Sequence[Match]:
        return [Match("choose", 1, "Choose", True, "any deviation")]

    def plan(
        self,
        deviation: Mapping[str, Any],
        world: World,
        playbook: str | None = None,
        inputs: Mapping[str, object] | None = None,
    ) -> ResponsePlan:
        terms = Terms(kind="decision", options=tuple(self.options), weights=self.weights)
        actions = [
            _action("decide", world.now, (), terms),
            *(_action(step, world.now + HOUR, ("decide",), Terms()) for step in self.steps),
        ]
        return ResponsePlan("choose", 1, "0" * 64, "Choose", "frozen", "ana", actions)


def _action(step: str, start_at: int, needs: Sequence[str], terms: Terms) -> PlannedAction:
    return PlannedAction(
        step=step, title=f"{step} it", instructions="", function="procurement", role="buyer", owner="bo",
        owner_because="has the least to do", needs=needs, start_at=start_at, due_at=start_at + HOUR,
        due_because="an hour after its start", duration_minutes=60, mandatory=True, critical=True, on_fail="block",
        approval=None, terms=terms,
    )  # fmt: skip


AIR: Mapping[str, Any] = {
    "id": "air", "title": "Air", "kind": "expedite", "days": 4, "cost": "500 + 2 * quantity", "kg_per_unit": 25,
    "legs": ({"mode": "air_belly_long", "km": 8000},), "risk": 0.1, "reversible": False,
}  # fmt: skip


def late_motors(path: Path, *options: Mapping[str, Any], days: float = 12, **weights: float) -> tuple[Desk, str]:
    """Motors planned on day 5 come on day 12: seven days late, four of them slack; and the decision about it."""
    desk = open_desk(path, planner=OneDecision(options, weights))
    load(desk, *pumps())
    take(desk, said("eta", "PO-1/eta", order_ref="PO-1", eta=NOW + int(days * DAY)))
    return desk, respond(desk, "late_supply")


def respond(desk: Desk, kind: str) -> str:
    (deviation,) = (each["id"] for each in desk.deviations([f"kind={kind}"], all=True).items)
    desk.respond([deviation])
    (decision,) = (each["id"] for each in desk.actions().items if each["kind"] == "decision")
    return str(decision)


def compared(desk: Desk, action: str) -> dict[str, dict[str, Any]]:
    (found,) = desk.options(action)
    return {each["id"]: each for each in found["options"]}


def terms(option: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    return {term["name"]: (term["value"], term["source"]) for term in option["terms"]}


def euros(amount: float) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


def direct(path: Path, *options: Mapping[str, Any], late: float = 10, **weights: float) -> tuple[Desk, str]:
    """100 pieces planned on day 5 for 40 on day 6, 30 on day 8 and 30 on day 20."""
    desk = open_desk(path, planner=OneDecision(options, weights))
    load(
        desk,
        line("purchase_order", "PO-1", 100.0, 5, party="ACME"),
        line("sales_order", "SO-1", 40.0, 6, value_minor=4_000_00, currency="EUR"),
        line("sales_order", "SO-2", 30.0, 8, value_minor=9_000_00, currency="EUR"),
        line("sales_order", "SO-3", 30.0, 20, value_minor=3_000_00, currency="EUR"),
        PlanRecord("site", {"id": "X", "latitude": 0, "longitude": 0}, None),
        PlanRecord("site", {"id": "Z", "latitude": 0, "longitude": 90}, None),
        PlanRecord("item", {"id": "A", "uom": "EA", "weight_kg": 2}, None),
    )
    if late:
        take(desk, said("eta", "PO-1/eta", order_ref="PO-1", eta=NOW + int(late * DAY)))
    return desk, respond(desk, "late_supply" if late else "short_supply")
