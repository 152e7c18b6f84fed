"""Which steps of a playbook a deviation calls for: those without `when`, and those whose `when` holds as it is planned.

What is left out counts as done: a step that needs it needs what it needed instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from playbooks.conditions import evaluate
from playbooks.graph import in_order

if TYPE_CHECKING:
    from playbooks.conditions import Case
    from playbooks.step_shapes import Step


class Selection(NamedTuple):
    """The steps in an order in which needs come first, and a sentence for each that is left out."""

    steps: Sequence[Step]
    left_out: Sequence[str]


def reversals(steps: Sequence[Step]) -> list[Step]:
    """The steps that take others back: they are planned with the response, and done only when somebody asks for them."""
    named = {step.reverse for step in steps}
    return [step for step in steps if step.id in named]


def select(steps: Sequence[Step], case: Case) -> Selection:
    """Decide for each step; one whose `when` asks for what is not known is left out."""
    kept: list[Step] = []
    left_out: list[str] = []
    instead: dict[str, list[str]] = {}
    for step in in_order(steps):
        needs = list(dict.fromkeys(each for need in step.needs for each in instead[need]))
        verdict = None if step.when is None else evaluate(step.when, case)
        if verdict is None or verdict.held:
            kept.append(step if needs == step.needs else step.model_copy(update={"needs": needs}))
            instead[step.id] = [step.id]
        else:
            left_out.append(f"step {step.id} is left out: {verdict.because}")
            instead[step.id] = needs
    return Selection(kept, left_out)
