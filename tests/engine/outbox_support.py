"""A desk whose actions are handed off: five calls that nobody is told of until they are given to an owner with a
route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.desk import Desk
from engine.handoffs.deliveries import Delivery, Result
from engine.handoffs.routing import Channel, Route
from engine.values.clock import HOUR, SECOND, FixedClock
from engine.vocabulary.planning import Match, PlannedAction, ResponsePlan, World
from engine.vocabulary.terms import Terms
from tests.engine.desk_support import NOW, Scheduling, late, open_desk, owners

SENT = Result("sent")
DOWN = Result("failed", "the server cannot be reached", again=True)


def seconds(number: float) -> int:
    """The instant of a case's virtual clock."""
    return NOW + round(number * SECOND)


def channel(name: str = "c1", **settings: Any) -> Channel:
    """A channel whose waits are given in seconds: W is `wait`, G `interval`, R `remind`."""
    lengths = {key: round(settings.pop(key) * SECOND) for key in ("wait", "interval", "remind") if key in settings}
    return Channel(name, "folder", **{"once": False, **settings}, **lengths)


@dataclass(frozen=True)
class Calls(Scheduling):
    """A planner whose playbook has five steps that need nothing, owned by zed; `terms` are those of all of them."""

    terms: Terms = field(default_factory=Terms)
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    owner: str = "zed"

    def matches(self, deviation: Mapping[str, Any], now: int) -> Sequence[Match]:
        return [Match("calls", 1, "Calls", True, "always")]

    def plan(
        self,
        deviation: Mapping[str, Any],
        world: World,
        playbook: str | None = None,
        inputs: Mapping[str, object] | None = None,
    ) -> ResponsePlan:
        actions = [self._action(f"t{number}") for number in range(1, 6)]
        return ResponsePlan("calls", 1, "0" * 64, "Calls", "frozen", "ana", actions)

    def _action(self, step: str) -> PlannedAction:
        return PlannedAction(
            step=step,
            title=f"call {step}",
            instructions="Ask for the date.\nWrite it down.",
            function="procurement",
            role="buyer",
            owner=self.owner,
            owner_because="has nothing else",
            needs=self.needs.get(step, ()),
            start_at=NOW + HOUR,
            due_at=NOW + 2 * HOUR,
            due_because="an hour after its start",
            duration_minutes=60,
            mandatory=True,
            critical=False,
            on_fail="block",
            approval=None,
            terms=self.terms,
        )


class Post:
    """What feeders do, by hand: look at hand-offs and deliver what is due, each message with the result that
    `answer` gives."""

    def __init__(self, desk: Desk, channels: Sequence[Channel], routes: Sequence[Route] | None = None) -> None:
        self.desk = desk
        self.channels = channels
        self.routes = [Route({"owner": ["ana", "bo"]}, [each.name for each in channels])] if routes is None else routes
        self.delivered: list[tuple[float, str, tuple[str, ...]]] = []
        """When, through which channel, and of which open actions, in seconds of the case."""
        self.messages: list[Delivery] = []
        self.keys: list[str] = []
        self.failing: dict[str, Result] = {}

    def at(self, number: float) -> None:
        """Let a feeder look at a second of the case."""
        clock = self.desk.clock
        assert isinstance(clock, FixedClock)
        clock.set(seconds(number))
        self.desk.hand_off(self.channels, self.routes)
        for each in self.channels:
            while delivery := self.desk.begin_delivery(each.name):
                result = self.failing.get(each.name, SENT)
                self.keys.append(delivery.key)
                if result == SENT:
                    self.messages.append(delivery)
                    told = tuple(action["id"] for action in delivery.content["actions"])
                    self.delivered.append((number, each.name, told))
                self.desk.end_delivery(each, delivery.id, result)

    def run(self, until: float, *, since: float = 0, step: float = 0.1) -> None:
        """Look every tenth of a second, as a feeder that is quick."""
        count = round((until - since) / step)
        for index in range(count + 1):
            self.at(round(since + index * step, 3))


def desk_with_calls(path: Path, planner: Calls | None = None) -> Desk:
    """A desk with one response of five actions A1 to A5 that are zed's, and the owners zed, ana and bo."""
    desk = open_desk(path, planner=planner or Calls())
    owners(desk, "ana", "bo", "zed")
    (deviation,) = late(desk, P1=12)
    desk.respond([deviation])
    return desk


def give(desk: Desk, number: float, *actions: str, to: str = "ana") -> None:
    """Give actions to an owner at a second of the clock."""
    assert isinstance(desk.clock, FixedClock)
    desk.clock.set(seconds(number))
    desk.assign(actions, to=to)
