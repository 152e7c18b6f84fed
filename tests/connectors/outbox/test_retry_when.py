"""Steps that are tried again only after the failures that they name: what a real server's answer, its silence or its
absence counts as (docs/playbooks.md, `retry.when`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors import feeder
from engine.handoffs.deliveries import Result
from engine.handoffs.routing import Route
from engine.vocabulary.terms import FAILURES, Terms
from tests.connectors.delivery_support import email, settings, webhook
from tests.connectors.handoff_support import action, content, delivery, send
from tests.connectors.outbox.test_delivery_of_steps import desk_with_steps
from tests.connectors.outbox.test_email import sender
from tests.connectors.server import Request, serving
from tests.connectors.smtp_server import Mailbox, mailing
from tests.engine.execution_support import Run, step
from tests.engine.outbox_support import Post, channel, seconds

CALLED: dict[str, Any] = {
    "kind": "http", "side_effect": "idempotent", "effect": {"channel": "hook", "body": {}}, "retry_count": 1,
    "retry_delay_minutes": 10,
}  # fmt: skip


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (408, "timeout"),
        (504, "timeout"),
        (429, "busy"),
        (503, "busy"),
        (500, "server_error"),
        (404, "refused"),
        (302, "refused"),
    ],
)
def test_a_call_is_tried_again_after_the_failures_that_its_step_names_and_no_other(
    tmp_path: Path, status: int, failure: str
) -> None:
    others = tuple(word for word in FAILURES if word != failure)
    steps = [
        step("named", **CALLED, retry_when=(failure,)),
        step("others", **CALLED, retry_when=others),
        step("all", **CALLED),
    ]
    with serving(lambda request: request.send(status)) as server:
        chosen = settings(tmp_path, webhook(server))
        run = Run(tmp_path / "offplan.db", steps)
        feeder.deliver(run.desk, chosen)
        assert run.states() == dict.fromkeys(("named", "others", "all"), "failed")
        assert {run.desk.show(each)["failure"] for each in ("A1", "A2", "A3")} == {failure}
        assert "tried again by itself only after" in str(run.desk.show("A2")["reason"])
        assert "only after" not in str(run.desk.show("A1")["reason"])
        assert run.at(10).states() == {"named": "ready", "others": "failed", "all": "ready"}
        assert run.desk.show("A1")["failure"] is None
        feeder.deliver(run.desk, chosen)
        assert len(server.requests) == 5
    assert run.at(60).state("named") == "failed", "its retries are spent"
    run.desk.reopen(["A2"], reason="they say that it is mended")
    assert run.desk.show("A2")["state"] == "ready", "a person may always"
    run.desk.store.close()


def test_calls_that_get_no_answer_or_no_connection_are_told_apart(tmp_path: Path) -> None:
    steps = [step(word, **CALLED, retry_when=(word,)) for word in ("timeout", "unreachable")]

    def silent(request: Request) -> None:
        request.server_state.release.wait(20)

    with serving(silent) as server:
        run = Run(tmp_path / "offplan.db", steps)
        feeder.deliver(run.desk, settings(tmp_path, webhook(server, 'timeout = "PT1S"\n')))
        assert {run.desk.show(each)["failure"] for each in ("A1", "A2")} == {"timeout"}
        assert run.at(10).states() == {"timeout": "ready", "unreachable": "failed"}
    feeder.deliver(run.desk, settings(tmp_path, webhook(server)))
    assert run.desk.show("A1")["failure"] == "unreachable", "nobody listens there any more"
    assert run.at(30).states() == {"timeout": "failed", "unreachable": "failed"}
    run.desk.store.close()


def test_what_somebody_here_has_to_mend_is_no_failure_that_a_retry_could_name(tmp_path: Path) -> None:
    terms = Terms(kind="http", effect={"channel": "hook", "body": {}}, retry_count=1, retry_when=FAILURES)
    with serving(lambda request: request.send(200)) as server:
        chosen = settings(tmp_path, webhook(server, 'headers = { authorization = "env:NOT_SET_ANYWHERE" }\n'))
        desk = desk_with_steps(tmp_path / "offplan.db", terms)
        feeder.deliver(desk, chosen)
        assert server.requests == []
    assert (desk.show("A1")["state"], desk.show("A1")["failure"]) == ("failed", None)
    desk.clock.set(seconds(100_000))  # type: ignore[attr-defined]
    desk.tick()
    assert desk.show("A1")["state"] == "failed"
    desk.store.close()


@pytest.mark.parametrize(
    ("when", "after"), [(("refused",), "ready"), (("busy",), "failed"), (("timeout", "unreachable"), "failed")]
)
def test_a_message_is_sent_again_after_the_failures_that_its_step_names(
    tmp_path: Path, when: tuple[str, ...], after: str
) -> None:
    terms = Terms(kind="notify", effect={"to": ["bo"], "message": "late"}, retry_count=1, retry_when=when)
    with mailing(Mailbox(answers={"RCPT ana@example.com": "550 no such user"})) as mailbox:
        desk = desk_with_steps(tmp_path / "offplan.db", terms)
        feeder.deliver(desk, settings(tmp_path, email(mailbox)))
        feeder.deliver(desk, settings(tmp_path, email(mailbox)))
    assert (desk.show("A1")["state"], desk.show("A1")["failure"]) == ("failed", "refused")
    desk.clock.set(seconds(100))  # type: ignore[attr-defined]
    desk.tick()
    assert desk.show("A1")["state"] == after
    desk.store.close()


def test_a_message_to_several_is_sent_again_only_where_every_failure_is_named(tmp_path: Path) -> None:
    to = {"to": ["bo", "zed"], "message": "late"}
    desk = desk_with_steps(
        tmp_path / "offplan.db", Terms(kind="notify", effect=to, retry_count=1, retry_when=("busy",))
    )
    routes = [Route({"owner": ["bo"]}, ["c1"]), Route({"owner": ["zed"]}, ["c2"])]
    post = Post(desk, [channel("c1", wait=0), channel("c2", wait=0)], routes)
    post.failing["c1"] = Result("failed", "later", failure="busy")
    post.failing["c2"] = Result("failed", "no such user", failure="refused")
    post.at(0)
    post.at(1)
    assert (desk.show("A1")["state"], desk.show("A1")["failure"]) == ("failed", "refused")
    desk.clock.set(seconds(1000))  # type: ignore[attr-defined]
    desk.tick()
    assert (desk.show("A1")["state"], len(post.keys)) == ("failed", 2)
    desk.store.close()


@pytest.mark.parametrize(
    ("mailbox", "failure"),
    [
        (Mailbox(answers={"MAIL": "451 try later"}), "busy"),
        (Mailbox(answers={"MAIL": "550 no"}), "refused"),
        (Mailbox(silent_at="MAIL"), "timeout"),
        (Mailbox(breaks_at="EHLO"), "unreachable"),
    ],
    ids=["busy", "refused", "timeout", "unreachable"],
)
def test_what_a_mail_server_does_is_told_apart(mailbox: Mailbox, failure: str) -> None:
    with mailing(mailbox):
        result = send(sender(mailbox), delivery(content(action())))
    assert (result.state, result.failure) == ("failed", failure)
