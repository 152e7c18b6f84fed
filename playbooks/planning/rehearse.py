"""Running the tests inside a playbook: plan what each describes, at its own time, and say what came out otherwise.

Nothing is read but the playbook: no desk, no clock, no other playbook. So a test says the same wherever it runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.values.clock import iso, moment_of, parse_instant
from engine.values.errors import OffplanError
from engine.values.zones import zone_of
from engine.vocabulary.planning import Booking, Owner, World
from playbooks.language.conditions import Case
from playbooks.language.fields import nested
from playbooks.language.findings import At
from playbooks.planning.planner import judge
from playbooks.planning.schedule import Schedule, schedule
from playbooks.scheduling.agenda import Agenda
from playbooks.working_time.durations import working_minutes

if TYPE_CHECKING:
    from playbooks.language.loaded import Library, LoadedPlaybook
    from playbooks.language.rehearsals import Expect, Rehearsal


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a test expects and that did not come out; the place is that of the expectation."""

    playbook: str
    path: str
    line: int
    column: int
    test: str
    what: str
    """Such as `matches`, `steps`, `owner of confirm`, `due time of confirm`, `warnings`."""
    expected: str
    found: str

    def __str__(self) -> str:
        place = f"{self.path}, line {self.line}, column {self.column}"
        return f"{place}: {self.test}: {self.what}: expected {self.expected}; found {self.found}"


def rehearse(loaded: LoadedPlaybook, library: Library) -> list[Difference]:
    """Run every test of a playbook, also of one that is switched off; `library` has the playbooks inside it."""
    differences = []
    for number, test in enumerate(loaded.content.tests):
        for at, what, expected, found in _differing(loaded, test, library):
            line, column = loaded.place(("tests", number, "expect", *at))
            path = str(loaded.path)
            differences.append(Difference(loaded.id, path, line, column, test.name, what, expected, found))
    return differences


def _differing(loaded: LoadedPlaybook, test: Rehearsal, library: Library) -> Iterator[tuple[At, str, str, str]]:
    world, deviation = _world(test), _deviation(test)
    judged = judge(loaded, Case(deviation, world.now))
    if judged.applies != test.expect.matches:
        found = "it applies" if judged.applies else "it does not apply"
        yield ("matches",), "matches", str(test.expect.matches).lower(), f"{found}: {judged.because}"
        return
    found_next = _next(loaded, test)
    if test.expect.next is not None and parse_instant(test.expect.next, "next") != found_next:
        yield ("next",), "next", test.expect.next, "never" if found_next is None else iso(found_next)
    if judged.applies:
        try:
            plan = schedule(loaded.content, deviation, Agenda(world), test.inputs, library.pinned, test.published)
        except OffplanError as error:
            yield (), "plan", "a response", str(error)
        else:
            yield from _plan_differences(test.expect, plan)


def _next(loaded: LoadedPlaybook, test: Rehearsal) -> int | None:
    """When a playbook begins by itself at a stated time, the first after the test's."""
    now = parse_instant(test.now, "now")
    times = [trigger.at.times for trigger in loaded.content.triggers if trigger.at is not None]
    return min((each.after(now, test.zone) for each in times), default=None)


def _plan_differences(expected: Expect, plan: Schedule) -> Iterator[tuple[At, str, str, str]]:
    actions = {action.step: action for action in plan.actions}
    if expected.steps is not None and expected.steps != list(actions):
        yield ("steps",), "steps", ", ".join(expected.steps), ", ".join(actions)
    for step, owner in (expected.owners or {}).items():
        action = actions.get(step)
        if action is None:
            yield ("owners", step), f"owner of {step}", owner, "the step is left out"
        elif action.owner != owner:
            yield ("owners", step), f"owner of {step}", owner, f"{action.owner} ({action.owner_because})"
    for step, due in (expected.due or {}).items():
        action, instant = actions.get(step), parse_instant(due, "due")
        if action is None:
            yield ("due", step), f"due time of {step}", iso(instant), "the step is left out"
        elif action.due_at != instant:
            found = f"{iso(action.due_at)} ({action.due_because})"
            yield ("due", step), f"due time of {step}", iso(instant), found
    for step, approver in (expected.approvals or {}).items():
        approval = actions[step].approval if step in actions else None
        if (approval or {}).get("owner") != approver:
            found = f"{approval['owner']} ({approval['because']})" if approval else "nobody"
            yield ("approvals", step), f"approval of {step}", approver, found
    for step, chain in (expected.escalations or {}).items():
        people = [each.owner for each in actions[step].terms.escalations] if step in actions else []
        if people != chain:
            yield ("escalations", step), f"escalations of {step}", ", ".join(chain), ", ".join(people) or "nobody"
    if expected.warnings is not None and not _all_said(expected.warnings, list(plan.warnings)):
        yield ("warnings",), "warnings", _listed(expected.warnings), _listed(list(plan.warnings))


def _all_said(parts: list[str], warnings: list[str]) -> bool:
    return len(parts) == len(warnings) and all(part in said for part, said in zip(parts, warnings, strict=True))


def _listed(texts: list[str]) -> str:
    return "; ".join(texts) or "none"


def _deviation(test: Rehearsal) -> dict[str, Any]:
    """The contract's JSON of the test's deviation, which opened at the test's time unless the test says when."""
    return {
        **nested({"id": "D1", "opened_at": test.now, **test.deviation}),
        "customers": list(test.customers),
        "consequences": list(test.consequences),
    }


def _world(test: Rehearsal) -> World:
    now = parse_instant(test.now, "now")
    today = moment_of(now).astimezone(zone_of(test.zone)).date().isoformat()
    owners = [
        Owner(
            each.id,
            each.id,
            each.functions,
            each.sites,
            each.parties,
            each.items,
            lead=each.lead,
            away=[(today, today)] if each.away else (),
        )
        for each in test.people
    ]
    busy = [
        Booking(each.id, "what is booked already", now, working_minutes(each.busy))
        for each in test.people
        if each.busy is not None
    ]
    return World(now, test.zone, owners, {}, busy)
