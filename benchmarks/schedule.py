"""How good the scheduler's schedules are, beside proven optima."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator

from benchmarks.harness import ROOT, Result, Unavailable, percentile
from benchmarks.psplib import optima, read
from playbooks.scheduling.search import search

_DATA = ROOT.parent / "shared" / "data" / "psplib_j30"
_LIMITS = ((5, None), (50, 0.5), (500, None))
"""Milliseconds an instance, and the mean gap in per cent that is promised at that."""


def j30() -> Iterator[Result]:
    """All 480 instances of PSPLIB j30 within 5, 50 and 500 ms each on one core: the mean gap to the optimum."""
    if not (_DATA / "optimum.csv").is_file():
        raise Unavailable("needs psplib_j30 in shared/data beside the checkout")
    known = optima(_DATA)
    projects = {name: read(_DATA / name) for name in known}
    for milliseconds, promised in _LIMITS:
        gaps = []
        for name, project in projects.items():
            until = time.process_time() + milliseconds / 1000
            placement = search(project, lambda _, until=until: time.process_time() < until)  # type: ignore[misc]
            gaps.append(100 * (placement.makespan - known[name]) / known[name])
        mean = statistics.fmean(gaps)
        missed = sum(gap > 0 for gap in gaps)
        spread = ", ".join(f"p{share:.0%} {percentile(gaps, share):.2f}" for share in (0.5, 0.9, 0.95, 0.99))
        print(
            f"  {milliseconds} ms: {missed} of {len(gaps)} above the optimum; {spread}, worst {max(gaps):.2f} %",
            file=sys.stderr,
        )
        target = "distribution" if promised is None else f"mean gap <= {promised} %"
        met = None if promised is None else mean <= promised
        yield Result(
            "schedule_j30", round(mean, 3), f"% mean gap at {milliseconds} ms CPU", "proven optimum", 0.0, None, target, met,
            len(gaps),
        )  # fmt: skip
