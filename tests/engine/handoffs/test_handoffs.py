"""Hand-offs as people see them: on an action, in the list, in the journal; and what of a change is told to whom."""

from __future__ import annotations

import contextlib

import pytest

from engine.desk import Desk
from engine.handoffs.routing import Route
from engine.values.clock import MINUTE
from engine.values.errors import NotFound
from tests.engine.outbox_support import DOWN, Post, channel, give


def test_an_action_shows_where_it_was_handed_off_and_a_hand_off_what_it_said(desk: Desk) -> None:
    post = Post(desk, [channel(wait=0)])
    give(desk, 1, "A1")
    post.at(1)
    (told,) = desk.show("A1")["handoffs"]
    assert (told["id"], told["channel"], told["state"], told["actions"]) == ("H1", "c1", "sent", ["A1"])
    assert "hand_off" in [entry["action"] for entry in desk.show("A1")["history"]]
    shown = desk.show("H1")
    assert shown["content"]["actions"][0]["title"] == "call t1"
    assert [entry["action"] for entry in shown["history"]] == ["hand_off", "begin", "send"]
    assert post.messages[0].content["actions"][0]["token"] not in repr(shown)


def test_the_list_of_hand_offs_shows_what_asks_for_something(desk: Desk) -> None:
    post = Post(desk, [channel(wait=0, interval=1)])
    give(desk, 1, "A1")
    post.at(1)
    assert [item["id"] for item in desk.handoffs().items] == ["H1"]
    desk.done(["A1"])
    assert desk.handoffs().items == []
    assert [item["id"] for item in desk.handoffs(["channel=c1", "owner=ana"], all=True).items] == ["H1"]


def test_the_channels_of_an_action_can_be_asked_for(desk: Desk) -> None:
    channels = [channel("c1"), channel("c2")]
    routes = [Route({"owner": ["zed"]}, ["c1"]), Route({"function": ["sales"]}, ["c2"])]
    assert desk.chosen_channels(channels, routes, {}, "A1") == ("c1",)
    assert desk.chosen_channels(channels, routes, {"owner": "ana", "function": "sales"}, "A1") == ("c2",)
    assert desk.chosen_channels(channels, routes, {"function": "sales"}) == ("c2",)
    with pytest.raises(NotFound):
        desk.chosen_channels(channels, routes, {}, "A99")


def test_a_hand_off_and_its_cause_are_one_transaction(desk: Desk) -> None:
    """Whatever undoes the change undoes its note as well."""
    post = Post(desk, [channel(wait=0)])
    post.at(0)
    with contextlib.suppress(NotFound):
        desk.assign(["A1", "A99"], to="ana")
    post.at(100)
    assert post.delivered == []


@pytest.mark.parametrize(("minutes", "told"), [(90, 1), (24 * 60, 2)])
def test_a_move_within_the_day_is_told_only_to_who_has_the_plan(desk: Desk, minutes: int, told: int) -> None:
    post = Post(desk, [channel("mail", wait=0, interval=1), channel("calendar", wait=0, interval=1, blocked=True)])
    give(desk, 1, "A1")
    post.at(1)
    with desk.store.write() as connection:
        connection.execute("UPDATE action SET start_at = start_at + ?", (minutes * MINUTE,))
    post.run(5, since=2)
    assert [name for _, name, _ in post.delivered].count("mail") == told
    assert [name for _, name, _ in post.delivered].count("calendar") == 2


def test_a_clock_that_is_set_back_keeps_nobody_from_being_told(desk: Desk) -> None:
    post = Post(desk, [channel(wait=1, interval=1, remind=60)])
    give(desk, 5000, "A1")
    post.at(5001)
    post.failing["c1"] = DOWN
    give(desk, 5002, "A2")
    post.at(5003)
    del post.failing["c1"]
    give(desk, 10, "A3")
    post.run(13, since=11, step=0.5)
    assert post.delivered[-1][1:] == ("c1", ("A1", "A2", "A3"))
