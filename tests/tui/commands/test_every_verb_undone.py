"""Every verb of the command table that changes a desk: undone, what people see is as before; redone, as after.

A verb without a row here fails the test; so does a command that is neither a verb nor among those that say why no undo
takes them back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from engine.desk import Desk
from engine.storage import journal
from engine.values.clock import DAY, HOUR, MINUTE, FixedClock
from engine.vocabulary.model import PlanRecord
from tests.engine.decision_support import AIR, late_motors
from tests.engine.desk_support import NOW, Steps, late, open_desk, owners, starting
from tests.engine.execution_support import Run, Written, step
from tests.engine.outbox_support import DOWN, Post, channel, desk_with_calls, give
from tui.words import verbs
from tui.words.command_table import COMMANDS

READ: Final = NOW + DAY
"""When people look, before and after every command: nothing differs for time alone."""


class Case(NamedTuple):
    """One use of a verb: a world in which it works, made in a file, and what it is given."""

    verb: str
    world: Callable[[Path], Desk]
    ids: tuple[str, ...] = ()
    options: Mapping[str, Any] = {}


# worlds ---------------------------------------------------------------------------------------------------------------


def found(path: Path) -> Desk:
    """Two deviations that nobody has taken into hand."""
    desk = open_desk(path, planner=Steps())
    late(desk, alpha=12, beta=20)
    return desk


def answered(path: Path) -> Desk:
    """D1 answered: A1 confirm, then A2 book, beside them A3 tell."""
    desk = found(path)
    desk.respond(["D1"])
    return desk


def after(world: Callable[[Path], Desk], *commands: Callable[[Desk], object]) -> Callable[[Path], Desk]:
    """A world in which some commands were given already."""

    def made(path: Path) -> Desk:
        desk = world(path)
        for command in commands:
            command(desk)
        return desk

    return made


def of_steps(*steps: Any, **more: Any) -> Callable[[Path], Desk]:
    """One answered deviation with the steps of a test."""
    return lambda path: Run(path, steps, more).desk


def together(on_conflict: str) -> Callable[[Path], Desk]:
    """Two deviations whose responses run one at a time."""

    def made(path: Path) -> Desk:
        desk = open_desk(path, planner=starting(key="ACME", on_conflict=on_conflict))
        late(desk, alpha=12, beta=20)
        return desk

    return made


def deciding(path: Path) -> Desk:
    """A decision A1 between options, of which one asks for a step."""
    return late_motors(path, AIR)[0]


def reversible(path: Path) -> Desk:
    """A1 is done, and a step takes it back."""
    steps = [step("book", reverse="unbook"), step("tell", "book")]
    desk = open_desk(path, planner=Written(steps, reversals=[step("unbook")]))
    desk.respond(late(desk, alpha=12))
    desk.done(["A1"])
    return desk


def planned(path: Path) -> Desk:
    """bo has accepted A1 for a day on which he is away: a move is proposed; A2 waits for it."""
    desk = open_desk(path, planner=Steps())
    owners(desk, "bo", "chen", "dora")
    desk.respond(late(desk, alpha=12))
    desk.tick()
    desk.ack(["A1"])
    absence = PlanRecord("absence", {"owner": "bo", "first_day": "2026-03-09"}, None)
    desk.load([absence], kind="absence", scope="absence", file="absences.csv", accept_removal=True)
    return desk


def slipped(path: Path) -> Desk:
    """A1 takes longer, and nothing was planned anew since."""
    desk = answered(path)
    desk.tick()
    at(desk, 2 * HOUR)
    desk.start(["A1"])
    at(desk, 0)
    return desk


def in_doubt(path: Path) -> Desk:
    """H1 may have arrived: its feeder ended while it was sent."""
    desk = desk_with_calls(path)
    post = Post(desk, [channel(wait=0, interval=1, once=True)])
    give(desk, 1, "A1")
    desk.hand_off(post.channels, post.routes)
    assert desk.begin_delivery("c1") is not None
    assert desk.begin_handoffs(post.channels) == 1
    return desk


def undelivered(path: Path) -> Desk:
    """H1 failed, and its channel is gone."""
    desk = desk_with_calls(path)
    post = Post(desk, [channel(wait=0)])
    post.failing["c1"] = DOWN
    give(desk, 1, "A1")
    post.at(1)
    desk.begin_handoffs([channel("other")])
    return desk


def called(path: Path) -> Desk:
    """A1 calls another system, and whether it did is in doubt."""
    desk = Run(path, [step("order", kind="http", effect={"channel": "erp", "body": {}}, side_effect="once")]).desk
    desk.begin_effect("A1")
    desk.recover_effects()
    return desk


APPROVAL = {"role": "lead-buyer", "owner": "lea", "because": "the only one", "amount": None, "currency": None}
WHY: Final[dict[str, Any]] = {"reason": "agreed"}

CASES: Final = (
    Case("ack", found, ("D1", "D2")),
    Case("ack", found, ("D1",), {"to": "bo"}),
    Case("ack", answered, ("A1",)),
    Case("ack", answered, ("A1", "D2"), {"to": "dora"}),
    Case("assign", found, ("D1", "D2"), {"to": "chen"}),
    Case("assign", answered, ("A1", "A2", "D1"), {"to": "chen"}),
    Case("respond", found, ("D1",)),
    Case("respond", found, ("D1", "D2")),
    Case("respond", after(answered, lambda desk: desk.start(["A1"])), ("D1",), {"playbook": "reroute"}),
    Case("respond", after(found, lambda desk: desk.ack(["D2"], to="bo")), ("D1", "D2")),
    Case("respond", together("join"), ("D1", "D2")),
    Case("respond", after(together("join"), lambda desk: desk.respond(["D1"])), ("D2",), {"inputs": {"days": 3}}),
    Case("respond", after(together("queue"), lambda desk: desk.respond(["D1"])), ("D2",), {"inputs": {"days": 3}}),
    Case("cancel", after(together("queue"), lambda desk: desk.respond(["D1", "D2"])), ("R1",), WHY),
    Case("start", after(together("join"), lambda desk: desk.respond(["D1", "D2"])), ("A1",)),
    Case("start", answered, ("A1", "A3")),
    Case("start", after(answered, lambda desk: desk.fail(["A3"], **WHY)), ("A1",)),
    Case("wait", after(answered, lambda desk: desk.start(["A1"])), ("A1",), {**WHY, "until": NOW + 2 * DAY}),
    Case("done", answered, ("A1",)),
    Case("done", answered, ("A1", "A2", "A3"), WHY),
    Case("done", of_steps(step("call")), ("A1",), {"cost": "120", "currency": "EUR"}),
    Case("done", of_steps(step("call"), step("note", "call", kind="set"), step("tell", "note")), ("A1",)),
    Case(
        "done",
        of_steps(step("call"), step("pause", "call", kind="wait", effect={"minutes": 600}), step("tell", "pause")),
        ("A1",),
    ),
    Case("approve", of_steps(step("book", approval=APPROVAL)), ("A1",), WHY),
    Case("approve", of_steps(step("note", kind="set", approval=APPROVAL), step("tell", "note")), ("A1",)),
    Case("decide", deciding, ("A1",), {**WHY, "option": "air"}),
    Case("decide", deciding, ("A1",), {**WHY, "option": "nothing"}),
    Case("fail", answered, ("A1",), WHY),
    Case("fail", of_steps(step("call"), step("book", "call", on_fail="abort")), ("A1",), WHY),
    Case("fail", of_steps(step("call"), step("book", "call", on_fail="continue")), ("A1",), WHY),
    Case("skip", answered, ("A1", "A3"), WHY),
    Case("cancel", answered, ("A2",), WHY),
    Case("cancel", answered, ("A1", "A2", "A3"), WHY),
    Case("cancel", answered, ("R1",), WHY),
    Case("cancel", after(answered, lambda desk: desk.start(["A1"])), ("R1",), WHY),
    Case("block", answered, ("A1",), WHY),
    Case("snooze", found, ("D1", "D2"), {**WHY, "until": NOW + 2 * DAY}),
    Case("dismiss", found, ("D1", "D2"), {**WHY, "category": "noise"}),
    Case("dismiss", answered, ("D1",), WHY),
    Case("silence add", found, (), {**WHY, "where": ["party=ACME"], "until": NOW + 2 * DAY}),
    Case("silence add", found, (), {**WHY, "where": ["party=ACME"], "from_at": NOW + 2 * DAY, "until": NOW + 3 * DAY}),
    Case(
        "silence change",
        after(found, lambda desk: desk.silence(["party=ACME"], **WHY)),
        ("L1",),
        {**WHY, "until": NOW + 2 * HOUR},
    ),
    Case(
        "silence change",
        after(found, lambda desk: desk.silence(["party=ACME"], from_at=NOW + 2 * DAY, until=NOW + 3 * DAY, **WHY)),
        ("L1",),
        {"from_at": NOW + HOUR},
    ),
    Case("silence end", after(found, lambda desk: desk.silence(["party=ACME"], **WHY)), ("L1",), WHY),
    Case(
        "silence end",
        after(found, lambda desk: desk.silence(["party=ACME"], from_at=NOW + 2 * DAY, until=NOW + 3 * DAY, **WHY)),
        ("L1",),
    ),
    Case("handoffs confirm", in_doubt, ("H1",), WHY),
    Case("handoffs resend", in_doubt, ("H1",), WHY),
    Case("handoffs resend", undelivered, ("H1",), WHY),
    Case("merge", found, ("D1",), {**WHY, "into": "D2"}),
    Case("merge", answered, ("D1",), {**WHY, "into": "D2"}),
    Case("resolve", found, ("D1", "D2"), {**WHY, "outcome": "came in time", "cost": "80"}),
    Case("resolve", after(answered, lambda desk: desk.start(["A1"])), ("D1",), WHY),
    Case("contain", found, ("D1", "D2"), WHY),
    Case("contain", answered, ("D1",)),
    Case("close", after(found, lambda desk: desk.resolve(["D1"], **WHY)), ("D1",), WHY),
    Case("reverse", reversible, ("A1",), WHY),
    Case("reverse", after(reversible, lambda desk: desk.done(["A2"])), ("A1",), WHY),
    Case("reopen", after(found, lambda desk: desk.resolve(["D1"], **WHY, outcome="well", cost="80")), ("D1",), WHY),
    Case("reopen", after(found, lambda desk: desk.dismiss(["D1"], **WHY)), ("D1",), WHY),
    Case("reopen", after(answered, lambda desk: desk.done(["A1"])), ("A1",), WHY),
    Case("reopen", after(answered, lambda desk: desk.done(["A1", "A2", "A3"])), ("A2",), WHY),
    Case("reopen", after(answered, lambda desk: desk.fail(["A1"], **WHY)), ("A1",), WHY),
    Case("reopen", after(answered, lambda desk: desk.block(["A1"], **WHY)), ("A1",), WHY),
    Case("reopen", called, ("A1",), WHY),
    Case("reopen", after(deciding, lambda desk: desk.decide(["A1"], option="air", **WHY)), ("A1",), WHY),
    Case("comment", answered, ("D1", "A1", "R1"), {"text": "called"}),
    Case("reschedule", answered, ("A1",), {"start_at": NOW + 5 * HOUR}),
    Case("agree", after(planned, lambda desk: desk.tick()), ("A1",)),
    Case("keep", after(planned, lambda desk: desk.tick()), ("A1",), WHY),
    Case("keep", answered, ("A1", "A2")),
    Case("replan", planned),
    Case("replan", slipped),
)
TAKES_BACK: Final = frozenset({"undo", "redo"})
NO_COMMAND_OF_A_PERSON: Final = {
    "load": "the plan is another system's: what a wrong load did is mended by loading what is right",
    "ingest": "signals are never edited nor deleted: what was wrong is withdrawn by its source",
    "watch": "the feeder takes what sources say",
    "tick": "what time makes due is due again",
    "quarantine": "a held record is taken as if it had come now",
    "tolerance": "offplan.toml says what counts: another rule, or none, is written there",
    "map": "writes offplan.toml, which its owner edits",
    "init": "makes a workspace, and changes nothing that is there",
    "backup": "writes a copy beside the desk",
    "demo": "opens a copy of its own",
    "": "opens the desk, whose commands are the verbs",
}
"""Commands that write something, and the sentence why no undo takes them back."""
READS: Final = ("show", "explain", "playbook", "report", "check", "channels")
"""First words of commands that only ask, beside the lists."""


# what people see ------------------------------------------------------------------------------------------------------


def at(desk: Desk, after_now: int) -> None:
    assert isinstance(desk.clock, FixedClock)
    desk.clock.set(NOW + after_now)


def seen(desk: Desk) -> dict[str, Any]:
    """Everything that lists and pages show, by id, without histories and versions, which only ever grow."""
    assert isinstance(desk.clock, FixedClock)
    present = desk.clock.now()
    desk.clock.set(READ)
    ids = [
        item["id"]
        for page in (desk.deviations, desk.responses, desk.actions, desk.silences, desk.handoffs, desk.signals)
        for item in page(all=True).items
    ]
    shown: dict[str, Any] = {identity: _timeless(desk.show(identity)) for identity in ids}
    shown["queue"] = [item["id"] for item in desk.deviations().items]
    shown["suppressed"] = desk.suppressed()
    shown["sources"] = _timeless(desk.sources(all=True).items)
    shown["quarantine"] = _timeless(desk.quarantine(all=True).items)
    shown["timeline"] = _timeless(desk.timeline_rows([number for number, *_ in desk.timeline()]))
    shown["load"] = desk.owner_load()
    desk.clock.set(present)
    return shown


def ticked(desk: Desk) -> dict[str, Any]:
    """What people see once everything that is due by itself was done."""
    desk.tick()
    return seen(desk)


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(each) for name, each in value.items() if name not in ("history", "version")}
    return [_timeless(each) for each in value] if isinstance(value, list) else value


def _without(value: Any, made: frozenset[str]) -> Any:
    """What is shown, less what a command made: it cannot be deleted, since the journal tells of it."""
    if isinstance(value, dict):
        return {name: _without(each, made) for name, each in value.items() if name not in made}
    if isinstance(value, list):
        kept = (each for each in value if (each.get("id") if isinstance(each, dict) else each) not in made)
        return [_without(each, made) for each in kept]
    return value


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.verb} {case.ids}")
def test_a_verb_is_undone_and_done_again(tmp_path: Path, case: Case) -> None:
    desk = case.world(tmp_path / "desk.db")
    before = seen(desk)
    at(desk, 10 * MINUTE)
    verbs.carry_out(desk, case.verb, case.ids, case.options, {})
    done = seen(desk)
    assert done != before or case.verb == "comment", "a case that changes nothing shows nothing"
    made = frozenset(done.keys() - before.keys())
    for minutes in (20, 40):
        at(desk, minutes * MINUTE)
        desk.undo()
        undone = seen(desk)
        assert {undone[name]["state"] for name in made} <= {"cancelled", "expired"}
        assert _without(undone, made) == before
        at(desk, (minutes + 10) * MINUTE)
        desk.redo()
        assert seen(desk) == done
    assert journal.verify(desk.store.connection) is None
    desk.store.close()


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.verb != "replan"], ids=lambda case: f"{case.verb} {case.ids}"
)
def test_it_is_also_where_rules_and_detection_have_looked_in_between(tmp_path: Path, case: Case) -> None:
    """All but a planning anew, which leaves nothing to do once rules have planned."""
    desk = case.world(tmp_path / "desk.db")
    before = ticked(desk)
    verbs.carry_out(desk, case.verb, case.ids, case.options, {})
    done = ticked(desk)
    desk.undo()
    assert _without(ticked(desk), frozenset(done.keys() - before.keys())) == before
    desk.redo()
    assert ticked(desk) == done
    desk.store.close()


def test_every_verb_has_a_case() -> None:
    table = {command.words for command in COMMANDS.values() if command.handler.startswith("acts:")}
    assert table - TAKES_BACK == {case.verb for case in CASES}


def test_every_command_of_the_desk_is_a_verb() -> None:
    methods = {
        name
        for base in Desk.__mro__
        for name, method in vars(base).items()
        if not name.startswith("_") and getattr(method, "__annotations__", {}).get("return") == "Outcome"
    }
    assert methods - TAKES_BACK == {verbs.method_of(case.verb) for case in CASES}


def test_every_other_command_that_writes_says_why_it_has_no_undo() -> None:
    others = {words for words, command in COMMANDS.items() if not command.handler.startswith(("acts:", "lists:"))}
    assert {words for words in others if words.split(" ")[0] not in READS} == set(NO_COMMAND_OF_A_PERSON)
