"""The frame of every benchmark: a result line, interleaved rounds, and the floor scripts."""

from __future__ import annotations

import importlib
import json
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ROOT.parent / "shared" / "bench"


class Unavailable(Exception):
    """The benchmark cannot run here; the message says what it needs."""


@dataclass(frozen=True)
class Result:
    """One printed line. `ratio` is value to floor; `met` compares what `target` names."""

    name: str
    value: float
    unit: str
    floor_name: str | None
    floor: float | None
    ratio: float | None
    target: str
    met: bool | None
    n: int

    def line(self) -> str:
        return json.dumps(asdict(self))


Benchmark = Callable[[], Iterator[Result]]


def floor_module(name: str) -> ModuleType:
    """A floor script as a module. Raises Unavailable where the scripts are not at hand."""
    if not (FLOORS / f"{name}.py").is_file():
        raise Unavailable(f"needs {name}.py in shared/bench beside the checkout")
    if str(FLOORS) not in sys.path:
        sys.path.insert(0, str(FLOORS))
    return importlib.import_module(name)


def interleave(variants: Mapping[str, Callable[[], float]], rounds: int, warmup: int = 1) -> dict[str, list[float]]:
    """Run every variant once a round, starting one place further each time; the warm-up rounds are dropped."""
    names = list(variants)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(warmup + rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            value = variants[name]()
            if number >= warmup:
                taken[name].append(value)
            print(f"  {name}: {value:.4g}", file=sys.stderr, flush=True)
    return taken


def ratio(mine: Sequence[float], floor: Sequence[float]) -> float:
    """The median of the ratios taken inside the rounds."""
    return statistics.median(a / b for a, b in zip(mine, floor, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
