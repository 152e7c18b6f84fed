"""When each open action is worked on as things are, by how much it may end later, and the chain that ends each
response.

The critical path method on working time (Kelley and Walker 1959): latest ends go backwards over needs from the due
times. Nothing is moved here: playbooks.scheduling.replanning does that. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.values.clock import MINUTE
from engine.vocabulary.planning import World
from engine.vocabulary.scheduling import OpenAction, Placing
from playbooks.working_time.calendars import WorkingTime
from playbooks.working_time.people import People
from playbooks.working_time.standing import BEGUN, Span, left_minutes, standing


def placings(responses: Iterable[Sequence[OpenAction]], world: World) -> Iterator[tuple[OpenAction, Placing]]:
    """Span, slack and whether it is critical of every action; those of one response come together, as it was given."""
    people = People(world)
    for actions in responses:
        spans = {each.id: standing(each, people.working_time(each.owner), world.now) for each in actions}
        latest = _latest_ends(actions, people, world.now)
        critical = _critical(actions, spans)
        for each in actions:
            slack = _between(spans[each.id].end, latest[each.id], each, people.working_time(each.owner))
            yield each, Placing(*spans[each.id], slack, each.id in critical)


def _latest_ends(actions: Sequence[OpenAction], people: People, now: int) -> dict[str, int]:
    """The latest instant at which each may end without any due time being missed: its own, or one behind it."""
    waiting: dict[str, list[OpenAction]] = defaultdict(list)
    for each in actions:
        for need in each.needs:
            waiting[need].append(each)
    latest: dict[str, int] = {}
    # Backwards: actions come after what they need. One in a circle, which lint refuses, counts by its own due time.
    for each in reversed(actions):
        starts = [
            _latest_start(other, latest[other.id], people, now) for other in waiting[each.id] if other.id in latest
        ]
        latest[each.id] = min([each.due_at, *starts])
    return latest


def _latest_start(action: OpenAction, end: int, people: People, now: int) -> int:
    working = people.working_time(action.owner)
    minutes = left_minutes(action, working, now) if action.state in BEGUN else action.minutes
    return working.subtract(end, minutes) if action.attended else end - minutes * MINUTE


def _between(end: int, latest: int, action: OpenAction, working: WorkingTime) -> int:
    """Minutes from an end to the latest one: of working time where it takes its owner's; negative where it is late."""
    first, last = sorted((end, latest))
    size = working.between(first, last) if action.attended else last - first
    # Lateness outside of working time is lateness as well.
    late = -max(size, MINUTE if end > latest else 0)
    return (size if end <= latest else late) // MINUTE


def _critical(actions: Sequence[OpenAction], spans: Mapping[str, Span]) -> Sequence[str]:
    """The action of a response that ends last, and what it waits for longest; nothing where all go in circles."""
    by_id = {each.id: each for each in actions}
    followed = {need for each in actions for need in each.needs}
    ends = [each.id for each in actions if each.id not in followed]
    if not ends:
        return ()
    chain = [max(ends, key=lambda id_: spans[id_].end)]
    while needs := [need for need in by_id[chain[-1]].needs if need in by_id and need not in chain]:
        chain.append(max(needs, key=lambda need: (spans[need].end, need)))
    return chain
