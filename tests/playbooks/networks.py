"""Random networks of open actions over people in several zones, and whether a schedule of them can be carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from hypothesis import strategies as st

from engine.values.clock import HOUR, MINUTE
from engine.vocabulary.planning import Owner, WorkingCalendar, World
from engine.vocabulary.scheduling import OpenAction, Replan
from playbooks.working_time.calendars import WorkingTime
from playbooks.working_time.people import People
from playbooks.working_time.standing import Span, standing
from tests.playbooks.worlds import at

NOW = at("2026-03-27T09:00:00Z")
"""A Friday; on the Sunday after it clocks change in Europe, three weeks after America's."""

_WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (("08:00", "12:00"), ("13:00", "17:00")))
CALENDARS = {
    "de": WorkingCalendar("de", "Europe/Berlin", _WEEK, ("2026-03-30",)),
    "us": WorkingCalendar("us", "America/Chicago", _WEEK),
    "night": WorkingCalendar(
        "night", "Asia/Shanghai", dict.fromkeys(("mon", "wed", "sat", "sun"), (("22:00", "06:00"),))
    ),
}
OWNERS = tuple(
    Owner(name, name.title(), ("procurement",), calendar=calendar)
    for name, calendar in (("ana", "de"), ("bo", "us"), ("chen", "night"), ("dora", None))
)
WORLD = World(NOW, "Europe/Berlin", OWNERS, CALENDARS)

_ACTION = st.tuples(
    st.integers(0, 3),  # owner
    st.integers(1, 40),  # quarters of an hour
    st.sets(st.integers(1, 3), max_size=2),  # how far back what it needs stands
    st.integers(0, 6),  # hours that it waits beyond the first possible time
    st.one_of(st.none(), st.integers(-10, 120)),  # hours from its end to its limit
    st.integers(1, 50),  # weight
    st.booleans(),  # whether somebody has accepted it
)


@st.composite
def networks(draw: st.DrawFn, *, most: int = 14) -> list[OpenAction]:
    """Actions in responses of five, each after what its owner has before, so that all of it can be done."""
    people, free = People(WORLD), dict.fromkeys((owner.id for owner in OWNERS), NOW)
    actions: list[OpenAction] = []
    ends: dict[str, int] = {}
    for number, (who, quarters, back, slack, limit, weight, asks) in enumerate(draw(st.lists(_ACTION, max_size=most))):
        owner = OWNERS[who].id
        first = number - number % 5
        needs = tuple(f"A{number - step}" for step in sorted(back) if number - step >= first)
        working = people.working_time(owner)
        ready = max([free[owner], *(ends[need] for need in needs)])
        start = working.next_start(ready + slack * HOUR)
        end = free[owner] = working.add(start, quarters * 15)
        actions.append(
            OpenAction(
                f"A{number}", f"step {number}", owner, "procurement", "blocked" if needs else "ready", start, quarters * 15,
                end, needs, limit_at=None if limit is None else end + limit * HOUR, weight=float(weight), asks=asks,
            )
        )  # fmt: skip
        ends[f"A{number}"] = end
    return actions


def moved(actions: Sequence[OpenAction], result: Replan) -> list[OpenAction]:
    """The actions after the moves, those that people have to agree to among them."""
    moves = {move.action: move for move in result.moves}
    return [
        replace(action, start_at=moves[action.id].start_at, home_at=moves[action.id].home_at)
        if action.id in moves
        else action
        for action in actions
    ]


def spans(actions: Sequence[OpenAction], world: World = WORLD) -> dict[str, Span]:
    people = People(world)
    return {action.id: standing(action, people.working_time(action.owner), world.now) for action in actions}


def faults(actions: Sequence[OpenAction], world: World = WORLD) -> list[str]:
    """What cannot be carried out: needs, one thing at a time, working time."""
    places, people, found = spans(actions, world), People(world), []
    for action in actions:
        place = places[action.id]
        begun = action.state in ("in_progress", "waiting")
        found += [
            f"{action.id} begins before {need} ends"
            for need in action.needs
            if places[need].end > place.start and not begun
        ]
        working: WorkingTime = people.working_time(action.owner)
        if not begun and working.next_start(action.start_at) != action.start_at:
            found.append(f"{action.id} begins when {action.owner} does not work")
        if not begun and working.between(place.start, place.end) != action.minutes * MINUTE:
            found.append(f"{action.id} has not its time")
    by_owner: dict[str, list[tuple[Span, str]]] = {}
    for action in actions:
        by_owner.setdefault(action.owner, []).append((places[action.id], action.id))
    for taken in by_owner.values():
        taken.sort()
        found += [
            f"{one} and {other} overlap"
            for (first, one), (second, other) in pairwise(taken)
            if first.end > second.start
        ]
    return found


def starts(actions: Sequence[OpenAction]) -> Mapping[str, int]:
    return {action.id: action.start_at for action in actions}


def lateness(actions: Sequence[OpenAction], world: World = WORLD) -> float:
    """Hours after the limits of actions that stand as they are, each times the weight of its action."""
    ends = {identity: span.end for identity, span in spans(actions, world).items()}
    return sum(
        action.weight * max(0, ends[action.id] - action.limit_at) / HOUR
        for action in actions
        if action.limit_at is not None
    )
