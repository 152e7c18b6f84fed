"""Owners' replies: each moves its action as its owner would, once; what cannot be is refused where a person sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.desk import Desk
from engine.handoffs import replies
from engine.intake.ingest import SourceBatch
from engine.values.clock import HOUR
from engine.vocabulary.model import IngestResult, SignalIn
from engine.vocabulary.terms import Terms
from tests.engine.outbox_support import Calls, Post, channel, desk_with_calls, seconds


class Mail:
    """Ana's actions A1 to A5, handed to her; she answers by signals."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.post = Post(desk, [channel(wait=0, interval=1)])
        self.post.at(1)
        (message,) = self.post.messages
        self.tokens: dict[str, str] = {action["id"]: action["token"] for action in message.content["actions"]}
        self._count = 0

    def reply(self, word: str, action: str = "A1", *, token: str | None = None, **said: Any) -> dict[str, Any]:
        """Answer about an action, and what became of it."""
        self._count += 1
        self.take(f"r{self._count}", word, action, token=token, **said)
        (signal, *_) = self.desk.signals(["kind=reply"]).items
        found: dict[str, Any] = self.desk.show(signal["id"])["reply"]
        return found

    def take(self, id_: str, word: str, action: str = "A1", *, token: str | None = None, **said: Any) -> IngestResult:
        detail = {"action": action, "token": token or self.tokens.get(action, "none"), **said}
        signal = SignalIn(
            id_, "reply", None, None, None, None, None, None, None, None, None, None, word, "{}", 3, json.dumps(detail)
        )
        return self.desk.take(
            SourceBatch(source="replies", kind="folder", identity="event", rows=[signal], file="r.csv")
        )

    def state(self, action: str = "A1") -> str:
        return str(self.desk.show(action)["state"])


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[Mail]:
    desk = desk_with_calls(tmp_path / "desk.db", Calls(owner="ana"))
    desk.actor = "chen"
    yield Mail(desk)
    desk.store.close()


def test_an_owner_takes_starts_holds_and_ends_an_action_without_the_desk(mail: Mail) -> None:
    assert mail.reply("accepted") == {"state": "taken", "action": "A1", "said": "A1: ready → assigned"}
    assert mail.reply("started")["said"] == "A1: assigned → in_progress"
    until = seconds(2) + 4 * HOUR
    assert mail.reply("waiting", reason="ACME calls back", until=until)["said"] == "A1: in_progress → waiting"
    shown = mail.desk.show("A1")
    assert (shown["reason"], shown["waiting_until"]) == ("ACME calls back", "2026-03-09T12:00:02Z")
    assert mail.reply("done", reason="they confirmed")["said"] == "A1: waiting → done"
    assert mail.state() == "done"


def test_the_owner_is_who_acted_and_the_signal_where_from(mail: Mail) -> None:
    mail.reply("accepted")
    (entry,) = [each for each in mail.desk.show("A1")["history"] if each["action"] == "accept"]
    assert entry["actor"] == "ana"
    assert entry["origin"]["signal"].startswith("S")
    assert entry["origin"]["source"] == "replies"
    assert mail.desk.check() == [] or not [each for each in mail.desk.check() if "journal" in each["place"]]


def test_one_word_is_enough(mail: Mail) -> None:
    assert mail.reply("done")["said"] == "A1: ready → done"
    assert mail.reply("failed", "A2", reason="no truck")["said"] == "A2: ready → failed"
    assert mail.reply("waiting", "A3", reason="customs")["said"] == "A3: ready → waiting"
    assert mail.desk.show("D1")["state"] == "responding"


def test_what_is_said_again_changes_nothing(mail: Mail) -> None:
    assert mail.take("x", "accepted").new == 1
    version = mail.desk.show("A1")["version"]
    assert mail.take("x", "accepted").duplicate == 1
    assert mail.reply("accepted") == {"state": "taken", "action": "A1", "said": "A1 was assigned already"}
    assert mail.desk.show("A1")["version"] == version


@pytest.mark.parametrize(
    ("word", "said", "why"),
    [
        ("done", {"action": "A99"}, "there is no action A99"),
        ("done", {"action": "D1"}, "is no action"),
        ("done", {"token": "aaaaaaaaaaaaaaaa"}, "this token is of no hand-off of A1"),
        ("waiting", {}, "a reason is needed"),
        ("failed", {}, "a reason is needed"),
        ("waiting", {"reason": "later", "until": seconds(-100)}, "is not after now"),
    ],
)
def test_what_cannot_be_is_refused_and_shows(mail: Mail, word: str, said: dict[str, Any], why: str) -> None:
    before = mail.desk.show("A1")
    found = mail.reply(word, said.pop("action", "A1"), **said)
    assert found["state"] == "refused"
    assert why in found["said"]
    assert mail.desk.show("A1") == before
    (odd,) = mail.desk.show("replies")["oddities"]
    assert (odd["sort"], odd["count"]) == ("refused_reply", 1)
    assert why in odd["example"]
    assert [each for each in mail.desk.check() if "1 reply of an owner was not carried out" in each["fault"]]


def test_another_actions_token_does_not_hold(mail: Mail) -> None:
    assert "is of no hand-off of A1" in mail.reply("done", token=mail.tokens["A2"])["said"]


def test_who_has_an_action_no_longer_cannot_move_it(mail: Mail) -> None:
    mail.desk.assign(["A1"], to="bo")
    found = mail.reply("done")
    assert (found["state"], mail.state()) == ("refused", "assigned")
    assert "A1 is bo's by now" in found["said"]


def test_a_reply_about_what_has_ended_is_refused(mail: Mail) -> None:
    mail.desk.cancel(["A1"], reason="not needed")
    assert "A1 is cancelled" in mail.reply("started")["said"]
    mail.desk.cancel(["R1"], reason="called off")
    assert mail.reply("done", "A2")["state"] == "refused"


def test_a_reply_releases_what_waits_for_it(tmp_path: Path) -> None:
    desk = desk_with_calls(tmp_path / "desk.db", Calls(owner="ana", needs={"t2": ["t1"]}))
    mail = Mail(desk)
    assert "blocked" in mail.reply("started", "A2", token="x")["said"] or mail.state("A2") == "blocked"
    mail.reply("done", "A1")
    assert mail.state("A2") == "ready"
    desk.store.close()


@pytest.mark.parametrize(
    ("word", "said", "column"),
    [
        ("perhaps", {}, "status"),
        ("done", {"token": ""}, "token"),
        ("done", {"answers": "[1]"}, "answers"),
        ("done", {"answers": "{"}, "answers"),
    ],
)
def test_what_is_no_reply_goes_to_the_quarantine(mail: Mail, word: str, said: dict[str, Any], column: str) -> None:
    detail = {"action": "A1", "token": "t", **said}
    signal = SignalIn(
        "q", "reply", None, None, None, None, None, None, None, None, None, None, word, "{}", 3, json.dumps(detail)
    )
    batch = SourceBatch(source="replies", kind="folder", identity="event", rows=[signal], file="r.csv")
    assert mail.desk.take(batch).quarantined == 1
    assert mail.desk.held()[0]["column_name"] == column


def test_a_reply_that_was_stored_and_not_carried_out_is_carried_out_by_the_next_tick(
    mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    signal = SignalIn(
        "late", "reply", None, None, None, None, None, None, None, None, None, None, "accepted", "{}", 3,
        json.dumps({"action": "A1", "token": mail.tokens["A1"]}),
    )  # fmt: skip
    batch = SourceBatch(source="replies", kind="folder", identity="event", rows=[signal], file="r.csv")
    with monkeypatch.context() as patch:
        patch.setattr(replies, "carry_out", dies)
        with pytest.raises(KeyboardInterrupt):
            mail.desk.take(batch)
    assert mail.state() == "ready"
    mail.desk.tick()
    assert mail.state() == "assigned"


def test_a_token_is_shown_to_nobody(mail: Mail) -> None:
    mail.reply("accepted")
    (signal,) = mail.desk.signals(["kind=reply"]).items
    assert mail.tokens["A1"] not in repr(mail.desk.show(signal["id"]))


FORM = ({"name": "promised_on", "type": "date"}, {"name": "whole", "type": "boolean", "required": False})


def test_answers_to_what_a_step_asks_come_with_the_reply(tmp_path: Path) -> None:
    desk = desk_with_calls(tmp_path / "desk.db", Calls(Terms(form=FORM), owner="ana"))
    mail = Mail(desk)
    assert "promised_on" in mail.reply("done")["said"]
    assert "promised_on" in mail.reply("done", answers=json.dumps({"promised_on": "soon"}))["said"]
    assert mail.state() == "ready"
    given = json.dumps({"promised_on": "2026-03-20", "whole": True})
    assert mail.reply("done", answers=given)["said"] == "A1: ready → done"
    assert desk.show("A1")["answers"] == {"promised_on": "2026-03-20", "whole": True}
    desk.store.close()
