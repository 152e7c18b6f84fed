"""Hand-offs on a virtual clock: PEERS cases 5 to 11, 30 and 31 as far as they have a meaning for actions.

"Pushed" is here an action that is given to an owner with a route, "resolved" one that ends. Cases 1 to 4 and 7 merge
signals and end them by time, which is detection's; cases 9 and 10 ask what a restart forgets, and ours forgets nothing.
"""

from __future__ import annotations

from pathlib import Path

from engine.desk import Desk
from engine.handoffs.deliveries import Result
from engine.handoffs.routing import Route
from tests.engine.outbox_support import DOWN, Calls, Post, channel, desk_with_calls, give, seconds


def test_peers_case_5_one_group_is_told_at_ticks_and_reminded_of_all(desk: Desk) -> None:
    post = Post(desk, [channel(wait=1, interval=1, remind=4.9)])
    post.run(1.0)
    give(desk, 1.1, "A1")
    post.run(1.6, since=1.1)
    give(desk, 1.7, "A5")
    post.run(3.2, since=1.7)
    give(desk, 3.3, "A2", "A3", "A4")
    post.run(13.9, since=3.3)

    every = ("A1", "A2", "A3", "A4", "A5")
    assert post.delivered == [(2.1, "c1", ("A1", "A5")), (4.1, "c1", every), (9.1, "c1", every)]
    assert [message.content["reason"] for message in post.messages] == ["first", "new", "reminder"]


def test_peers_case_6_a_channel_that_fails_gets_it_once_and_the_other_is_not_told_more_for_it(desk: Desk) -> None:
    post = Post(desk, [channel("good", wait=1, interval=2, remind=3), channel("bad", wait=1, interval=2, remind=3)])
    post.failing["bad"] = DOWN
    give(desk, 1, "A1")
    post.run(4.4, since=1)
    del post.failing["bad"]
    post.run(7.9, since=4.5)

    assert [(at, name) for at, name, _ in post.delivered] == [(2.0, "good"), (6.0, "good"), (6.0, "bad")]


def test_peers_case_8_ends_are_told_to_those_who_want_to_hear_of_them(desk: Desk) -> None:
    post = Post(
        desk, [channel("all", wait=1, interval=5, ended="all"), channel("none", wait=1, interval=5, ended="none")]
    )
    give(desk, 1, "A1", "A2")
    post.run(2.9, since=1)
    give(desk, 3, "A3")
    desk.done(["A1"])
    post.run(10.9, since=3)
    desk.clock.set(seconds(11))  # type: ignore[attr-defined]
    desk.done(["A2"])
    post.run(16, since=11)

    told = [
        (at, name, opened, [each["id"] for each in message.content["ended"]])
        for (at, name, opened), message in zip(post.delivered, post.messages, strict=True)
    ]
    assert told == [
        (2.0, "all", ("A1", "A2"), []),
        (2.0, "none", ("A1", "A2"), []),
        (7.0, "all", ("A2", "A3"), ["A1"]),
        (7.0, "none", ("A2", "A3"), []),
        (12.0, "all", ("A3",), ["A2"]),
    ]


def test_peers_case_11_a_late_answer_is_tried_again_with_the_same_key_and_noted_once(desk: Desk) -> None:
    post = Post(desk, [channel(wait=1, interval=2)])
    post.failing["c1"] = Result("failed", "no complete answer within 1 s", again=True)
    give(desk, 1, "A1")
    post.at(1)
    post.at(2)
    assert [(item["state"], item["attempt"]) for item in desk.handoffs().items] == [("failed", 1)]
    del post.failing["c1"]
    post.run(9, since=3)

    assert post.delivered == [(4, "c1", ("A1",))]
    assert len(post.keys) == 2
    assert len(set(post.keys)) == 1
    (item,) = desk.handoffs().items
    assert (item["state"], item["attempt"], item["fault"]) == ("sent", 2, None)


def test_peers_case_30_without_a_wait_the_first_is_told_at_once(desk: Desk) -> None:
    post = Post(desk, [channel(wait=0)])
    give(desk, 1, "A1")
    post.at(1)
    assert post.delivered == [(1, "c1", ("A1",))]


def test_peers_case_31_what_changes_while_a_message_is_on_its_way_is_told_by_the_next(desk: Desk) -> None:
    first = channel(wait=0, interval=1)
    routes = [Route({"owner": ["ana"]}, ["c1"])]
    give(desk, 1, "A1", "A2")
    desk.hand_off([first], routes)
    delivery = desk.begin_delivery("c1")
    assert delivery is not None
    give(desk, 2.1, "A1", to="bo")
    give(desk, 2.2, "A1", to="ana")
    give(desk, 2.3, "A3")
    desk.clock.set(seconds(3.1))  # type: ignore[attr-defined]
    assert desk.hand_off([first], routes) == 0
    desk.end_delivery(first, delivery.id, Result("sent"))
    post = Post(desk, [first], routes)
    post.run(9, since=3.2)
    assert post.delivered == [(4.0, "c1", ("A1", "A2", "A3"))]


def test_what_changes_in_the_instant_of_a_message_is_told_by_the_next(desk: Desk) -> None:
    post = Post(desk, [channel(wait=0, interval=1)])
    give(desk, 1, "A1")
    post.at(1)
    give(desk, 1, "A2")
    post.at(1)
    post.run(9, since=1.1)
    assert post.delivered == [(1, "c1", ("A1",)), (2.0, "c1", ("A1", "A2"))]


def test_what_became_due_while_nobody_looked_is_told_at_once(desk: Desk) -> None:
    post = Post(desk, [channel(wait=60, interval=60)])
    give(desk, 1, "A1")
    post.at(300)
    assert post.delivered == [(300, "c1", ("A1",))]


def test_a_response_gives_each_owner_one_message(tmp_path: Path) -> None:
    desk = desk_with_calls(tmp_path / "desk.db", Calls(owner="ana"))
    post = Post(desk, [channel(wait=1)])
    post.run(5)
    assert post.delivered == [(1.0, "c1", ("A1", "A2", "A3", "A4", "A5"))]
    (message,) = post.messages
    assert message.content["owner"] == {"id": "ana", "name": "Ana", "email": None}
    assert message.content["deviation"]["kind"] == "late_supply"
    assert len({action["token"] for action in message.content["actions"]}) == 5
    desk.store.close()


def test_an_action_that_begins_and_ends_within_the_wait_is_not_told(desk: Desk) -> None:
    post = Post(desk, [channel(wait=2, ended="all")])
    give(desk, 1, "A1")
    post.at(1)
    desk.done(["A1"])
    post.run(9, since=1.1)
    assert post.delivered == []


def test_blocked_steps_are_told_when_they_begin_and_at_once_where_a_channel_wants_the_plan(tmp_path: Path) -> None:
    desk = desk_with_calls(tmp_path / "desk.db", Calls(owner="ana", needs={"t2": ["t1"]}))
    post = Post(desk, [channel("mail", wait=0, interval=1), channel("calendar", wait=0, interval=1, blocked=True)])
    post.at(0)
    desk.clock.set(seconds(5))  # type: ignore[attr-defined]
    desk.done(["A1"])
    post.run(6, since=5)

    mail, calendar = ([told for _, name, told in post.delivered if name == each] for each in ("mail", "calendar"))
    assert mail == [("A1", "A3", "A4", "A5"), ("A2", "A3", "A4", "A5")]
    assert calendar == [("A1", "A2", "A3", "A4", "A5"), ("A2", "A3", "A4", "A5")]
    waiting = post.messages[1].content["actions"][1]
    assert (waiting["state"], waiting["waits_for"], waiting["change"], waiting["sequence"]) == (
        "blocked", ["call t1"], "new", 0,
    )  # fmt: skip
    begun = post.messages[-1].content["actions"][0]
    assert (begun["id"], begun["change"], begun["sequence"], begun["uid"]) == ("A2", "changed", 1, waiting["uid"])
    desk.store.close()


def test_who_loses_an_action_is_told_and_who_gets_it_gets_another_token(desk: Desk) -> None:
    post = Post(desk, [channel(wait=0, interval=1)])
    give(desk, 1, "A1")
    post.at(1)
    give(desk, 3, "A1", to="bo")
    post.run(4, since=3)
    to_ana, lost, to_bo = post.messages if post.messages[1].owner == "ana" else [post.messages[i] for i in (0, 2, 1)]
    assert [(each["id"], each["state"]) for each in lost.content["ended"]] == [("A1", "handed on")]
    assert to_bo.owner == "bo"
    assert to_bo.content["actions"][0]["token"] != to_ana.content["actions"][0]["token"]


def test_who_loses_an_action_hears_of_it_also_when_the_next_has_done_it_already(desk: Desk) -> None:
    post = Post(desk, [channel(wait=0, interval=5)])
    give(desk, 1, "A1", "A2")
    post.at(1)
    give(desk, 2, "A1", to="bo")
    desk.done(["A1"])
    post.run(9, since=2)
    (_, lost) = [message for message in post.messages if message.owner == "ana"]
    assert [(each["id"], each["state"]) for each in lost.content["ended"]] == [("A1", "handed on")]


def test_a_severity_that_rises_brings_an_action_to_the_channels_of_its_new_route(tmp_path: Path) -> None:
    desk = desk_with_calls(tmp_path / "desk.db", Calls(owner="ana"))
    severity = desk.deviations().items[0]["severity"]
    channels = [channel("usual", wait=0), channel("loud", wait=0)]
    routes = [Route({"severity": [severity]}, ["usual"]), Route({}, ["loud"])]
    post = Post(desk, channels, routes)
    post.at(0)
    with desk.store.write() as connection:
        connection.execute("UPDATE deviation SET severity = 'critical'")
    post.at(120)
    assert [(name, len(told)) for _, name, told in post.delivered] == [("usual", 5), ("loud", 5)]
    desk.store.close()


def test_a_new_channel_is_told_of_what_is_open_and_the_old_one_nothing(desk: Desk) -> None:
    give(desk, 1, "A1")
    Post(desk, [channel("old", wait=0)]).at(1)
    post = Post(desk, [channel("old", wait=0), channel("new", wait=0)])
    post.at(100)
    assert post.delivered == []
    desk.begin_handoffs(post.channels)
    post.at(200)
    assert post.delivered == [(200, "new", ("A1",))]


def test_without_channels_what_changed_waits_for_the_day_when_there_is_one(desk: Desk) -> None:
    give(desk, 1, "A1")
    Post(desk, []).at(2)
    post = Post(desk, [channel(wait=0)])
    post.at(900)
    assert post.delivered == [(900, "c1", ("A1",))]


def test_a_message_that_was_overtaken_is_not_sent_any_more(desk: Desk) -> None:
    post = Post(desk, [channel(wait=0, interval=1)])
    post.failing["c1"] = DOWN
    give(desk, 1, "A1")
    post.at(1)
    give(desk, 1.5, "A2")
    post.at(1.9)
    del post.failing["c1"]
    post.run(4, since=2)
    assert post.delivered == [(2.0, "c1", ("A1", "A2"))]
    assert [(item["state"], item["fault"]) for item in desk.handoffs(all=True).items] == [
        ("sent", None),
        ("failed", "H2 tells more"),
    ]


def test_a_message_about_what_ended_before_it_could_be_sent_is_taken_back(desk: Desk) -> None:
    post = Post(desk, [channel(wait=0, interval=1)])
    post.failing["c1"] = DOWN
    give(desk, 1, "A1")
    post.at(1)
    desk.done(["A1"])
    del post.failing["c1"]
    post.run(9, since=1.1)
    assert post.delivered == []
    assert desk.handoffs(all=True).items[0]["fault"] == "there is nothing to tell any more"
