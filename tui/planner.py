"""The planner of a desk that may never ask for one: the playbooks are read with the first question, and again once
they change."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.values.errors import OffplanError

if TYPE_CHECKING:
    from engine.vocabulary.planning import Match, Planner, Planning, Remedies, ResponsePlan, Settled, World
    from engine.vocabulary.scheduling import OpenAction, OwnerLoad, Placing, Replan
    from engine.vocabulary.stated_times import Timetabled


class PlannerOnDemand:
    """A planner that reads the playbooks when it is first asked something (engine.vocabulary.planning.Planner), and
    again once one of the workspace's own has changed."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` holds the workspace's own playbooks, beside the library; it may be missing."""
        self._folder = folder
        self._planner: Planner | None = None
        self._read: object = None
        self._reading = threading.Lock()

    def matches(self, deviation: Mapping[str, Any], now: int) -> Sequence[Match]:
        return self._loaded().matches(deviation, now)

    def plan(
        self,
        deviation: Mapping[str, Any],
        world: World,
        playbook: str | None = None,
        inputs: Mapping[str, object] | None = None,
    ) -> ResponsePlan:
        return self._loaded().plan(deviation, world, playbook, inputs)

    def timetable(self) -> Sequence[Timetabled]:
        return self._loaded().timetable()

    def may_be_kept_out(self, playbook: str) -> bool:
        return self._loaded().may_be_kept_out(playbook)

    def holds(self, playbook: str, trigger: int, deviation: Mapping[str, Any], now: int) -> bool:
        return self._loaded().holds(playbook, trigger, deviation, now)

    def planning(self, world: World) -> Planning:
        return self._loaded().planning(world)

    def placings(self, responses: Iterable[Sequence[OpenAction]], world: World) -> Iterator[tuple[OpenAction, Placing]]:
        from playbooks.scheduling.slack import placings

        return placings(responses, world)

    def workload(
        self, actions: Iterable[OpenAction], world: World, days: int, most: int | None = None
    ) -> Sequence[OwnerLoad]:
        from playbooks.scheduling.workload import workload

        return workload(actions, world, days, most)

    def replan(self, actions: Sequence[OpenAction], world: World, pinned: Mapping[str, int]) -> Replan:
        from playbooks.scheduling.replanning import replan

        return replan(actions, world, pinned)

    def calendar_faults(self, world: World) -> Sequence[tuple[str, str]]:
        from playbooks.working_time.people import People

        return People(world).faults()

    def settle(
        self, late: Mapping[str, Any], deviation: Mapping[str, Any], values: Mapping[str, Any], now: int
    ) -> Settled:
        from playbooks.planning.settling import settle

        return settle(late, deviation, values, now)

    def remedies(self, known: str | None) -> Remedies | None:
        import hashlib

        from playbooks.loader import BUILT_IN, stamp

        # Who names only the file does not know its workspace's playbooks, and would take away what they state.
        if self._folder is None and known is not None:
            return None
        # Signals are taken in all the same where the playbooks cannot be read; who asks for one is told why.
        with contextlib.suppress(OffplanError, OSError):
            state = hashlib.sha256(repr((stamp(BUILT_IN), stamp(self._folder))).encode()).hexdigest()
            found = None if state == known else self._loaded().remedies(None)
            return None if found is None else found._replace(stamp=state)
        return None

    def _loaded(self) -> Planner:
        from playbooks.loader import load_library, stamp

        with self._reading:
            state = stamp(self._folder)
            if self._planner is None or self._read != state:
                from playbooks.planning.planner import PlaybookPlanner

                self._planner, self._read = PlaybookPlanner(load_library(self._folder)), state
            return self._planner
