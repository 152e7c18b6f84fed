"""What the engine asks of a planner about all open actions together: the load of their owners, and where they go next.

Values only; reading them is engine.actions.open_work, the answers are worked out by playbooks.scheduling.workload and
playbooks.scheduling.replanning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An open action of a running response, as a scheduler sees it."""

    id: str
    title: str
    owner: str
    function: str
    state: str
    start_at: int
    """Where it stands: its planned start, or the one that its owner is asked to agree to."""
    minutes: int
    """Of working time, as it was planned; of elapsed time where it is not attended."""
    due_at: int
    needs: Sequence[str] = ()
    """Open actions that have to end before it begins."""
    join: int | None = None
    """How many of these have to have ended; null: all."""
    home_at: int | None = None
    """The start to which it goes back once nothing stands in the way, where it stands elsewhere."""
    started_at: int | None = None
    waiting_until: int | None = None
    attended: bool = True
    """Whether it takes its owner's time: a message that is sent and a time that passes do not."""
    limit_at: int | None = None
    """The instant that its end should not come after, if its lateness counts at all."""
    weight: float = 1.0
    """What an hour of that lateness costs, beside others."""
    asks: bool = False
    """Somebody has accepted it, or chose its start: it moves only when they agree."""
    stays: bool = False
    """A person refused to have it moved: it stays where it is, also where that is late."""
    scope: Mapping[str, str | None] = field(default_factory=dict)
    """Party, item and site of its deviation, which say who could take it."""
    response: str = ""
    """The response that it is a part of."""


@dataclass(frozen=True, slots=True)
class Placing:
    """When an open action is worked on as things are, and what that leaves."""

    start_at: int
    end_at: int
    slack_minutes: int
    """By how much it may end later without its due time, or one behind it, being missed: of working time; negative
    where one will be missed."""
    critical: bool
    """Whether the end of its response hangs on it: it ends last, or what ends last waits for it."""


@dataclass(frozen=True, slots=True)
class DayLoad:
    """What an owner has to do on one day of the desk's zone; minutes of working time."""

    day: str
    capacity: int
    """Today only what is left of it."""
    planned: int
    """Of the work as it is planned now; more than the capacity where work overlaps."""
    due: int
    """Of what is due on this day; today also of what was due before."""
    over: int
    """What cannot be done: the work that overlaps on this day, or what is due by its end beyond the capacity until
    then."""
    actions: Sequence[str]
    """Ids of what is planned on it."""
    further_actions: int = 0
    """How many more there are than were asked for."""


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who could take an action, with the working minutes that they have free until it is due."""

    owner: str
    free: int


@dataclass(frozen=True, slots=True)
class Handover:
    """An action that would relieve its owner, and who could take it, the freest first; nobody where that is empty."""

    action: str
    title: str
    minutes: int
    takers: Sequence[Taker]


@dataclass(frozen=True, slots=True)
class OwnerLoad:
    """The load of one owner, day by day."""

    owner: str
    name: str
    known: bool
    """Whether the plan has this person; who left it may still own actions."""
    days: Sequence[DayLoad]
    handovers: Sequence[Handover]
    """Where there is more than can be done: what to hand on, the last due first."""
    further_handovers: int = 0
    """How many more there are than were asked for."""


@dataclass(frozen=True, slots=True)
class Move:
    """An open action that is to begin at another time, and why."""

    action: str
    title: str
    owner: str
    start_at: int
    end_at: int
    because: str
    """One clause, such as `bo works on A2 until Mon 2026-03-09 11:00 CET`."""
    asks: bool
    """Somebody has accepted it as it was, and has to agree."""
    home_at: int | None
    """The start to which it goes back once it can; null: this is where it belongs."""


@dataclass(frozen=True, slots=True)
class Replan:
    """Where open actions go, as things are now; what is not named stays."""

    moves: Sequence[Move]
    """In the order of their new starts."""
    notes: Sequence[str]
    """What a person should know, such as an owner who has left the plan."""
    wake_at: int | None
    """When time alone makes it worth asking again; null: never."""
