"""Who is meant in one response by a role, a name or the lead's office: settled once, and kept for the whole of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.values.clock import moment_of
from engine.values.text import clean
from engine.values.zones import zone_of
from playbooks.language.conditions import evaluate
from playbooks.language.roles import UNASSIGNED, Roster

if TYPE_CHECKING:
    from playbooks.language.role_shapes import Resolve, Role, Rota
    from playbooks.language.term_shapes import Who
    from playbooks.planning.scopes import Scope


class Ownership:
    """The people of one response."""

    def __init__(self, roster: Roster, deviation: Mapping[str, Any]) -> None:
        self.roster = roster
        self._deviation = deviation
        self._found: dict[str, tuple[str, str]] = {}
        self.warnings: list[str] = []
        """What nobody owns."""

    def of(self, who: Who, scope: Scope) -> tuple[str, str]:
        """Owner and reason: never nobody."""
        name = who.role or who.person or "lead"
        key = f"role {scope.prefix}{name}" if who.role else name
        if key not in self._found:
            self._found[key] = self._resolve(who, scope)
            if self._found[key][0] == UNASSIGNED:
                self.warnings.append(f"{key}: {self._found[key][1]}")
        return self._found[key]

    def function(self, who: Who, owner: str, scope: Scope) -> str:
        """The function that does it: the role's, else the first of the person's."""
        if who.role is not None:
            return scope.playbook.roles[who.role].function
        person = self.roster.find(owner)
        known = person.functions if person is not None else ()
        return next(iter(known), next(iter(scope.playbook.roles.values())).function)

    def _resolve(self, who: Who, scope: Scope) -> tuple[str, str]:
        if who.role is not None:
            return self._of_role(scope.playbook.roles[who.role], scope)
        if who.person is not None:
            return self.roster.named(who.person)
        lead = self.roster.lead()
        return (lead, "the desk lead") if lead else (UNASSIGNED, "the plan names no desk lead; assign it by hand")

    def _of_role(self, role: Role, scope: Scope) -> tuple[str, str]:
        passed: list[str] = []
        for way in role.resolve or ():
            verdict = evaluate(way.when, scope.case) if way.when is not None else None
            if verdict is not None and not verdict.held:
                continue
            found, said = self._by(way, role)
            because = said if verdict is None else f"{said}, since {verdict.because}"
            if found is not None:
                return found, "; ".join([*passed, because])
            passed.append(said)
        owner, because = self.roster.resolve(role, self._deviation)
        return owner, "; ".join([*passed, because])

    def _by(self, way: Resolve, role: Role) -> tuple[str | None, str]:
        """The person whom one way finds; None with the reason where it finds nobody."""
        if way.person is not None:
            missing = self._missing(way.person)
            return (None, missing) if missing else (way.person, "named for the role")
        if way.rota is not None:
            return self._on_duty(way.rota)
        found = self.roster.of_function(way.function, role, self._deviation)
        return found if found is not None else (None, f"nobody does {way.function}")

    def _on_duty(self, rota: Rota) -> tuple[str | None, str]:
        turn = turn_of(rota, self.roster.world.now, self.roster.world.zone)
        count = len(rota.people)
        for step in range(count):
            person = rota.people[(turn + step) % count]
            if not self._missing(person):
                first = clean(rota.people[turn % count])
                return person, "it is their turn" if not step else f"{first} has the turn and is not there; the next is"
        return None, "nobody of the rota is there"

    def _missing(self, owner: str) -> str | None:
        """Why a person cannot take it now: gone, or away today."""
        person = self.roster.find(owner)
        if person is None:
            return f"the plan has no owner {clean(owner)}"
        today = _local(self.roster.world.now, self.roster.world.zone).date()
        away = any(date.fromisoformat(first) <= today <= date.fromisoformat(last) for first, last in person.away)
        return f"{clean(owner)} is away" if away else None


def turn_of(rota: Rota, now: int, zone: str) -> int:
    """Which turn of a rota an instant lies in, 0 for the first; turns are counted in days of its zone's calendar.

    A day is as long as its zone makes it, so a turn begins at the same time of day before and after clocks change.
    """
    hours, minutes = (int(part) for part in rota.at.split(":"))
    local = _local(now, rota.tz or zone)
    started = local.date() if (local.hour, local.minute) >= (hours, minutes) else local.date() - timedelta(days=1)
    return (started - date.fromisoformat(rota.since)).days // rota.days


def _local(now: int, zone: str) -> datetime:
    return moment_of(now).astimezone(zone_of(zone))
