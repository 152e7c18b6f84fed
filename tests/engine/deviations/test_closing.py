"""When a deviation may be resolved: what its running responses require, and what stays open."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.desk import Desk
from engine.values.clock import DAY
from engine.values.errors import Refused
from engine.vocabulary.planning import MANDATORY_DONE
from tests.engine.desk_support import NOW, Steps, eta, late, open_desk, take
from tests.engine.execution_support import Run, step


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk.db", planner=Steps(close_requires=(MANDATORY_DONE,)))


def test_mandatory_actions_come_before_the_resolution(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    with pytest.raises(Refused) as refusal:
        desk.resolve([deviation], reason="settled")
    assert str(refusal.value) == (
        f"{deviation}: A1, A2 are mandatory and open (playbook expedite):"
        " finish them, or skip or cancel them with a reason"
    )
    desk.done(["A1"])
    desk.fail(["A2"], reason="no truck")
    with pytest.raises(
        Refused, match=r"A2 is mandatory and open \(playbook expedite\): finish it, or skip or cancel it"
    ):
        desk.resolve([deviation], reason="settled")
    assert desk.show(deviation)["state"] == "responding"
    desk.skip(["A2"], reason="it comes by rail")
    outcome = desk.resolve([deviation], reason="settled")
    assert outcome.notes == ("A3 stays open (0 mandatory): finish, skip or cancel it",)


def test_asked_of_many_at_once_it_tells_of_the_first_that_cannot_be_resolved(desk: Desk) -> None:
    ids = late(desk, alpha=12, beta=11, gamma=10)
    desk.require_resolvable(ids)
    desk.respond(ids[1:])
    with pytest.raises(Refused, match=f"^{ids[2]}: A4, A5 are mandatory and open"):
        desk.require_resolvable([ids[0], ids[2], ids[1]])
    desk.require_resolvable([ids[0]])


def test_each_response_says_what_it_requires(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    desk.respond([deviation], playbook="reroute")
    sentence = (
        r"A1, A2 are mandatory and open \(playbook expedite\), A4, A5 are mandatory and open \(playbook reroute\): fin"
    )
    with pytest.raises(Refused, match=sentence):
        desk.resolve([deviation], reason="settled")
    desk.cancel(["R1", "R2"], reason="wrong supplier")
    desk.resolve([deviation], reason="settled")


def test_the_conditions_are_those_of_when_the_response_began(desk: Desk, tmp_path: Path) -> None:
    """A playbook that asks for less since then does not loosen what runs."""
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    later = open_desk(tmp_path / "desk.db", planner=Steps())
    with pytest.raises(Refused, match="A1, A2 are mandatory and open"):
        later.resolve([deviation], reason="settled")


def test_a_dismissal_asks_for_nothing(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.respond([deviation])
    (note,) = desk.dismiss([deviation], reason="slight").notes
    assert note == "A1, A2, A3 stay open (2 mandatory): finish, skip or cancel them"


def test_none_of_several_is_resolved_when_one_may_not_be(desk: Desk) -> None:
    alpha, beta = late(desk, alpha=12, beta=20)
    desk.respond([beta])
    with pytest.raises(Refused, match=f"{beta}: A1, A2"):
        desk.resolve([alpha, beta], reason="settled")
    assert desk.show(alpha)["state"] == "open"


def test_a_resolution_says_what_came_of_it_and_what_it_cost(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.resolve([deviation], reason="flown in", outcome="two days late, the line ran", cost="4250.50", currency="usd")
    shown = desk.show(deviation)
    assert (shown["outcome"], shown["cost"]) == ("two days late, the line ran", {"amount": 4250.5, "currency": "USD"})
    assert [item["id"] for item in desk.deviations(["state=resolved", "cost>4000", "outcome~line ran"]).items] == [
        deviation
    ]
    desk.reopen([deviation], reason="it came back")
    assert (desk.show(deviation)["outcome"], desk.show(deviation)["cost"]) == (None, None)


def test_it_is_closed_after_its_resolution_and_only_with_nothing_open(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    with pytest.raises(Refused, match=f"{deviation} is open: close is not possible"):
        desk.close([deviation])
    desk.respond([deviation])
    desk.done(["A1", "A2"])
    desk.resolve([deviation], reason="flown in")
    with pytest.raises(Refused, match=f"{deviation}: A3 is open: finish, skip or cancel it first"):
        desk.close([deviation], reason="reviewed")
    desk.skip(["A3"], reason="they know")
    desk.close([deviation], reason="reviewed")
    shown = desk.show(deviation)
    assert (shown["state"], shown["closed_at"] is not None, shown["reason"]) == ("closed", True, "flown in")
    with pytest.raises(Refused, match=f"{deviation} is closed"):
        desk.close([deviation])


def test_contained_is_said_once_and_does_not_end_it(desk: Desk) -> None:
    (deviation,) = late(desk, alpha=12)
    desk.contain([deviation], reason="the other line takes over")
    shown = desk.show(deviation)
    assert (shown["state"], shown["contained_at"]) == ("open", "2026-03-09T08:00:00Z")
    with pytest.raises(Refused, match=f"{deviation} is contained since 2026-03-09T08:00:00Z"):
        desk.contain([deviation])
    desk.undo()
    assert desk.show(deviation)["contained_at"] is None


def test_time_does_not_close_it_while_an_action_is_open(tmp_path: Path) -> None:
    run = Run(tmp_path / "desk.db", [step("call"), step("review", "call", mandatory=False)])
    run.desk.done(["A1"])
    take(run.desk, eta("alpha", NOW + 9 * DAY, number="2", recorded=NOW))
    run.at(60 * 24 * 3)
    assert run.desk.show(run.deviation)["state"] == "resolved"
    run.at(60 * 24 * 30)
    assert run.desk.show(run.deviation)["state"] == "resolved"
    run.desk.done(["A2"])
    run.at(60 * 24 * 30 + 1)
    assert run.desk.show(run.deviation)["state"] == "resolved", "it is looked at once a day"
    run.at(60 * 24 * 31)
    assert run.desk.show(run.deviation)["state"] == "closed"
