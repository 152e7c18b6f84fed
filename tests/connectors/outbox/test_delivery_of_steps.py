"""Steps that tell somebody or call a system, delivered end to end: done, failed, tried again, in doubt."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from connectors import feeder
from connectors.outbox import checks
from engine.desk import Desk
from engine.handoffs.deliveries import Result
from engine.handoffs.routing import Route
from engine.storage.store import Store
from engine.values.clock import FixedClock
from engine.values.errors import Refused
from engine.vocabulary.terms import Terms
from tests.connectors.delivery_support import desk_on, email, settings, webhook
from tests.connectors.feeder_support import Process
from tests.connectors.server import Request, serving
from tests.connectors.smtp_server import Mailbox, mailing
from tests.engine.desk_support import NOW, late, owners
from tests.engine.execution_support import Run, step
from tests.engine.outbox_support import Calls, Post, channel, seconds


def desk_with_steps(path: Path, terms: Terms, *, owner: str = "ana") -> Desk:
    """A desk whose steps t2 to t5 wait for t1, all of them of these terms."""
    store = Store.open(path, create=True)
    needs = {f"t{number}": ["t1"] for number in range(2, 6)}
    desk = Desk(store, FixedClock(NOW), actor="ana", planner=Calls(terms, needs=needs, owner=owner))
    owners(desk, "ana", "bo", "zed")
    desk.respond(late(desk, P1=12))
    return desk


def state(desk: Desk, action: str) -> tuple[str, str | None]:
    shown = desk.show(action)
    return shown["state"], shown["reason"]


def test_a_step_that_tells_is_done_when_everybody_was_told_and_releases_the_next(tmp_path: Path) -> None:
    terms = Terms(kind="notify", effect={"to": ["bo", "zed"], "message": "The truck is late.\nStop {{ 7*7 }}."})
    chosen = settings(tmp_path, '[channel.drop]\ntype = "folder"\npath = "out"\nformat = "json"\n')
    desk = desk_with_steps(tmp_path / "offplan.db", terms)
    assert feeder.deliver(desk, chosen) == 2 + 4 * 2
    assert state(desk, "A1") == ("done", "told bo through drop (H1), zed through drop (H2)")
    assert state(desk, "A5")[0] == "done"
    document = json.loads((tmp_path / "out" / "H1-bo.json").read_text())
    assert document["message"] == "The truck is late.\nStop {{ 7*7 }}."
    assert (document["reason"], document["owner"]["id"], document["step"]) == ("notice", "bo", "A1")
    assert feeder.deliver(desk, chosen) == 0
    desk.store.close()


def test_a_step_that_tells_sends_again_only_what_did_not_arrive(tmp_path: Path) -> None:
    terms = Terms(kind="notify", effect={"to": ["bo", "zed"], "message": "late"}, retry_count=1)
    refused = {"RCPT zed@example.com": "550 no such user"}
    with mailing(Mailbox(answers=refused)) as mailbox:
        chosen = settings(tmp_path, email(mailbox).replace('to = "ana@example.com"\n', ""))
        desk = desk_with_steps(tmp_path / "offplan.db", terms)
        with desk.store.write() as connection:
            connection.execute(
                "UPDATE plan_record SET data = json_set(data, '$.email', key || '@example.com') WHERE kind = 'owner'"
            )
        assert feeder.deliver(desk, chosen) == 1
        failed, reason = state(desk, "A1")
        assert failed == "failed"
        assert reason is not None
        assert "550 no such user" in reason
        mailbox.answers.clear()
        desk.clock.set(seconds(100))  # type: ignore[attr-defined]
        desk.tick()
        assert feeder.deliver(desk, chosen) >= 1
        assert state(desk, "A1")[0] == "done"
    receivers = [receiver for each, _ in mailbox.mails for receiver in each]
    assert receivers[:2] == ["bo@example.com", "zed@example.com"]
    desk.store.close()


def test_a_step_that_tells_fails_after_a_day_of_trying_and_can_be_tried_again(tmp_path: Path) -> None:
    desk = desk_with_steps(tmp_path / "offplan.db", Terms(kind="notify", effect={"to": ["bo"], "message": "late"}))
    post = Post(desk, [channel(wait=0)], [Route({"owner": ["bo"]}, ["c1"])])
    post.failing["c1"] = Result("failed", "the server cannot be reached", again=True)
    for hour in range(24):
        post.at(3600 * hour)
    assert (state(desk, "A1")[0], len(post.keys)) == ("ready", 24)
    post.at(3600 * 24)
    post.at(3600 * 24 + 1)
    assert state(desk, "A1") == (
        "failed", "H1 to bo through c1: the server cannot be reached; it was tried for 24 hours"
    )  # fmt: skip
    post.at(3600 * 100)
    assert (len(post.keys), desk.show("H1")["next_at"]) == (25, None), "and no more"
    desk.reopen(["A1"], reason="the server is there again")
    post.at(3600 * 100 + 1)
    assert (len(post.keys), state(desk, "A1")[0]) == (26, "ready"), "its day begins anew"
    del post.failing["c1"]
    post.at(3600 * 101)
    post.at(3600 * 101 + 1)
    assert state(desk, "A1")[0] == "done"
    assert len(set(post.keys[:27])) == 1, "it is the same message all the time"
    desk.store.close()


def test_that_a_message_arrived_is_taken_back_only_until_its_step_went_on(tmp_path: Path) -> None:
    desk = desk_with_steps(tmp_path / "offplan.db", Terms(kind="notify", effect={"to": ["bo"], "message": "late"}))
    post = Post(desk, [channel(wait=0)], [Route({"owner": ["bo"]}, ["c1"])])
    post.failing["c1"] = Result("unknown", "the server gave no answer")
    post.at(1)
    post.at(2)
    assert (state(desk, "A1")[0], desk.show("H1")["state"]) == ("ready", "unknown")
    confirmed = desk.confirm_handoffs(["H1"]).txn
    desk.undo()
    post.at(3)
    assert (state(desk, "A1")[0], desk.show("H1")["state"]) == ("ready", "unknown")
    desk.redo()
    post.at(4)
    assert state(desk, "A1")[0] == "done", "a step is looked at also where a redo says that its message arrived"
    with pytest.raises(Refused, match="H1 has moved on since with A1: system did done"):
        desk.undo(confirmed)
    desk.store.close()


def test_check_names_who_gets_mail_and_has_no_address(tmp_path: Path) -> None:
    to_bo = Terms(kind="notify", effect={"to": ["bo", "zed"], "message": "late"})
    text = '[channel.mail]\ntype = "email"\nhost = "smtp.example"\nfrom = "o@example.com"\n'
    chosen = settings(tmp_path, f'[[route]]\nmatch = {{ owner = "bo" }}\nchannel = "mail"\n{text}')
    desk = desk_with_steps(tmp_path / "offplan.db", to_bo)
    (fault,) = checks.without_address(desk, chosen)
    assert (fault.place, "he has no address" in fault.fault) == ("owner bo", True)
    with desk.store.write() as connection:
        connection.execute("UPDATE plan_record SET data = json_set(data, '$.email', 'bo@example.com') WHERE key = 'bo'")
    assert list(checks.without_address(desk, chosen)) == []
    everybody = settings(tmp_path, f'{text}to = "all@example.com"\n')
    assert list(checks.without_address(desk, everybody)) == []
    desk.store.close()


def test_a_step_whose_people_no_channel_takes_stays_with_its_owner_and_shows(tmp_path: Path) -> None:
    terms = Terms(kind="notify", effect={"to": ["bo"], "message": "late"})
    route = '[[route]]\nmatch = { owner = "ana" }\nchannel = "drop"\n'
    chosen = settings(tmp_path, f'{route}[channel.drop]\ntype = "folder"\npath = "out"\n')
    desk = desk_with_steps(tmp_path / "offplan.db", terms)
    assert feeder.deliver(desk, chosen) == 0
    assert state(desk, "A1")[0] == "ready"
    assert [each["fault"] for each in desk.check() if each["place"] == "action A1"] == ["it is ready and tells nobody"]
    desk.done(["A1"])
    assert state(desk, "A1")[0] == "done"
    desk.store.close()


def test_check_names_calls_that_no_channel_makes(tmp_path: Path) -> None:
    run = Run(tmp_path / "offplan.db", [step("ask", kind="http", effect={"channel": "hook", "body": {}})])
    (fault,) = checks.without_channel(run.desk, settings(tmp_path, ""))
    assert (fault.place, "waits for the channel hook, which offplan.toml does not have" in fault.fault) == ("A1", True)
    folder = settings(tmp_path, '[channel.hook]\ntype = "folder"\npath = "out"\n')
    assert ["which is no webhook" in each.fault for each in checks.without_channel(run.desk, folder)] == [True]
    with serving(lambda request: request.send(200)) as server:
        assert list(checks.without_channel(run.desk, settings(tmp_path, webhook(server)))) == []
    run.desk.skip(["A1"], reason="by telephone")
    assert list(checks.without_channel(run.desk, folder)) == []
    run.desk.store.close()


def test_a_step_that_calls_posts_its_own_body_with_its_key(tmp_path: Path) -> None:
    terms = Terms(kind="http", effect={"channel": "hook", "body": {"hold": "P1"}}, side_effect="idempotent")
    with serving(lambda request: request.send(200)) as server:
        chosen = settings(tmp_path, webhook(server))
        desk = desk_with_steps(tmp_path / "offplan.db", terms)
        feeder.deliver(desk, chosen)
        assert state(desk, "A1")[0] == "done"
        # What it releases is due the next time that somebody looks.
        feeder.deliver(desk, chosen)
        assert state(desk, "A5")[0] == "done"
    assert [json.loads(body) for body in server.bodies] == [{"hold": "P1"}] * 5
    assert len({headers["idempotency-key"] for _, headers in server.requests}) == 5
    desk.store.close()


@pytest.mark.parametrize(
    ("answer", "title", "reason"),
    [
        (b'{"eta": {"day": "2026-03-20"}, "price": 12.5}', "Tell 2026-03-20 12.5", None),
        (b'{"eta": {"day": "soon"}}', "Tell (not known) (not known)", "'soon' is no date"),
        (b'{"eta": "2026-03-20"}', "Tell (not known) (not known)", "the answer has no eta.day"),
        (b"<html>", "Tell (not known) (not known)", "the answer has no price"),
        (b'{"price": 1, "fill": "' + b"x" * 70_000 + b'"}', "Tell (not known) (not known)", "the answer has no price"),
    ],
    ids=["whole", "no-date", "other-form", "no-json", "too-long"],
)
def test_what_a_system_answers_is_a_value_for_later_steps_or_is_not_known(
    tmp_path: Path, answer: bytes, title: str, reason: str | None
) -> None:
    call = Terms(
        kind="http", effect={"channel": "hook", "body": {}}, side_effect="idempotent",
        publish={"day": "answer.eta.day as date", "price": "answer.price as number"},
    )  # fmt: skip
    words = {"title": "Tell ${day} ${price}"}
    told = Terms(late={"values": {"day": "ask", "price": "ask"}, "words": words})
    steps = [step("ask", **call._asdict()), step("tell", "ask", **told._asdict())]
    with serving(lambda request: request.send(200, answer)) as server:
        chosen = settings(tmp_path, webhook(server))
        run = Run(tmp_path / "offplan.db", steps)
        feeder.deliver(run.desk, chosen)
    assert run.states() == {"ask": "done", "tell": "ready"}, "it was called, whatever it says"
    assert run.actions()["tell"]["title"] == title
    said = run.actions()["ask"]["reason"]
    assert (said is None) if reason is None else (reason in said)
    run.desk.store.close()


def test_an_answer_that_breaks_off_leaves_the_call_done(tmp_path: Path) -> None:
    def broken(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b'{"price"')
        request.close_connection = True

    terms = Terms(
        kind="http",
        effect={"channel": "hook", "body": {}},
        side_effect="once",
        publish={"price": "answer.price as number"},
    )
    with serving(broken) as server:
        run = Run(tmp_path / "offplan.db", [step("ask", **terms._asdict())])
        feeder.deliver(run.desk, settings(tmp_path, webhook(server)))
        assert len(server.requests) == 1
    assert run.states() == {"ask": "done"}
    run.desk.store.close()


def test_a_call_that_must_happen_once_and_gets_no_answer_is_a_persons_to_settle(tmp_path: Path) -> None:
    terms = Terms(kind="http", effect={"channel": "hook", "body": {}}, side_effect="once")

    def silent(request: Request) -> None:
        request.server_state.release.wait(20)

    with serving(silent) as server:
        chosen = settings(tmp_path, webhook(server, 'timeout = "PT1S"\n'))
        desk = desk_with_steps(tmp_path / "offplan.db", terms)
        feeder.deliver(desk, chosen)
        feeder.deliver(desk, chosen)
    assert state(desk, "A1")[0] == "unknown"
    assert len(server.requests) == 1
    desk.store.close()


def test_a_call_that_fails_fails_its_step(tmp_path: Path) -> None:
    terms = Terms(kind="http", effect={"channel": "hook", "body": {}}, side_effect="idempotent")
    with serving(lambda request: request.send(404)) as server:
        chosen = settings(tmp_path, webhook(server))
        desk = desk_with_steps(tmp_path / "offplan.db", terms)
        feeder.deliver(desk, chosen)
    failed, reason = state(desk, "A1")
    assert failed == "failed"
    assert reason is not None
    assert "HTTP 404" in reason
    desk.store.close()


@pytest.mark.parametrize(("side_effect", "calls", "after"), [("once", 1, "unknown"), ("idempotent", 2, "done")])
def test_peers_case_66_a_call_of_a_step_is_in_doubt_or_made_again_as_the_step_says(
    tmp_path: Path, side_effect: str, calls: int, after: str
) -> None:
    terms = Terms(kind="http", effect={"channel": "hook", "body": {"hold": 1}}, side_effect=side_effect)
    path = tmp_path / "offplan.db"
    desk_with_steps(path, terms).store.close()
    running: list[Process] = []

    def answer(request: Request) -> None:
        if len(request.server_state.requests) == 1:
            os.kill(running[0].process.pid, signal.SIGKILL)
            running[0].process.wait()
        else:
            request.send(200)

    with serving(answer) as server:
        chosen = settings(tmp_path, webhook(server))
        with Process(path, tmp_path / "offplan.toml") as first:
            running.append(first)
            first.process.wait(60)
        with desk_on(path, now=None) as desk:
            assert state(desk, "A1")[0] == "in_progress"
            feeder.deliver(desk, chosen)
            assert state(desk, "A1")[0] == after
            made = len(server.requests)
            if side_effect == "once":
                feeder.deliver(desk, chosen)
                assert len(server.requests) == made
    assert made == calls
    assert len({headers["idempotency-key"] for _, headers in server.requests[:calls]}) == 1
