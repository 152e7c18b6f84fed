"""Delivery end to end: a real feeder, real receivers, and processes that are killed between the effect and its record."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors import feeder
from connectors.outbox import checks, delivery_loop
from connectors.poll_loop import PollLoop
from connectors.settings import Settings, load
from connectors.troubles import Troubles
from engine.clock import FixedClock, SystemClock
from engine.deliveries import Result
from engine.desk import Desk
from engine.errors import Refused
from engine.routing import Route
from engine.store import Store
from engine.terms import Terms
from tests.connectors.server import Request, Server, serving
from tests.connectors.smtp_server import Mailbox, mailing
from tests.engine.desk_support import NOW, late, owners
from tests.engine.outbox_support import Calls, Post, channel, seconds

CHECKOUT = Path(__file__).resolve().parents[2]
SOON = 'wait = "PT1S"\ninterval = "PT1S"\n'


def settings(folder: Path, text: str) -> Settings:
    path = folder / "offplan.toml"
    path.write_text(text)
    return load(path)


def webhook(server: Server, more: str = "") -> str:
    return f'[channel.hook]\ntype = "webhook"\nurl = "{server.url}/hook"\n{SOON}{more}'


def email(mailbox: Mailbox, more: str = "") -> str:
    return (
        f'[channel.mail]\ntype = "email"\nhost = "localhost"\nport = {mailbox.port}\nsecurity = "none"\n'
        f'from = "desk@example.com"\nto = "ana@example.com"\n{SOON}{more}'
    )


@contextlib.contextmanager
def desk_on(path: Path, planner: Calls | None = None, now: int | None = NOW) -> Iterator[Desk]:
    """A desk at NOW, or on the machine's clock."""
    store = Store.open(path, create=True)
    clock = SystemClock() if now is None else FixedClock(now)
    yield Desk(store, clock, actor="ana", planner=planner or Calls(owner="ana"))
    store.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A file with a response of five actions, all ana's, that became ready long ago."""
    path = tmp_path / "offplan.db"
    with desk_on(path) as desk:
        owners(desk, "ana", "bo")
        desk.respond(late(desk, P1=12))
    return path


class Process:
    """A feeder in a process of its own."""

    def __init__(self, database: Path, folder: Path) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.connectors.feeder_process"),
                *(str(database), str(folder / "offplan.toml")),
            ],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


def handoffs(database: Path) -> list[tuple[str, int]]:
    with desk_on(database, now=None) as desk:
        return [(item["state"], item["attempt"]) for item in desk.handoffs(all=True).items]


def test_peers_case_66_killed_after_a_call_that_a_key_makes_harmless_it_is_made_again_with_the_same_key(
    database: Path, tmp_path: Path
) -> None:
    running: list[Process] = []
    arrived = threading.Event()

    def answer(request: Request) -> None:
        if len(request.server_state.requests) == 1:
            # The receiver has it; the sender is gone before it hears so.
            os.kill(running[0].process.pid, signal.SIGKILL)
            running[0].process.wait()
        else:
            request.send(200)
            arrived.set()

    with serving(answer) as server:
        settings(tmp_path, webhook(server))
        with Process(database, tmp_path) as first:
            running.append(first)
            first.process.wait(60)
        assert handoffs(database) == [("begun", 1)]
        with Process(database, tmp_path) as second:
            assert arrived.wait(60)
            second.process.terminate()
            second.process.wait(60)
    assert handoffs(database) == [("sent", 2)]
    assert len({headers["idempotency-key"] for _, headers in server.requests}) == 1
    assert server.bodies[0] == server.bodies[1]


def test_peers_case_66_killed_after_a_mail_has_left_it_is_in_doubt_and_never_sent_again_by_itself(
    database: Path, tmp_path: Path
) -> None:
    with mailing(Mailbox(silent_at="text")) as mailbox:
        settings(tmp_path, email(mailbox))
        with Process(database, tmp_path) as first:
            while not mailbox.mails:
                assert first.process.poll() is None
                threading.Event().wait(0.01)
            first.process.kill()
        assert handoffs(database) == [("begun", 1)]
        mailbox.silent_at = None
        with desk_on(database, now=None) as desk:
            chosen = load(tmp_path / "offplan.toml")
            assert feeder.deliver(desk, chosen) == 0
            assert feeder.deliver(desk, chosen) == 0
            assert handoffs(database) == [("unknown", 1)]
            assert len(mailbox.mails) == 1
            (finding,) = [each for each in desk.check() if each["place"] == "hand-off H1"]
            assert "offplan handoffs confirm H1" in finding["mend"]
            desk.resend_handoffs(["H1"], reason="nothing came")
            assert feeder.deliver(desk, chosen) == 1
    assert handoffs(database) == [("sent", 2)]
    assert len(mailbox.mails) == 2


def test_a_feeder_that_is_told_to_stop_waits_for_the_message_that_it_is_sending(database: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def answer(request: Request) -> None:
        stop.set()
        request.server_state.release.wait(0.5)
        request.send(200)

    with serving(answer) as server:
        chosen = settings(tmp_path, webhook(server))
        with desk_on(database, now=None) as desk:
            feeder.run(desk, chosen, stop=stop)
    assert handoffs(database) == [("sent", 1)]


def test_a_channel_that_hangs_holds_up_no_other(database: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    news: list[str] = []

    def heard(line: str) -> None:
        news.append(line)
        stop.set()

    with mailing(Mailbox(silent_at="connect")) as mailbox:
        chosen = settings(
            tmp_path, email(mailbox, 'timeout = "PT1S"\n') + '[channel.drop]\ntype = "folder"\npath = "out"\n' + SOON
        )
        with desk_on(database, now=None) as desk:
            feeder.run(desk, chosen, stop=stop, news=heard)
    assert news == ["drop: H2 to ana was sent"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["H2-ana.md"]


def test_what_fails_is_told_once_and_shown_until_it_goes_out(database: Path, tmp_path: Path) -> None:
    status = 500
    with serving(lambda request: request.send(status)) as server:
        chosen = settings(tmp_path, webhook(server))
        said: list[str] = []
        with desk_on(database, now=NOW) as desk:
            for second in (10, 11, 12, 13):
                desk.clock.set(seconds(second))  # type: ignore[attr-defined]
                assert feeder.deliver(desk, chosen, report=said.append) == 0
            (finding,) = [each for each in desk.check() if each["place"] == "channel hook"]
            assert "1 message does not reach" in finding["fault"]
            assert desk.channel_health()["hook"]["waiting"] == 1
            status = 200
            desk.clock.set(seconds(60))  # type: ignore[attr-defined]
            assert feeder.deliver(desk, chosen) == 1
            assert [each for each in desk.check() if each["place"] == "channel hook"] == []
            health = desk.channel_health()["hook"]
    assert (health["sent"], health["waiting"], health["last_error"]) == (1, 0, None)
    assert "HTTP 500" in said[0]
    assert len({headers["idempotency-key"] for _, headers in server.requests}) == 1


def test_only_the_holder_of_the_lease_delivers(database: Path, tmp_path: Path) -> None:
    chosen = settings(tmp_path, f'[channel.drop]\ntype = "folder"\npath = "out"\n{SOON}')
    with desk_on(database, now=None) as desk:
        assert desk.acquire_lease(feeder.LEASE, "another")
        with pytest.raises(Refused, match="a feeder runs"):
            feeder.deliver(desk, chosen)
        desk.release_lease(feeder.LEASE, "another")
        assert feeder.deliver(desk, chosen) == 1


# steps that tell or call ----------------------------------------------------------------------------------------------


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


# replies --------------------------------------------------------------------------------------------------------------

REPLIES = """
[source.answers]
type = "http"
url = "{url}/replies"
mapping = "answers"
items = "items"

[mapping.answers]
as = "signal"
identity = "event"
fields = {{ id = "no", kind = {{ const = "reply" }}, action = "step", token = "code", status = "says", reason = "note" }}
"""


async def test_a_row_of_a_polled_address_moves_the_action_that_was_handed_off(database: Path, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = []
    with serving(lambda request: request.send(200, {"items": rows})) as server, desk_on(database, now=None) as desk:
        drop = f'[channel.drop]\ntype = "folder"\npath = "out"\nformat = "json"\n{SOON}'
        chosen = settings(tmp_path, drop + REPLIES.format(url=server.url))
        await delivery_loop.deliver_once(desk, chosen, hold=lambda: None, report=print)
        (path,) = (tmp_path / "out").iterdir()
        (step, *_) = json.loads(path.read_text())["actions"]
        rows += [
            {"no": 1, "step": step["id"], "code": step["token"], "says": "waiting", "note": "customs"},
            {"no": 2, "step": step["id"], "code": "of nobody", "says": "done"},
        ]
        desk.declare_source("answers", "http", None)
        loop = PollLoop(
            desk, chosen, "answers", take=lambda batch: desk.take(batch) and None, troubles=Troubles(print),
            jitter=random.Random(1),
        )  # fmt: skip
        await loop.poll()
        await loop.poll()
        shown = desk.show(step["id"])
        assert (shown["state"], shown["reason"]) == ("waiting", "customs")
        (odd,) = desk.show("answers")["oddities"]
        assert (odd["sort"], odd["count"]) == ("refused_reply", 1)


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
        with Process(path, tmp_path) as first:
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
