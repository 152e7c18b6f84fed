"""What the engine asks of a planner, and what a planner answers: playbooks implements it, engine never imports it.

The planner is pure: it reads what it is given and returns values. The engine alone writes responses and actions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from engine.vocabulary.scheduling import OpenAction, OwnerLoad, Placing, Replan
from engine.vocabulary.terms import Terms

if TYPE_CHECKING:
    from engine.vocabulary.stated_times import Timetabled

MANDATORY_DONE: Final = "mandatory_done"
"""The close condition under which a deviation is resolved only after every mandatory action of the response."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A person who can own actions."""

    id: str
    name: str
    functions: Sequence[str]
    sites: Sequence[str] = ()
    """Sites that the person looks after; empty: all."""
    parties: Sequence[str] = ()
    items: Sequence[str] = ()
    calendar: str | None = None
    email: str | None = None
    lead: bool = False
    """The desk lead: who gets what nobody else owns."""
    away: Sequence[tuple[str, str]] = ()
    """First and last day of each absence, ISO dates in the zone of the person's calendar."""


LEAST_MINUTES: Final = 5
"""The shortest working time that work is planned into, in minutes."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Working time in a zone: `week` maps mon..sun to ranges such as ("08:00", "16:30"); `holidays` are ISO dates."""

    id: str
    zone: str
    week: Mapping[str, Sequence[tuple[str, str]]]
    holidays: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Booking:
    """An open action that somebody has already."""

    owner: str
    action: str
    start_at: int
    """When it is planned to begin."""
    minutes: int
    """Of working time, as it was planned."""
    started_at: int | None = None
    """When it did begin."""


@dataclass(frozen=True, slots=True)
class World:
    """What the planner may know besides the deviation."""

    now: int
    zone: str
    """The desk's IANA zone: where an owner has no calendar, office hours 08:00-17:00 Monday to Friday in it."""
    owners: Sequence[Owner]
    calendars: Mapping[str, WorkingCalendar]
    bookings: Sequence[Booking] = ()
    """The open actions of everybody, in the order of their planned start."""

    @property
    def load_minutes(self) -> dict[str, int]:
        """Working minutes of open actions per owner id."""
        load: dict[str, int] = {}
        for booking in self.bookings:
            load[booking.owner] = load.get(booking.owner, 0) + booking.minutes
        return load


class Match(NamedTuple):
    """Whether a playbook applies to a deviation, and the clause that decides it."""

    playbook: str
    version: int
    title: str
    matches: bool
    because: str
    """Which clauses held, or the first that did not, with the values compared."""
    inputs: Sequence[Mapping[str, Any]] = ()
    """What it asks for when it is chosen, as engine.actions.answers reads it."""


class Remedy(NamedTuple):
    """How long a remedy takes for deviations of a kind, as a playbook that answers all of them states it."""

    kind: str
    subject_type: str
    """Of the subjects that the playbook answers; empty: of any."""
    severity: str
    """Likewise."""
    supply: bool
    """True: other goods are there so long after they are decided on. False: its mandatory work takes as long at
    least."""
    days: float
    """Elapsed days of a delivery; of work, working days."""
    source: str
    """The playbook, and what of it says so."""


class Remedies(NamedTuple):
    """What all playbooks state of remedies."""

    stamp: str
    """Another one once a playbook may say something else."""
    stated: Sequence[Remedy]


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """One step of a response, owned and dated. Needs name steps of the same response."""

    step: str
    title: str
    instructions: str
    function: str
    role: str
    owner: str
    owner_because: str
    needs: Sequence[str]
    start_at: int
    due_at: int
    due_because: str
    duration_minutes: int
    mandatory: bool
    critical: bool
    """On the chain of needs that ends last."""
    on_fail: str
    approval: Mapping[str, Any] | None
    """Who has to approve it before it may be done: `role`, `owner`, `because` (how the owner was found), and the limit
    up to which nobody is asked, `amount` in minor units of `currency`; both null: always. Null: nobody."""
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True)
class Start:
    """What may keep a response from starting beside others of its playbook (engine.commands.starting)."""

    shadow: bool = False
    """It only shows what it would do."""
    cooldown_minutes: int = 0
    """Of elapsed time, in which the playbook answers the same kind of the same subject once."""
    key: str | None = None
    """Of two running responses with one playbook and one key, the later one goes by `on_conflict`."""
    repeats: bool = False
    """It begins at stated times: that it was done before keeps it from nothing."""
    on_conflict: str = "skip"
    """skip: it does not start; queue: it begins when the other one ends; join: its deviation is added to the other
    one."""


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """A playbook made concrete for one deviation: a topological order of actions, and the frozen definition."""

    playbook: str
    version: int
    sha256: str
    title: str
    definition: str
    owner: str
    actions: Sequence[PlannedAction]
    warnings: Sequence[str] = ()
    """Such as: the last action ends after the decide-by."""
    close_requires: Sequence[str] = ()
    """What has to hold before the deviation is resolved while the response runs: MANDATORY_DONE, or nothing."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """What it was given, by name, as engine.actions.answers keeps it."""
    start: Start = Start()
    """What may keep it from starting."""
    reversals: Sequence[PlannedAction] = ()
    """Steps that take others back (`Terms.reverse`), dated as if they were asked for at once: no actions until then."""


class Planning(Protocol):
    """Responses planned one after the other in one world."""

    def plan(
        self,
        deviation: Mapping[str, Any],
        playbook: str | None = None,
        inputs: Mapping[str, object] | None = None,
    ) -> ResponsePlan:
        """As `Planner.plan`, round what was kept."""

    def plan_stated(self, deviation: Mapping[str, Any], playbook: str, trigger: int) -> ResponsePlan:
        """The response that a trigger at stated times gives, whatever the playbook's others say. Raises as `plan`."""

    def keep(self, bookings: Iterable[Booking]) -> None:
        """What is planned from now on goes round these."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a step is once the values are known that earlier steps publish (`Terms.late`)."""

    held: bool
    """Whether its condition holds; where it does not, nothing else is said."""
    because: str
    """The clauses that decide; empty where there is no condition."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Its `title` and `instructions`, of those that name such a value."""
    terms: Mapping[str, Any] = field(default_factory=dict)
    """Fields of its terms that are other than they were planned: `options`, `item`, and of `effect` what differs."""
    approval: Mapping[str, Any] = field(default_factory=dict)
    """What of its approval is other than it was planned: `amount`, in minor units; null: it always has to be
    approved."""
    note: str = ""
    """What a person should hear of it."""


class Planner(Protocol):
    """Makes responses out of playbooks. `deviation` is the contract's JSON of a deviation (docs/commands.md)."""

    def matches(self, deviation: Mapping[str, Any], now: int) -> Sequence[Match]:
        """Every enabled playbook as it stands to the deviation at `now`, those that apply first, best first."""

    def plan(
        self,
        deviation: Mapping[str, Any],
        world: World,
        playbook: str | None = None,
        inputs: Mapping[str, object] | None = None,
    ) -> ResponsePlan:
        """The response that `playbook` (or the best that applies) gives, with its `inputs` by name; writes nothing.

        Raises NotFound for an unknown playbook, Refused when none applies, BadInput for inputs that it cannot use.
        """

    def planning(self, world: World) -> Planning:
        """Responses planned one after the other in one world, which is laid out once for all of them."""

    def timetable(self) -> Sequence[Timetabled]:
        """The triggers that hold at stated times, of playbooks that are switched on."""

    def may_be_kept_out(self, playbook: str) -> bool:
        """Whether this may be the playbook of a file that cannot be used as it is now."""

    def holds(self, playbook: str, trigger: int, deviation: Mapping[str, Any], now: int) -> bool:
        """Whether a trigger's condition holds for a deviation. Raises NotFound for a playbook that is not at hand."""

    def settle(
        self, late: Mapping[str, Any], deviation: Mapping[str, Any], values: Mapping[str, Any], now: int
    ) -> Settled:
        """What a step is that was planned before `values` were known (`Terms.late`); `deviation` is as it is now.

        A value that nobody gave is not there. It asks for no playbook: the run keeps its definition.
        """

    def placings(self, responses: Iterable[Sequence[OpenAction]], world: World) -> Iterator[tuple[OpenAction, Placing]]:
        """When each action is worked on as things are, its slack, and whether its response's end hangs on it.

        Response by response, each with all its open actions: no action needs one of another response.
        """

    def workload(
        self, actions: Iterable[OpenAction], world: World, days: int, most: int | None = None
    ) -> Sequence[OwnerLoad]:
        """The load of each owner for so many days from today on, where it is too much, and who could take what.

        `most` is how many actions are named at most for each day and for each owner to hand on; null: all.
        """

    def calendar_faults(self, world: World) -> Sequence[tuple[str, str]]:
        """Owners whose calendar or absences cannot be followed, each with what is wrong and what is done instead."""

    def replan(self, actions: Sequence[OpenAction], world: World, pinned: Mapping[str, int]) -> Replan:
        """Where all open actions go as things are now; with `pinned`, starts that a person chose, what gives way to
        them.

        Raises Refused where an action cannot begin then.
        """

    def remedies(self, known: str | None) -> Remedies | None:
        """What the playbooks state of remedies; None where they are still those of the stamp `known`."""
