"""Plans that are thought out without a lock: written only where what they rest on still stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.commands import outrun
from engine.desk import Desk
from engine.values.errors import StaleVersion
from tests.engine.desk_support import Steps, late, open_desk, owners


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db", planner=Steps())


def busy(desk: Desk, meanwhile: Callable[[int], object]) -> list[str]:
    """Let others do something with each plan that is made without the lock; the deviations that are planned."""
    asked: list[str] = []

    class Interrupted(Steps):
        def plan(self, deviation: Any, *arguments: Any) -> Any:
            answer = super().plan(deviation, *arguments)
            asked.append(deviation["id"])
            if not desk.store.connection.in_transaction:
                meanwhile(len(asked))
            return answer

    desk.planner = Interrupted()
    return asked


def test_a_plan_for_what_has_changed_meanwhile_is_not_written(desk: Desk, tmp_path: Path) -> None:
    """Planning happens before the write lock; what others did in between refuses the plan."""
    (deviation,) = late(desk, alpha=12)
    other = open_desk(tmp_path / "desk.db", actor="bo")

    class Slow(Steps):
        def plan(self, *arguments: Any) -> Any:
            other.ack([deviation])
            return super().plan(*arguments)

    desk.planner = Slow()
    with pytest.raises(StaleVersion, match=f"{deviation} has changed since you looked: bo did ack"):
        desk.respond([deviation])
    assert desk.responses(all=True).total == 0


def test_who_was_outrun_twice_plans_once_more_and_the_others_wait(desk: Desk, tmp_path: Path) -> None:
    """Two desks that answered 60 at once were refused both, as a third one answered one after the other."""
    alpha, beta, *others = late(desk, **{f"line{number}": 12 for number in range(5)})
    other = open_desk(tmp_path / "desk.db", actor="bo", planner=Steps())

    class Slow(Steps):
        asked = 0

        def plan(self, *arguments: Any) -> Any:
            answer = super().plan(*arguments)
            Slow.asked += 1
            if Slow.asked in (1, 3, 5) and not desk.store.connection.in_transaction:
                other.respond([others.pop()])
            return answer

    desk.planner = Slow()
    desk.respond([alpha, beta])
    assert len(desk.actions([f"deviation={alpha}"]).items) == 3
    assert Slow.asked == 6


def test_too_many_for_others_to_wait_are_planned_once_and_what_changed_again(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were refused for as long as others did anything at all."""
    monkeypatch.setattr(outrun, "MOST_HELD", 1)
    owners(desk, "ana", "bo", "chen", "dora")
    alpha, beta, gamma, *others = late(desk, **{f"line{number}": 12 for number in range(6)})
    other = open_desk(tmp_path / "desk.db", actor="bo", planner=Steps())

    def meanwhile(count: int) -> None:
        other.respond([others.pop()])
        if count == 2:
            other.assign([beta], to="chen")

    planned = busy(desk, meanwhile)
    outcome = desk.respond([alpha, beta, gamma])
    assert planned == [alpha, beta, gamma, beta], "only what changed is planned again"
    assert sorted(item["deviation"] for item in desk.responses().items[:3]) == [alpha, beta, gamma]
    assert desk.show(beta)["owner"] == "chen"
    assert "others changed open actions meanwhile: where these collide, all are planned anew next" in outcome.notes
    desk.tick()
    times: dict[str, list[tuple[str, str]]] = {}
    for item in desk.actions(["state!=done"], limit=None).items:
        times.setdefault(item["owner"], []).append(item["start_at"])
    assert all(len(set(starts)) == len(starts) for starts in times.values()), "nobody is planned for two at once"
    desk.undo(outcome.txn)
    assert desk.responses().total == 3


@pytest.mark.parametrize("what", ["owners", "more than others wait for"])
def test_many_are_not_written_where_owners_or_too_many_of_them_are_others(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(outrun, "MOST_HELD", 1)
    named = late(desk, alpha=12, beta=12)
    other = open_desk(tmp_path / "desk.db", actor="bo", planner=Steps())

    def meanwhile(count: int) -> None:
        if what == "owners":
            owners(other, *"abcdefgh"[:count])
        else:
            other.assign(named, to=f"somebody{count}")

    busy(desk, meanwhile)
    with pytest.raises(outrun.OutrunError, match="others change more than can be planned anew"):
        desk.respond(named)
    assert desk.responses(all=True).total == 0


def test_a_response_goes_round_what_somebody_else_was_given_meanwhile(desk: Desk, tmp_path: Path) -> None:
    """Steps gives bo or chen, whoever has less to do; while it plans for alpha, beta is answered."""
    alpha, beta = late(desk, alpha=12, beta=12)
    other = open_desk(tmp_path / "desk.db", actor="bo", planner=Steps())

    class Slow(Steps):
        def plan(self, *arguments: Any) -> Any:
            answer = super().plan(*arguments)
            if not other.responses().total:
                other.respond([beta])
            return answer

    desk.planner = Slow()
    desk.respond([alpha])
    assert {item["owner"] for item in desk.actions([f"deviation={beta}", "step=confirm"]).items} == {"bo"}
    assert {item["owner"] for item in desk.actions([f"deviation={alpha}", "step=confirm"]).items} == {"chen"}
