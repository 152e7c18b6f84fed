"""Proof on PSPLIB j30: every schedule can be carried out, none beats a proven optimum, and few miss it by much."""

from __future__ import annotations

import statistics
from collections import defaultdict

from benchmarks.psplib import optima, read
from playbooks.scheduling.project import Placement, Project
from playbooks.scheduling.search import schedules, search
from tests.proofs.support import data_file

EVERY = 6
"""Of the 480 instances every sixth: 80 are a sample of each of their 48 designs of ten, and take seconds."""


def overdrawn(project: Project, placement: Placement) -> bool:
    taken: dict[tuple[str, int], int] = defaultdict(int)
    for at, activity in enumerate(project.activities):
        for name, units in activity.uses.items():
            for tick in range(placement.begins[at], placement.ends[at]):
                taken[name, tick] += units
    capacity = {resource.name: resource.capacity for resource in project.resources}
    return any(units > capacity[name] for (name, _), units in taken.items())


def test_schedules_are_feasible_and_near_their_proven_optimum() -> None:
    folder = data_file("psplib_j30/optimum.csv").parent
    gaps = []
    for name, optimum in sorted(optima(folder).items())[::EVERY]:
        project = read(folder / name)
        placement = search(project, schedules(900))
        assert not overdrawn(project, placement), name
        for at, activity in enumerate(project.activities):
            assert placement.ends[at] - placement.begins[at] == activity.length
            assert all(placement.ends[need] <= placement.begins[at] for need in activity.needs), name
        assert placement.makespan >= optimum, name
        assert not placement.optimal or placement.makespan == optimum, name
        gaps.append((placement.makespan - optimum) / optimum)
    assert statistics.fmean(gaps) <= 0.005
