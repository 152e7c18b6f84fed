"""The feeder: the one process that runs the sources, for as long as it holds the lease.

Here: the lease, the heartbeat with its tick, what stops it, and starting a feeder as a child of a desk. The sources run
in connectors.files.folder_loop and connectors.web.poll_loop; what they yield goes to the desk through `Feeder.take`
alone. The channels run in connectors.outbox.delivery_loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import secrets
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import connectors
from connectors.troubles import News, Troubles, heard
from engine.values.clock import SystemClock
from engine.values.errors import Refused, StoreUnusable
from engine.values.text import clean

if TYPE_CHECKING:
    from connectors.outbox.delivery_loop import DeliveryLoop
    from connectors.settings.settings_file import Settings
    from connectors.web.polling import Jitter
    from engine.desk import Desk
    from engine.intake.ingest import SourceBatch

LEASE: Final = "feeder"
LEASE_SECONDS: Final = 5.0
HEARTBEAT_SECONDS: Final = 1.0

_LOG_LIMIT: Final = 1 << 20


class Stop(Protocol):
    """Set by whoever wants the feeder to end; threading.Event and asyncio.Event are ones."""

    def is_set(self) -> bool: ...


class LeaseLost(Exception):
    """Another feeder has the lease: stop writing at once and stand by."""


def run(
    desk: Desk,
    settings: Settings,
    *,
    stop: Stop,
    report: Callable[[str], None] | None = None,
    news: Callable[[str], None] | None = None,
) -> None:
    """Run the sources of `settings` into `desk` until `stop` is set or SIGTERM or SIGINT comes.

    Waits as a standby while another feeder holds the lease. `report` gets one sentence for each trouble, by default it
    is written to stderr; `news` one for each file that was taken, and for each poll that brought something. Raises
    BadInput for settings that no source can be made of.
    """
    feeder = Feeder(desk, settings, report=report or _to_stderr, news=news, jitter=random.Random())
    asyncio.run(feeder.serve(stop))


def deliver(desk: Desk, settings: Settings, *, report: Callable[[str], None] | None = None) -> int:
    """Send the hand-offs that are due now, once; returns how many were sent.

    Raises Refused while a feeder holds the lease: that one sends them.
    """
    from connectors.outbox.delivery_loop import deliver_once

    one = Feeder(desk, settings, report=report or _to_stderr, news=None, jitter=random.Random())
    return one.alone(lambda: asyncio.run(deliver_once(desk, settings, hold=one.hold, report=report or _to_stderr)))


def spawn(arguments: Sequence[str], *, log: Path) -> subprocess.Popen[bytes]:
    """Start `offplan watch` with these arguments as a child, whose stderr is appended to `log` (mode 0600).

    Its stdin is a pipe that ends with this process, which is how `watch --with-desk` knows when to go; a key that
    interrupts the terminal does not reach it.
    """
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, stat.S_IRUSR | stat.S_IWUSR)
        if os.fstat(descriptor).st_size > _LOG_LIMIT:
            os.ftruncate(descriptor, 0)
        # Where this very package lies, and not (-P) whatever the current folder has under the same names.
        home = str(Path(connectors.__file__).parent.parent)
        path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")]))
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "tui.command_line", "watch", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=descriptor,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
    finally:
        os.close(descriptor)


def stop_at_end_of_input(stop: threading.Event) -> None:
    """Set `stop` when stdin ends: the desk that started this feeder is gone."""

    def wait_for_end() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        stop.set()

    threading.Thread(target=wait_for_end, name="end of input", daemon=True).start()


class Feeder:
    """The sources of one workspace, one desk to feed, and the lease that allows it."""

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        *,
        report: Callable[[str], None],
        news: Callable[[str], None] | None,
        jitter: Jitter,
    ) -> None:
        # Here, so that a desk that only starts a feeder does not load formats and mappings.
        from connectors.files.held import LettingGo

        self._desk = desk
        self._settings = settings
        self._jitter = jitter
        self._troubles = Troubles(report)
        self._holder = secrets.token_hex(8)
        self._held = LettingGo(desk, settings)
        self._tell_news = None if news is None else heard(news)
        self._news = None if self._tell_news is None else News(self._tell_news)

    async def serve(self, stop: Stop) -> None:
        """Feed while the lease is ours, stand by while it is not, until `stop` is set or a signal comes."""
        # First of all: a signal that comes before somebody listens ends a process without giving the lease back.
        signalled = _listening()
        stopping = asyncio.create_task(_stopped(stop, signalled))
        try:
            while not stopping.done():
                with self._troubles.of_the_store("lease"):
                    self._desk.require_file()
                    if self._desk.acquire_lease(LEASE, self._holder, LEASE_SECONDS):
                        await self._feed(stopping)
                        continue
                await asyncio.wait([stopping], timeout=HEARTBEAT_SECONDS)
        finally:
            stopping.cancel()

    def take(self, batch: SourceBatch) -> None:
        """Hand a batch to the desk, if the lease is still ours. Raises LeaseLost.

        A feeder that was stopped and goes on late finds here that another one has taken over. Should it be stopped
        between this look and the transaction, that one batch is dropped by its rows' identity.
        """
        self.hold()
        with self._held.taking(batch):
            result = self._desk.take(batch)
        if self._news is not None:
            self._news.hear(batch, result)

    def hold(self) -> None:
        """Make sure of the lease. One that ran out over long work, and that nobody took, is simply taken again."""
        lease = self._desk.lease(LEASE)
        ours = lease is not None and lease["holder"] == self._holder
        if not ours and not self._desk.acquire_lease(LEASE, self._holder, LEASE_SECONDS):
            raise LeaseLost

    def alone(self, work: Callable[[], int]) -> int:
        """Do something that only the holder of the lease may. Raises Refused where that is somebody else."""
        if not self._desk.acquire_lease(LEASE, self._holder, LEASE_SECONDS):
            raise Refused("a feeder runs and sends what is due; leave --deliver out, or stop `offplan watch` first")
        try:
            return work()
        finally:
            self._desk.release_lease(LEASE, self._holder)

    async def _feed(self, stopping: asyncio.Task[None]) -> None:
        """Run everything until `stopping` is done or the lease is lost; then give the lease back."""
        loops: list[asyncio.Task[None]] = []
        try:
            loops = [asyncio.create_task(loop) for loop in self._loops()]
            await asyncio.wait([stopping, *loops], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for loop in loops:
                loop.cancel()
            ended = await asyncio.gather(*loops, return_exceptions=True)
            with contextlib.suppress(StoreUnusable):
                self._desk.release_lease(LEASE, self._holder)
        for failure in ended:
            if isinstance(failure, LeaseLost):
                self._troubles.tell("another feeder has taken over; this one stands by")
            elif isinstance(failure, Exception):
                raise failure

    def _loops(self) -> list[Coroutine[None, None, None]]:
        """What runs side by side while the lease is ours."""
        # Here, so that a desk that only starts a feeder does not load the watcher and the HTTP library.
        from connectors.files.folder_loop import FolderLoop
        from connectors.settings.settings_file import HttpSource
        from connectors.web.poll_loop import PollLoop

        for name, source in self._settings.sources.items():
            self._desk.declare_source(name, source.type, source.expected_every)
        folders = FolderLoop(self._desk, self._settings, take=self.take, troubles=self._troubles, clock=SystemClock())
        polls = [
            PollLoop(self._desk, self._settings, name, take=self.take, troubles=self._troubles, jitter=self._jitter)
            for name, source in self._settings.sources.items()
            if isinstance(source, HttpSource)
        ]
        asking = [loop.run() for loop in polls]
        telling = [loop.run() for loop in self._deliveries()]
        return [self._heartbeat(), folders.watch(), folders.run(), *asking, *telling]

    def _deliveries(self) -> list[DeliveryLoop]:
        """The loops of the channels; what a feeder before us left begun is settled first."""
        if not self._settings.channels:
            return []
        from connectors.outbox.delivery_loop import DeliveryLoop

        self._desk.begin_handoffs(self._settings.handoff_channels())
        self._desk.recover_effects()
        return [
            DeliveryLoop(
                self._desk, self._settings, name, hold=self.hold, troubles=self._troubles, news=self._tell_news
            )
            for name in self._settings.channels
        ]

    async def _heartbeat(self) -> None:
        """Every second: prolong the lease, and do what time alone has made due.

        Raises StoreUnusable where the file is another by now: who keeps the lease then keeps others from feeding it.
        """
        while True:
            self._desk.require_file()
            with self._troubles.of_the_store("desk"):
                if not self._desk.renew_lease(LEASE, self._holder, LEASE_SECONDS):
                    self.hold()
                self._desk.tick()
            await asyncio.sleep(HEARTBEAT_SECONDS)


def _listening() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set, where signals can be heard: in the main thread."""
    signalled = asyncio.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, signalled.set)
    return signalled


async def _stopped(stop: Stop, signalled: asyncio.Event) -> None:
    """Return when `stop` or `signalled` is set."""
    while not stop.is_set() and not signalled.is_set():
        # A threading.Event cannot be awaited; a tenth of a second is soon enough to end.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await signalled.wait()


def _to_stderr(sentence: str) -> None:
    sys.stderr.write(f"offplan watch: {clean(sentence)}\n")
    sys.stderr.flush()
