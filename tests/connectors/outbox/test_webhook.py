"""A webhook through a real HTTP receiver: one key for all tries, a signature, and what each answer means."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from connectors.outbox.webhook import WebhookSender
from connectors.settings.channel_settings import WebhookChannel
from tests.connectors.handoff_support import delivery, send
from tests.connectors.server import Request, serving

CANARY = "canary-91c"


def sender(url: str, folder: Path = Path("."), **more: Any) -> WebhookSender:
    settings = {"type": "webhook", "url": f"{url}/hook?code={CANARY}", **more}
    return WebhookSender("hook", WebhookChannel.model_validate(settings), folder)


def test_the_message_goes_as_json_with_its_key_and_again_as_the_same_bytes() -> None:
    with serving(lambda request: request.send(202)) as server:
        assert send(sender(server.url), delivery()).state == "sent"
        assert send(sender(server.url), delivery()).state == "sent"
    first, second = server.bodies
    assert first == second
    document = json.loads(first)
    assert (document["handoff"], document["key"], document["actions"][0]["id"]) == ("H5", "key5", "A7")
    assert [headers["idempotency-key"] for _, headers in server.requests] == ["key5", "key5"]
    assert server.requests[0][1]["content-type"] == "application/json"


def test_a_signature_covers_key_and_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", CANARY)
    with serving(lambda request: request.send(200)) as server:
        send(sender(server.url, secret="env:HOOK_SECRET", headers={"X-Team": "desk"}), delivery())
    headers = server.requests[0][1]
    expected = hmac.new(CANARY.encode(), b"key5." + server.bodies[0], hashlib.sha256).hexdigest()
    assert headers["x-offplan-signature"] == f"sha256={expected}"
    assert headers["x-team"] == "desk"


@pytest.mark.parametrize(
    ("status", "again"), [(400, False), (404, False), (410, False), (408, True), (429, True), (500, True), (503, True)]
)
def test_what_is_not_taken_fails_for_good_or_not(status: int, again: bool) -> None:
    with serving(lambda request: request.send(status, b"why", Retry_After="7")) as server:
        result = send(sender(server.url), delivery())
    assert (result.state, result.again) == ("failed", again)
    assert result.wait == (7_000_000 if status in (429, 503) else None)
    assert CANARY not in str(result)


def test_a_redirect_is_refused_and_nothing_goes_there() -> None:
    with (
        serving(lambda request: request.send(200)) as other,
        serving(lambda request: request.send(307, Location=f"{other.url}/elsewhere")) as server,
    ):
        result = send(sender(server.url), delivery())
    assert (result.state, result.again, other.requests) == ("failed", False, [])
    assert result.fault is not None
    assert "sends us elsewhere" in result.fault


def late(request: Request) -> None:
    request.server_state.release.wait(20)


def test_a_receiver_that_does_not_answer_in_time_gets_the_same_key_again() -> None:
    with serving(late) as server:
        result = send(sender(server.url, timeout="PT1S"), delivery())
    assert (result.state, result.again, len(server.bodies)) == ("failed", True, 1)


def test_an_answer_of_200_that_comes_late_is_one_message() -> None:
    def slow(request: Request) -> None:
        request.server_state.release.wait(0.3)
        request.send(200)

    with serving(slow) as server:
        assert send(sender(server.url), delivery()).state == "sent"
    assert len(server.bodies) == 1


def test_a_call_that_must_happen_once_is_in_doubt_where_it_may_have_arrived_and_only_there() -> None:
    with serving(late) as server:
        result = asyncio.run(sender(server.url, timeout="PT1S").call("R3:hold", {"hold": True}, once=True))
    assert result.state == "unknown"
    assert json.loads(server.bodies[0]) == {"hold": True}
    # Nobody listens there any more.
    refused = asyncio.run(sender(server.url).call("R3:hold", {"hold": True}, once=True))
    assert (refused.state, refused.again) == ("failed", True)


def test_a_secret_that_is_missing_is_a_sentence_and_nothing_is_sent() -> None:
    with serving(lambda request: request.send(200)) as server:
        result = send(sender(server.url, headers={"Authorization": "env:NO_SUCH_TOKEN"}), delivery())
    assert result.fault is not None
    assert "NO_SUCH_TOKEN is not set" in result.fault
    assert server.requests == []
