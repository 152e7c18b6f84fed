"""A workspace with a feeder on it: in this process, or in one of its own that can be killed and stopped."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from connectors import feeder
from connectors.settings.settings_file import Settings, load
from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.storage.store import Store
from engine.values.clock import Clock, SystemClock
from engine.vocabulary.model import IngestResult, TickResult

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

    def process(self, *options: str) -> Process:
        """A feeder on this workspace in a process of its own."""
        self.settings()
        return Process(self.database, self.folder / "offplan.toml", *options)

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

    def __init__(self, database: Path, settings: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.connectors.feeder_process"),
                *(str(database), str(settings), *options),
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
