"""Messages on their way: what a crash leaves in doubt, what is sent again, and what a person says of it."""

from __future__ import annotations

import pytest

from engine.desk import Desk
from engine.handoffs.deliveries import Result
from engine.values.errors import Refused
from tests.engine.outbox_support import DOWN, Post, channel, give


def left_begun(desk: Desk, *, once: bool) -> Post:
    """A feeder that ended between begun and recorded."""
    post = Post(desk, [channel(wait=0, interval=1, once=once)])
    give(desk, 1, "A1")
    desk.hand_off(post.channels, post.routes)
    delivery = desk.begin_delivery("c1")
    assert delivery is not None
    post.keys.append(delivery.key)
    return post


def test_what_a_receiver_knows_by_its_key_is_sent_again_with_the_same_key(desk: Desk) -> None:
    post = left_begun(desk, once=False)
    assert desk.begin_handoffs(post.channels) == 0
    post.run(9, since=2)
    assert post.delivered == [(2.0, "c1", ("A1",))]
    assert len(set(post.keys)) == 1
    assert desk.handoffs().items[0]["attempt"] == 2


def test_what_must_not_be_repeated_is_in_doubt_and_waits_for_a_person(desk: Desk) -> None:
    post = left_begun(desk, once=True)
    assert desk.begin_handoffs(post.channels) == 1
    post.run(9, since=2)
    assert post.delivered == []
    (item,) = desk.handoffs().items
    assert (item["state"], item["attempt"]) == ("unknown", 1)

    desk.confirm_handoffs(["H1"], reason="Ana has it")
    assert desk.handoffs(all=True).items[0]["state"] == "sent"
    with pytest.raises(Refused, match="H1 is sent"):
        desk.confirm_handoffs(["H1"])
    post.run(20, since=9)
    assert post.delivered == []


def test_a_person_has_a_message_in_doubt_sent_again_once(desk: Desk) -> None:
    post = left_begun(desk, once=True)
    desk.begin_handoffs(post.channels)
    desk.resend_handoffs(["H1"], reason="nothing came")
    with pytest.raises(Refused, match="H1 is pending"):
        desk.resend_handoffs(["H1"], reason="nothing came")
    post.run(9, since=2)
    assert post.delivered == [(2.0, "c1", ("A1",))]
    with pytest.raises(Refused, match="H1 is sent"):
        desk.resend_handoffs(["H1"], reason="again")


def test_what_a_person_said_of_a_message_is_taken_back_until_the_feeder_went_on(desk: Desk) -> None:
    post = left_begun(desk, once=True)
    desk.begin_handoffs(post.channels)
    desk.confirm_handoffs(["H1"], reason="Ana has it")
    desk.undo()
    assert desk.show("H1")["state"] == "unknown"
    resent = desk.resend_handoffs(["H1"], reason="she has not").txn
    desk.undo()
    post.run(5, since=2)
    assert (desk.show("H1")["state"], post.delivered) == ("unknown", []), "nothing leaves that was taken back"
    desk.redo()
    post.run(9, since=5)
    assert post.delivered == [(5.0, "c1", ("A1",))]
    with pytest.raises(Refused, match=r"H1 has moved on since: system did send .*; what the feeder did with a message"):
        desk.undo(resent)
    assert desk.show("H1")["state"] == "sent"


def test_undo_by_the_id_of_a_message(desk: Desk) -> None:
    post = left_begun(desk, once=True)
    desk.begin_handoffs(post.channels)
    confirmed = desk.confirm_handoffs(["H1"]).txn
    desk.ack(["A2"])
    assert desk.undo(about="H1").about == confirmed
    assert (desk.show("H1")["state"], desk.show("A2")["owner"]) == ("unknown", "zed")


def test_what_is_in_doubt_is_not_told_again_but_what_is_new_is(desk: Desk) -> None:
    post = left_begun(desk, once=True)
    desk.begin_handoffs(post.channels)
    give(desk, 5, "A2")
    post.run(9, since=5)
    assert [(told, message.content["reason"]) for (_, _, told), message in zip(post.delivered, post.messages, strict=True)] == [(("A1", "A2"), "new")]  # fmt: skip
    desk.resend_handoffs(["H1"], reason="he wants the first one too")
    post.run(12, since=9)
    # The older message must not make the channel forget what the newer one said.
    desk.begin_handoffs(post.channels)
    post.run(12.5, since=12)
    assert [told for _, _, told in post.delivered] == [("A1", "A2"), ("A1",)]
    give(desk, 13, "A3")
    post.run(15, since=13)
    assert [told for _, _, told in post.delivered][-1] == ("A1", "A2", "A3")


def test_an_end_that_comes_after_somebody_settled_it_changes_nothing(desk: Desk) -> None:
    post = left_begun(desk, once=True)
    desk.begin_handoffs(post.channels)
    desk.end_delivery(post.channels[0], 1, Result("failed", "late", again=True))
    assert desk.handoffs().items[0]["state"] == "unknown"


def test_a_channel_that_is_gone_is_not_tried_any_more(desk: Desk) -> None:
    post = Post(desk, [channel(wait=0)])
    post.failing["c1"] = DOWN
    give(desk, 1, "A1")
    post.at(1)
    desk.begin_handoffs([channel("other")])
    (item,) = desk.handoffs(["state=failed"]).items
    assert (item["next_at"], item["fault"]) == (None, "there is no channel c1 any more")


def test_a_failure_that_nothing_mends_by_itself_is_tried_again_when_there_is_more_to_tell(desk: Desk) -> None:
    post = Post(desk, [channel(wait=0, interval=1)])
    post.failing["c1"] = Result("failed", "there is no such mailbox")
    give(desk, 1, "A1")
    post.run(9, since=1)
    assert len(post.keys) == 1
    del post.failing["c1"]
    give(desk, 10, "A2")
    post.run(12, since=10)
    assert post.delivered == [(10.0, "c1", ("A1", "A2"))]
