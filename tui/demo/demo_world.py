"""The demo: a private copy of the sample world that lives on from its own date, with record systems that go on
speaking.

The copy is a whole workspace in a temporary folder: settings, inbox and database. `play` writes the files of
tui.demo.demo_feed into the inbox; the ordinary feeder takes them through the ordinary folder source.
tui.demo.demo_colleague answers in part.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

from engine.storage.desk_clock import run_on_from
from engine.storage.store import Store
from engine.values.clock import SECOND, Clock, iso
from engine.values.errors import StoreUnusable
from tui.demo import demo_colleague
from tui.demo.demo_feed import SCRIPT
from tui.planner import PlannerOnDemand
from tui.terminal import device
from tui.wiring import DATABASE, SETTINGS_FILE, clock_for

SETTINGS: Final = Path(__file__).with_name("demo.toml")
"""The settings that the sample world was built with, and the sources that go on speaking."""

_TRIES: Final = 3

Script = Sequence[tuple[float, str, str]]
"""Seconds after the start, name of the file, its text."""


def sample() -> Path:
    """The sample world's file: inside the installed package, or at the root of a checkout. Raises StoreUnusable."""
    here = Path(__file__).parents[1]
    for candidate in (here / "sample.db", here.parent / "sample.db"):
        if candidate.is_file():
            return candidate
    raise StoreUnusable(
        f"{here / 'sample.db'}: the sample desk is missing from this installation; install offplan again"
    )


class Demo:
    """The temporary workspace; it is gone when the `with` block ends."""

    def __init__(self, source: Path | None = None) -> None:
        """`source` is the file to copy, by default the sample world."""
        self._source = source or sample()

    def __enter__(self) -> Demo:
        self.folder = Path(tempfile.mkdtemp(prefix="offplan-demo-"))
        self.database = self.folder / DATABASE
        self.inbox = self.folder / "inbox"
        try:
            self.inbox.mkdir()
            shutil.copyfile(SETTINGS, self.folder / SETTINGS_FILE)
            shutil.copyfile(self._source, self.database)
            self.database.chmod(0o600)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        self._stay = device.before_a_forced_end(self._remove)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stay()
        self._remove()

    def _remove(self) -> None:
        # A feeder that is just dying may write a file meanwhile: what stays after that is the system's to clear.
        for _ in range(_TRIES):
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                return

    def begin(self, now: str | None = None) -> None:
        """Let the copy's clock run on from `now` (ISO 8601), or from the date that the sample carries."""
        store = Store.open(self.database)
        try:
            self.clock: Clock = run_on_from(store, clock_for(store, now).now())
        finally:
            store.close()

    @contextlib.contextmanager
    def playing(self, script: Script = SCRIPT) -> Iterator[threading.Thread]:
        """Play the script into the inbox while the block runs, and let the colleague work beside the person."""
        stop = threading.Event()
        player = threading.Thread(target=play, args=(self.inbox, self.clock, script, stop), daemon=True)
        beside = (self.database, self.clock, PlannerOnDemand(None), stop)
        colleague = threading.Thread(target=demo_colleague.work, args=beside, daemon=True)
        player.start()
        colleague.start()
        try:
            yield player
        finally:
            stop.set()
            player.join(timeout=5)
            colleague.join(timeout=5)


def play(inbox: Path, clock: Clock, script: Script, stop: threading.Event) -> None:
    """Write each file at its time on `clock`, as a careful system does: under a hidden name, then renamed."""
    began = clock.now()
    for seconds, name, text in script:
        wait = began + int(seconds * SECOND) - clock.now()
        if stop.wait(max(0, wait) / SECOND):
            return
        draft = inbox / f".{name}.part"
        try:
            draft.write_text(text.replace("$now", iso(clock.now())), encoding="utf-8")
            os.rename(draft, inbox / name)
        except OSError:
            # The folder goes when the desk is closed in the middle of a write.
            return
