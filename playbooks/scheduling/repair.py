"""Making a schedule possible again with as little moved as can be, and bringing back what was moved once it can be.

An action moves only if its own place has become impossible: it should have begun and has not, its owner does not work
then any more or has begun something else, two were planned for the same time, or what it needs ends later now. It then
goes to the first time after its place in which its owner is free; what stands there already stays (right-shift repair
with as few moves as possible: Leon, Wu and Storer 1994, without pushing). Pure.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.values.zones import local_time
from playbooks.scheduling.draft import Draft


class _Lifted(NamedTuple):
    """Why a place is impossible, and from when on another one is sought."""

    because: str
    begin: int


def repair(draft: Draft) -> None:
    """Move what cannot stay where it stands."""
    lifted = _lift(draft)
    for identity in draft.order:
        if identity in draft.fixed:
            continue
        found = lifted.pop(identity, None) or _hindered(draft, identity)
        if found is not None:
            # What waits for it will follow it, and what else is lifted will go: their places are free.
            begin = max(found.begin, draft.needs_end(identity), draft.places[identity].start)
            place = draft.earliest(identity, begin, draft.following(identity) | lifted.keys())
            draft.put(identity, place, found.because)


def _hindered(draft: Draft, identity: str) -> _Lifted | None:
    """Why an action cannot stay after what comes before it was placed."""
    place, ready = draft.places[identity], draft.needs_end(identity)
    if ready > place.start:
        return _Lifted(_waits(draft, identity, ready), ready)
    placed = [other for other in draft.clashes(identity, place) if draft.rank[other] < draft.rank[identity]]
    if placed:
        return _Lifted(_busy(draft, max(placed, key=lambda other: draft.places[other].end)), place.start)
    return None


def bring_home(draft: Draft) -> bool:
    """Bring back what can go back without making anything later; whether anything did."""
    moved = False
    again = True
    while again:
        again = False
        for identity in sorted(filter(draft.displaced, draft.order), key=lambda each: (draft.home[each], each)):
            group = _going_home(draft, identity) if draft.displaced(identity) else []
            if group:
                mark, late = draft.mark(), sum(map(draft.late, group))
                for each in group:
                    draft.put(each, draft.span_at(each, draft.home[each]), "its place is free again")
                if _sound(draft, group) and sum(map(draft.late, group)) <= late + 1e-9:
                    moved = again = True
                else:
                    draft.back_to(mark)
    return moved


def _lift(draft: Draft) -> dict[str, _Lifted]:
    """The actions whose places are impossible by themselves, taken off the schedule where they are in others' way."""
    found: dict[str, _Lifted] = {}
    kept: list[str] = []
    for identity in draft.order:
        if identity in draft.fixed:
            continue
        action, place = draft.actions[identity], draft.places[identity]
        if draft.slipped(action, place.start):
            should = f"it was to begin {local_time(place.start, draft.zone)} and has not"
            found[identity] = _Lifted(should, draft.now)
        elif place.start != action.start_at:
            found[identity] = _Lifted(f"{action.owner} does not work {_at(draft, action.start_at)}", place.start)
        else:
            kept.append(identity)
    # Of two at the same time stays what somebody has accepted, then what weighs more, then what begins first.
    strength = {each: (draft.actions[each].asks, draft.actions[each].weight) for each in kept}
    standing: set[str] = set(draft.fixed)
    for identity in sorted(kept, key=lambda each: (strength[each], -draft.rank[each]), reverse=True):
        if draft.needs_end(identity) > draft.places[identity].start:
            continue
        clash = [other for other in draft.clashes(identity, draft.places[identity]) if other in standing]
        if not draft.following(identity).issuperset(clash):
            last = max(clash, key=lambda other: draft.places[other].end)
            found[identity] = _Lifted(_busy(draft, last), draft.places[identity].start)
        else:
            standing.add(identity)
    return found


def _going_home(draft: Draft, identity: str) -> list[str]:
    """The displaced actions that have to go home together with one, needs first; nothing where one of them cannot."""
    group, waiting = {identity}, [identity]
    while waiting:
        each = waiting.pop()
        place = draft.span_at(each, draft.home[each])
        if place.start != draft.home[each] or draft.slipped(draft.actions[each], place.start):
            return []
        way = {
            *draft.clashes(each, place),
            *(need for need in draft.actions[each].needs if draft.places[need].end > place.start),
            *(other for other in draft.followers[each] if draft.places[other].start < place.end),
        } - group
        if draft.actions[each].join is not None:
            way -= set(draft.actions[each].needs)
        if not all(map(draft.displaced, way)):
            return []
        group |= way
        waiting += way
    return sorted(group, key=draft.rank.__getitem__)


def _sound(draft: Draft, group: list[str]) -> bool:
    """Whether these actions, and what waits for them, can stand where they stand."""
    return all(
        not draft.clashes(each, draft.places[each])
        and all(draft.needs_end(other) <= draft.places[other].start for other in (each, *_unfixed(draft, each)))
        for each in group
    )


def _unfixed(draft: Draft, identity: str) -> list[str]:
    return [other for other in draft.followers[identity] if other not in draft.fixed]


def _waits(draft: Draft, identity: str, ready: int) -> str:
    need = draft.actions[draft.last_need(identity)]
    return f"it needs {need.id} {need.title}, which ends {_at(draft, ready)}"


def _busy(draft: Draft, other: str) -> str:
    action, place = draft.actions[other], draft.places[other]
    return f"{action.owner} has {action.id} {action.title} until {_at(draft, place.end)}"


def _at(draft: Draft, instant: int) -> str:
    return local_time(instant, draft.zone)
