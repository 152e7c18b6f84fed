"""Lint of the people whom playbooks name, for a desk that knows its owners: the plan has them all.

Only who checks the files of a desk asks for it: a playbook is right or wrong by itself, whoever works here today.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from engine.values.text import clean
from playbooks.language.findings import At, LintFinding
from playbooks.language.shape_errors import nearest

if TYPE_CHECKING:
    from playbooks.language.loaded import LoadedPlaybook
    from playbooks.language.schema import Playbook
    from playbooks.language.step_shapes import Step

_STANDS_IN: Final = "the next way or the desk lead stands in"
_INSTEAD: Final[Mapping[str | int, str]] = {"owners": "nobody can be asked there about this playbook"}
"""What becomes of what a part of the file says of somebody who is not there, where nobody stands in."""


def people_findings(playbooks: Iterable[LoadedPlaybook], owners: Collection[str]) -> list[LintFinding]:
    """A warning for each person who is none of `owners`, the ids of the plan; a plan without owners tells nothing."""
    found: list[LintFinding] = []
    for loaded in playbooks if owners else ():
        for at, person in _people_of(loaded.content):
            if person not in owners:
                line, column = loaded.place(at)
                fault = f"{clean(person)} is no owner of the plan, so {_INSTEAD.get(at[0], _STANDS_IN)}"
                mend = nearest(person, sorted(owners))
                found.append(
                    LintFinding("operations", str(loaded.path), line, column, fault, mend, "warning", loaded.owners)
                )
    return found


def _people_of(playbook: Playbook) -> Iterator[tuple[At, str]]:
    """Every person whom a playbook names, with the place in its file."""
    yield from ((("owners", number), person) for number, person in enumerate(playbook.owners or ()))
    for name, role in playbook.roles.items():
        for number, way in enumerate(role.resolve or ()):
            at: At = ("roles", name, "resolve", number)
            if way.person is not None:
                yield (*at, "person"), way.person
            if way.rota is not None:
                yield from (((*at, "rota", "people", turn), person) for turn, person in enumerate(way.rota.people))
    for number, step in enumerate(playbook.steps):
        yield from (((("steps", number, *place), person)) for place, person in _of_step(step))


def _of_step(step: Step) -> Iterator[tuple[At, str]]:
    if step.owner is not None and step.owner.person is not None:
        yield ("owner", "person"), step.owner.person
    for number, each in enumerate(step.escalate or ()):
        if each.to.person is not None:
            yield ("escalate", number, "to", "person"), each.to.person
    for number, who in enumerate(step.notify.to if step.notify is not None else ()):
        if who.person is not None:
            yield ("notify", "to", number, "person"), who.person
