"""Lint of playbooks inside playbooks: there in the pinned version, without a circle, and given what they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from engine.actions import answers
from engine.values.errors import BadInput
from engine.values.text import clean
from playbooks.language.findings import At, Fault
from playbooks.language.shape_errors import nearest
from playbooks.planning.unfolding import DEEPEST

if TYPE_CHECKING:
    from playbooks.language.loaded import LoadedPlaybook
    from playbooks.language.step_shapes import Step


def use_faults(loaded: LoadedPlaybook, by_id: Mapping[str, LoadedPlaybook]) -> Iterator[Fault]:
    """Faults of every `use` of one playbook among all of them."""
    for number, step in enumerate(loaded.content.steps):
        if step.use is None:
            continue
        at: At = ("steps", number, "use")
        name, _, version = step.use.partition("@")
        used = by_id.get(name)
        if used is None:
            fault = f"step {step.id} uses {name}, which is no playbook, or one with a fault"
            yield Fault("semantics", at, fault, nearest(name, sorted(by_id)))
        elif str(used.version) != version:
            mend = f"look at what changed in it, and write {name}@{used.version}"
            yield Fault("semantics", at, f"{name} is version {used.version}, and step {step.id} uses {step.use}", mend)
        else:
            yield from _circle_faults(step, [loaded.id, name], by_id, at)
            yield from _input_faults(step, used, ("steps", number, "with"))


def _circle_faults(step: Step, path: list[str], by_id: Mapping[str, LoadedPlaybook], at: At) -> Iterator[Fault]:
    way = _too_far(path, by_id)
    if way and way[-1] in way[:-1]:
        yield Fault("semantics", at, f"the playbooks go in a circle: {' -> '.join(way)}", "take one of these uses out")
    elif way:
        fault = f"step {step.id} leads over {DEEPEST} playbooks deep: {' -> '.join(way)}"
        yield Fault("semantics", at, fault, "write some of their steps out")


def _too_far(path: list[str], by_id: Mapping[str, LoadedPlaybook]) -> list[str]:
    """A way from the first playbook that comes back on itself or goes too deep; empty where there is none."""
    if path[-1] in path[:-1] or len(path) > DEEPEST:
        return path
    found = by_id.get(path[-1])
    inside = [step.use.partition("@")[0] for step in found.content.steps if step.use] if found is not None else []
    return next((way for each in inside if (way := _too_far([*path, each], by_id))), [])


def _input_faults(step: Step, used: LoadedPlaybook, at: At) -> Iterator[Fault]:
    asked = used.content.inputs or {}
    given = step.with_ or {}
    for name in given:
        if name not in asked:
            mend = nearest(name, list(asked)) if asked else "take it out"
            yield Fault("semantics", (*at, name), f"{used.id} asks for no {name}", mend)
    for name, each in asked.items():
        value = given.get(name)
        if value is None and each.required and each.default is None:
            fault = f"step {step.id} does not give {used.id} the {name} that it asks for"
            yield Fault("semantics", at, fault, f"write with: {{{name}: ...}}")
        elif value is not None and not (isinstance(value, str) and "$" in value):
            try:
                answers.read(each.question(name), value)
            except BadInput as error:
                yield Fault(
                    "semantics", (*at, name), f"{used.id} cannot use this {name}: {clean(error.fault)}", error.mend
                )
