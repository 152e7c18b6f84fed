"""A drop folder as a source: which files wait in it, and the batches of those that are complete and not yet taken.

Here: looking at the folder, what is remembered of each file, and where an interrupted, renamed or grown file goes on.
It writes nothing: the feeder hands the batches to the desk. When a file is complete is connectors.files.readiness.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol

from connectors.files.opening import opened
from connectors.files.readiness import Stamp, is_data, look, stamp_of, wait_for
from engine.intake.ingest import FileMark, SourceBatch
from engine.values.clock import SECOND, Clock, SystemClock
from engine.values.errors import BadInput
from engine.vocabulary.model import Place, Refusal

LOOK_AGAIN_LEAST: Final = SECOND // 50
"""First new look at a file that somebody is writing: the watcher does not tell when it is closed."""
LOOK_AGAIN_MOST: Final = SECOND
REMEMBERED_NAMES: Final = 32
"""Names whose last content the cursor keeps, so that a file that grew is known again after a restart."""

_CHUNK: Final = 1 << 20


class Checkpoints(Protocol):
    """What a folder asks of the desk."""

    def source_state(self, name: str) -> dict[str, Any] | None: ...

    def file_state(self, source: str, sha256: bytes) -> tuple[str, int] | None: ...


class Folder:
    """One folder and what is known of its files.

    `takes` says which names are the source's. `read` reads one complete file into batches of rows, each with the mark
    of the file. `clock` is the machine's: it measures how long a file rests.
    """

    def __init__(
        self,
        name: str,
        path: Path,
        *,
        takes: Callable[[str], bool],
        read: Callable[[Path], Iterator[SourceBatch]],
        checkpoints: Checkpoints,
        clock: Clock | None = None,
    ) -> None:
        self.name = name
        self.path = path
        self._takes = takes
        self._read = read
        self._checkpoints = checkpoints
        self._clock = clock or SystemClock()
        self._waiting: dict[str, tuple[Stamp | None, int]] = {}
        """Files to look at, with the state seen last and since when it is so."""
        self._next_look: dict[str, int] = {}
        self._handled: dict[str, Stamp] = {}

    def rescan(self) -> None:
        """Look at the whole folder: what events did not tell, and what is gone.

        Raises BadInput when the folder cannot be read.
        """
        try:
            names = {entry.name for entry in os.scandir(self.path)}
        except OSError as error:
            mend = "make the folder, or mend `path` in offplan.toml"
            raise BadInput(f"source {self.name}: {self.path}", f"cannot be read ({error.strerror})", mend) from None
        for known in (self._waiting, self._next_look, self._handled):
            for name in known.keys() - names:
                del known[name]
        self.notice(names)

    def notice(self, names: Iterable[str]) -> None:
        """These files came or changed; names that are no data of this source are passed over."""
        now = self._clock.now()
        for name in names:
            if is_data(name) and self._takes(name):
                self._waiting.setdefault(name, (None, now))
                self._next_look[name] = now

    def ready(self) -> list[str]:
        """The files that are complete now, oldest change first; the others are looked at again by `next_look_at`."""
        now = self._clock.now()
        due = [name for name, at in self._next_look.items() if at <= now]
        complete = [(stamp.modified_ns, name) for name in due if (stamp := self._complete(name, now)) is not None]
        return [name for _, name in sorted(complete)]

    def next_look_at(self) -> int | None:
        """When a waiting file is to be looked at again, on the machine's clock; None when nothing waits."""
        return min(self._next_look.values(), default=None)

    async def batches(self, name: str) -> AsyncIterator[SourceBatch]:
        """What is new in a complete file, ready for `Desk.take`; each batch is to be taken before the next is asked
        for.

        Nothing for content that was taken before under any name. When the file changes while it is read the rest is
        left, and the file waits again. The batch of a file of which nothing could be taken has no mark: it is not known
        then, and is tried again after a restart, when the mapping may have been mended.
        """
        path = self.path / name
        stamp = stamp_of(path)
        if stamp is None:
            self._forget(name)
            return
        rows = self._rows(path, stamp)
        first = await _next(rows)
        if first is not None:
            async for batch in self._new(name, stamp, first, rows):
                yield batch
        if stamp_of(path) == stamp:
            self._handled[name] = stamp
            self._forget(name)

    def _rows(self, path: Path, stamp: Stamp) -> Iterator[SourceBatch]:
        """What the reader gives; that it cannot read a file that stays as it is becomes a refusal of the file."""
        try:
            yield from self._read(path)
        except BadInput as error:
            if stamp_of(path) == stamp:
                refusal = Refusal(Place(path.name), error.fault, error.mend, "")
                yield SourceBatch(source=self.name, kind="folder", identity="event", rows=(refusal,), file=path.name)

    def _complete(self, name: str, now: int) -> Stamp | None:
        """The stamp of a file that can be read now; else notes when to look again."""
        path = self.path / name
        stamp = stamp_of(path)
        if stamp is None or self._handled.get(name) == stamp:
            self._forget(name)
            return None
        seen = look(path)
        if seen is None:
            # It is there and cannot be opened: the reader has the sentence for that.
            return stamp
        known, since = self._waiting.get(name, (None, now))
        since = since if known == seen.stamp else now
        self._waiting[name] = (seen.stamp, since)
        rest = wait_for(seen)
        if rest is None:
            self._next_look[name] = now + min(max(now - since, LOOK_AGAIN_LEAST), LOOK_AGAIN_MOST)
            return None
        if now - since < rest:
            self._next_look[name] = since + rest
            return None
        return seen.stamp

    def _forget(self, name: str) -> None:
        self._waiting.pop(name, None)
        self._next_look.pop(name, None)

    async def _new(
        self, name: str, stamp: Stamp, first: SourceBatch, rows: Iterator[SourceBatch]
    ) -> AsyncIterator[SourceBatch]:
        if first.mark is None or _is_refused(first):
            yield replace(first, mark=None)
            return
        contents = self._contents()
        mark = _identified(first.mark, first.identity, stamp.modified_ns)
        state = self._checkpoints.file_state(self.name, mark.sha256)
        if state is not None and state[0] != "reading":
            return
        done = state[1] if state is not None else self._rows_before_growth(name, stamp, contents)
        contents.pop(name, None)
        contents[name] = [stamp.size, first.mark.sha256.hex(), mark.sha256.hex()]
        cursor = json.dumps({"files": dict(list(contents.items())[-REMEMBERED_NAMES:])})
        batch: SourceBatch | None = first
        while batch is not None and stamp_of(self.path / name) == stamp:
            rest = _after(batch, done)
            if rest is not None:
                yield replace(rest, mark=mark, cursor=cursor if batch.last else None)
            batch = await _next(rows)

    def _contents(self) -> dict[str, list[Any]]:
        """Name to size, content hash and mark of the files taken last, oldest first."""
        row = self._checkpoints.source_state(self.name)
        found = json.loads(row["cursor"]).get("files", {}) if row is not None else {}
        return dict(found)

    def _rows_before_growth(self, name: str, stamp: Stamp, contents: dict[str, list[Any]]) -> int:
        """Records of a file that was taken when it was shorter, and whose beginning is still the same; else 0."""
        if name not in contents:
            return 0
        size, content, mark = contents[name]
        if stamp.size <= size or not _begins_with(self.path / name, size, bytes.fromhex(content)):
            return 0
        state = self._checkpoints.file_state(self.name, bytes.fromhex(mark))
        return 0 if state is None else state[1]


async def _next(rows: Iterator[SourceBatch]) -> SourceBatch | None:
    """The next batch, read in a thread: a workbook can take longer than the feeder's lease lasts."""
    return await asyncio.to_thread(next, rows, None)


def _is_refused(batch: SourceBatch) -> bool:
    """Whether a whole file came to nothing: a header that changed, an encoding, no row that fits."""
    return batch.last and bool(batch.rows) and all(isinstance(row, Refusal) for row in batch.rows)


def _identified(mark: FileMark, identity: str, modified_ns: int) -> FileMark:
    """The mark under which a file is known.

    An event is an event, so the content alone says whether a file of events is known. A file of states that comes again
    after another one says that the state went back: there the time of change belongs to the identity, which a rename
    keeps and a new delivery does not.
    """
    if identity == "event":
        return mark
    return replace(mark, sha256=hashlib.sha256(mark.sha256 + modified_ns.to_bytes(8, "big", signed=True)).digest())


def _after(batch: SourceBatch, done: int) -> SourceBatch | None:
    """The part of a batch behind the first `done` records of its file; None when nothing is left and more follows."""
    skip = min(max(done - batch.rows_before, 0), len(batch.rows))
    if skip == len(batch.rows) and skip and not batch.last:
        return None
    return replace(batch, rows=batch.rows[skip:], rows_before=batch.rows_before + skip)


def _begins_with(path: Path, size: int, sha256: bytes) -> bool:
    """Whether the first `size` bytes of a file have this hash and end a line, so that no record was cut there."""
    digest, last = hashlib.sha256(), b""
    try:
        with opened(path) as file:
            while size and (chunk := file.read(min(size, _CHUNK))):
                digest.update(chunk)
                size, last = size - len(chunk), chunk[-1:]
    except BadInput:
        return False
    return not size and last == b"\n" and digest.digest() == sha256
