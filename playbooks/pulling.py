"""Making a schedule less late: what ends after its limit is pulled forward with what it needs, if that is worth it.

A local search that goes on until no pull makes the weighted lateness fall: first into time that is free, then into the
time of others, who go to the next that they find. What somebody has accepted is not moved for it. Pure.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection
from typing import Final

from playbooks.draft import Draft
from playbooks.instructions import local_time

_LEAST: Final = 1e-6
"""Weighted hours: what is less is rounding."""
_MOST_TRIALS: Final = 2_000
"""A bound that real desks do not reach."""


def pull(draft: Draft) -> bool:
    """Pull forward whatever is late, the costliest first; whether anything moved."""
    moved, trials, again = False, 0, True
    while again and trials < _MOST_TRIALS:
        again = False
        late = [each for each in draft.order if draft.late(each) > 0 and each not in draft.fixed]
        for identity in sorted(late, key=lambda each: (-draft.late(each), draft.rank[each])):
            for pushing in (False, True):
                trials += 1
                if _is_less_late(draft, identity, pushing=pushing):
                    moved = again = True
                    break
    return moved


def _is_less_late(draft: Draft, identity: str, *, pushing: bool) -> bool:
    """Pull one action and what it needs forward, if all in all less is late then."""
    mark = draft.mark()
    chain = [each for each in draft.before(identity) | {identity} if _may_move(draft, each)]
    ours = frozenset(chain)
    for each in sorted(chain, key=draft.rank.__getitem__):
        begin = max(draft.now, draft.needs_end(each))
        weaker = _weaker(draft, each, ours) if pushing else frozenset()
        place = draft.earliest(each, begin, weaker)
        if place.start < draft.places[each].start:
            draft.put(each, place, f"so that {_named(draft, identity)} ends by {_limit(draft, identity)}, or less late")
    if _makes_room(draft, mark, identity, ours):
        saved = sum(draft.late(each, was) - draft.late(each) for each, was in draft.since(mark).items())
        if saved > _LEAST:
            return True
    draft.back_to(mark)
    return False


def _makes_room(draft: Draft, mark: int, identity: str, ours: Collection[str]) -> bool:
    """Shift what stands in the way of what was pulled, and what waits for that, each to the next free time.

    False where somebody would have to agree.
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
        draft.put(
            each, new, f"{_named(draft, identity)} goes before it, which would end after {_limit(draft, identity)}"
        )
        for other in _troubled(draft, each, ours):
            heapq.heappush(waiting, draft.rank[other])
    return True


def _troubled(draft: Draft, moved: str, ours: Collection[str]) -> list[str]:
    place = draft.places[moved]
    waiting = [other for other in draft.followers[moved] if draft.places[other].start < place.end]
    return [each for each in (*draft.clashes(moved, place), *waiting) if each not in draft.fixed and each not in ours]


def _weaker(draft: Draft, identity: str, ours: Collection[str]) -> frozenset[str]:
    """Whom the action may push away: the owner's other actions that nobody has accepted, and that it does not need."""
    owner, place = draft.actions[identity].owner, draft.places[identity]
    window = place._replace(start=draft.now)
    return frozenset(
        other
        for other in draft.clashes(identity, window)
        if draft.actions[other].owner == owner and other not in ours and _may_move(draft, other)
    )


def _may_move(draft: Draft, identity: str) -> bool:
    return identity not in draft.fixed and not draft.actions[identity].asks


def _named(draft: Draft, identity: str) -> str:
    return f"{identity} {draft.actions[identity].title}"


def _limit(draft: Draft, identity: str) -> str:
    limit = draft.actions[identity].limit_at
    return "its limit" if limit is None else local_time(limit, draft.zone)
