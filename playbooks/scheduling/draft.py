"""A schedule of all open actions while it is being changed: where each stands, why it moved, and how late it all is.

Each owner works on one action at a time. Every change can be taken back, so that something can be tried. What is
changed and why is decided by playbooks.scheduling.repair and playbooks.scheduling.pulling.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from engine.values.clock import HOUR, MINUTE
from engine.vocabulary.planning import World
from engine.vocabulary.scheduling import OpenAction
from playbooks.working_time.axis import Axis
from playbooks.working_time.calendars import WorkingTime
from playbooks.working_time.people import People
from playbooks.working_time.standing import BEGUN, Span, span, standing

GRACE: Final = 15 * MINUTE
"""How much later than planned an action may begin before it counts as slipped; and half of what it has slipped
already."""
_NOBODY: Final[frozenset[str]] = frozenset()


class _Change(NamedTuple):
    action: str
    was: Span
    because: str | None


class Draft:
    """Open actions by id, and their places."""

    def __init__(self, actions: Sequence[OpenAction], world: World, pinned: Mapping[str, int]) -> None:
        """`pinned` are starts that hold whatever stands in their way."""
        self.now, self.zone = world.now, world.zone
        self.people = People(world)
        self._axes: dict[WorkingTime, Axis] = {}
        self._since = min(
            (world.now, *(each.start_at for each in actions), *(each.home_at or world.now for each in actions))
        )
        self.actions = {action.id: action for action in actions}
        self.fixed = {each.id for each in actions if each.state in BEGUN or each.stays} | pinned.keys()
        self._needs = {action.id: action.needs for action in actions}
        self.followers: dict[str, list[str]] = {action.id: [] for action in actions}
        for action in actions:
            for need in action.needs:
                self.followers[need].append(action.id)
        self.places = {each.id: self._standing(each, pinned) for each in actions}
        self.home = {each.id: each.home_at if each.home_at is not None else each.start_at for each in actions}
        self.because: dict[str, str] = {}
        self.rank_anew()
        self._busy: dict[str, list[tuple[int, int, str]]] = {}
        self._longest: dict[str, int] = {}
        self._changes: list[_Change] = []
        for identity in self.order:
            self._take(identity)

    # what is asked ----------------------------------------------------------------------------------------------------

    def displaced(self, identity: str) -> bool:
        """Whether a movable action stands elsewhere than where it belongs."""
        return identity not in self.fixed and self.places[identity].start != self.home[identity]

    def slipped(self, action: OpenAction, start: int) -> bool:
        """Whether an action that was to begin at `start` is so late that it has to be planned anew."""
        return start + max(GRACE, (start - self.home[action.id]) // 2) <= self.now

    def needs_end(self, identity: str) -> int:
        """When what it needs has ended: all of it, or as much as it joins."""
        action = self.actions[identity]
        ends = sorted(self.places[need].end for need in action.needs)
        count = len(ends) if action.join is None else min(action.join, len(ends))
        return ends[count - 1] if count > 0 else 0

    def last_need(self, identity: str) -> str:
        """The need whose end it waits for."""
        end = self.needs_end(identity)
        return next(need for need in self.actions[identity].needs if self.places[need].end == end)

    def span_at(self, identity: str, begin: int) -> Span:
        """What the action takes from `begin` on, or from the next working time."""
        action = self.actions[identity]
        if not action.attended or begin < self._since:
            return span(action, self.people.working_time(action.owner), begin, action.minutes)
        return self._axis(action.owner).place(begin, action.minutes)

    def clashes(self, identity: str, wanted: Span) -> list[str]:
        """Actions of the same owner that take a part of a span, by their start."""
        action = self.actions[identity]
        busy = self._busy.get(action.owner, ())
        if not action.attended or not busy:
            return []
        found = []
        at = bisect_left(busy, (wanted.end,))
        reach = wanted.start - self._longest[action.owner]
        while at > 0 and busy[at - 1][0] >= reach:
            at -= 1
            _, end, other = busy[at]
            if end > wanted.start and other != identity:
                found.append(other)
        return found[::-1]

    def earliest(self, identity: str, begin: int, ignoring: Collection[str] = _NOBODY) -> Span:
        """The first span from `begin` on in which its owner is free, but for what is ignored."""
        action = self.actions[identity]
        busy = self._busy.get(action.owner, ()) if action.attended else ()
        at = bisect_left(busy, (begin - self._longest.get(action.owner, 0),))
        while at < len(busy):
            start, end, other = busy[at]
            at += 1
            if end <= begin or other == identity or other in ignoring:
                continue
            # A gap that is too short by the clock is too short for work: most are, and need no closer look.
            if start - begin >= action.minutes * MINUTE:
                wanted = self.span_at(identity, begin)
                if wanted.end <= start:
                    return wanted
            begin = end
        return self.span_at(identity, begin)

    def following(self, identity: str) -> set[str]:
        """What waits for an action, directly or not, and can move out of its way."""
        return self._reach(identity, self.followers) - self.fixed

    def before(self, identity: str) -> set[str]:
        """What an action waits for, directly or not."""
        return self._reach(identity, self._needs)

    def late(self, identity: str, place: Span | None = None) -> float:
        """Weighted hours by which an action ends after its limit."""
        action, end = self.actions[identity], (place or self.places[identity]).end
        if action.limit_at is None or end <= action.limit_at:
            return 0.0
        return action.weight * (end - action.limit_at) / HOUR

    # what is changed --------------------------------------------------------------------------------------------------

    def put(self, identity: str, place: Span, because: str) -> None:
        """Move an action."""
        self._changes.append(_Change(identity, self.places[identity], self.because.get(identity)))
        self._move(identity, place)
        self.because[identity] = because

    def rank_anew(self) -> None:
        """Put the actions in the order in which they stand now, needs first."""
        self.order = self._topological()
        self.rank = {action: number for number, action in enumerate(self.order)}

    def mark(self) -> int:
        """A point to which `back_to` goes back."""
        return len(self._changes)

    def since(self, mark: int) -> dict[str, Span]:
        """What was moved since a mark, and where it stood then."""
        return {change.action: change.was for change in reversed(self._changes[mark:])}

    def back_to(self, mark: int) -> None:
        """Take back every change since a mark."""
        while len(self._changes) > mark:
            change = self._changes.pop()
            self._move(change.action, change.was)
            if change.because is None:
                self.because.pop(change.action, None)
            else:
                self.because[change.action] = change.because

    # ------------------------------------------------------------------------------------------------------------------

    def _axis(self, owner: str) -> Axis:
        working = self.people.working_time(owner)
        if working not in self._axes:
            self._axes[working] = Axis(working, self._since)
        return self._axes[working]

    def _standing(self, action: OpenAction, pinned: Mapping[str, int]) -> Span:
        working = self.people.working_time(action.owner)
        if action.id in pinned:
            return span(action, working, pinned[action.id], action.minutes)
        if action.stays and action.state not in BEGUN:
            return span(action, working, max(action.start_at, self.now), action.minutes)
        return standing(action, working, self.now)

    def _move(self, identity: str, place: Span) -> None:
        action, was = self.actions[identity], self.places[identity]
        if action.attended:
            busy = self._busy[action.owner]
            del busy[bisect_left(busy, (was.start, was.end, identity))]
        self.places[identity] = place
        self._take(identity)

    def _take(self, identity: str) -> None:
        action, place = self.actions[identity], self.places[identity]
        if action.attended:
            insort(self._busy.setdefault(action.owner, []), (place.start, place.end, identity))
            self._longest[action.owner] = max(self._longest.get(action.owner, 0), place.end - place.start)

    def _topological(self) -> list[str]:
        """Needs first; of what could come next, what begins first."""
        waiting = {action.id: len(set(action.needs)) for action in self.actions.values()}
        able = [(self.places[each].start, each) for each, count in waiting.items() if not count]
        heapq.heapify(able)
        order = []
        while able:
            _, identity = heapq.heappop(able)
            order.append(identity)
            for follower in set(self.followers[identity]):
                waiting[follower] -= 1
                if not waiting[follower]:
                    heapq.heappush(able, (self.places[follower].start, follower))
        return order

    def _reach(self, identity: str, edges: Mapping[str, Sequence[str]]) -> set[str]:
        found: set[str] = set()
        waiting = list(edges[identity])
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting += edges[each]
        return found
