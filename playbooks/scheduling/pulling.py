"""Making a schedule less late: what ends after its limit is pulled forward with what it needs, if that is worth it.

A local search that goes on until no pull makes the weighted lateness fall: first into time that is free, then into the
time of others, who go to the next that they find. What somebody has accepted is not moved for it. Pure.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Set
from typing import Final

from engine.values.zones import local_time
from playbooks.scheduling.draft import Draft

_LEAST: Final = 1e-6
"""Weighted hours: what is less is rounding."""
_MOST_TRIALS: Final = 2_000
"""A bound that real desks do not reach."""


def pull(draft: Draft) -> bool:
    """Pull forward whatever is late, the costliest first; whether anything moved."""
    free: dict[str, set[str]] = {action.owner: set() for action in draft.actions.values()}
    for identity, action in draft.actions.items():
        if identity not in draft.fixed and not action.asks:
            free[action.owner].add(identity)
    moved, trials, again = False, 0, True
    while again and trials < _MOST_TRIALS:
        again = False
        late = [each for each in draft.order if draft.late(each) > 0 and each not in draft.fixed]
        for identity in sorted(late, key=lambda each: (-draft.late(each), draft.rank[each])):
            trials += 1
            if _is_less_late(draft, identity, free, pushing=False) or _is_less_late(
                draft, identity, free, pushing=True
            ):
                moved = again = True
    return moved


def _is_less_late(draft: Draft, identity: str, free: Mapping[str, Set[str]], *, pushing: bool) -> bool:
    """Pull one action and what it needs forward, if all in all less is late then.

    `free` are the actions of each owner that may be moved for it; `pushing` says whether any are.
    """
    mark = draft.mark()
    ours = [each for each in (*draft.before(identity), identity) if each in free[draft.actions[each].owner]]
    for each in sorted(ours, key=draft.rank.__getitem__):
        begin = max(draft.now, draft.needs_end(each))
        weaker = free[draft.actions[each].owner] - set(ours) if pushing else frozenset[str]()
        place = draft.earliest(each, begin, weaker)
        if place.start < draft.places[each].start:
            draft.put(each, place, "")
    saved = sum(draft.late(each, was) - draft.late(each) for each, was in draft.since(mark).items())
    if saved > _LEAST and _makes_room(draft, mark, ours, saved):
        _say_why(draft, mark, identity, ours)
        return True
    draft.back_to(mark)
    return False


def _say_why(draft: Draft, mark: int, identity: str, ours: Collection[str]) -> None:
    limit = draft.actions[identity].limit_at
    named, by = f"{identity} {draft.actions[identity].title}", local_time(limit or 0, draft.zone)
    for each in draft.since(mark):
        pulled = f"so that {named} ends by {by}, or less late"
        draft.because[each] = pulled if each in ours else f"{named} goes before it, which would end after {by}"


def _makes_room(draft: Draft, mark: int, ours: Collection[str], saved: float) -> bool:
    """Shift what stands in the way of what was pulled, and what waits for that, each to the next free time.

    False where somebody would have to agree, or where nothing is left of the lateness that pulling `saved`.
    """
    waiting = [draft.rank[each] for moved in draft.since(mark) for each in _troubled(draft, moved, ours)]
    heapq.heapify(waiting)
    while waiting:
        each = draft.order[heapq.heappop(waiting)]
        place, ready = draft.places[each], draft.needs_end(each)
        if ready <= place.start and not draft.clashes(each, place):
            continue
        if draft.actions[each].asks:
            return False
        new = draft.earliest(each, max(place.start, ready), draft.following(each))
        saved -= draft.late(each, new) - draft.late(each)
        if saved <= _LEAST:
            return False
        draft.put(each, new, "")
        for other in _troubled(draft, each, ours):
            heapq.heappush(waiting, draft.rank[other])
    return True


def _troubled(draft: Draft, moved: str, ours: Collection[str]) -> list[str]:
    place = draft.places[moved]
    waiting = [other for other in draft.followers[moved] if draft.places[other].start < place.end]
    return [each for each in (*draft.clashes(moved, place), *waiting) if each not in draft.fixed and each not in ours]
