"""Steps and their needs as a graph: order, circles, what comes before what, and the longest way through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playbooks.language.step_shapes import Step


def in_order(steps: Sequence[Step]) -> list[Step]:
    """The steps so that each comes after all that it needs, otherwise in the order of the file.

    Steps in a circle, or behind one, are left out; so are those that need an unknown step.
    """
    placed: dict[str, Step] = {}
    waiting = list(steps)
    while ready := next((step for step in waiting if all(need in placed for need in step.needs)), None):
        placed.setdefault(ready.id, ready)
        waiting.remove(ready)
    return list(placed.values())


def circle(steps: Sequence[Step]) -> list[str]:
    """The ids of one circle of needs, its first id again at the end; empty where there is none."""
    needs = {step.id: [need for need in step.needs if any(other.id == need for other in steps)] for step in steps}
    done: set[str] = set()
    while free := [step for step in needs if step not in done and all(need in done for need in needs[step])]:
        done.update(free)
    left = [step for step in needs if step not in done]
    if not left:
        return []
    path = [left[0]]
    while (following := next(need for need in needs[path[-1]] if need not in done)) not in path:
        path.append(following)
    return [*path[path.index(following) :], following]


def ancestors(steps: Sequence[Step]) -> dict[str, set[str]]:
    """For each step everything that has to be done before it, directly or not; `steps` in order."""
    before: dict[str, set[str]] = {}
    for step in steps:
        before[step.id] = set(step.needs).union(*(before[need] for need in step.needs))
    return before


def minutes_to_end(steps: Sequence[Step], origin: str | None = None) -> dict[str, int]:
    """Least working minutes from the response's begin, or from the end of step `origin`, to the end of each step.

    `steps` in order; with an origin only the steps behind it are there. A step with `when` may be left out, and then
    those behind it do not wait for it.
    """
    ends: dict[str, int] = {}
    waited: dict[str, int] = {} if origin is None else {origin: 0}
    for step in steps:
        if step.id == origin:
            continue
        known = [waited[need] for need in step.needs if need in waited]
        if origin is None or known:
            begin = _begin(step, known)
            ends[step.id] = begin + step.minutes
            waited[step.id] = ends[step.id] if step.when is None else begin
    return ends


def awaited(steps: Sequence[Step]) -> dict[str, list[str]]:
    """The needs that each step is planned to wait for: all, or of a `join` as many as it asks for, the soonest.

    `steps` in order. Which of them will be done first, nobody knows when it is planned.
    """
    waits: dict[str, list[str]] = {}
    ends: dict[str, int] = {}
    for step in steps:
        soonest = sorted(step.needs, key=lambda need: ends[need])[: step.enough]
        waits[step.id] = [need for need in step.needs if need in soonest]
        ends[step.id] = max((ends[need] for need in soonest), default=0) + step.minutes
    return waits


def _begin(step: Step, known: Sequence[int]) -> int:
    """The least time until enough of a step's needs are done, of which `known` are behind the origin."""
    missing = len(step.needs) - len(known)
    enough = step.enough - missing
    return sorted(known)[enough - 1] if enough > 0 else 0
