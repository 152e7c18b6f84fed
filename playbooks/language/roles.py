"""Which person a role means for one deviation, and the sentence that says why: never nobody.

Function within scope, the person named for it first, then the least loaded; else the fallback function; else a desk
lead; else the placeholder UNASSIGNED, which a person has to hand on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.values.text import clean
from engine.vocabulary.planning import Owner, World
from playbooks.working_time.durations import words

if TYPE_CHECKING:
    from playbooks.language.role_shapes import Role

UNASSIGNED: Final = "unassigned-lead"
"""The owner where the plan has neither somebody for the function nor a desk lead."""

_NAMED_FOR: Final = {"party": "parties", "item": "items", "site": "sites"}


@dataclass(slots=True)
class Roster:
    """The people of a world with their load, which grows with what this response gives them."""

    world: World
    open: Mapping[str, int]
    """Working minutes of everybody's open actions."""
    given: dict[str, int] = field(default_factory=dict)

    def load(self, owner: str) -> int:
        """Working minutes of the person's open actions, those of this response among them."""
        return self.open.get(owner, 0) + self.given.get(owner, 0)

    def give(self, owner: str, minutes: int) -> None:
        self.given[owner] = self.given.get(owner, 0) + minutes

    def find(self, owner: str) -> Owner | None:
        return next((person for person in self.world.owners if person.id == owner), None)

    def resolve(self, role: Role, deviation: Mapping[str, Any]) -> tuple[str, str]:
        """Owner and reason for a role."""
        scope = {name: deviation.get(name) for name in _NAMED_FOR}
        where = ", ".join(f"{name} {clean(str(value))}" for name, value in scope.items() if value)
        first = self._best(role.function, role, scope)
        if first is not None:
            return first.id, self._because(first, role.function, role, scope)
        missing = f"nobody does {role.function}" + (f" for {where}" if where else "")
        second = self._best(role.fallback, role, scope) if role.fallback else None
        if second is not None and role.fallback:
            return second.id, f"{missing}; fallback: {self._because(second, role.fallback, role, scope)}"
        if role.fallback:
            missing += f", nor {role.fallback}"
        return self._lead(missing)

    def of_function(self, function: str | None, role: Role, deviation: Mapping[str, Any]) -> tuple[str, str] | None:
        """Owner and reason among a function's people; None where nobody of them does the deviation."""
        scope = {name: deviation.get(name) for name in _NAMED_FOR}
        found = self._best(function, role, scope) if function is not None else None
        return None if found is None or function is None else (found.id, self._because(found, function, role, scope))

    def named(self, owner: str) -> tuple[str, str]:
        """Owner and reason for a person whom the playbook names: the desk lead where the plan does not have them."""
        if self.find(owner) is not None:
            return owner, "named by the playbook"
        return self._lead(f"the plan has no owner {clean(owner)}")

    def lead(self, *but: str) -> str | None:
        """The least loaded desk lead who is none of these; None where there is none."""
        leads = (person for person in self.world.owners if person.lead and person.id not in but)
        found = min(leads, key=self._by_load, default=None)
        return None if found is None else found.id

    def _lead(self, missing: str) -> tuple[str, str]:
        lead = self.lead()
        if lead is not None:
            return lead, f"{missing}; the desk lead takes it"
        return UNASSIGNED, f"{missing}, and the plan names no desk lead; assign it by hand"

    def _best(self, function: str | None, role: Role, scope: Mapping[str, Any]) -> Owner | None:
        able = (person for person in self.world.owners if function in person.functions and covers(person, scope))
        return min(
            able, key=lambda person: (_distance(person, role.prefer, scope), *self._by_load(person)), default=None
        )

    def _by_load(self, person: Owner) -> tuple[int, str]:
        return self.load(person.id), person.id

    def _because(self, person: Owner, function: str, role: Role, scope: Mapping[str, Any]) -> str:
        able = [each for each in self.world.owners if function in each.functions and covers(each, scope)]
        reasons = [f"{name} {clean(str(scope[name]))}" for name in role.prefer if _is_named(person, name, scope)]
        text = f"{function}" + (f" for {' and '.join(reasons)}" if reasons else "")
        if len(able) == 1:
            return f"{text}: the only one"
        near = _distance(person, role.prefer, scope)
        rivals = sum(_distance(each, role.prefer, scope) == near for each in able)
        if rivals == 1:
            return f"{text}: the closest of {len(able)}"
        return f"{text}: the least loaded of {rivals} ({words(self.load(person.id))} open)"


def covers(person: Owner, scope: Mapping[str, Any]) -> bool:
    """A person named for some parties, items or sites does not do the others; where the deviation has none, anyone
    may."""
    return all(
        not (limits := getattr(person, attribute)) or scope[name] is None or scope[name] in limits
        for name, attribute in _NAMED_FOR.items()
    )


def _is_named(person: Owner, name: str, scope: Mapping[str, Any]) -> bool:
    return scope[name] is not None and scope[name] in getattr(person, _NAMED_FOR[name])


def _distance(person: Owner, prefer: Iterable[str], scope: Mapping[str, Any]) -> tuple[bool, ...]:
    """Sorts people named for the first preferred scope before those named for the second, before anybody."""
    return tuple(not _is_named(person, name, scope) for name in prefer)
