"""Lint of the names in texts and conditions: known, said once, and set on every path before they are used.

Names that steps publish are playbooks.lint.publish_checks' subject.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Template
from typing import TYPE_CHECKING

from engine.values.text import clean
from playbooks.language.conditions import values_asked, walk
from playbooks.language.findings import At, Fault
from playbooks.language.graph import ancestors, in_order
from playbooks.language.instructions import NAMES, faults
from playbooks.lint.term_checks import texts_of
from playbooks.planning.scopes import published_by
from playbooks.planning.unfolding import reversals

if TYPE_CHECKING:
    from playbooks.language.condition_shape import Condition
    from playbooks.language.schema import Playbook
    from playbooks.language.step_shapes import Step


def name_faults(playbook: Playbook) -> Iterator[Fault]:
    """Faults of the names of one playbook."""
    yield from _definition_faults(playbook)
    inputs = list(playbook.inputs or {})
    setters = {name: step.id for step in playbook.steps for name in step.set_ or {}}
    everywhere = {*NAMES, *inputs, *setters, *published_by(playbook)}
    for number, step in enumerate(playbook.steps):
        known = everywhere if step.foreach is None else everywhere | {step.foreach.as_}
        for place, text in texts_of(step):
            for fault in faults(text, known):
                mend = f"use ${', $'.join([*NAMES, *sorted(known - NAMES.keys())])}"
                yield Fault("expressions", ("steps", number, *place), clean(fault), mend)
    if playbook.concurrency is not None:
        for fault in faults(playbook.concurrency.key, NAMES.keys()):
            yield Fault("expressions", ("concurrency", "key"), clean(fault), f"use ${', $'.join(NAMES)}")
    yield from _order_faults(playbook, setters)
    yield from _idle_faults(playbook)


def _definition_faults(playbook: Playbook) -> Iterator[Fault]:
    said: dict[str, At] = {}
    places: list[tuple[str, At]] = [(name, ("inputs", name)) for name in playbook.inputs or {}]
    for number, step in enumerate(playbook.steps):
        places += [(name, ("steps", number, "set", name)) for name in step.set_ or {}]
        places += [(name, ("steps", number, "publish", name)) for name in step.publish or {}]
        if step.foreach is not None:
            places.append((step.foreach.as_, ("steps", number, "foreach", "as")))
        if step.set_ is not None and step.when is not None:
            fault = f"step {step.id} sets values only where its when holds, so what uses them may find none"
            yield Fault("expressions", ("steps", number, "when"), fault, "take it out; ask in the steps that use them")
    for name, at in places:
        if name in NAMES:
            yield Fault("semantics", at, f"${name} is a name of the deviation already", "choose another name", key=True)
        elif name in said and not (at[-1] == said[name][-1] == "as"):
            yield Fault("semantics", at, f"the name {name} is there twice", "choose another name", key=True)
        said.setdefault(name, at)


def _order_faults(playbook: Playbook, setters: Mapping[str, str]) -> Iterator[Fault]:
    """Values that are used by steps which do not wait for the step that sets them."""
    if not setters:
        return
    backward = reversals(playbook.steps)
    before = ancestors(in_order([step for step in playbook.steps if step not in backward]))
    for number, step in enumerate(playbook.steps):
        if step.id not in before:
            continue
        for place, name in _used(step):
            setter = setters.get(name)
            if setter is not None and setter not in before[step.id]:
                fault = f"step {step.id} uses {name} without waiting for {setter}, which sets it"
                yield Fault("expressions", ("steps", number, *place), fault, f"add {setter} to its needs")


def _used(step: Step) -> Iterator[tuple[At, str]]:
    for place, text in texts_of(step):
        yield from ((place, name) for name in Template(text).get_identifiers())
    if step.when is not None:
        yield from values_asked(step.when, ("when",))


def _idle_faults(playbook: Playbook) -> Iterator[Fault]:
    yield from _inputs_without_use(playbook)
    for number, step in enumerate(playbook.steps):
        if step.foreach is not None and step.foreach.as_ not in Template(step.title).get_identifiers():
            fault = f"the steps that {step.id} makes all have one title: it does not name ${step.foreach.as_}"
            mend = f"write ${step.foreach.as_} in the title"
            yield Fault("operations", ("steps", number, "title"), fault, mend, "warning")


def _inputs_without_use(playbook: Playbook) -> Iterator[Fault]:
    if not playbook.inputs:
        return
    used = {name for step in playbook.steps for _, text in texts_of(step) for name in Template(text).get_identifiers()}
    asked = {part.field for condition in _conditions(playbook) for _, part, _ in walk(condition, ()) if part.field}
    asked |= {step.foreach.items for step in playbook.steps if step.foreach and isinstance(step.foreach.items, str)}
    for name in playbook.inputs:
        if name not in used and f"inputs.{name}" not in asked:
            mend = f"write ${name} in a text, or take it out"
            yield Fault("operations", ("inputs", name), f"nothing uses the input {name}", mend, "warning", key=True)


def _conditions(playbook: Playbook) -> Iterator[Condition]:
    yield from (step.when for step in playbook.steps if step.when is not None)
    ways = (way for role in playbook.roles.values() for way in role.resolve or ())
    yield from (way.when for way in ways if way.when is not None)
    if playbook.close.review is not None and playbook.close.review.when is not None:
        yield playbook.close.review.when
