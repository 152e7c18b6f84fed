"""Lint of escalation chains: whether they reach somebody else, and before the step is due.

All of it can be carried out, so all of it is a warning. A role that is not there is an error of
playbooks.lint.term_checks, a person whom the plan does not have one of playbooks.lint.people_checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from playbooks.language.findings import At, Fault
from playbooks.working_time.durations import clock_minutes, words, working_minutes

if TYPE_CHECKING:
    from playbooks.language.schema import Playbook
    from playbooks.language.step_shapes import Step
    from playbooks.language.term_shapes import Who


_OFFICE_DAY: Final = 9 * 60
"""Minutes of the office hours of one day (engine.vocabulary.planning.World.zone)."""


def escalation_faults(playbook: Playbook) -> Iterator[Fault]:
    """Warnings about the chains of every step of one playbook."""
    for number, step in enumerate(playbook.steps):
        at: At = ("steps", number)
        if step.escalate is None and step.ack_within is None:
            continue
        yield from _holder_faults(step, (*at, "escalate"))
        yield from _order_faults(step, at)
        yield from _late_faults(step, at)


def _holder_faults(step: Step, at: At) -> Iterator[Fault]:
    """A chain that asks who has the step already: as said, it reaches nobody else."""
    holder = step.who
    for number, each in enumerate(step.escalate or ()):
        if _name(each.to) == _name(holder):
            fault = f"step {step.id} is handed on to {_name(each.to)}, who has it already"
            yield Fault("operations", (*at, number, "to"), fault, "name somebody else, such as {lead: true}", "warning")
        holder = each.to


def _order_faults(step: Step, at: At) -> Iterator[Fault]:
    """The chain goes on while the owner may still accept."""
    if step.ack_within is None or not step.escalate:
        return
    first = step.escalate[0].after
    if clock_minutes(first) < clock_minutes(step.ack_within):
        fault = (
            f"step {step.id} is handed on {_words(first)} after it is ready, and its owner has {_words(step.ack_within)}"
            " to accept it"
        )
        yield Fault(
            "operations", (*at, "escalate", 0, "after"), fault, "hand it on later, or shorten ack_within", "warning"
        )


def _late_faults(step: Step, at: At) -> Iterator[Fault]:
    """Nobody has to accept it, or nobody else hears of it, before it is due."""
    due = step.due
    if due is None or due.within is None or not (due.anchor == "ready" or (due.anchor == "opened" and not step.needs)):
        return
    least = _least_minutes(working_minutes(due.within))
    if step.ack_within is not None and clock_minutes(step.ack_within) > least:
        fault = f"the owner of step {step.id} has {_words(step.ack_within)} to accept it, and it may be due before that"
        yield Fault("operations", (*at, "ack_within"), fault, "shorten it, or make the step due later", "warning")
    passed = 0
    for number, each in enumerate(step.escalate or ()):
        passed += clock_minutes(each.after)
        if passed > least:
            fault = (
                f"step {step.id} reaches {_name(each.to)} {words(passed)} after it is ready, and it may be due"
                " before that"
            )
            place: At = (*at, "escalate", number, "after")
            yield Fault("operations", place, fault, "hand it on sooner, or make the step due later", "warning")
            return


def _least_minutes(working: int) -> int:
    """The least time on the clock in which so much working time can pass, in office hours."""
    days, rest = divmod(max(working - 1, 0), _OFFICE_DAY)
    return days * 24 * 60 + rest + 1


def _name(who: Who) -> str:
    if who.role is not None:
        return f"the role {who.role}"
    return who.person if who.person is not None else "the desk lead"


def _words(duration: str) -> str:
    return words(clock_minutes(duration))
