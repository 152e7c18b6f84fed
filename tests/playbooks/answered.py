"""One late order that is answered with a playbook file on a real desk, for tests of what a run does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.desk import Desk
from engine.values.clock import MINUTE, FixedClock
from playbooks.language.loaded import Library
from playbooks.planning.planner import PlaybookPlanner
from tests.engine.desk_support import NOW, late, open_desk, owners
from tests.playbooks.worlds import ONE_STEP, library

HEAD = ONE_STEP.format(id="whole").split("steps:\n")[0] + "steps:\n"


class Answered:
    """The desk, and the actions of its only response by step; `at` moves the clock by minutes from the begin, and
    ticks."""

    def __init__(
        self, folder: Path, steps: str = "", *, known: Library | None = None, playbook: str | None = None
    ) -> None:
        """The playbook of `steps`, or one of those that are `known`."""
        self.folder = folder
        self.clock = FixedClock(NOW)
        self.planner = PlaybookPlanner(known or library(folder, HEAD + steps))
        self.desk = self.opened()
        owners(self.desk, "ana", "bo")
        (self.deviation,) = late(self.desk, alpha=12)
        self.outcome = self.desk.respond([self.deviation], playbook=playbook)

    def opened(self, **more: Any) -> Desk:
        return open_desk(self.folder / "offplan.db", clock=self.clock, **{"planner": self.planner, **more})

    def at(self, minutes: float) -> None:
        self.clock.set(NOW + round(minutes * MINUTE))
        self.desk.tick()

    @property
    def actions(self) -> dict[str, dict[str, Any]]:
        return {item["step"]: item for item in self.desk.actions(all=True).items}

    def id(self, step: str) -> str:
        return str(self.actions[step]["id"])

    def done(self, step: str, *answers: str) -> None:
        self.desk.done([self.id(step)], answers=answers)

    @property
    def states(self) -> dict[str, str]:
        return {step: item["state"] for step, item in self.actions.items()}
