"""Lint of the tests inside a playbook: fields, steps and people that are there, so that a test cannot pass by a
slip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.actions import answers
from engine.values.errors import BadInput
from engine.values.text import clean, shown
from playbooks.language.fields import FIELDS, comparable
from playbooks.language.findings import At, Fault
from playbooks.language.roles import UNASSIGNED
from playbooks.language.shape_errors import nearest
from playbooks.planning.scopes import published_by
from playbooks.planning.unfolding import REVIEW

if TYPE_CHECKING:
    from playbooks.language.rehearsals import Rehearsal
    from playbooks.language.schema import Playbook


def rehearsal_faults(playbook: Playbook) -> Iterator[Fault]:
    """Faults of every test of one playbook."""
    names: set[str] = set()
    for number, test in enumerate(playbook.tests):
        at: At = ("tests", number)
        if test.name in names:
            yield Fault("semantics", (*at, "name"), f"the test {test.name!r} is there twice", "rename one of them")
        names.add(test.name)
        yield from _deviation_faults(test, (*at, "deviation"))
        yield from _published_faults(test, playbook, (*at, "published"))
        yield from _people_faults(test, (*at, "people"))
        yield from _expectation_faults(test, playbook, (*at, "expect"))


def _deviation_faults(test: Rehearsal, at: At) -> Iterator[Fault]:
    for name, value in test.deviation.items():
        field, place = FIELDS.get(name), (*at, name)
        if field is None:
            fault = f"{clean(name)[:60]!r} is no field of a deviation"
            yield Fault("expressions", place, fault, nearest(name, list(FIELDS)), key=True)
        elif comparable(field, value) is None or (field.choices and value not in field.choices):
            mend = nearest(str(value), field.choices) if field.choices else f"write a {field.type}, or leave it out"
            yield Fault("expressions", place, f"{shown(value)} is no value of {name}", mend)
    if "kind" not in test.deviation:
        yield Fault("semantics", at, "the deviation has no kind", "add kind: late_supply, or another one")


def _published_faults(test: Rehearsal, playbook: Playbook, at: At) -> Iterator[Fault]:
    known = published_by(playbook) if test.published else {}
    for name, value in test.published.items():
        if name not in known:
            mend = nearest(name, list(known)) if known else "take it out"
            yield Fault("semantics", (*at, name), f"no step publishes {name}", mend, key=True)
            continue
        try:
            answers.read({"name": name, "type": known[name][1]}, value)
        except BadInput as error:
            yield Fault("semantics", (*at, name), clean(error.fault), error.mend)


def _people_faults(test: Rehearsal, at: At) -> Iterator[Fault]:
    known: set[str] = set()
    for number, person in enumerate(test.people):
        if person.id in known:
            yield Fault("semantics", (*at, number, "id"), f"{clean(person.id)} is there twice", "rename one of them")
        known.add(person.id)


def _expectation_faults(test: Rehearsal, playbook: Playbook, at: At) -> Iterator[Fault]:
    expected = test.expect
    steps = [*(step.id for step in playbook.steps), *([REVIEW] if playbook.close.review is not None else [])]
    several = [step.id for step in playbook.steps if step.foreach is not None or step.use is not None]
    places: list[tuple[At, str, bool]] = [
        *(((*at, "steps", number), step, False) for number, step in enumerate(expected.steps or ())),
        *(((*at, "owners", step), step, True) for step in expected.owners or ()),
        *(
            ((*at, word, step), step, True)
            for word in ("due", "approvals", "escalations")
            for step in getattr(expected, word) or ()
        ),
    ]
    for place, step, key in places:
        first, _, behind = step.partition(".")
        if first not in (several if behind else steps):
            yield Fault("semantics", place, f"{step} is no step of this playbook", nearest(step, steps), key=key)
    people = [*(person.id for person in test.people), UNASSIGNED]
    for step, owner in (expected.owners or {}).items():
        if owner not in people:
            fault = f"{clean(owner)} is none of the people of this test"
            yield Fault("semantics", (*at, "owners", step), fault, nearest(owner, people))
