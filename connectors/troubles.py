"""What the feeder tells while it runs: each trouble once, since the log of an overnight outage must not repeat one
sentence, and a line for each file or poll that brought something.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.values.errors import StoreUnusable
from engine.vocabulary.model import IngestResult

if TYPE_CHECKING:
    from engine.intake.ingest import SourceBatch


def heard(tell: Callable[[str], None]) -> Callable[[str], None]:
    """The same; a sentence that cannot be written, such as to a log on a full disk, ends nobody's work."""

    def tells(sentence: str) -> None:
        try:
            tell(sentence)
        except BrokenPipeError:
            raise
        except OSError:
            # It may be written once there is room; what it tells of is on the desk's screens as well.
            return

    return tells


class Troubles:
    """The present trouble of each subject. `tell` gets a sentence whenever one begins or changes."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = heard(tell)
        self._present: dict[str, str] = {}

    def begin(self, subject: str, sentence: str) -> bool:
        """Note a trouble; true, and told, when it is not the one that is known already."""
        if self._present.get(subject) == sentence:
            return False
        self._present[subject] = sentence
        self.tell(sentence)
        return True

    def end(self, subject: str) -> bool:
        """Note that all is well; true when it was not before."""
        return self._present.pop(subject, None) is not None

    @contextlib.contextmanager
    def of_the_store(self, subject: str) -> Iterator[None]:
        """Go on after a database that cannot be written just now: what was not taken is taken when it can be."""
        try:
            yield
        except StoreUnusable as error:
            self.begin(f"store: {subject}", str(error))
        else:
            self.end(f"store: {subject}")


class News:
    """One line for each file that was taken, and for each poll that brought something. `tell` gets it."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._so_far: dict[tuple[str, str], IngestResult] = {}

    def hear(self, batch: SourceBatch, result: IngestResult) -> None:
        """Count a batch that was taken; the last one of its file or poll makes the line."""
        key = (batch.source, batch.file if batch.kind == "folder" else "")
        total = self._so_far.pop(key, IngestResult()).plus(result)
        ends = batch.last if batch.kind == "folder" else batch.cursor is not None
        if not ends:
            self._so_far[key] = total
        elif batch.kind == "folder" or total.new or total.quarantined:
            name = f"{batch.source}: {batch.file}" if batch.kind == "folder" else batch.source
            counts = f"{total.new} new, {total.duplicate} duplicate, {total.quarantined} quarantined"
            self._tell(f"{name}: {counts}; {total.opened} opened, {total.raised} raised, {total.cleared} cleared")
