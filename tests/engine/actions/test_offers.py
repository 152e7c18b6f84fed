"""What is said of the actions of a deviation that is over by itself: on the desk, by check, and to the response's
owner."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.handoffs.routing import Route
from engine.values.clock import DAY
from engine.vocabulary.planning import PlannedAction
from tests.engine.desk_support import NOW, eta, owners, take
from tests.engine.execution_support import Run, step
from tests.engine.outbox_support import Post, channel
from tui.desk.news import News

THREE_DAYS = 60 * 24 * 3


def steps() -> list[PlannedAction]:
    return [step("book", reverse="unbook"), step("call"), step("tell", "call", mandatory=False)]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A1 is done and can be taken back, A2 is ready, A3 waits for it; ana owns the response."""
    made = Run(tmp_path / "desk.db", steps())
    owners(made.desk, "ana", "bo")
    made.desk.done(["A1"])
    return made


def recover(run: Run, number: str = "2", minutes: float = THREE_DAYS) -> None:
    """The supplier says that it comes in time after all."""
    take(run.desk, eta("alpha", NOW + 9 * DAY, number=number, recorded=run.desk.clock.now()))
    run.at(minutes)


def of_offers(run: Run) -> list[str]:
    return [each["fault"] for each in run.desk.check() if each["place"] == f"deviation {run.deviation}"]


def test_check_names_what_is_offered_as_long_as_anything_is(run: Run) -> None:
    assert of_offers(run) == []
    recover(run)
    assert of_offers(run) == ["it is over by itself, and of R1 A2 A3 may be called off, A1 may be taken back"]
    run.desk.cancel(["A2", "A3"], reason="not needed")
    assert of_offers(run) == ["it is over by itself, and of R1 A1 may be taken back"]
    run.desk.reopen(["A1"], reason="not done at all")
    run.desk.cancel(["A1"], reason="not needed")
    assert of_offers(run) == []


def test_who_resolves_it_by_hand_is_told_there(run: Run) -> None:
    outcome = run.desk.resolve([run.deviation], reason="they found it")
    assert outcome.notes == ("A2, A3 stay open (1 mandatory): finish, skip or cancel them",)
    assert of_offers(run) == []
    assert run.desk.standing().offered == frozenset()


def test_the_desk_announces_it_once_until_the_person_looks(run: Run) -> None:
    news = News()
    news.hear(run.desk.standing(), run.desk.clock.now())
    recover(run)
    news.hear(run.desk.standing(), run.desk.clock.now())
    assert "D1 over by itself, actions to call off or take back" in news.words(lambda _: None)
    assert news.seen()
    news.hear(run.desk.standing(), run.desk.clock.now())
    assert news.words(lambda _: None) == ""


def test_what_is_dealt_with_before_the_person_looks_is_announced_no_more(run: Run) -> None:
    news = News()
    news.hear(run.desk.standing(), run.desk.clock.now())
    recover(run)
    news.hear(run.desk.standing(), run.desk.clock.now())
    run.desk.cancel(["A2", "A3"], reason="not needed")
    run.desk.reopen(["A1"], reason="not done at all")
    run.desk.cancel(["A1"], reason="not needed")
    news.hear(run.desk.standing(), run.desk.clock.now())
    assert "over by itself" not in news.words(lambda _: None)


def test_what_was_over_when_the_desk_opened_is_no_news(run: Run) -> None:
    recover(run)
    news = News()
    news.hear(run.desk.standing(), run.desk.clock.now())
    news.hear(run.desk.standing(), run.desk.clock.now())
    assert news.words(lambda _: None) == ""


def test_the_owner_of_the_response_is_told_once(run: Run) -> None:
    post = Post(run.desk, [channel(wait=0)], [Route({"owner": ["ana"]}, ["c1"])])
    run.desk.hand_off(post.channels, post.routes)
    recover(run)
    for _ in range(3):
        post.at(THREE_DAYS * 60)
    (message,) = post.messages
    assert message.owner == "ana"
    assert message.content["reason"] == "offer"
    assert message.content["message"] == "It is over by itself. A2 A3 may be called off, A1 may be taken back."
    handed = run.desk.show("H1")
    assert (handed["reason"], handed["state"], handed["actions"]) == ("offer", "sent", ["A1", "A2", "A3"])


def test_nobody_is_told_where_it_came_back_meanwhile(run: Run) -> None:
    post = Post(run.desk, [channel(wait=0)], [Route({"owner": ["ana"]}, ["c1"])])
    recover(run, minutes=60 * 5)
    assert run.desk.show(run.deviation)["state"] == "recovered"
    take(run.desk, eta("alpha", NOW + 25 * DAY, number="3", recorded=run.desk.clock.now()))
    run.at(60 * 5 + 1)
    assert run.desk.show(run.deviation)["state"] == "responding"
    post.at(60 * 60 * 5 + 60)
    assert post.messages == []


def test_each_time_that_it_is_over_is_news(run: Run) -> None:
    post = Post(run.desk, [channel(wait=0)], [Route({"owner": ["ana"]}, ["c1"])])
    recover(run, minutes=60 * 5)
    post.at(60 * 60 * 5)
    take(run.desk, eta("alpha", NOW + 25 * DAY, number="3", recorded=run.desk.clock.now()))
    run.at(60 * 5 + 1)
    recover(run, "4", 60 * 24 * 4)
    post.at(60 * 60 * 24 * 4)
    assert [message.content["reason"] for message in post.messages] == ["offer", "offer"]
