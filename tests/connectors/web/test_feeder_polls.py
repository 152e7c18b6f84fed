"""The feeder on polled addresses, end to end: a real server, cursors, secrets, and answers that are none."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from connectors.settings.settings_file import Settings
from connectors.troubles import Troubles
from connectors.web.poll_loop import PollLoop
from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.values.clock import MINUTE, SECOND, FixedClock
from tests.connectors.feeder_support import FOLDER, NOW, Workspace
from tests.connectors.server import Request, serving

CANARY = "canary-7f3a"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def polled(url: str, more: str = "") -> str:
    return f"""
[source.api]
type = "http"
url = "{url}/stock"
mapping = "stock"
poll = "PT5M"
items = "items"
headers = {{ Authorization = "Bearer env:ERP_TOKEN", X-Api-Key = "file:key" }}
{more}
{FOLDER[FOLDER.index("[mapping") :]}
"""


class Poller:
    """The loop of one address on a desk whose clock the test sets."""

    def __init__(self, workspace: Workspace, settings: Settings, desk: Desk) -> None:
        self.said: list[str] = []
        self.desk = desk
        desk.declare_source("api", "http", None)
        self.loop = PollLoop(
            desk, settings, "api", take=self._take, troubles=Troubles(self.said.append), jitter=random.Random(1)
        )

    def _take(self, batch: SourceBatch) -> None:
        self.desk.take(batch)

    @property
    def state(self) -> dict[str, Any]:
        state = self.desk.source_state("api")
        assert state is not None
        return state


def items(*ids: int) -> dict[str, Any]:
    return {"items": [{"id": f"e{n}", "kind": "stock", "item": "A", "site": "RTM", "quantity": n} for n in ids]}


@pytest.fixture
def secrets(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_TOKEN", CANARY)
    key = workspace.folder / "key"
    key.write_text(CANARY)
    key.chmod(0o600)


@pytest.mark.usefixtures("secrets")
async def test_a_poll_stores_rows_with_the_cursor_and_when_to_ask_again(workspace: Workspace) -> None:
    def answer(request: Request) -> None:
        assert request.headers["Authorization"] == f"Bearer {CANARY}"
        assert request.headers["X-Api-Key"] == CANARY
        request.send(304) if request.headers["If-None-Match"] else request.send(200, items(1, 2), ETag='"a"')

    with serving(answer) as server, workspace.desk(FixedClock(NOW)) as desk:
        poller = Poller(workspace, workspace.settings(polled(server.url)), desk)
        assert poller.loop.is_due()
        await poller.loop.poll()
        first = poller.state
        await poller.loop.poll()
        assert not poller.loop.is_due()
    assert (first["signals"], first["next_poll_at"], '"a' in first["cursor"]) == (2, NOW + 5 * MINUTE, True)
    assert len(server.requests) == 2
    assert poller.said == []


@pytest.mark.usefixtures("secrets")
async def test_what_a_server_asks_for_survives_a_restart(workspace: Workspace) -> None:
    clock = FixedClock(NOW)
    with serving(lambda request: request.send(429, Retry_After="1800")) as server:
        settings = workspace.settings(polled(server.url))
        with workspace.desk(clock) as desk:
            await Poller(workspace, settings, desk).loop.poll()
        with workspace.desk(clock) as desk:
            poller = Poller(workspace, settings, desk)
            clock.set(NOW + 1800 * SECOND - 1)
            assert not poller.loop.is_due()
            clock.set(NOW + 1800 * SECOND)
            assert poller.loop.is_due()


@pytest.mark.usefixtures("secrets")
async def test_a_secret_is_in_no_error_no_journal_and_not_in_the_database(workspace: Workspace) -> None:
    def answer(request: Request) -> None:
        if len(request.server_state.requests) == 1:
            request.send(200, items(1))
        elif len(request.server_state.requests) == 2:
            request.send(401, request.headers["Authorization"].encode())
        else:
            request.send(302, Location=f"http://127.0.0.1:1/?key={request.headers['X-Api-Key']}")

    with serving(answer) as server, workspace.desk(FixedClock(NOW)) as desk:
        poller = Poller(workspace, workspace.settings(polled(server.url)), desk)
        for _ in range(3):
            await poller.loop.poll()
        assert poller.state["last_error"]
        assert len(poller.said) == 2
        assert CANARY not in "".join(poller.said)
    for path in workspace.folder.glob("offplan.*"):
        assert CANARY.encode() not in path.read_bytes()


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"<html>please log in</html>", "no JSON"),
        (b'{"items": [{"id": ', "no JSON"),
        (b'{"other": []}', "no array at 'items'"),
        (b"\xff\xfe\xff", ""),
        (b"[" * 100_000, "nested too deep"),
    ],
)
async def test_an_answer_that_is_no_records_is_one_sentence(workspace: Workspace, body: bytes, fault: str) -> None:
    with serving(lambda request: request.send(200, body)) as server, workspace.desk(FixedClock(NOW)) as desk:
        poller = Poller(workspace, workspace.settings(polled(server.url)), desk)
        await poller.loop.poll()
        assert fault in poller.state["last_error"]
        assert "\n" not in poller.state["last_error"]
        assert poller.state["next_poll_at"] == NOW + 5 * MINUTE


@pytest.mark.usefixtures("secrets")
async def test_a_bad_record_is_quarantined_and_the_rest_is_taken(workspace: Workspace) -> None:
    body = items(1, 2, 3)
    body["items"][1]["quantity"] = "many"
    with serving(lambda request: request.send(200, body)) as server, workspace.desk(FixedClock(NOW)) as desk:
        poller = Poller(workspace, workspace.settings(polled(server.url)), desk)
        await poller.loop.poll()
        (held,) = desk.held("api")
        assert (held["line"], held["column_name"]) == (2, "quantity")
        assert poller.state["signals"] == 2


async def test_a_secret_that_is_missing_is_a_sentence_and_nothing_is_sent(workspace: Workspace) -> None:
    with serving(lambda request: request.send(200, items(1))) as server, workspace.desk(FixedClock(NOW)) as desk:
        poller = Poller(workspace, workspace.settings(polled(server.url)), desk)
        await poller.loop.poll()
        assert "ERP_TOKEN is not set" in poller.state["last_error"]
    assert server.requests == []


@pytest.mark.usefixtures("secrets")
async def test_a_mended_source_loses_its_error(workspace: Workspace) -> None:
    def answer(request: Request) -> None:
        request.send(500) if len(request.server_state.requests) == 1 else request.send(200, items())

    with serving(answer) as server, workspace.desk(FixedClock(NOW)) as desk:
        poller = Poller(workspace, workspace.settings(polled(server.url)), desk)
        await poller.loop.poll()
        assert "HTTP 500" in poller.state["last_error"]
        await poller.loop.poll()
        assert poller.state["last_error"] is None
