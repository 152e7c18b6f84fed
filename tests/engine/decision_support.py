"""A planner whose playbook is one decision between options, for tests of deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.clock import HOUR
from engine.planning import Match, PlannedAction, ResponsePlan, World
from engine.terms import Terms
from tests.engine.desk_support import Scheduling


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
