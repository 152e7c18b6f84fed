"""Delivery end to end: a real feeder, real receivers, and processes that are killed between the effect and its
record."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
from pathlib import Path

import pytest

from connectors import feeder
from connectors.outbox import delivery_loop
from connectors.settings.settings_file import load
from connectors.troubles import Troubles
from connectors.web.poll_loop import PollLoop
from engine.values.errors import Refused
from tests.connectors.delivery_support import SOON, desk_on, email, handoffs, settings, webhook
from tests.connectors.feeder_support import Process
from tests.connectors.server import Request, serving
from tests.connectors.smtp_server import Mailbox, mailing
from tests.engine.desk_support import NOW, late, owners
from tests.engine.outbox_support import seconds


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A file with a response of five actions, all ana's, that became ready long ago."""
    path = tmp_path / "offplan.db"
    with desk_on(path) as desk:
        owners(desk, "ana", "bo")
        desk.respond(late(desk, P1=12))
    return path


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
        with Process(database, tmp_path / "offplan.toml") as first:
            running.append(first)
            first.process.wait(60)
        assert handoffs(database) == [("begun", 1)]
        with Process(database, tmp_path / "offplan.toml") as second:
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
        with Process(database, tmp_path / "offplan.toml") as first:
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
