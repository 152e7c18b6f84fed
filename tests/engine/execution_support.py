"""A desk with one answered deviation whose steps the test writes itself, and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.desk import Desk
from engine.values.clock import HOUR, MINUTE, FixedClock
from engine.vocabulary.planning import Match, PlannedAction, ResponsePlan, World
from engine.vocabulary.terms import Escalation, Terms
from tests.engine.desk_support import NOW, Scheduling, late, open_desk


def step(name: str, *needs: str, owner: str = "bo", **more: Any) -> PlannedAction:
    """A step of an hour; keywords are fields of PlannedAction, or else of Terms."""
    terms = {key: more.pop(key) for key in list(more) if key in Terms._fields}
    values: dict[str, Any] = {
        "step": name, "title": f"{name} it", "instructions": "", "function": "procurement", "role": "buyer",
        "owner": owner, "owner_because": "the test says so", "needs": needs, "start_at": NOW, "due_at": NOW + 8 * HOUR,
        "due_because": "at the end of the day", "duration_minutes": 60, "mandatory": True, "critical": False,
        "on_fail": "block", "approval": None, "terms": Terms(**terms), **more
    }  # fmt: skip
    return PlannedAction(**values)


def chain(*owners: str, after: int = 60, fallback: str | None = None) -> tuple[Escalation, ...]:
    """Escalations to these owners, `after` minutes each."""
    return tuple(Escalation(after, owner, f"{owner} is next", fallback) for owner in owners)


@dataclass(frozen=True)
class Written(Scheduling):
    """A planner that gives the steps it was made with."""

    steps: Sequence[PlannedAction]
    close_requires: Sequence[str] = ()
    definition: str = "{}"
    name: str = "by-hand"
    reversals: Sequence[PlannedAction] = ()

    def matches(self, deviation: Mapping[str, Any], now: int) -> Sequence[Match]:
        return [Match(self.name, 1, "By hand", True, "always")]

    def plan(
        self,
        deviation: Mapping[str, Any],
        world: World,
        playbook: str | None = None,
        inputs: Mapping[str, object] | None = None,
    ) -> ResponsePlan:
        return ResponsePlan(
            self.name, 1, "0" * 64, "By hand", self.definition, "ana", self.steps, (), self.close_requires,
            reversals=self.reversals,
        )  # fmt: skip


@dataclass
class Run:
    """A response that runs on a desk of its own; `at` moves the clock by minutes from its begin, and ticks."""

    path: Path
    steps: Sequence[PlannedAction]
    more: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.desk = open_desk(self.path, clock=self.clock, planner=Written(self.steps, **self.more))
        (self.deviation,) = late(self.desk, alpha=12)
        self.desk.respond([self.deviation])

    def as_(self, actor: str) -> Desk:
        """The same desk, in somebody else's hands."""
        return open_desk(self.path, actor=actor, clock=self.clock, planner=Written(self.steps, **self.more))

    def at(self, minutes: float) -> Run:
        self.clock.set(NOW + round(minutes * MINUTE))
        self.desk.tick()
        return self

    def actions(self) -> dict[str, dict[str, Any]]:
        """All actions by step."""
        return {item["step"]: item for item in self.desk.actions(all=True).items}

    def id(self, name: str) -> str:
        return str(self.actions()[name]["id"])

    def state(self, name: str) -> str:
        return str(self.actions()[name]["state"])

    def states(self) -> dict[str, str]:
        return {name: item["state"] for name, item in self.actions().items()}

    def told(self, name: str, *events: str) -> list[tuple[str, float]]:
        """The entries of these events about an action: event, and minutes from the begin."""
        from engine.values.clock import parse_instant

        return [
            (entry["action"], (parse_instant(entry["at"], "at") - NOW) / MINUTE)
            for entry in self.desk.show(self.id(name))["history"]
            if entry["action"] in events
        ]
