"""Where all open actions go as things are now: what cannot stay is shifted, what is late is pulled, the rest stays.

The objective is the weighted lateness against the limits of the actions (engine.actions.open_work), then as little
moved as can be; everything is placed at the first possible time, which keeps the end of it all early. Nothing moves
twice for the same cause: replanning what was replanned changes nothing, and what was moved goes back when its cause is
gone. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from engine.values.errors import Refused
from engine.values.zones import local_time
from engine.vocabulary.planning import World
from engine.vocabulary.scheduling import Move, OpenAction, Replan
from playbooks.scheduling.draft import GRACE, Draft
from playbooks.scheduling.pulling import pull
from playbooks.scheduling.repair import bring_home, repair
from playbooks.working_time.standing import BEGUN

_ROUNDS: Final = 10


def replan(actions: Sequence[OpenAction], world: World, pinned: Mapping[str, int] | None = None) -> Replan:
    """The moves that make the schedule possible again, and less late where that can be had.

    With `pinned`, starts that a person chose by action, only what has to give way to these moves. Raises Refused where
    an action cannot begin then.
    """
    draft = Draft(actions, world, pinned or {})
    for identity in pinned or ():
        _refuse_impossible(draft, identity)
    repair(draft)
    if not pinned:
        for _ in range(_ROUNDS):
            # Either may make room for the other; both only ever make it less late, or bring something home. What is
            # tried depends on what begins first: only a round that starts from this very schedule says that nothing is
            # left.
            draft.rank_anew()
            came_home = bring_home(draft)
            if not pull(draft) and not came_home:
                break
    for identity, start in (pinned or {}).items():
        draft.because[identity] = "a person chose this start"
        draft.home[identity] = start
    return Replan(_moves(draft), _notes(draft, world), _wake(draft))


def _moves(draft: Draft) -> list[Move]:
    found = []
    for identity, place in draft.places.items():
        action = draft.actions[identity]
        if identity in draft.because and place.start != action.start_at:
            home = draft.home[identity]
            found.append(
                Move(
                    identity, action.title, action.owner, place.start, place.end,
                    draft.because[identity], action.asks, None if place.start == home else home,
                )
            )  # fmt: skip
    return sorted(found, key=lambda move: (move.start_at, draft.rank[move.action]))


def _refuse_impossible(draft: Draft, identity: str) -> None:
    action, place = draft.actions[identity], draft.places[identity]
    if action.state in BEGUN:
        raise Refused(f"{identity} is {action.state}: what has begun has no other start")
    ready = draft.needs_end(identity)
    if ready > place.start:
        need = draft.actions[draft.last_need(identity)]
        raise Refused(
            f"{identity} needs {need.id} {need.title}, which ends {local_time(ready, draft.zone)};"
            " choose a start after that"
        )
    held = [other for other in draft.clashes(identity, place) if other in draft.fixed]
    if held:
        other = max(held, key=lambda each: draft.places[each].end)
        until = local_time(draft.places[other].end, draft.zone)
        raise Refused(
            f"{action.owner} has {other} {draft.actions[other].title} until {until}; choose a start after that"
        )


def _notes(draft: Draft, world: World) -> list[str]:
    """Warnings of calendars, and whose work nobody does any more."""
    notes = list(draft.people.warnings)
    gone: dict[str, list[str]] = {}
    for action in draft.actions.values():
        if world.owners and draft.people.find(action.owner) is None:
            gone.setdefault(action.owner, []).append(action.id)
    for owner, identities in sorted(gone.items()):
        named = ", ".join(identities[:5]) + (" and more" if len(identities) > 5 else "")
        notes.append(f"{owner} is not in the plan and owns {named}; assign them: report load says who has the time")
    return notes


def _wake(draft: Draft) -> int | None:
    """When the first action will have slipped, or begun work will have taken longer than is thought now."""
    ends = [
        place.end + GRACE
        if draft.actions[identity].state in BEGUN
        else place.start + max(GRACE, (place.start - draft.home[identity]) // 2)
        for identity, place in draft.places.items()
        if draft.actions[identity].state in BEGUN or not draft.actions[identity].stays
    ]
    return min((end for end in ends if end > draft.now), default=None)
