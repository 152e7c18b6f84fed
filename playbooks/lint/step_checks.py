"""Lint of owners, roles, steps, their needs and templates: what the shape allows and a response could not carry out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from playbooks.language.findings import Fault
from playbooks.language.graph import ancestors, circle, in_order
from playbooks.language.shape_errors import nearest
from playbooks.lint.escalation_checks import escalation_faults
from playbooks.lint.flow_checks import flow_faults
from playbooks.lint.name_checks import name_faults
from playbooks.lint.publish_checks import publish_faults
from playbooks.lint.term_checks import roles_of, term_faults
from playbooks.planning.unfolding import reversals

if TYPE_CHECKING:
    from playbooks.language.schema import Playbook
    from playbooks.language.step_shapes import Step


def step_faults(playbook: Playbook) -> Iterator[Fault]:
    """Faults of the roles and steps of one playbook."""
    yield from _owner_faults(playbook)
    yield from _role_faults(playbook)
    broken = list(_need_faults(playbook.steps)) or list(_anchor_faults(playbook.steps))
    yield from broken
    if not broken:
        yield from flow_faults(playbook)
    yield from term_faults(playbook)
    yield from escalation_faults(playbook)
    yield from name_faults(playbook)
    yield from publish_faults(playbook)
    if all(step.when is not None for step in playbook.steps):
        fault = "every step has a when, so a response could be empty"
        yield Fault("semantics", ("steps",), fault, "take the when of the first step out, or move it into match")
    yield from _close_faults(playbook)


def _close_faults(playbook: Playbook) -> Iterator[Fault]:
    backward = reversals(playbook.steps)
    mandatory = [step for step in playbook.steps if step.mandatory and step not in backward]
    if playbook.close.requires and not any(step.when is None for step in mandatory):
        fault = "no step is mandatory, so close.requires asks for nothing"
        if mandatory:
            fault = "every mandatory step has a when, so close.requires may ask for nothing"
        mend = "make the step that settles it mandatory, or write requires: []"
        yield Fault("operations", ("steps",), fault, mend, "warning")


def _owner_faults(playbook: Playbook) -> Iterator[Fault]:
    named = playbook.owners or []
    for number, person in enumerate(named):
        if not person.strip():
            yield Fault("semantics", ("owners", number), "an owner is blank", "write the id of a person")
        elif person in named[:number]:
            fault = f"{person} keeps the playbook twice"
            yield Fault("semantics", ("owners", number), fault, "take one of them out", "warning")


def _role_faults(playbook: Playbook) -> Iterator[Fault]:
    used = {role for step in playbook.steps for _, role in roles_of(step)}
    if playbook.close.review is not None:
        used.add(playbook.close.review.role)
    for name, role in playbook.roles.items():
        at = ("roles", name)
        if name not in used:
            yield Fault("operations", at, f"no step has the role {name}", "give it a step or remove it", "warning")
        if role.fallback is None:
            mend = "add fallback with a second function"
            yield Fault(
                "operations", at, f"the role {name} has no fallback where nobody does {role.function}", mend, "warning"
            )
        elif role.fallback == role.function:
            mend = "name another function"
            yield Fault("operations", (*at, "fallback"), f"the fallback of {name} is its own function", mend, "warning")
        if len(set(role.prefer)) < len(role.prefer):
            fault = f"the role {name} prefers the same thing twice"
            yield Fault("operations", (*at, "prefer"), fault, "take one of them out", "warning")


def _need_faults(steps: list[Step]) -> Iterator[Fault]:
    known: set[str] = set()
    for number, step in enumerate(steps):
        if step.id in known:
            yield Fault("semantics", ("steps", number, "id"), f"the id {step.id} is there twice", "rename one of them")
        known.add(step.id)
    for number, step in enumerate(steps):
        for place, need in enumerate(step.needs):
            if need not in known:
                fault = f"step {step.id} needs {need}, which is no step"
                yield Fault("semantics", ("steps", number, "needs", place), fault, nearest(need, sorted(known)))
    round_trip = circle(steps)
    if round_trip:
        number = next(index for index, step in enumerate(steps) if step.id == round_trip[0])
        fault = f"the needs go in a circle: {' -> '.join(round_trip)}"
        yield Fault("semantics", ("steps", number, "needs"), fault, "take one of these needs out")


def _anchor_faults(steps: list[Step]) -> Iterator[Fault]:
    before = ancestors(in_order(steps))
    for number, step in enumerate(steps):
        if step.due is None or not step.due.anchor.startswith("step:"):
            continue
        origin = step.due.anchor.removeprefix("step:")
        if origin not in before[step.id]:
            fault = f"step {step.id} counts its due time from {origin}, which it does not need"
            mend = nearest(origin, sorted(before[step.id])) if before[step.id] else "add it to needs"
            yield Fault("semantics", ("steps", number, "due", "from"), fault, mend)
