"""Lint of how triggers and steps work together: what is never reached, has no effect, or cannot be done by when it is
due.

All of it can be carried out, so all of it is a warning: the author meant something that does not happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from playbooks.language.findings import Fault
from playbooks.language.graph import ancestors, in_order, minutes_to_end
from playbooks.working_time.durations import words, working_minutes

if TYPE_CHECKING:
    from playbooks.language.schema import Playbook, Trigger
    from playbooks.language.step_shapes import Step
    from playbooks.language.term_shapes import Due


def flow_faults(playbook: Playbook) -> Iterator[Fault]:
    """Warnings about a playbook whose steps need each other in an order."""
    yield from _trigger_faults(playbook)
    yield from _time_faults(playbook)
    yield from _waiting_faults(playbook.steps)
    yield from _due_faults(playbook.steps)


def _trigger_faults(playbook: Playbook) -> Iterator[Fault]:
    for number, trigger in enumerate(playbook.triggers):
        earlier = playbook.triggers[:number]
        hidden = next((place for place, each in enumerate(earlier) if _holds_before(each, trigger)), None)
        if hidden is not None:
            fault = f"triggers[{number}] never decides, since triggers[{hidden}] holds whenever it does"
            mend = "put the one that asks for more first, or take one out"
            yield Fault("semantics", ("triggers", number), fault, mend, "warning")


def _holds_before(earlier: Trigger, trigger: Trigger) -> bool:
    """Whether one trigger holds whenever a later one does; one at stated times hides only one at the same."""
    return earlier.at == trigger.at and earlier.match in (None, trigger.match)


def _time_faults(playbook: Playbook) -> Iterator[Fault]:
    """Of triggers at stated times: nobody is there then who could be asked, and days are named once."""
    for number, trigger in enumerate(playbook.triggers):
        if trigger.at is None:
            continue
        for name, asked in (playbook.inputs or {}).items():
            if asked.required and asked.default is None:
                fault = f"nobody is there to give the input {name} at the times of triggers[{number}]"
                yield Fault(
                    "operations", ("inputs", name), fault, "give it a default, or write required: false", key=True
                )
        for place, day in enumerate(trigger.at.days):
            if day in trigger.at.days[:place]:
                at = ("triggers", number, "at", "days", place)
                yield Fault("semantics", at, f"triggers[{number}] names {day} twice", "take one of them out", "warning")


def _waiting_faults(steps: Sequence[Step]) -> Iterator[Fault]:
    mandatory = {step.id: step.mandatory for step in steps}
    for number, step in enumerate(steps):
        at = ("steps", number)
        for place, need in enumerate(step.needs):
            if need in step.needs[:place]:
                fault = f"step {step.id} needs {need} twice"
                yield Fault("semantics", (*at, "needs", place), fault, "take one of them out", "warning")
        if step.join != "all" and len(step.needs) < 2:
            fault = f"join of step {step.id} has no effect: it has {len(step.needs) or 'no'} needs"
            yield Fault("semantics", (*at, "join"), fault, "take it out, or add needs", "warning")
        if step.on_fail != "block" and not step.needs:
            fault = f"on_fail of step {step.id} has no effect: it says what happens when a need fails, and it has none"
            yield Fault("semantics", (*at, "on_fail"), fault, "take it out, or add needs", "warning")
        optional = [need for need in step.needs if not mandatory[need]]
        if step.mandatory and step.on_fail == "block" and len(step.needs) - len(optional) < step.enough:
            fault = (
                f"step {step.id} has to be done and is held up for good when {optional[0]}, which may be skipped, is"
            )
            mend = f"write on_fail: continue, or make {optional[0]} mandatory"
            yield Fault("operations", (*at, "needs"), fault, mend, "warning")


def _due_faults(steps: Sequence[Step]) -> Iterator[Fault]:
    order = in_order(steps)
    before = ancestors(order)
    by_id = {step.id: step for step in order}
    for number, step in enumerate(steps):
        if step.due is None:
            continue
        at = ("steps", number, "due")
        fault = _too_short(order, step, step.due) or _starts_after(step, step.due)
        if fault:
            yield Fault("operations", at, fault, "allow more time, or shorten what comes before", "warning")
        # `ready` is another instant for each step, every other anchor one for all.
        for need in sorted(before[step.id]) if step.due.anchor != "ready" else ():
            other = by_id[need].due
            if other is not None and other.anchor == step.due.anchor and _offset(step.due) < _offset(other):
                fault = f"step {step.id} is due before {need}, which it needs, is"
                yield Fault("operations", at, fault, "make it due later, or the other one earlier", "warning")


def _too_short(order: Sequence[Step], step: Step, due: Due) -> str | None:
    if due.within is None:
        return None
    least = _least_minutes(order, step, due.anchor)
    if least is None or working_minutes(due.within) >= least:
        return None
    return (
        f"step {step.id} is due {words(working_minutes(due.within))} after {due.anchor}, but what it needs and"
        f" its own work take at least {words(least)}"
    )


def _starts_after(step: Step, due: Due) -> str | None:
    if due.before is None or due.anchor in ("need", "decide_by"):
        return None
    return f"step {step.id} is due before {due.anchor}, but it cannot start earlier than that"


def _least_minutes(order: Sequence[Step], step: Step, anchor: str) -> int | None:
    """Working minutes that lie at least between the anchor and the step's end; None where nobody can tell."""
    if anchor == "ready":
        return step.minutes
    if anchor == "opened":
        return minutes_to_end(order)[step.id]
    return minutes_to_end(order, anchor.removeprefix("step:"))[step.id] if anchor.startswith("step:") else None


def _offset(due: Due) -> int:
    """Working minutes from the anchor to the due time."""
    return working_minutes(due.within) if due.within is not None else -working_minutes(due.before or "")
