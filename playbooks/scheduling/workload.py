"""The load of each owner and day, where it is more than can be done, and who could take what.

Work is counted where it is planned. Besides that, an owner has too much when what is due by the end of some day takes
longer than the working time until then: whatever the order, something of it will be late (the demand of jobs by their
deadlines: Baruah, Rosier and Howell 1990). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from engine.values.clock import MINUTE, local_instant, moment_of
from engine.values.columns import Columns
from engine.values.zones import zone_of
from engine.vocabulary.planning import World
from engine.vocabulary.scheduling import DayLoad, Handover, OpenAction, OwnerLoad, Taker
from playbooks.language.roles import covers
from playbooks.working_time.calendars import WorkingTime
from playbooks.working_time.people import People
from playbooks.working_time.standing import BEGUN, left_minutes, standing

_TAKERS: Final = 3
"""How many people are named for one action."""


class _Work(NamedTuple):
    """What is kept of an action: of thousands all of it would be too much."""

    id: str
    title: str
    function: str
    begun: bool
    scope: Mapping[str, str | None]
    due_at: int
    start: int
    end: int
    minutes: int
    """What is left of it."""


_KINDS: Final = "oooooqqqq"


class _Day(NamedTuple):
    name: str
    begin: int
    end: int


def workload(actions: Iterable[OpenAction], world: World, days: int, most: int | None = None) -> list[OwnerLoad]:
    """The load of everybody in the plan, by id, and of whoever else owns an action, for so many days from today on.

    No more than `most` actions are named for each day and for each owner to hand on; the rest is counted.
    """
    return _Load(actions, world, days, most).owners()


class _Load:
    def __init__(self, actions: Iterable[OpenAction], world: World, days: int, most: int | None) -> None:
        self._world = world
        self._people = People(world)
        self._days = _days(world, days)
        self._most = most
        self._work: dict[str, Columns[_Work]] = {owner.id: Columns(_Work, _KINDS) for owner in world.owners}
        for action in actions:
            if action.attended:
                working = self._people.working_time(action.owner)
                begun = action.state in BEGUN
                minutes = left_minutes(action, working, world.now) if begun else action.minutes
                work = _Work(
                    action.id, action.title, action.function, begun, action.scope, action.due_at,
                    *standing(action, working, world.now), minutes,
                )  # fmt: skip
                self._work.setdefault(action.owner, Columns(_Work, _KINDS)).append(work)
        self._free_by: dict[tuple[str, int], int] = {}
        """What `_free` found, by owner and day: many actions ask the same."""
        self._capacity = {owner: self._minutes_of_days(owner) for owner in self._work}

    def owners(self) -> list[OwnerLoad]:
        known = [owner.id for owner in self._world.owners]
        return [self._owner(owner) for owner in (*known, *sorted(self._work.keys() - set(known)))]

    def _owner(self, owner: str) -> OwnerLoad:
        person = self._people.find(owner)
        days = self._owner_days(owner)
        name = owner if person is None else person.name
        named, further = self._handovers(owner, days, known=person is not None)
        return OwnerLoad(owner, name, person is not None, days, named, further)

    def _owner_days(self, owner: str) -> list[DayLoad]:
        working, capacity, found = self._people.working_time(owner), self._capacity[owner], []
        until_now, demand = 0, 0
        for number, day in enumerate(self._days):
            planned, due, names, further = 0, 0, list[str](), 0
            for each in self._work[owner]:
                minutes = _minutes_in(each, day, working)
                planned += minutes
                due += each.minutes if self._is_due(each, number) else 0
                if minutes and self._names_more(names):
                    names.append(each.id)
                elif minutes:
                    further += 1
            until_now, demand = until_now + capacity[number], demand + due
            over = max(0, planned - capacity[number], demand - until_now if due else 0)
            found.append(DayLoad(day.name, capacity[number], planned, due, over, names, further))
        return found

    def _names_more(self, named: Sequence[object]) -> bool:
        return self._most is None or len(named) < self._most

    def _is_due(self, work: _Work, number: int) -> bool:
        """Whether it is due on this day; what was due before counts today."""
        day = self._days[number]
        return work.due_at <= day.end and (number == 0 or work.due_at > day.begin)

    # who could take what ----------------------------------------------------------------------------------------------

    def _handovers(self, owner: str, days: Sequence[DayLoad], *, known: bool) -> tuple[list[Handover], int]:
        """What to hand on so that the first day with too much can be done: the last due first, until it is enough.

        Who has left the plan hands on everything. Those that are not named are counted.
        """
        over = next((day for day in days if day.over), None)
        if known and over is None:
            return [], 0
        last = self._days[-1].end if over is None else next(day.end for day in self._days if day.name == over.day)
        able = [
            each
            for each in self._work[owner]
            if not known or (not each.begun and (each.due_at <= last or each.start < last))
        ]
        found: list[Handover] = []
        further, left = 0, 0 if over is None else over.over
        for each in sorted(able, key=lambda work: (-work.due_at, work.id)):
            if known and left <= 0:
                break
            takers = self._takers(each, owner)
            if self._names_more(found):
                found.append(Handover(each.id, each.title, each.minutes, takers))
            else:
                further += 1
            left -= each.minutes if takers else 0
        return found, further

    def _takers(self, work: _Work, owner: str) -> list[Taker]:
        """People of its function and scope with enough free time until it is due, today's end at least."""
        until = next((number for number, day in enumerate(self._days) if work.due_at <= day.end), len(self._days) - 1)
        scope = {name: work.scope.get(name) for name in ("party", "item", "site")}
        free = {
            person.id: self._free(person.id, until)
            for person in self._world.owners
            if person.id != owner and work.function in person.functions and covers(person, scope)
        }
        able = [Taker(id_, minutes) for id_, minutes in free.items() if minutes >= work.minutes]
        return sorted(able, key=lambda taker: (-taker.free, taker.owner))[:_TAKERS]

    def _free(self, owner: str, until: int) -> int:
        """Working minutes up to the end of a day, without what is planned or due by then."""
        if (owner, until) not in self._free_by:
            self._free_by[owner, until] = self._count_free(owner, until)
        return self._free_by[owner, until]

    def _count_free(self, owner: str, until: int) -> int:
        working, end = self._people.working_time(owner), self._days[until].end
        window = _Day("", self._world.now, end)
        planned = sum(_minutes_in(each, window, working) for each in self._work[owner])
        due = sum(each.minutes for each in self._work[owner] if each.due_at <= end)
        return sum(self._capacity[owner][: until + 1]) - max(planned, due)

    def _minutes_of_days(self, owner: str) -> list[int]:
        working = self._people.working_time(owner)
        return [working.between(max(day.begin, self._world.now), day.end) // MINUTE for day in self._days]


def _days(world: World, count: int) -> list[_Day]:
    """The days of the desk's zone from today on."""
    zone = zone_of(world.zone)
    first = moment_of(world.now).astimezone(zone).date()
    dates = [first + timedelta(days=number) for number in range(count + 1)]
    begins = [local_instant(datetime.combine(date, datetime.min.time()), zone) for date in dates]
    return [_Day(dates[at].isoformat(), begins[at], begins[at + 1]) for at in range(count)]


def _minutes_in(work: _Work, day: _Day, working: WorkingTime) -> int:
    """Working minutes that fall into a day."""
    start, end = max(work.start, day.begin), min(work.end, day.end)
    return working.between(start, end) // MINUTE if start < end else 0
