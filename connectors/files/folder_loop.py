"""The loop of the drop folders: watch, rescan, and take every file that is complete.

Here: the watcher's settings and what happens when a folder comes, goes or is replaced. What a folder yields is
connectors.files.folder's business, and whether we may write at all is the feeder's.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connectors.files.folder import Folder
from connectors.files.reading import signal_batches
from connectors.files.strays import strays
from connectors.settings.settings_file import FolderSource, Settings
from connectors.troubles import Troubles
from engine.values.clock import MINUTE, SECOND, Clock
from engine.values.errors import BadInput
from engine.values.text import clean
from engine.vocabulary.model import Refusal

if TYPE_CHECKING:
    from engine.desk import Desk
    from engine.intake.ingest import SourceBatch

RESCAN_EVERY: Final = MINUTE
"""A full look at each folder: the kernel's queue of events can overflow, and nobody reports it."""


class FolderLoop:
    """All folder sources of a workspace. `take` hands a batch to the desk; `clock` is the machine's."""

    def __init__(
        self, desk: Desk, settings: Settings, *, take: Callable[[SourceBatch], None], troubles: Troubles, clock: Clock
    ) -> None:
        self._desk = desk
        self._settings = settings
        self._take = take
        self._troubles = troubles
        self._clock = clock
        self._wake = asyncio.Event()
        self._rescan_at = 0
        self._refused: dict[tuple[str, str], set[int]] = {}
        """Source and name of files of which nothing could be taken, to the quarantine's ids that say so."""
        for row in desk.held(None):
            if row["line"] is None:
                self._refused.setdefault((row["source"], row["file"]), set()).add(row["id"])
        self._folders = [
            _folder(desk, settings, name, source, clock)
            for name, source in settings.sources.items()
            if isinstance(source, FolderSource)
        ]

    async def watch(self) -> None:
        """Tell the folders what changes in them; begin anew when one of them comes, goes or is replaced."""
        from watchfiles._rust_notify import WatchfilesRustInternalError

        while True:
            present = {path: identity for folder in self._folders if (identity := _identity(path := folder.path))}
            if not present:
                await asyncio.sleep(1.0)
                continue
            try:
                await self._watch(present)
            except OSError as error:
                await self._without_watcher(str(error.strerror))
            except WatchfilesRustInternalError as error:
                await self._without_watcher(str(error))
            except ExceptionGroup as group:
                # It gives up at a name that is no text: the next one begins with a look at the whole folder.
                if group.split(WatchfilesRustInternalError)[1] is not None:
                    raise
                await asyncio.sleep(1.0)

    async def _without_watcher(self, reason: str) -> None:
        self._troubles.begin("watcher", f"the folders cannot be watched ({reason}); we look every minute")
        await asyncio.sleep(RESCAN_EVERY / SECOND)

    async def _watch(self, present: dict[Path, tuple[int, int]]) -> None:
        from watchfiles import awatch

        end, first = asyncio.Event(), True
        events = awatch(
            *present,
            watch_filter=None,
            debounce=50,
            step=10,
            rust_timeout=1000,
            yield_on_timeout=True,
            recursive=False,
            stop_event=end,
        )
        try:
            async for changes in events:
                if first:
                    # What came in the moment before the watch stood.
                    self._rescan_at, first = 0, False
                for folder in self._folders:
                    folder.notice(Path(path).name for _, path in changes if Path(path).parent == folder.path)
                self._wake.set()
                if any(_identity(folder.path) != present.get(folder.path) for folder in self._folders):
                    return
        finally:
            end.set()

    async def run(self) -> None:
        """Take what is complete, whenever something came, rested long enough, or a rescan is due."""
        while True:
            self._wake.clear()
            pause = 1.0
            with self._troubles.of_the_store("folders"):
                await self.take_files()
                looks = [at for folder in self._folders if (at := folder.next_look_at()) is not None]
                pause = (min([self._rescan_at, *looks]) - self._clock.now()) / SECOND
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(max(pause, 0.01), 1.0)):
                    await self._wake.wait()

    async def take_files(self) -> None:
        """Look through the folders if that is due, and take every file that is complete now."""
        if self._clock.now() >= self._rescan_at:
            self._rescan_at = self._clock.now() + RESCAN_EVERY
            for folder in self._folders:
                self._rescan(folder)
            self._tell_strays()
        for folder in self._folders:
            for name in folder.ready():
                last = None
                async for last in folder.batches(name):
                    self._take(last)
                if last is not None:
                    self._settle_refusal(folder.name, name, last)

    def _rescan(self, folder: Folder) -> None:
        try:
            folder.rescan()
        except BadInput as error:
            if self._troubles.begin(folder.name, str(error)):
                self._desk.source_failed(folder.name, str(error), next_poll_at=None)
        else:
            if self._troubles.end(folder.name):
                self._desk.source_polled(folder.name, cursor=None, next_poll_at=None)

    def _tell_strays(self) -> None:
        """Say once which files in the folders no pattern takes."""
        found = strays(self._settings.folder, self._settings.sources)
        for source in self._settings.sources.values():
            if isinstance(source, FolderSource) and source.path in found:
                self._troubles.begin(f"strays: {source.path}", str(found[source.path]))
            elif isinstance(source, FolderSource):
                self._troubles.end(f"strays: {source.path}")

    def _settle_refusal(self, source: str, name: str, last: SourceBatch) -> None:
        """Remember that a whole file was refused; release that once a file of this name could be read after all."""
        file = (source, clean(name))
        if last.mark is None:
            reasons = {clean(row.reason) for row in last.rows if isinstance(row, Refusal)}
            held = [row for row in self._desk.held(source) if row["file"] == file[1] and row["reason"] in reasons]
            self._refused[file] = {row["id"] for row in held}
        elif last.last and (ids := self._refused.pop(file, None)):
            self._desk.release_quarantine(sorted(ids))


def _folder(desk: Desk, settings: Settings, name: str, source: FolderSource, clock: Clock) -> Folder:
    # Resolved, because the watcher tells whole paths of real folders.
    path = Path(os.path.realpath(settings.folder / source.path))

    def read(file: Path) -> Iterator[SourceBatch]:
        return signal_batches(file, settings, name)

    return Folder(name, path, takes=source.takes, read=read, checkpoints=desk, clock=clock)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a folder from another one of the same name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISDIR(found.st_mode) else None
