"""The working time of the people of a world: each one's calendar without the days on which they are away.

Who has no calendar works office hours in the desk's zone; so does, with a warning, who has one that cannot be used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from engine.values.errors import BadInput
from engine.values.text import clean
from engine.vocabulary.planning import Owner, World
from playbooks.working_time.calendars import WorkingTime, office_hours


class _Known(NamedTuple):
    """A working time, and what had to be passed over for it."""

    working: WorkingTime
    warnings: tuple[str, ...] = ()


class People:
    """The owners of a world by id, and their working time, made once for each calendar."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._owners = {owner.id: owner for owner in world.owners}
        self._by_calendar: dict[str, _Known] = {}
        self._by_owner: dict[str, _Known] = {}
        self.warnings: list[str] = []
        """About calendars and absences that could not be followed, each once."""

    def afresh(self) -> People:
        """The same people with what is known of their calendars, and nothing said yet."""
        same = copy(self)
        same.warnings = []
        return same

    def find(self, owner: str) -> Owner | None:
        """The person, if the plan has them."""
        return self._owners.get(owner)

    def working_time(self, owner: str) -> WorkingTime:
        """When a person works; for an unknown one office hours."""
        if owner not in self._by_owner:
            self._by_owner[owner] = self._working_time(self._owners.get(owner))
        return self._said(self._by_owner[owner])

    def calendar(self, name: str) -> WorkingTime:
        """The working time of a calendar of the plan; of none, or one that cannot be used, office hours."""
        if name not in self._by_calendar:
            self._by_calendar[name] = self._read(name)
        return self._said(self._by_calendar[name])

    def faults(self) -> list[tuple[str, str]]:
        """What of the owners' calendars and absences cannot be followed, by owner: each warning as it would be said."""
        for owner in self._owners:
            self.working_time(owner)
        return [(owner, warning) for owner in self._owners for warning in self._by_owner[owner].warnings]

    def _said(self, known: _Known) -> WorkingTime:
        self.warnings += [warning for warning in known.warnings if warning not in self.warnings]
        return known.working

    def _working_time(self, person: Owner | None) -> _Known:
        name = person.calendar if person is not None and person.calendar else ""
        usual = _Known(self.calendar(name), self._by_calendar[name].warnings)
        if person is None or not person.away:
            return usual
        calendar = usual.working.calendar
        present = WorkingTime(replace(calendar, holidays=(*calendar.holidays, *_days(person.away))))
        try:
            present.require_work(self._world.now)
        except BadInput:
            gone = f"{clean(person.id)} is away for years; planned as if there were no absence"
            return _Known(usual.working, (*usual.warnings, gone))
        return _Known(present, usual.warnings)

    def _read(self, name: str) -> _Known:
        office = office_hours(self._world.zone)
        if not name:
            return _Known(WorkingTime(office))
        calendar = self._world.calendars.get(name)
        if calendar is None:
            return _Known(WorkingTime(office), (f"the plan has no calendar {name}; office hours are used for it",))
        try:
            working = WorkingTime(calendar)
            working.require_work(self._world.now)
            return _Known(working)
        except BadInput as error:
            return _Known(WorkingTime(office), (f"{error}; office hours are used for it",))


def _days(absences: Sequence[tuple[str, str]]) -> Iterator[str]:
    for first_text, last_text in absences:
        first, last = date.fromisoformat(first_text), date.fromisoformat(last_text)
        for count in range((last - first).days + 1):
            yield (first + timedelta(days=count)).isoformat()
