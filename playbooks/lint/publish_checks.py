"""Lint of what steps publish: sources that are there, and names used only where they are known and of the right
type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from engine.vocabulary.terms import CHOICE, FORM, SYSTEM
from playbooks.language.conditions import values_asked
from playbooks.language.fields import FIELDS, value_name
from playbooks.language.findings import At, Fault
from playbooks.language.graph import in_order
from playbooks.language.instructions import names_in
from playbooks.language.shape_errors import nearest
from playbooks.lint.term_checks import texts_of
from playbooks.planning.scopes import published_by, types_of, values_of
from playbooks.planning.settling import amounts_of, texts_later
from playbooks.planning.unfolding import reversals

if TYPE_CHECKING:
    from playbooks.language.schema import Playbook
    from playbooks.language.step_shapes import Step


MOST_SLOTS: Final = 20
"""Steps that are planned for a list which is not known as yet."""
_FIXED: Final = "as the response begins"


def publish_faults(playbook: Playbook) -> Iterator[Fault]:
    """Faults of what the steps of one playbook publish, and of the amounts that name values."""
    types = values_of(types_of(playbook))
    for number, step in enumerate(playbook.steps):
        for name, source in (step.publish or {}).items():
            yield from _source_faults(step, name, source, ("steps", number, "publish", name))
        if step.options is not None or step.approval is not None:
            yield from _amount_faults(step, types, ("steps", number))
    published = {name: step for name, (step, _) in published_by(playbook).items()}
    if published:
        yield from _early_faults(playbook, published)
        yield from _list_faults(playbook)
        yield from _order_faults(playbook, published)
        yield from _idle_faults(playbook, published)


def _source_faults(step: Step, name: str, source: str, at: At) -> Iterator[Fault]:
    asked = [field.name for field in step.form or ()]
    fault, mend = "", ""
    if source == CHOICE:
        if not step.options:
            fault, mend = f"step {step.id} has no options, so it makes no choice", "add options, or publish an answer"
    elif source.startswith(FORM):
        if source.removeprefix(FORM) not in asked:
            fault = f"the form of step {step.id} does not ask for {source.removeprefix(FORM)}"
            mend = nearest(source.removeprefix(FORM), asked) if asked else "add it to form"
    elif source.startswith(SYSTEM):
        if step.kind != "http":
            fault, mend = f"step {step.id} is of kind {step.kind}, and no system answers it", "publish answers.NAME"
    elif source not in FIELDS:
        fault, mend = f"{source} is no field of a deviation", nearest(source, [CHOICE, *FIELDS])
    if fault:
        yield Fault("expressions", at, fault, mend)
    elif name in asked and source != f"{FORM}{name}":
        fault = f"the form of step {step.id} asks for {name}, and {name} is published from {source}"
        yield Fault("semantics", at, fault, "choose another name", key=True)


def _amount_faults(step: Step, types: Mapping[str, str], at: At) -> Iterator[Fault]:
    """Amounts that name no number."""
    numbers = [name for name, kind in types.items() if kind == "number"]
    for place, name in amounts_of(step):
        if name in numbers:
            continue
        if place[-1] == "cost":
            from engine.options.option_costs import NAMES

            said, known = name, [*NAMES, *numbers]
            fault = f"{said} is no name of a formula"
        else:
            said, known = f"values.{name}", [f"values.{each}" for each in numbers]
            fault = f"{said} is no number of this playbook"
        if name in types:
            fault = f"{name} is a {types[name]}, and an amount is a number"
        yield Fault("expressions", (*at, *place), fault, nearest(said, known) if known else "write a number")


def _early_faults(playbook: Playbook, published: Mapping[str, str]) -> Iterator[Fault]:
    """Uses in places that are settled before anything is published."""
    places: list[tuple[At, str, str]] = []
    backward = reversals(playbook.steps)
    for number, step in enumerate(playbook.steps):
        later = {place for place, _ in texts_later(step)}
        for place, text in texts_of(step):
            if place not in later or step in backward:
                places += [(("steps", number, *place), f"step {step.id}", name) for name in names_in(text)]
        if step.kind == "playbook" and step.when is not None:
            places += [(("steps", number, "when"), f"step {step.id}", name) for _, name in values_asked(step.when)]
        if step in backward:
            places += [(("steps", number, *place), f"step {step.id}", name) for place, name in amounts_of(step)]
    for name, role in playbook.roles.items():
        for number, way in enumerate(role.resolve or ()):
            at: At = ("roles", name, "resolve", number, "when")
            places += [
                (at, f"role {name}", each) for _, each in (values_asked(way.when) if way.when is not None else ())
            ]
    review = playbook.close.review
    if review is not None and review.when is not None:
        places += [(("close", "review", "when"), "the review", each) for _, each in values_asked(review.when)]
    for place, who, name in places:
        if name in published:
            fault = f"{who} is settled here {_FIXED}, and {name} is known only once {published[name]} is done"
            mend = "use it in when, title, instructions, a message, a body or an amount of a step behind that"
            yield Fault("expressions", place, fault, mend)


def _list_faults(playbook: Playbook) -> Iterator[Fault]:
    """Of steps for each item of a published list: as many are planned as it may have."""
    for number, step in enumerate(playbook.steps):
        rule, listed = step.foreach, value_name(step.foreach.items) if step.foreach is not None else None
        if rule is None or listed is None:
            continue
        at: At = ("steps", number, "foreach")
        if "max" not in rule.model_fields_set or rule.max > MOST_SLOTS:
            fault = f"step {step.id} is planned for as many items as it may have before {listed} is known"
            yield Fault("operations", at, fault, f"write max: 5, or another number up to {MOST_SLOTS}")
        if rule.on_empty == "refuse":
            fault = f"step {step.id} cannot refuse to begin: whether {listed} is empty is known too late"
            yield Fault("semantics", (*at, "on_empty"), fault, "take it out: without items the step is left out")


def _order_faults(playbook: Playbook, published: Mapping[str, str]) -> Iterator[Fault]:
    """Uses by steps that may be ready before the step that publishes."""
    backward = reversals(playbook.steps)
    order = in_order([step for step in playbook.steps if step not in backward])
    before = _certain(order)
    by_id = {step.id: step for step in playbook.steps}
    for number, step in enumerate(playbook.steps):
        if step.id not in before:
            continue
        for place, name in _used_later(step):
            source = by_id.get(published.get(name, ""))
            if source is None:
                continue
            at: At = ("steps", number, *place)
            if source.id not in before[step.id]:
                fault = f"step {step.id} uses {name} without waiting for {source.id}, which publishes it"
                mend = f"add {source.id} to its needs" + (", with join: all" if step.join != "all" else "")
                yield Fault("expressions", at, fault, mend)
            elif source.when is not None and step.when != source.when:
                fault = f"step {step.id} uses {name}, which nobody knows where {source.id} is left out by its when"
                yield Fault("expressions", at, fault, "give both the same when, or take that one out", "warning")


def _certain(order: list[Step]) -> dict[str, set[str]]:
    """For each step what is done in every case before it is ready: of a `join`, what every choice of enough needs
    has."""
    before: dict[str, set[str]] = {}
    for step in order:
        ways = [before[need] | {need} for need in step.needs]
        least = len(ways) - step.enough
        before[step.id] = {each for each in set().union(*ways) if sum(each in way for way in ways) > least}
    return before


def _used_later(step: Step) -> Iterator[tuple[At, str]]:
    yield from texts_later(step)
    listed = value_name(step.foreach.items) if step.foreach is not None else None
    if listed is not None:
        yield ("foreach", "items"), listed
    yield from amounts_of(step)
    if step.when is not None:
        yield from values_asked(step.when, ("when",))


def _idle_faults(playbook: Playbook, published: Mapping[str, str]) -> Iterator[Fault]:
    used = {name for step in playbook.steps for _, name in _used_later(step)}
    numbers = {step.id: number for number, step in enumerate(playbook.steps)}
    for name, step in published.items():
        if name not in used:
            at: At = ("steps", numbers[step], "publish", name)
            fault = f"no step uses {name}, which {step} publishes"
            yield Fault(
                "operations", at, fault, f"write ${name} in a text behind it, or take it out", "warning", key=True
            )
