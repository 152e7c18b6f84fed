"""Open actions planned anew through the desk: what moves, what is asked for, what a person chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from engine.desk import Desk
from engine.values.clock import DAY, HOUR, MINUTE, FixedClock, iso
from engine.values.errors import BadInput, Refused, StaleVersion
from engine.vocabulary.model import PlanRecord
from engine.vocabulary.planning import World
from engine.vocabulary.scheduling import OpenAction, Replan
from tests.engine.desk_support import NOW, Steps, eta, late, open_desk, owners, take


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Desk:
    """A1 confirm and A2 book are bo's at eight and ten o'clock, A3 tell is dora's at eight; an hour each."""
    desk = open_desk(tmp_path / "desk.db", planner=Steps(), clock=clock)
    owners(desk, "bo", "chen", "dora")
    desk.respond(late(desk, alpha=12))
    desk.tick()
    return desk


def starts(desk: Desk) -> dict[str, float]:
    """Hours from NOW at which open actions are planned to begin."""
    return {item["id"]: hours(item["start_at"]) for item in desk.actions().items}


def hours(text: str) -> float:
    from engine.values.clock import parse_instant

    return (parse_instant(text, "test") - NOW) / HOUR


def action(desk: Desk, number: str) -> dict[str, Any]:
    return desk.show(number)


def away(desk: Desk, *days: str) -> None:
    records = [PlanRecord("absence", {"owner": "bo", "first_day": day}, None) for day in days]
    desk.load(records, kind="absence", scope="absence", file="absences.csv", accept_removal=True)


def test_a_slip_moves_what_needs_it_with_one_entry_that_says_why(desk: Desk, clock: FixedClock) -> None:
    clock.set(NOW + 2 * HOUR)
    desk.start(["A1"])
    desk.tick()
    assert starts(desk) == {"A1": 0, "A2": 3, "A3": 2}
    moved = action(desk, "A2")
    entry = moved["history"][-1]
    assert (entry["action"], entry["actor"], entry["before"]["start_at"], entry["after"]["start_at"]) == (
        "replan", "system", iso(NOW + 2 * HOUR), iso(NOW + 3 * HOUR)
    )  # fmt: skip
    assert entry["reason"] == "it needs A1 confirm it, which ends Mon 2026-03-09 11:00 UTC"
    assert moved["home_at"] == iso(NOW + 2 * HOUR)


def test_what_was_moved_comes_back_when_its_cause_is_gone(desk: Desk, clock: FixedClock) -> None:
    before = starts(desk)
    away(desk, "2026-03-09", "2026-03-10")
    desk.tick()
    assert starts(desk) == {"A1": 48, "A2": 49, "A3": 0}
    assert action(desk, "A1")["history"][-1]["reason"] == "bo does not work Mon 2026-03-09 08:00 UTC"
    away(desk)
    desk.tick()
    assert starts(desk) == before
    assert {item["home_at"] for item in desk.actions().items} == {None}


def test_what_is_accepted_moves_only_when_its_owner_agrees(desk: Desk) -> None:
    desk.ack(["A1"])
    away(desk, "2026-03-09")
    desk.tick()
    asked = action(desk, "A1")
    assert (asked["start_at"], asked["proposed_at"], asked["proposed_because"]) == (
        iso(NOW), iso(NOW + DAY), "bo does not work Mon 2026-03-09 08:00 UTC"
    )  # fmt: skip
    # What needs it waits for where it is going to be.
    assert starts(desk) == {"A1": 0, "A2": 25, "A3": 0}
    assert desk.tick().judged == 0
    desk.agree(["A1"])
    agreed = action(desk, "A1")
    assert (agreed["start_at"], agreed["proposed_at"], agreed["home_at"]) == (iso(NOW + DAY), None, None)
    with pytest.raises(Refused, match="A1 has no move to agree to"):
        desk.agree(["A1"])


def test_a_move_that_is_no_longer_needed_is_asked_for_no_more(desk: Desk) -> None:
    desk.ack(["A1"])
    away(desk, "2026-03-09")
    desk.tick()
    away(desk)
    desk.tick()
    assert action(desk, "A1")["proposed_at"] is None
    assert action(desk, "A1")["history"][-1]["action"] == "withdraw"
    assert starts(desk) == {"A1": 0, "A2": 2, "A3": 0}


def test_what_is_begun_is_asked_nothing(desk: Desk) -> None:
    desk.ack(["A1"])
    away(desk, "2026-03-09")
    desk.tick()
    desk.start(["A1"])
    desk.tick()
    assert action(desk, "A1")["proposed_at"] is None


def test_what_is_kept_stays_and_others_wait_for_it(desk: Desk, clock: FixedClock) -> None:
    desk.ack(["A1"])
    away(desk, "2026-03-09")
    desk.tick()
    desk.keep(["A1"], reason="from home")
    desk.tick()
    kept = action(desk, "A1")
    assert (kept["stays"], kept["proposed_at"], kept["start_at"]) == (True, None, iso(NOW))
    clock.set(NOW + DAY + HOUR)
    desk.tick()
    assert action(desk, "A1")["start_at"] == iso(NOW)
    assert starts(desk)["A2"] == 26


def test_time_alone_moves_what_has_not_begun_and_ever_less_often(desk: Desk, clock: FixedClock) -> None:
    clock.set(NOW + 14 * MINUTE)
    desk.tick()
    assert starts(desk)["A3"] == 0
    moves: list[float] = []
    for minutes in range(15, 8 * 60):
        clock.set(NOW + minutes * MINUTE)
        desk.tick()
        at = starts(desk)["A3"]
        if not moves or moves[-1] != at:
            moves.append(at)
    assert [round(hour * 60) for hour in moves] == [15, 30, 45, 68, 102, 153, 230, 345]


def test_another_need_time_is_looked_at(desk: Desk) -> None:
    asked = "SELECT owed FROM replanning"
    assert desk.store.connection.execute(asked).fetchone()[0] == 0
    desk.owner_load()
    assert desk.store.connection.execute(asked).fetchone()[0] == 0
    take(desk, eta("alpha", NOW + 40 * DAY, number="2", recorded=NOW))
    with desk.store.write() as connection:
        connection.execute("UPDATE deviation SET decide_by = ?", (NOW + 3 * DAY,))
    assert desk.store.connection.execute(asked).fetchone()[0] == 1


def test_a_preview_says_the_same_and_keeps_nothing(desk: Desk, clock: FixedClock) -> None:
    clock.set(NOW + 2 * HOUR)
    desk.start(["A1"])
    entries = desk.store.connection.execute("SELECT count(*) FROM journal").fetchone()
    said = desk.replan(preview=True)
    assert desk.store.connection.execute("SELECT count(*) FROM journal").fetchone() == entries
    done = desk.replan()
    assert (said.changes, said.notes) == (done.changes, done.notes)
    assert [(change.id, change.now) for change in done.changes] == [
        ("A3", iso(NOW + 2 * HOUR)), ("A2", iso(NOW + 3 * HOUR))
    ]  # fmt: skip
    assert "A2 book it: it needs A1 confirm it, which ends Mon 2026-03-09 11:00 UTC" in done.notes
    assert desk.replan().changes == ()


def test_a_start_by_hand_pushes_what_needs_it_and_is_taken_back(desk: Desk) -> None:
    preview = desk.reschedule(["A1"], start_at=NOW + 4 * HOUR, preview=True)
    assert starts(desk)["A1"] == 0
    outcome = desk.reschedule(["A1"], start_at=NOW + 4 * HOUR)
    assert preview.changes == outcome.changes
    assert starts(desk) == {"A1": 4, "A2": 5, "A3": 0}
    desk.undo(outcome.txn)
    assert starts(desk) == {"A1": 0, "A2": 2, "A3": 0}


def test_a_start_by_hand_holds_until_somebody_agrees_to_another(desk: Desk) -> None:
    desk.reschedule(["A3"], start_at=NOW + 5 * HOUR)
    desk.tick()
    assert starts(desk)["A3"] == 5
    records = [PlanRecord("absence", {"owner": "dora", "first_day": "2026-03-09"}, None)]
    desk.load(records, kind="absence", scope="absence", file="absences.csv")
    desk.tick()
    assert (starts(desk)["A3"], action(desk, "A3")["proposed_at"]) == (5, iso(NOW + DAY))


def test_a_response_can_be_taken_back_after_its_actions_were_moved(desk: Desk) -> None:
    away(desk, "2026-03-09")
    desk.tick()
    desk.undo(about="R1")
    assert desk.responses().total == 0


def test_starts_that_cannot_be(desk: Desk, clock: FixedClock) -> None:
    with pytest.raises(Refused, match="A2 needs A1 confirm it, which ends Mon 2026-03-09 09:00 UTC"):
        desk.reschedule(["A2"], start_at=NOW)
    with pytest.raises(BadInput, match="is before now"):
        desk.reschedule(["A1"], start_at=NOW - HOUR)
    with pytest.raises(StaleVersion):
        desk.reschedule(["A1"], start_at=NOW + HOUR, expect={"A1": 9})
    desk.start(["A1"])
    with pytest.raises(Refused, match="A1 is in_progress: only what has not begun"):
        desk.reschedule(["A1"], start_at=NOW + HOUR)
    with pytest.raises(Refused, match="A1 is in_progress: only what has not begun"):
        desk.keep(["A1"])


def test_a_desk_without_playbooks_ticks_and_plans_nothing(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk.db")
    desk.tick()
    with pytest.raises(Refused, match="no playbooks"):
        desk.replan()


class Interrupted(Steps):
    """A planner that is asked for a plan, and while it thinks somebody else works on the desk."""

    asked: ClassVar[list[int]] = []
    meanwhile: ClassVar[list[Callable[[], object]]] = []

    def replan(self, actions: Sequence[OpenAction], world: World, pinned: Mapping[str, int]) -> Replan:
        self.asked.append(len(actions))
        if self.meanwhile:
            self.meanwhile.pop()()
        return super().replan(actions, world, pinned)


@pytest.fixture
def thinking(tmp_path: Path, clock: FixedClock) -> Iterator[tuple[Desk, Desk]]:
    """A desk whose planner can be interrupted, and bo's desk on the same file; at eleven o'clock."""
    desk = open_desk(tmp_path / "desk.db", planner=Interrupted(), clock=clock)
    owners(desk, "bo", "chen", "dora")
    desk.respond(late(desk, alpha=12))
    desk.tick()
    clock.set(NOW + 3 * HOUR)
    Interrupted.asked.clear()
    yield desk, open_desk(tmp_path / "desk.db", actor="bo", clock=clock)
    Interrupted.meanwhile.clear()


def test_planning_anew_holds_nobody_up_and_is_done_again_where_somebody_was_quicker(
    thinking: tuple[Desk, Desk],
) -> None:
    """With 3,600 open actions it thought for 5 s with the file locked: longer than others wait."""
    desk, bo = thinking
    Interrupted.meanwhile.append(lambda: bo.done(["A1"]))
    desk.replan()
    assert desk.show("A1")["state"] == "done", "bo did not have to wait for the plan"
    assert Interrupted.asked == [3, 2], "of what bo did the first plan knew nothing"
    Interrupted.asked.clear()
    desk.replan()
    assert Interrupted.asked == [2]


@pytest.mark.parametrize("preview", [False, True])
def test_a_start_by_hand_holds_nobody_up_and_goes_round_what_was_done_meanwhile(
    thinking: tuple[Desk, Desk], preview: bool
) -> None:
    desk, bo = thinking
    Interrupted.meanwhile.append(lambda: bo.start(["A1"]))
    said = desk.reschedule(["A2"], start_at=NOW + 5 * HOUR, preview=preview)
    assert Interrupted.asked == [3, 3], "A1 had begun in the second plan"
    assert [(change.id, change.now) for change in said.changes][-1] == ("A2", iso(NOW + 5 * HOUR))
    assert starts(desk)["A2"] == (2 if preview else 5)


def test_what_others_do_that_no_plan_rests_on_costs_no_second_one(thinking: tuple[Desk, Desk]) -> None:
    desk, bo = thinking
    Interrupted.meanwhile.append(lambda: bo.comment(["A1"], text="they call back"))
    desk.reschedule(["A2"], start_at=NOW + 5 * HOUR)
    assert Interrupted.asked == [3]


def test_who_is_always_outrun_is_told_and_a_rule_tries_again_later(thinking: tuple[Desk, Desk]) -> None:
    desk, bo = thinking
    others = [lambda: bo.start(["A1"]), lambda: bo.done(["A1"]), lambda: bo.start(["A3"]), lambda: bo.done(["A3"])]
    Interrupted.meanwhile.extend(reversed(others[:3]))
    with pytest.raises(Refused, match="others change the open actions faster than they can be planned; try again"):
        desk.reschedule(["A2"], start_at=NOW + 5 * HOUR)
    assert (starts(desk)["A2"], len(Interrupted.asked)) == (2, 3)
    Interrupted.meanwhile.extend(
        [lambda: bo.assign(["A2"], to="dora"), others[3], lambda: bo.assign(["A2"], to="chen")]
    )
    desk.tick()
    assert action(desk, "A2")["proposed_at"] is None
    desk.tick()
    assert action(desk, "A2")["proposed_at"] == iso(NOW + 3 * HOUR)


def test_what_has_begun_meanwhile_gets_no_other_start(thinking: tuple[Desk, Desk]) -> None:
    desk, bo = thinking
    Interrupted.meanwhile.append(lambda: bo.start(["A1"]))
    with pytest.raises(Refused, match="A1 is in_progress: only what has not begun"):
        desk.reschedule(["A1"], start_at=NOW + 5 * HOUR)
