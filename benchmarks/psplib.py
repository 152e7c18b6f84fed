"""Instances of PSPLIB (Kolisch and Sprecher, PSPLIB - a project scheduling problem library, 1996) as projects."""

from __future__ import annotations

import csv
from pathlib import Path

from playbooks.scheduling.project import Activity, Project, Resource


def optima(folder: Path) -> dict[str, int]:
    """Proven optimal makespans by file name, from `optimum.csv`."""
    with (folder / "optimum.csv").open(encoding="utf-8", newline="") as handle:
        return {row["problem"]: int(row["optimum"]) for row in csv.DictReader(handle)}


def read(path: Path) -> Project:
    """A single-mode instance (`.sm`): jobs with successors, durations and demands of renewable resources."""
    lines = path.read_text(encoding="ascii").splitlines()
    followers = [[int(word) - 1 for word in row[3:]] for row in _table(lines, "PRECEDENCE RELATIONS", 2)]
    requests = [[int(word) for word in row] for row in _table(lines, "REQUESTS/DURATIONS", 3)]
    capacities = [int(word) for word in _table(lines, "RESOURCEAVAILABILITIES", 2)[0]]
    needs: list[list[int]] = [[] for _ in followers]
    for job, after in enumerate(followers):
        for follower in after:
            needs[follower].append(job)
    activities = [
        Activity(
            str(row[0]), row[2], {f"R{at}": units for at, units in enumerate(row[3:], 1) if units}, tuple(needs[job])
        )
        for job, row in enumerate(requests)
    ]
    return Project(activities, [Resource(f"R{at}", units) for at, units in enumerate(capacities, 1)])


def _table(lines: list[str], title: str, skip: int) -> list[list[str]]:
    """The rows of words under a title, up to the next line of stars."""
    start = next(at for at, line in enumerate(lines) if line.startswith(title)) + skip
    rows = []
    for line in lines[start:]:
        if line.startswith("*"):
            break
        rows.append(line.split())
    return rows
