"""Escalation, timers and runs: the numbered cases 52 to 58, 64 and 90.

54 and 55 are about the chain itself here. In tests/playbooks/test_peers.py 54 is about when its owner's work begins;
with a tolerance that counts, 55 is about a candidate, which nobody can answer. 61 and 62 are in test_unfolding.py
there; 66 is in test_effects.py, and in tests/connectors/outbox/test_delivery.py with processes that are killed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.commands import firing
from engine.deviations.command_context import CommandContext
from engine.storage.journal import SYSTEM
from engine.values.clock import DAY, MINUTE, parse_instant
from engine.values.errors import Refused
from engine.vocabulary.model import PlanRecord
from engine.vocabulary.terms import Above, Between, Escalation
from tests.engine.desk_support import NOW, eta, open_desk, take
from tests.engine.execution_support import Run, Written, chain, step
from tests.engine.peers.story import Story


def people(run: Run, *names: str) -> None:
    records = [PlanRecord("owner", {"id": name, "name": name, "functions": ["procurement"]}, None) for name in names]
    run.desk.load(records, kind="owner", scope="owner", file="owners.csv", accept_removal=True)


def owner(run: Run) -> str:
    return str(run.actions()["call"]["owner"])


def test_52_a_run_keeps_its_chain_and_who_is_gone_is_passed_over_aloud(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", ack_within_minutes=60, escalations=chain("quinn", fallback="fay"))])
    people(run, "bo", "quinn", "fay", "sam")
    run.at(30)
    people(run, "bo", "fay", "sam")
    assert owner(run.at(59)) == "bo"
    assert owner(run.at(60)) == "fay"
    history = run.desk.show("A1")["history"]
    assert history[-1]["actor"] == SYSTEM
    assert history[-1]["reason"] == (
        "bo did not accept it in time; in place of quinn, who is no owner of the plan any more"
    )
    assert run.actions()["call"]["owner_because"] == "in place of quinn, who is no owner of the plan any more"


def test_52_without_anybody_in_that_place_it_stays_where_it_is_and_says_so(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", escalations=chain("quinn", "rob"))])
    people(run, "bo", "rob")
    assert owner(run.at(60)) == "bo"
    said = [entry["reason"] for entry in run.desk.show("A1")["history"] if entry["action"] == "escalate"]
    assert said == ["bo did not accept it in time; quinn is no owner of the plan any more, and nobody is in that place"]
    assert owner(run.at(120)) == "rob"


def test_53_a_chain_goes_on_in_its_order(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", escalations=chain("p", "q", "s"))])
    asked = [owner(run.at(minutes)) for minutes in (59, 60, 119, 120, 179, 180)]
    assert asked == ["bo", "p", "p", "q", "q", "s"]
    assert run.told("call", "escalate") == [("escalate", 60), ("escalate", 120), ("escalate", 180)]


def test_55_with_too_few_signals_nobody_can_answer_and_with_enough_it_goes_on(
    story: Callable[..., Story], tmp_path: Path
) -> None:
    desk = story(breaches=4, within_hours=300 / 3600)
    here = open_desk(tmp_path / "desk0.db", clock=desk.clock, planner=Written([step("call")]))
    for at in (10, 50, 100):
        desk.at(at).late(days=5 + at)
    assert desk.at(199).states() == ["candidate"]
    with pytest.raises(Refused, match="D1 is candidate"):
        here.respond(["D1"])
    desk.at(200).late(days=6)
    assert desk.states() == ["open"]
    here.respond(["D1"])
    assert here.responses().total == 1


def test_56_at_its_end_an_entry_says_exhausted_once(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", ack_within_minutes=30, escalations=chain(*["p", "bo"] * 2, "p"))])
    for minutes in range(0, 24 * 60, 10):
        run.at(minutes)
    assert run.told("call", "escalate", "exhausted")[-3:] == [("escalate", 240), ("escalate", 300), ("exhausted", 330)]
    assert len(run.told("call", "escalate")) == 5
    assert (owner(run), run.state("call")) == ("p", "ready")


def test_56_without_a_chain_the_time_to_accept_ends_with_the_same_entry(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", ack_within_minutes=30)]).at(29)
    assert run.told("call", "exhausted") == []
    assert run.at(30).at(500).told("call", "exhausted") == [("exhausted", 30)]


@pytest.mark.parametrize("how", ["ack", "assign", "start", "done", "skip"])
def test_who_takes_it_stops_the_chain(tmp_path: Path, how: str) -> None:
    run = Run(tmp_path / "desk.db", [step("call", escalations=chain("p", "q")), step("book")]).at(59)
    options = {"assign": {"to": "zoe"}, "skip": {"reason": "not needed"}}.get(how, {})
    getattr(run.desk, how)(["A1"], **options)
    run.at(10_000)
    assert run.told("call", "escalate", "exhausted") == []
    assert owner(run) == ("zoe" if how == "assign" else "bo")


def test_the_chain_counts_from_when_it_is_ready_and_begins_again_after_an_undo(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("first"), step("call", "first", escalations=chain("p"))]).at(100)
    run.desk.done(["A1"])
    assert owner(run.at(159)) == "bo"
    run.desk.ack(["A2"])
    run.at(500)
    run.desk.undo()
    assert run.told("call", "escalate") == []
    assert owner(run.at(500)) == "p", "it was ready at 100, and nobody has accepted it since"


def test_57_a_timer_that_was_armed_anew_fires_once_at_its_new_time(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call")])
    run.desk.start(["A1"])
    run.desk.wait(["A1"], reason="ACME", until=NOW + 60 * MINUTE)
    first = run.desk.store.connection.execute("SELECT id, generation FROM timer WHERE kind = 'wait'").fetchone()
    run.at(30)
    run.desk.start(["A1"])
    run.desk.wait(["A1"], reason="ACME", until=NOW + 90 * MINUTE)
    run.at(60)
    assert run.told("call", "wait_over") == []
    with run.desk._writing(SYSTEM) as transaction:
        assert not firing.fire(CommandContext(*transaction, actor=SYSTEM, expect={}), *first)
    assert run.at(90).at(95).told("call", "wait_over") == [("wait_over", 90)]


def test_58_of_two_who_hold_the_same_reminder_one_fires_it(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call")])
    run.clock.set(NOW + 480 * MINUTE)
    held = run.desk.store.connection.execute("SELECT id, generation FROM timer WHERE kind = 'overdue'").fetchone()
    fired = []
    for desk in (run.desk, run.as_("system")):
        with desk._writing(SYSTEM) as transaction:
            fired.append(firing.fire(CommandContext(*transaction, actor=SYSTEM, expect={}), *held))
    assert fired == [True, False]
    assert run.told("call", "overdue") == [("overdue", 480)]


def test_64_with_join_a_step_is_ready_once_when_enough_are_done(tmp_path: Path) -> None:
    steps = [step("a"), step("b"), step("c"), step("go", "a", "b", "c", join=2)]
    run = Run(tmp_path / "desk.db", steps).at(10)
    run.desk.done(["A1"])
    assert run.state("go") == "blocked"
    run.at(20).desk.done(["A2"])
    assert run.state("go") == "ready"
    run.at(25).desk.fail(["A3"], reason="no ship")
    assert run.state("go") == "ready"
    assert run.told("go", "needs_done", "block") == [("needs_done", 20)]


def test_64_with_join_one_that_cannot_be_reached_any_more_goes_by_on_fail(tmp_path: Path) -> None:
    for on_fail, expected in (("block", "blocked"), ("continue", "ready"), ("abort", "cancelled")):
        steps = [step("a"), step("b"), step("c"), step("go", "a", "b", "c", join=2, on_fail=on_fail)]
        run = Run(tmp_path / f"{on_fail}.db", steps)
        run.desk.skip(["A1"], reason="no")
        assert run.state("go") == "blocked", "two are left, and two are enough"
        run.desk.skip(["A2"], reason="no")
        assert run.state("go") == expected


@pytest.mark.parametrize(("on_fail", "expected"), [("block", "blocked"), ("continue", "ready"), ("abort", "cancelled")])
def test_90_a_need_that_was_skipped_goes_by_on_fail(tmp_path: Path, on_fail: str, expected: str) -> None:
    run = Run(tmp_path / "desk.db", [step("a"), step("b", "a", on_fail=on_fail), step("c")]).at(10)
    outcome = run.desk.skip(["A1"], reason="not needed")
    assert run.state("b") == expected
    if on_fail == "block":
        assert outcome.notes == ("A2 b it stays blocked: it needs A1; skip or cancel it",)
    assert run.state("c") == ("cancelled" if on_fail == "abort" else "ready")
    assert run.desk.show("R1")["state"] == ("cancelled" if on_fail == "abort" else "running")


BERLIN_NIGHT = Between("22:00", "06:00", "Europe/Berlin")


@pytest.mark.parametrize(
    ("reached", "goes"),
    [
        ("2026-03-10T20:59:00Z", "2026-03-10T21:00:00Z"),
        ("2026-03-10T22:30:00Z", "2026-03-10T22:30:00Z"),
        ("2026-03-11T04:59:00Z", "2026-03-11T04:59:00Z"),
        ("2026-03-11T05:00:00Z", "2026-03-11T21:00:00Z"),
    ],
    ids=["21:59", "23:30", "05:59", "06:00"],
)
def test_54a_only_between_times_of_a_zone(tmp_path: Path, reached: str, goes: str) -> None:
    minutes = [(parse_instant(text, "test") - NOW) // MINUTE for text in (reached, goes)]
    escalations = (Escalation(minutes[0], "p", "p is next", between=BERLIN_NIGHT), *chain("q"))
    run = Run(tmp_path / "desk.db", [step("call", escalations=escalations)])
    assert owner(run.at(minutes[0] - 1)) == "bo"
    if minutes[0] < minutes[1]:
        assert owner(run.at(minutes[0]).at(minutes[1] - 1)) == "bo"
    assert owner(run.at(minutes[1]).at(minutes[1] + 59)) == "p"
    assert run.told("call", "escalate", "hold") == [("escalate", minutes[1])]
    assert owner(run.at(minutes[1] + 60)) == "q", "the next one is asked an hour after that"


@pytest.mark.parametrize(
    ("day", "opens"),
    [("2026-03-29", "2026-03-29T01:00:00Z"), ("2026-10-25", "2026-10-25T00:30:00Z")],
    ids=["gap", "overlap"],
)
@pytest.mark.parametrize("end", ["02:31", "06:00"])
def test_54b_a_time_that_the_clock_skips_or_has_twice_comes_once(
    tmp_path: Path, day: str, opens: str, end: str
) -> None:
    eve, at = (parse_instant(text, "test") for text in (f"{day}T00:00:00Z", opens))
    window = Between("02:30", end, "Europe/Berlin")
    run = Run(tmp_path / "desk.db", [step("call", escalations=(Escalation(1, "p", "p is next", between=window),))])
    # It becomes ready anew that night.
    run.desk.fail(["A1"], reason="engaged")
    run.clock.set(eve)
    run.desk.reopen(["A1"], reason="again")
    for minute in range(0, 181, 15):
        run.at((eve - NOW) // MINUTE + minute)
    assert run.told("call", "escalate") == [("escalate", (at - NOW) // MINUTE)]


def test_54c_a_zone_that_this_machine_does_not_know_is_utc_and_is_found(tmp_path: Path) -> None:
    window = Between("09:00", "10:00", "Mars/Olympus")
    run = Run(tmp_path / "desk.db", [step("call", escalations=(Escalation(1, "p", "p is next", between=window),))])
    assert owner(run.at(59)) == "bo"
    (found,) = [each["fault"] for each in run.desk.check() if each["place"] == "zone Mars/Olympus"]
    assert found == "it is the zone of A1, and this machine does not know it: UTC is taken for it"
    assert owner(run.at(60)) == "p"


def test_55_only_above_so_many_signals_in_so_long_it_is_held_and_goes_on(tmp_path: Path) -> None:
    escalations = (Escalation(1, "p", "p is next", above=Above(3, 5)), *chain("q"))
    run = Run(tmp_path / "desk.db", [step("call", escalations=escalations)]).at(1)
    say(run, 1.5, "2")
    say(run, 100 / 60, "3")
    assert owner(run) == "bo"
    assert run.told("call", "hold", "escalate") == [("hold", 1)]
    assert run.desk.show("A1")["history"][-1]["reason"] == (
        "p is asked only once more than 3 signals within 5 min come in about the deviation"
    )
    assert owner(run.at(190 / 60)) == "bo", "time alone does not go on"
    say(run, 200 / 60, "4")
    assert owner(run) == "p"
    assert run.told("call", "hold", "escalate") == [("hold", 1), ("escalate", 200 / 60)]
    assert owner(run.at(200 / 60 + 60)) == "q"


def test_55_signals_further_apart_do_not_count_together(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", escalations=(Escalation(1, "p", "p", above=Above(2, 5)),))])
    for number in range(2, 8):
        say(run, number * 3, str(number))
    assert owner(run) == "bo"
    say(run, 22, "8")
    assert (owner(run), run.told("call", "escalate")) == ("p", [("escalate", 22)])


def test_55_who_came_in_before_it_was_looked_at_counts_and_nothing_is_held(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", escalations=(Escalation(10, "p", "p", above=Above(2, 60)),))])
    say(run, 1, "2")
    say(run, 2, "3")
    assert owner(run.at(9)) == "bo"
    assert owner(run.at(10)) == "p"
    assert run.told("call", "hold") == []


def test_55_a_held_chain_goes_on_only_between_its_times(tmp_path: Path) -> None:
    evening = Between("18:00", "19:00", "UTC")
    escalations = (Escalation(1, "p", "p", between=evening, above=Above(1, 24 * 60)),)
    run = Run(tmp_path / "desk.db", [step("call", escalations=escalations)])
    run.at(10 * 60)
    assert run.told("call", "hold") == [("hold", 600)]
    say(run, 12 * 60, "2")
    say(run, 13 * 60, "3")
    assert owner(run.at(33 * 60)) == "bo"
    assert owner(run.at(34 * 60)) == "p", "it is 18:00 the next day, and two came in within a day"


def test_55_who_takes_it_ends_the_hold(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call", escalations=(Escalation(1, "p", "p", above=Above(1, 5)),))]).at(1)
    run.desk.ack(["A1"])
    say(run, 2, "2")
    say(run, 3, "3")
    assert (owner(run), run.state("call")) == ("bo", "assigned")
    assert run.desk.store.connection.execute("SELECT sum(held) FROM timer").fetchone() == (0,)


def say(run: Run, minutes: float, number: str) -> None:
    """One more signal about the deviation, and a tick."""
    run.clock.set(NOW + round(minutes * MINUTE))
    days = 12 + int(number) / 10
    take(run.desk, eta("alpha", NOW + round((10 + days) * DAY), number=number, recorded=run.clock.now()))
    run.at(minutes)
