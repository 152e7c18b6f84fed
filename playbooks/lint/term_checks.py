"""Lint of what steps say besides their work: roles that are there, forms, retries, joins, waits and reversals that
fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from playbooks.language.fields import value_name
from playbooks.language.findings import At, Fault
from playbooks.language.shape_errors import nearest
from playbooks.planning.scopes import published_by
from playbooks.planning.settling import texts_of_doing
from playbooks.planning.unfolding import REVIEW, reversals

if TYPE_CHECKING:
    from playbooks.language.schema import Playbook
    from playbooks.language.step_shapes import Step


_KNOWN_BEFORE: Final = ("opened", "need", "decide_by")
"""Anchors whose instant is known before the steps have their places."""


def term_faults(playbook: Playbook) -> Iterator[Fault]:
    """Faults of the terms of every step of one playbook."""
    for number, step in enumerate(playbook.steps):
        at: At = ("steps", number)
        for place, role in roles_of(step):
            if role not in playbook.roles:
                fault = f"step {step.id} asks for the role {role}, which roles does not have"
                yield Fault("operations", (*at, *place), fault, nearest(role, list(playbook.roles)))
        yield from _form_faults(step, at)
        yield from _option_faults(step, at)
        yield from _consequence_faults(step, at, playbook.steps)
        yield from _repeat_faults(step, at)
        yield from _time_faults(step, at)
        yield from _foreach_faults(playbook, step, at)
    yield from _join_faults(playbook)
    yield from _reversal_faults(playbook)
    review = playbook.close.review
    taken = next((number for number, step in enumerate(playbook.steps) if step.id == REVIEW), None)
    if review is not None and taken is not None:
        fault = f"the id {REVIEW} is that of the step which close.review adds"
        yield Fault("semantics", ("steps", taken, "id"), fault, "rename the step")
    if review is not None and review.role not in playbook.roles:
        fault = f"the review asks for the role {review.role}, which roles does not have"
        yield Fault("operations", ("close", "review", "role"), fault, nearest(review.role, list(playbook.roles)))


def roles_of(step: Step) -> Iterator[tuple[At, str]]:
    """Every role that a step asks for, with its place in the step."""
    named: list[tuple[At, str | None]] = [(("role",), step.role)]
    named.append((("owner", "role"), step.owner.role if step.owner is not None else None))
    named += [(("escalate", number, "to", "role"), each.to.role) for number, each in enumerate(step.escalate or ())]
    named.append((("approval", "role"), step.approval.role if step.approval is not None else None))
    if step.notify is not None:
        named += [(("notify", "to", number, "role"), who.role) for number, who in enumerate(step.notify.to)]
    return ((place, role) for place, role in named if role is not None)


def texts_of(step: Step) -> Iterator[tuple[At, str]]:
    """Every text of a step in which names are filled in, with its place in the step."""
    yield from texts_of_doing(step)
    if step.idempotency_key is not None:
        yield ("idempotency_key",), step.idempotency_key
    for key, values in (("set", step.set_), ("with", step.with_)):
        yield from (((key, name), value) for name, value in (values or {}).items() if isinstance(value, str))
    if step.foreach is not None and isinstance(step.foreach.items, list):
        yield from ((("foreach", "items", number), item) for number, item in enumerate(step.foreach.items))


def _form_faults(step: Step, at: At) -> Iterator[Fault]:
    for number, name in _repeated(field.name for field in step.form or ()):
        fault = f"the form of step {step.id} asks for {name} twice"
        yield Fault("semantics", (*at, "form", number, "name"), fault, "rename one of them")


def _option_faults(step: Step, at: At) -> Iterator[Fault]:
    for number, name in _repeated(option.id for option in step.options or ()):
        fault = f"step {step.id} has the option {name} twice"
        yield Fault("semantics", (*at, "options", number, "id"), fault, "rename one of them")


def _repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Each name that stood before already, with its place."""
    known: set[str] = set()
    for number, name in enumerate(names):
        if name in known:
            yield number, name
        known.add(name)


def _consequence_faults(step: Step, at: At, steps: Sequence[Step]) -> Iterator[Fault]:
    """Of steps that hang on a choice: they come behind it, and what needs them goes on without them."""
    known = {each.id: each for each in steps}
    hanging: set[str] = set()
    for number, option in enumerate(step.options or ()):
        for place, name in enumerate(option.steps or ()):
            where: At = (*at, "options", number, "steps", place)
            if name not in known:
                fault = f"the option {option.id} asks for {name}, which is no step"
                yield Fault("semantics", where, fault, nearest(name, list(known)))
            elif step.id not in _behind(known, name):
                fault = f"the option {option.id} asks for {name}, which does not come behind the decision {step.id}"
                yield Fault("semantics", where, fault, f"add {step.id} to its needs")
            hanging.add(name)
    for number, each in enumerate(steps):
        behind = next((need for need in each.needs if need in hanging), None)
        if behind is not None and each.id not in hanging and each.on_fail != "continue":
            fault = f"step {each.id} needs {behind}, which is left out where {step.id} chooses otherwise"
            yield Fault("operations", ("steps", number, "needs"), fault, "write on_fail: continue", "warning")


def _behind(known: Mapping[str, Step], name: str) -> set[str]:
    """All that a step needs, directly or not; circles are another fault."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for need in known[waiting.pop()].needs:
            if need in known and need not in found:
                found.add(need)
                waiting.append(need)
    return found


def _repeat_faults(step: Step, at: At) -> Iterator[Fault]:
    if step.side_effect == "once" and step.retry is not None:
        fault = f"step {step.id} may take effect only once, and a retry would repeat it"
        yield Fault("operations", (*at, "retry"), fault, "take retry out, or write side_effect: idempotent")
    when = step.retry.when if step.retry is not None else None
    if when is not None and step.kind == "task":
        fault = f"step {step.id} is done by a person, who says in words why it failed, so its retry has no when"
        yield Fault("semantics", (*at, "retry", "when"), fault, "take when out, or write kind: notify or http")
    for number, word in _repeated(when or ()):
        fault = f"the retry of step {step.id} names {word} twice"
        yield Fault("semantics", (*at, "retry", "when", number), fault, "take one of them out", "warning")


def _time_faults(step: Step, at: At) -> Iterator[Fault]:
    until = step.wait.until if step.wait is not None else None
    if until is not None and until.anchor not in _KNOWN_BEFORE:
        fault = f"step {step.id} waits until a time counted from {until.anchor}, which is not known before it begins"
        mend = f"count from {' or '.join(_KNOWN_BEFORE)}, or write wait: {{for: PT24H}}"
        yield Fault("semantics", (*at, "wait", "until", "from"), fault, mend)


def _foreach_faults(playbook: Playbook, step: Step, at: At) -> Iterator[Fault]:
    rule = step.foreach
    if rule is None:
        return
    if isinstance(rule.items, list) and len(rule.items) > rule.max:
        fault = f"step {step.id} has {len(rule.items)} items, and is done for {rule.max} at most"
        yield Fault("semantics", (*at, "foreach", "max"), fault, "raise max, or take items out")
    if isinstance(rule.items, str) and rule.items.startswith("inputs."):
        asked = playbook.inputs or {}
        name = rule.items.removeprefix("inputs.")
        lists = [each for each, question in asked.items() if question.type == "list"]
        if name not in lists:
            fault = f"step {step.id} is done for each of {rule.items}, which is no input of type list"
            mend = nearest(name, lists) if lists else f"add it to inputs: {name}: {{type: list}}"
            yield Fault("semantics", (*at, "foreach", "items"), fault, mend)
    name = value_name(rule.items) or ""
    lists = [each for each, (_, kind) in published_by(playbook).items() if kind == "list"] if name else []
    if name and name not in lists:
        fault = f"step {step.id} is done for each of {rule.items}, which is no list that a step publishes"
        mend = (
            nearest(f"values.{name}", [f"values.{each}" for each in lists])
            if lists
            else "publish an answer of type list"
        )
        yield Fault("semantics", (*at, "foreach", "items"), fault, mend)


def _join_faults(playbook: Playbook) -> Iterator[Fault]:
    several = {
        step.id: "foreach" if step.foreach is not None else "use" for step in playbook.steps if _is_several(step)
    }
    for number, step in enumerate(playbook.steps):
        if step.join == "all":
            continue
        place: At = ("steps", number, "join")
        if step.join != "any" and step.join > len(step.needs):
            fault = f"step {step.id} waits for {step.join} of its {len(step.needs)} needs, which never happens"
            yield Fault("semantics", place, fault, "ask for fewer, or name more needs")
        plural = next((need for need in step.needs if need in several), None)
        if plural is not None:
            fault = f"step {step.id} counts its needs, and {plural} stands for several steps by its {several[plural]}"
            yield Fault("semantics", place, fault, "write join: all")


def _is_several(step: Step) -> bool:
    return step.foreach is not None or step.use is not None


def _reversal_faults(playbook: Playbook) -> Iterator[Fault]:
    steps = playbook.steps
    ids = [step.id for step in steps]
    for number, step in enumerate(steps):
        place: At = ("steps", number, "reverse")
        if step.reverse is not None and step.reverse not in ids:
            fault = f"step {step.id} is taken back by {step.reverse}, which is no step"
            yield Fault("semantics", place, fault, nearest(step.reverse, ids))
        elif step.reverse == step.id:
            yield Fault("semantics", place, f"step {step.id} is taken back by itself", "name another step")
    backward = {step.id for step in reversals(steps)}
    for number, step in enumerate(steps):
        behind = next((need for need in step.needs if need in backward), None)
        if behind is not None:
            fault = f"step {step.id} needs {behind}, which is done only to take another step back"
            yield Fault("semantics", ("steps", number, "needs"), fault, "take it out of needs, or out of reverse")
        idle = next((word for word in ("needs", "when", "reverse", "foreach", "use") if step.said(word)), None)
        if step.id in backward and idle is not None:
            fault = f"step {step.id} takes another step back when somebody asks for it, so its {idle} has no effect"
            yield Fault("semantics", ("steps", number, idle), fault, "take it out")
    if len(backward) == len(steps):
        yield Fault("semantics", ("steps",), "every step takes another one back", "add one that goes forward")
