"""Records of the quarantine: what each one says of itself, and knowing it again when its source says it anew.

A record that a mapping refused is kept as JSON of its columns, one that ingest refused as JSON of its fields, and a
line that is no record as its text. By its id, else by its place, a held record is known again in later batches.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from connectors.files.reading import signal_readers
from connectors.formats.blocks import Block, Cell
from connectors.formats.documents import flatten
from connectors.mapping.choosing import Reader
from connectors.values.targets import DETAIL_FIELDS, SIGNAL_FIELDS
from engine.validation.signal_checks import sift
from engine.values.clock import parse_instant
from engine.values.errors import BadInput
from engine.vocabulary.model import Refusal, SignalIn

if TYPE_CHECKING:
    from connectors.mapping.choosing import MappingNames
    from connectors.settings.settings_file import Settings
    from engine.desk import Desk
    from engine.intake.ingest import SourceBatch

HeldRow = Mapping[str, Any]
"""A row of the quarantine as `Desk.held` gives it."""

_REMEMBERED: Final = 5_000
"""Held records of a source that are looked for in what it says later: the oldest of them."""
_WORDS: Final = re.compile(r"\w+")


class Name(NamedTuple):
    """Which row of its source a record is, and the time of its own that it states."""

    id: str
    stated_at: int | None


def cells_of(row: HeldRow) -> dict[str, Cell] | None:
    """A held record as column to cell; None where its text is no whole record in JSON."""
    try:
        return flatten(json.loads(row["raw"])) or None
    except (ValueError, RecursionError):
        return None


def is_mapped(cells: Mapping[str, Cell]) -> bool:
    """Whether these are the fields of a signal, and no longer the columns of a file: ingest refused it."""
    needed = {"id", "kind", "payload"}
    return needed <= cells.keys() <= {*SIGNAL_FIELDS, *DETAIL_FIELDS} and str(cells["payload"]).startswith("{")


def made_by(reader: Reader, row: HeldRow, cells: Mapping[str, Cell], *, document: bool) -> list[SignalIn | Refusal]:
    """What a mapping makes of a held record's columns; nothing where it passes the record over.

    An object of a `document` may lack columns. Raises BadInput where others do.
    """
    textual = all(isinstance(cell, str) for cell in cells.values())
    objects = [cells] if document else None
    block = Block(tuple(cells), [list(cells.values())], [row["line"] or 0], textual=textual, objects=objects)
    return cast("list[SignalIn | Refusal]", reader.rows(block, row["file"]))


def _names_of(row: HeldRow, readers: Sequence[Reader]) -> set[Name]:
    """The rows of its source that a held record is; empty where it does not say so itself."""
    cells = cells_of(row)
    if cells is None:
        return set()
    if is_mapped(cells):
        stated = cells.get("recorded_at") or cells.get("occurred_at")
        with contextlib.suppress(BadInput):
            return {Name(str(cells["id"]), parse_instant(stated, "") if isinstance(stated, str) else stated)}
        return set()
    found = set()
    for reader in [reader for reader in readers if _refuses(reader, row, cells)] or readers:
        identity = reader.said(cells, "id")
        if identity is not None:
            stated_at = reader.said(cells, "recorded_at")
            found.add(Name(identity, reader.said(cells, "occurred_at") if stated_at is None else stated_at))
    return found


def _refuses(reader: Reader, row: HeldRow, cells: Mapping[str, Cell]) -> bool:
    """Whether this is one of the mappings that cannot take the record: of several, the others have taken it."""
    try:
        return any(isinstance(made, Refusal) for made in made_by(reader, row, cells, document=True))
    except BadInput:
        return False


class HeldRecords:
    """Held records of one source, by what they are known again by."""

    def __init__(self, rows: Iterable[HeldRow], readers: Sequence[Reader]) -> None:
        self._by_name: defaultdict[str, list[tuple[HeldRow, int | None]]] = defaultdict(list)
        self._by_place: dict[tuple[str, int], HeldRow] = {}
        for row in rows:
            names = _names_of(row, readers)
            for name in names:
                self._by_name[name.id].append((row, name.stated_at))
            if not names and row["line"] is not None and row["raw"]:
                self._by_place[row["file"], row["line"]] = row

    def again(self, batch: SourceBatch) -> dict[int, SignalIn]:
        """The numbers of the records that a batch says again, each with its signal, sound or not.

        An older statement of a row is not the one that was refused.
        """
        if not self._by_name and not self._by_place:
            return {}
        signals = (row for row in batch.rows if isinstance(row, SignalIn))
        return {row["id"]: signal for signal in signals for row in self._known_in(signal, batch.file)}

    def _known_in(self, signal: SignalIn, file: str) -> Iterator[HeldRow]:
        stated_at = signal.occurred_at if signal.recorded_at is None else signal.recorded_at
        for row, held_at in self._by_name.get(signal.source_id, ()):
            if held_at is None or stated_at is None or stated_at >= held_at:
                yield row
        row_there = self._by_place.get((file, signal.line)) if signal.line is not None else None
        # Lines move: what stands at the place now must still speak of the same row.
        if row_there is not None and set(_WORDS.findall(signal.source_id)) <= set(_WORDS.findall(row_there["raw"])):
            yield row_there


class LettingGo:
    """Lets go of held records when their source has said the same rows anew and they could be taken.

    `mapping` is what the batches are read by, where it is not the source's own.
    """

    def __init__(self, desk: Desk, settings: Settings, mapping: MappingNames = None) -> None:
        self._desk = desk
        self._settings = settings
        self._mapping = mapping
        self._source = ""
        self._held: HeldRecords | None = None
        self.count = 0
        """How many were let go of."""

    @contextlib.contextmanager
    def taking(self, batch: SourceBatch) -> Iterator[None]:
        """Around the taking of one batch."""
        if batch.rows_before == 0 or batch.source != self._source:
            self._source, self._held = batch.source, self._held_by(batch)
        yield
        if self._held is not None and (again := self._held.again(batch)):
            numbers = [number for number, said in again.items() if not sift(batch.source, [said], batch.file).refusals]
            self._desk.release_quarantine(sorted(numbers))
            self.count += len(numbers)

    def _held_by(self, batch: SourceBatch) -> HeldRecords | None:
        """What the source has held, to be looked for; None for content that was taken before, which says nothing
        new."""
        if batch.mark is not None:
            state = self._desk.file_state(batch.source, batch.mark.sha256)
            if state is not None and state[0] != "reading":
                return None
        rows = self._desk.held(batch.source)[:_REMEMBERED]
        if not rows:
            return None
        with contextlib.suppress(BadInput):
            return HeldRecords(rows, signal_readers(batch.file, self._settings, batch.source, self._mapping))
        return None
