"""The planner that the engine asks (engine.vocabulary.planning.Planner): which playbooks apply, and the response that
one gives.

Pure: who makes one has read the library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.storage.journal import canonical
from engine.values.errors import BadInput, Refused
from engine.values.text import clean
from engine.vocabulary.planning import Booking, Match, Remedies, ResponsePlan, Settled, Start, World
from engine.vocabulary.scheduling import OpenAction, OwnerLoad, Placing, Replan
from engine.vocabulary.stated_times import Timetabled
from playbooks.language.conditions import Case, Verdict, evaluate, specificity
from playbooks.language.instructions import fill, values_of
from playbooks.language.loaded import Library, LoadedPlaybook
from playbooks.planning.schedule import schedule
from playbooks.planning.settling import settle
from playbooks.scheduling.agenda import Agenda
from playbooks.working_time.durations import clock_minutes

_EVENTS: Final = ("severity_raised", "recurred")
"""Triggers that wait for something beside their match."""
_ANY: Final = Verdict(True, lambda: "any deviation")  # noqa: FBT003 - the value itself


class Judged(NamedTuple):
    """How one playbook stands to a deviation."""

    playbook: LoadedPlaybook
    applies: bool
    offered: bool
    """It applies by itself, not only when somebody names it."""
    specificity: int
    because: str
    cooldown: str | None
    """Of the trigger that decides."""
    repeats: bool
    """It begins at stated times: what it did once does not keep it from doing it again."""

    @property
    def order(self) -> tuple[bool, bool, int, str]:
        return not self.offered, not self.applies, -self.specificity, self.playbook.id


class PlaybookPlanner:
    """Plans responses out of a library of playbooks."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def matches(self, deviation: Mapping[str, Any], now: int) -> Sequence[Match]:
        """Every enabled playbook: those that apply by themselves first, the most specific first, then by id."""
        return [
            Match(
                each.playbook.id, each.playbook.version, each.playbook.title, each.applies, each.because, _asked(each)
            )
            for each in self._judge_all(Case(deviation, now))
        ]

    def plan(
        self,
        deviation: Mapping[str, Any],
        world: World,
        playbook: str | None = None,
        inputs: Mapping[str, object] | None = None,
    ) -> ResponsePlan:
        """The response that `playbook`, or the best that applies by itself, gives.

        Raises NotFound for an unknown playbook, Refused when it is switched off or does not apply, BadInput for inputs
        that it cannot use.
        """
        return self.planning(world).plan(deviation, playbook, inputs)

    def planning(self, world: World) -> _Planning:
        """Responses planned one after the other (engine.vocabulary.planning.Planning)."""
        return _Planning(self, world)

    def on_agenda(
        self,
        deviation: Mapping[str, Any],
        agenda: Agenda,
        playbook: str | None,
        inputs: Mapping[str, object] | None,
    ) -> ResponsePlan:
        """As `plan`, round what stands on an agenda."""
        case = Case(deviation, agenda.world.now)
        chosen = self._named(deviation, case, playbook) if playbook is not None else self._best(deviation, case)
        return self._made(chosen, deviation, agenda, inputs or {})

    def stated_on_agenda(
        self, deviation: Mapping[str, Any], agenda: Agenda, playbook: str, trigger: int
    ) -> ResponsePlan:
        """The response that a trigger at stated times gives, whatever the playbook's others say. Raises as `plan`."""
        chosen = self._named(deviation, Case(deviation, agenda.world.now), playbook, trigger)
        return self._made(chosen, deviation, agenda, {})

    def _made(
        self, chosen: Judged, deviation: Mapping[str, Any], agenda: Agenda, inputs: Mapping[str, object]
    ) -> ResponsePlan:
        loaded = chosen.playbook
        content = loaded.content
        try:
            result = schedule(content, deviation, agenda, inputs, self.library.pinned)
        except BadInput as error:
            raise BadInput(f"input {error.place} of playbook {content.id}", error.fault, error.mend) from None
        definition, sha256 = loaded.frozen(result.uses)
        return ResponsePlan(
            playbook=content.id,
            version=content.version,
            sha256=sha256,
            title=content.title,
            definition=definition,
            owner=str(deviation.get("owner") or result.actions[0].owner),
            actions=tuple(result.actions),
            warnings=tuple(result.warnings),
            close_requires=tuple(content.close.requires),
            inputs=result.inputs,
            start=_start(chosen, deviation, agenda.world),
            reversals=tuple(result.reversals),
        )

    def placings(self, responses: Iterable[Sequence[OpenAction]], world: World) -> Iterator[tuple[OpenAction, Placing]]:
        """When each action is worked on, and its slack (playbooks.scheduling.slack); it asks for no playbook."""
        from playbooks.scheduling.slack import placings

        return placings(responses, world)

    def workload(
        self, actions: Iterable[OpenAction], world: World, days: int, most: int | None = None
    ) -> Sequence[OwnerLoad]:
        """The load of each owner (playbooks.scheduling.workload); it asks for no playbook."""
        from playbooks.scheduling.workload import workload

        return workload(actions, world, days, most)

    def replan(self, actions: Sequence[OpenAction], world: World, pinned: Mapping[str, int]) -> Replan:
        """Where all open actions go (playbooks.scheduling.replanning); it asks for no playbook."""
        from playbooks.scheduling.replanning import replan

        return replan(actions, world, pinned)

    def timetable(self) -> Sequence[Timetabled]:
        """The triggers that hold at stated times, of playbooks that are switched on."""
        return [
            Timetabled(loaded.id, number, trigger.at.times, trigger.most)
            for loaded in self.library.playbooks
            for number, trigger in enumerate(loaded.content.triggers if loaded.enabled else ())
            if trigger.at is not None
        ]

    def may_be_kept_out(self, playbook: str) -> bool:
        """Whether this may be the playbook of a file with errors (playbooks.language.loaded)."""
        return self.library.may_be_kept_out(playbook)

    def holds(self, playbook: str, trigger: int, deviation: Mapping[str, Any], now: int) -> bool:
        """Whether a trigger's condition holds for a deviation. Raises NotFound for a playbook that is not at hand."""
        return judge(self.library.get(playbook), Case(deviation, now), trigger).applies

    def settle(
        self, late: Mapping[str, Any], deviation: Mapping[str, Any], values: Mapping[str, Any], now: int
    ) -> Settled:
        """What a step is once the values are known that it hangs on (playbooks.planning.settling); it asks for no
        playbook."""
        return settle(late, deviation, values, now)

    def calendar_faults(self, world: World) -> Sequence[tuple[str, str]]:
        """Owners whose calendar or absences cannot be followed (playbooks.working_time.people)."""
        from playbooks.working_time.people import People

        return People(world).faults()

    def remedies(self, known: str | None) -> Remedies | None:
        """What the playbooks state of remedies (playbooks.planning.remedies), under a stamp of their definitions."""
        from playbooks.planning.remedies import stated

        told = [[each.id, each.sha256, each.enabled] for each in self.library.playbooks]
        stamp = hashlib.sha256(canonical(told).encode()).hexdigest()
        return None if stamp == known else Remedies(stamp, stated(self.library.playbooks))

    def _judge_all(self, case: Case) -> list[Judged]:
        enabled = (loaded for loaded in self.library.playbooks if loaded.enabled)
        return sorted((judge(loaded, case) for loaded in enabled), key=lambda each: each.order)

    def _named(self, deviation: Mapping[str, Any], case: Case, playbook: str, trigger: int | None = None) -> Judged:
        loaded = self.library.get(playbook)
        if not loaded.enabled:
            raise Refused(f"playbook {loaded.id} is switched off; set enabled: true in {loaded.path.name}")
        judged = judge(loaded, case, trigger)
        if not judged.applies:
            subject = clean(str(deviation.get("id")))
            raise Refused(f"playbook {loaded.id} does not apply to {subject}: {judged.because}; choose another")
        return judged

    def _best(self, deviation: Mapping[str, Any], case: Case) -> Judged:
        judged = self._judge_all(case)
        if judged and judged[0].offered:
            return judged[0]
        named = ", ".join(each.playbook.id for each in judged if each.applies)
        mend = f"name one that can be chosen by hand: {named}" if named else "write one in playbooks/"
        subject, kind = clean(str(deviation.get("id"))), clean(str(deviation.get("kind")))
        raise Refused(f"no playbook applies to {subject} ({kind}) by itself; {mend}")


class _Planning:
    """Responses planned one after the other in one world."""

    def __init__(self, planner: PlaybookPlanner, world: World) -> None:
        self._planner, self._agenda = planner, Agenda(world)

    def plan(
        self,
        deviation: Mapping[str, Any],
        playbook: str | None = None,
        inputs: Mapping[str, object] | None = None,
    ) -> ResponsePlan:
        return self._planner.on_agenda(deviation, self._agenda, playbook, inputs)

    def plan_stated(self, deviation: Mapping[str, Any], playbook: str, trigger: int) -> ResponsePlan:
        return self._planner.stated_on_agenda(deviation, self._agenda, playbook, trigger)

    def keep(self, bookings: Iterable[Booking]) -> None:
        for booking in bookings:
            self._agenda.add(booking)


def _asked(judged: Judged) -> Sequence[Mapping[str, Any]]:
    inputs = judged.playbook.content.inputs
    return tuple(asked.question(name) for name, asked in inputs.items()) if inputs else ()


def judge(loaded: LoadedPlaybook, case: Case, only: int | None = None) -> Judged:
    """The first trigger that holds decides, or `only` one of them; where none does, the first one says why."""
    reason = ""
    triggers = loaded.content.triggers
    for trigger in triggers if only is None else triggers[only : only + 1]:
        verdict = evaluate(trigger.match, case) if trigger.match is not None else _ANY
        if trigger.on in _EVENTS and verdict.held:
            verdict = _unmet(trigger.on, case) or verdict
        if verdict.held:
            text, shadow = verdict.because, loaded.content.mode == "shadow"
            if trigger.on == "manual":
                text += "; only when chosen by name"
            if trigger.at is not None and only is None:
                text += f"; by itself only at stated times: {trigger.at.times.words()}"
            if shadow:
                text += "; in shadow mode, so it only shows what it would do"
            depth = specificity(trigger.match)
            return Judged(
                loaded,
                applies=True,
                offered=trigger.on not in ("manual", "schedule") and not shadow,
                specificity=depth,
                because=text,
                cooldown=trigger.cooldown,
                repeats=trigger.on == "schedule",
            )
        reason = reason or verdict.because
    return Judged(loaded, applies=False, offered=False, specificity=0, because=reason, cooldown=None, repeats=False)


def _unmet(event: str, case: Case) -> Verdict | None:
    """Why what a trigger waits for has not happened; None where it has."""
    if event == "severity_raised" and case.value("raised_at") is None:
        return Verdict(False, lambda: "its severity was not raised")  # noqa: FBT003 - the value itself
    if event == "recurred" and int(case.value("episode") or 1) < 2:
        return Verdict(False, lambda: "it has not come back: this is its first episode")  # noqa: FBT003
    return None


def _start(chosen: Judged, deviation: Mapping[str, Any], world: World) -> Start:
    content = chosen.playbook.content
    rule = content.concurrency
    return Start(
        shadow=content.mode == "shadow",
        repeats=chosen.repeats,
        cooldown_minutes=clock_minutes(chosen.cooldown) if chosen.cooldown is not None else 0,
        key=fill(rule.key, values_of(deviation, world.zone)) if rule is not None else None,
        on_conflict=rule.on_conflict if rule is not None else "skip",
    )
