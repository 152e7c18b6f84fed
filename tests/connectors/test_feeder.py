"""The feeder end to end: real folders, a real server, real processes that are killed, stopped and resumed."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import random
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors import feeder
from connectors.poll_loop import PollLoop
from connectors.settings import Settings, load
from connectors.troubles import Troubles
from engine.clock import HOUR, MINUTE, SECOND, Clock, FixedClock, SystemClock
from engine.desk import Desk
from engine.ingest import SourceBatch
from engine.lease import Lease
from engine.model import IngestResult, TickResult
from engine.store import Store
from tests.connectors.server import Request, serving

CANARY = "canary-7f3a"
CHECKOUT = Path(__file__).resolve().parents[2]
NOW = 1_773_043_200_000_000
HEADER = "id,kind,item,site,quantity\n"
FOLDER = """
[source.erp]
type = "folder"
path = "inbox"
mapping = "stock"

[mapping.stock]
as = "signal"
identity = "event"
fields = { id = "id", kind = "kind", item = "item", site = "site", quantity = "quantity" }
"""


class Workspace:
    """A folder with offplan.toml, an inbox and a database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "offplan.db"
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        Store.open(self.database, create=True).close()

    def settings(self, text: str = FOLDER) -> Settings:
        path = self.folder / "offplan.toml"
        path.write_text(text)
        return load(path)

    def deliver(self, name: str, ids: Iterator[int] | range, header: str = HEADER) -> None:
        hidden = self.folder / f".{name}"
        hidden.write_text(header + "".join(f"e{number},stock,SKU-{number},RTM,1\n" for number in ids))
        hidden.rename(self.inbox / name)

    @contextlib.contextmanager
    def desk(self, clock: Clock | None = None) -> Iterator[Desk]:
        store = Store.open(self.database)
        yield Desk(store, clock or SystemClock(), actor="ana")
        store.close()

    def ids(self) -> list[str]:
        with self.desk() as desk:
            return [row["source_id"] for row in desk.signals(all=True).items]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


class HeardDesk(Desk):
    """A desk that tells a queue what happens to it."""

    heard: queue.Queue[IngestResult | TickResult]

    def take(self, batch: SourceBatch, *, detect: bool = True) -> IngestResult:
        result = super().take(batch, detect=detect)
        self.heard.put(result)
        return result

    def tick(self) -> TickResult:
        result = super().tick()
        self.heard.put(result)
        return result


class Running:
    """A feeder in a thread."""

    def __init__(self, workspace: Workspace, settings: Settings, clock: Clock | None = None) -> None:
        self.stop = threading.Event()
        self.said: list[str] = []
        self.news: list[str] = []
        self._heard: queue.Queue[IngestResult | TickResult] = queue.Queue()
        self._clock = clock or SystemClock()
        self._thread = threading.Thread(target=self._run, args=(workspace, settings), daemon=True)

    def __enter__(self) -> Running:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self, workspace: Workspace, settings: Settings) -> None:
        store = Store.open(workspace.database)
        desk = HeardDesk(store, self._clock, actor="feeder")
        desk.heard = self._heard
        feeder.run(desk, settings, stop=self.stop, report=self.said.append, news=self.news.append)
        store.close()

    def taken(self) -> IngestResult:
        """What the next batch brought; fails when none comes within 20 seconds, long before a rescan would find it."""
        while not isinstance(result := self._heard.get(timeout=20), IngestResult):
            pass
        return result

    def until(self, told: Callable[[TickResult], bool]) -> TickResult:
        """The next tick that is as wanted."""
        while not isinstance(result := self._heard.get(timeout=20), TickResult) or not told(result):
            pass
        return result


class Process:
    """A feeder in a process of its own."""

    def __init__(self, workspace: Workspace, *options: str) -> None:
        workspace.settings()
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.connectors.feeder_process"),
                *(str(workspace.database), str(workspace.folder / "offplan.toml"), *options),
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

    def until(self, word: str) -> str:
        """Read what it says up to a line that begins with `word`."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(word):
                return line.strip()
        raise AssertionError(f"the feeder ended before it said {word!r}")


# folders --------------------------------------------------------------------------------------------------------------


def test_what_lies_there_and_what_is_renamed_into_place_is_taken(workspace: Workspace) -> None:
    workspace.deliver("a.csv", range(3))
    with Running(workspace, workspace.settings()) as running:
        assert running.taken().new == 3
        workspace.deliver("b.csv", range(2, 5))
        result = running.taken()
        assert (result.new, result.duplicate) == (2, 1)
    assert sorted(workspace.ids()) == ["e0", "e1", "e2", "e3", "e4"]


def test_a_folder_that_comes_later_is_watched_then(workspace: Workspace) -> None:
    workspace.inbox.rmdir()
    with Running(workspace, workspace.settings()) as running:
        # The second tick comes after the first look at the folders.
        running.until(lambda _: True)
        running.until(lambda _: True)
        with workspace.desk() as desk:
            state = desk.source_state("erp")
            assert state is not None
            assert "cannot be read" in state["last_error"]
        workspace.inbox.mkdir()
        workspace.deliver("a.csv", range(3))
        assert running.taken().new == 3
    assert len([sentence for sentence in running.said if "cannot be read" in sentence]) == 1


def test_a_file_with_another_header_is_quarantined_and_released_when_it_is_mended(workspace: Workspace) -> None:
    with Running(workspace, workspace.settings()) as running:
        workspace.deliver("a.csv", range(3), header="id,kind,article,site,quantity\n")
        assert running.taken().quarantined == 1
        workspace.deliver("b.csv", range(3, 5))
        assert running.taken().new == 2
        with workspace.desk() as desk:
            (held,) = desk.held("erp")
            assert "item" in held["reason"]
        workspace.deliver("a.csv", range(3))
        assert running.taken().new == 3
    with workspace.desk() as desk:
        assert desk.held("erp") == []


def test_time_alone_opens_a_deviation(workspace: Workspace) -> None:
    clock = FixedClock(NOW)
    workspace.deliver("a.csv", range(1))
    with Running(
        workspace, workspace.settings(FOLDER.replace("[mapping", 'every = "PT1H"\n[mapping')), clock
    ) as running:
        running.taken()
        clock.set(NOW + 24 * HOUR)
        running.until(lambda tick: tick.opened > 0)
    with workspace.desk(clock) as desk:
        assert [row["kind"] for row in desk.deviations().items] == ["stale_feed"]


def test_each_file_is_one_line_of_news(workspace: Workspace) -> None:
    with Running(workspace, workspace.settings()) as running:
        workspace.deliver("a.csv", range(3000))
        running.taken()
        running.taken()
        workspace.deliver("b.csv", range(2999, 3001))
        running.taken()
    assert running.news == [
        "erp: a.csv: 3000 new, 0 duplicate, 0 quarantined; 0 opened, 0 raised, 0 cleared",
        "erp: b.csv: 1 new, 1 duplicate, 0 quarantined; 0 opened, 0 raised, 0 cleared",
    ]


def test_files_that_no_pattern_takes_are_told_once(workspace: Workspace) -> None:
    (workspace.inbox / "a.xlsx").touch()
    with Running(workspace, workspace.settings(FOLDER.replace('"inbox"', '"inbox"\npattern = "*.csv"'))) as running:
        workspace.deliver("b.csv", range(1))
        running.taken()
    assert running.said == ["inbox: no `pattern` takes a.xlsx; widen that of source.erp, or put them elsewhere"]


def test_a_row_that_comes_again_in_order_lets_the_held_one_go(workspace: Workspace) -> None:
    with Running(workspace, workspace.settings()) as running:
        (workspace.inbox / "a.csv").write_text(f"{HEADER}e1,stock,SKU-1,RTM,some\ne2,stock,SKU-2,RTM,1\n")
        assert running.taken().quarantined == 1
        workspace.deliver("b.csv", range(1, 2))
        running.taken()
    with workspace.desk() as desk:
        assert desk.held() == []


# processes ------------------------------------------------------------------------------------------------------------


def test_killed_in_the_middle_of_a_file_it_goes_on_without_loss_or_double(workspace: Workspace) -> None:
    workspace.deliver("a.csv", range(30_000))
    with Process(workspace) as first:
        first.until("took")
        first.process.kill()
    with workspace.desk() as desk:
        before = desk.signals(limit=1).total
        state = desk.source_state("erp")
        assert state is not None
        assert state["duplicates"] == 0
    assert 0 < before < 30_000
    with Process(workspace) as second:
        assert second.until("took").split()[1] == str(before + 2000)
        while not second.until("took").endswith("last"):
            pass
    with workspace.desk() as desk:
        state = desk.source_state("erp")
        assert state is not None
        assert (desk.signals(limit=1).total, state["duplicates"]) == (30_000, 0)


def test_a_second_feeder_stands_by_and_takes_over_when_the_first_is_killed(workspace: Workspace) -> None:
    with Process(workspace) as first, Process(workspace) as second:
        leader, standby = (first, second) if _leads(first) else (second, first)
        standby.until("waits")
        leader.process.kill()
        leader.process.wait(10)
        standby.until("leads")
        workspace.deliver("a.csv", range(3))
        standby.until("took")
    assert len(workspace.ids()) == 3


def _leads(process: Process) -> bool:
    assert process.process.stdout is not None
    return process.process.stdout.readline().strip() == "leads"


def test_a_feeder_that_was_stopped_and_resumed_late_writes_nothing_and_stands_by(workspace: Workspace) -> None:
    with Process(workspace) as first:
        first.until("leads")
        workspace.deliver("a.csv", range(3))
        first.until("took")
        first.process.send_signal(signal.SIGSTOP)
        os.waitpid(first.process.pid, os.WUNTRACED)
        with workspace.desk() as desk:
            lease = Lease(desk.store.path, feeder.LEASE).path
        # As if the five seconds were over.
        lease.write_text(json.dumps({**json.loads(lease.read_text()), "expires_at": 0}))
        with Process(workspace) as second:
            second.until("leads")
            workspace.deliver("b.csv", range(3, 6))
            second.until("took")
            first.process.send_signal(signal.SIGCONT)
            assert "stands by" in first.until("says")
            first.until("waits")
            workspace.deliver("c.csv", range(6, 9))
            second.until("took")
    assert len(workspace.ids()) == 9
    with workspace.desk() as desk:
        state = desk.source_state("erp")
        assert state is not None
        assert state["duplicates"] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_gives_the_lease_back(workspace: Workspace, number: signal.Signals) -> None:
    with Process(workspace) as running:
        running.until("leads")
        running.process.send_signal(number)
        running.until("ends")
        assert running.process.wait(10) == 0
    with workspace.desk() as desk:
        assert desk.lease(feeder.LEASE) is None


def test_it_ends_with_the_desk_that_started_it(workspace: Workspace) -> None:
    with Process(workspace, "--with-desk") as running:
        running.until("leads")
        assert running.process.stdin is not None
        running.process.stdin.close()
        running.until("ends")
        running.process.stdin = None


def test_a_child_writes_to_a_log_that_is_ours_alone(tmp_path: Path) -> None:
    log = tmp_path / "feeder.log"
    log.write_text("x" * (2 << 20))
    log.chmod(0o644)
    child = feeder.spawn(["--no-such-option"], log=log)
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(60) != 0
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert 0 < log.stat().st_size < 1 << 20


# polled addresses -----------------------------------------------------------------------------------------------------


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
