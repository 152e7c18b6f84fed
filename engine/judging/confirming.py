"""Verdicts under tolerances that count: what holds is decided by runs of statements (engine.facts.runs), not by the
last one.

Only verdicts that the present alone does not decide look back; where a tolerance asks for one breach and one clear, as
it does unless somebody sets it otherwise, nothing is read here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from engine import detect
from engine.deviations.verdicts import Slot, Verdict
from engine.facts.runs import Counter, Run
from engine.gather.cases import Key
from engine.gather.history import History
from engine.vocabulary.model import Finding
from engine.vocabulary.tolerance import Tolerance

Reported = Callable[[Slot, Finding, Tolerance], bool]
"""Whether a finding counts: it is worth the tolerance's minimum value."""


def confirm(
    verdicts: Sequence[Verdict],
    reporting: Callable[[Iterable[Slot]], Reported],
    history_of: Callable[[Sequence[Key]], History],
) -> Sequence[Verdict]:
    """The verdicts, those of counting tolerances with their runs."""
    asked = {verdict.slot: verdict for verdict in verdicts if _asks(verdict)}
    if not asked:
        return verdicts
    runs = _runs(asked, reporting(asked), history_of(sorted({verdict.key for verdict in asked.values()})))
    return [
        verdict._replace(finding=runs[verdict.slot].finding, run=runs[verdict.slot])
        if verdict.slot in runs
        else verdict
        for verdict in verdicts
    ]


def _asks(verdict: Verdict) -> bool:
    """Whether the present verdict alone decides nothing."""
    if verdict.finding is None:
        return verdict.tolerance.counts_clears
    return verdict.tolerance.counts_breaches and not verdict.finding.done


def _runs(asked: Mapping[Slot, Verdict], reported: Reported, history: History) -> dict[Slot, Run]:
    runs: dict[Slot, Run] = {}
    counters: dict[Slot, Counter] = {}
    instants: dict[Slot, Sequence[int]] = {}
    for slot, (key, _, finding, tolerance, _) in asked.items():
        said = history.instants(key, slot[1])
        counters[slot], instants[slot] = Counter(tolerance), said[1:]
        counted = finding if finding is not None and reported(slot, finding, tolerance) else None
        # The last statement is judged as it looks by now.
        answer = counters[slot].feed(said[0] if said else 0, counted)
        if answer is not None:
            runs[slot] = answer
    step = 0
    while len(runs) < len(asked):
        for slot in asked.keys() - runs.keys():
            if step >= len(instants[slot]):
                runs[slot] = counters[slot].end()
        pending = sorted(asked.keys() - runs.keys())
        for slot, at, finding in _earlier(asked, pending, {slot: instants[slot][step] for slot in pending}, history):
            counted = finding if finding is not None and reported(slot, finding, asked[slot].tolerance) else None
            answer = counters[slot].feed(at, counted)
            if answer is not None:
                runs[slot] = answer
        step += 1
    return runs


def _earlier(
    asked: Mapping[Slot, Verdict], pending: Iterable[Slot], instants: Mapping[Slot, int], history: History
) -> Iterable[tuple[Slot, int, Finding | None]]:
    """What was found about some subjects, each at an instant of its own; the same instant is read once for all."""
    by_instant: dict[int, list[Slot]] = defaultdict(list)
    for slot in pending:
        by_instant[instants[slot]].append(slot)
    for at, slots in sorted(by_instant.items()):
        kinds: dict[tuple[str, str], list[Slot]] = defaultdict(list)
        for slot in slots:
            kinds[slot[1:]].append(slot)
        for _, subject_type, subject_id, facts in history.cases(at, sorted({asked[slot].key for slot in slots})):
            for slot in kinds.get((subject_type, subject_id), ()):
                yield slot, at, _as_it_was(slot[0], facts, asked[slot].tolerance, at)


def _as_it_was(kind: str, facts: Any, tolerance: Tolerance, at: int) -> Finding | None:
    """What was found then; what cannot be judged counts for nothing (as it stands now, engine.judging.unjudged says
    so)."""
    try:
        return detect.KINDS[kind].judge(facts, tolerance, at)
    except Exception:  # noqa: BLE001 - what one subject does to one kind must not stop all others
        return None
