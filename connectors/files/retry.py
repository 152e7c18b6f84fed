"""Trying held records again, once their mapping or their file is mended.

A record that a mapping refused is tried by itself: its own columns through the source's present mapping, whatever
became of the file that it stood in. What its columns cannot settle is looked up in the very file that it came from; of
that file nothing but the held records is taken. A record is let go of only when it was read again and could be taken.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from connectors.files.held import HeldRecords, HeldRow, cells_of, is_mapped, made_by
from connectors.files.reading import path_of, signal_batches, signal_readers
from connectors.formats.blocks import Cell
from connectors.formats.records import layout_of
from connectors.mapping.choosing import MappingNames, Reader, identity_of
from connectors.settings.settings_file import HttpSource, Settings
from engine.intake.ingest import SourceBatch
from engine.validation.signal_checks import sift
from engine.values.errors import BadInput
from engine.vocabulary.model import Refusal, SignalIn

if TYPE_CHECKING:
    from engine.desk import Desk

_DOCUMENTS = ("json", "jsonl")


class Tried(NamedTuple):
    """What became of one held record."""

    number: int
    why: str
    """Why it is still held, or what became of it instead of a signal; empty for one that was simply taken."""
    taken: bool = False
    """It was let go of."""


def retry(desk: Desk, settings: Settings, rows: Iterable[HeldRow], mapping: MappingNames = None) -> list[Tried]:
    """Try held records again, by `mapping` or by what their source has; what could be taken is let go of.

    Detection is left to the caller. Raises BadInput for a mapping that is not there.
    """
    tried: list[Tried] = []

    def place(row: HeldRow) -> tuple[str, str]:
        return row["source"], row["file"]

    # In the order in which they were refused: of two statements of one row the later one has to come last.
    for (source, file), group in groupby(sorted(rows, key=lambda row: row["id"]), key=place):
        held = list(group)
        if desk.source_state(source) is None:
            tried += [Tried(row["id"], "it came with a baseline: `offplan load` the mended file") for row in held]
        else:
            tried += _Retry(desk, settings, source, file, mapping).all(held)
    return tried


def mend(desk: Desk, settings: Settings, row: HeldRow, column: str, value: str) -> Tried:
    """Try a held record with another value in one of its columns; where it could be taken it is let go of.

    What its source says is not changed: a record that comes again as it was is held again. Detection is left to the
    caller.
    """
    cells = mendable(row)
    if cells is None or column not in cells:
        return Tried(row["id"], "it is no record whose columns could be mended here: mend its file or its mapping")
    before = cells[column]
    cells[column] = value if isinstance(before, str) else _typed(value)
    mended = {**row, "raw": json.dumps(cells, ensure_ascii=False)}
    reason = f"mended: {column} {before!r} → {cells[column]!r}"
    return _Retry(desk, settings, row["source"], row["file"], None).by_itself(mended, reason)


def mendable(row: HeldRow) -> dict[str, Cell] | None:
    """The columns of a held record, of which one can be mended in its place; None where it is not kept as columns."""
    cells = cells_of(row)
    return None if row["column_name"] is None or cells is None or is_mapped(cells) else cells


def _typed(value: str) -> Cell:
    """A value as JSON has it, else as text."""
    try:
        found: Cell = json.loads(value)
    except ValueError:
        return value
    return found


class _Retry:
    """The held records of one file, or of one address."""

    def __init__(self, desk: Desk, settings: Settings, source: str, file: str, mapping: MappingNames) -> None:
        self._desk = desk
        self._settings = settings
        self._source = source
        self._file = file
        self._mapping = mapping
        self._readers = signal_readers(file, settings, source, mapping)
        self._http = isinstance(settings.sources.get(source), HttpSource)

    def all(self, rows: Sequence[HeldRow]) -> list[Tried]:
        tried: list[Tried] = []
        signals: list[SignalIn] = []
        left: list[tuple[HeldRow, str]] = []
        for row in rows:
            made = self._by_itself(row)
            if isinstance(made, str):
                left.append((row, made))
            else:
                signals += made
                tried.append(Tried(row["id"], "" if made else "its mapping passes it over now", taken=True))
        self._take(signals, [each.number for each in tried])
        return tried + self._in_their_file(left)

    def by_itself(self, row: HeldRow, reason: str) -> Tried:
        """Try one record by its own columns alone."""
        made = self._by_itself(row)
        if isinstance(made, str):
            return Tried(row["id"], f"still refused: {made}")
        self._take(made, [row["id"]], reason)
        return Tried(row["id"], "" if made else "its mapping passes it over now", taken=True)

    def _by_itself(self, row: HeldRow) -> list[SignalIn] | str:
        """The signals that a record gives through the present mapping, or why it does not give them by itself."""
        cells = cells_of(row)
        # A place without a column is that of what was no record at all, however much its text looks like one.
        if row["column_name"] is None or cells is None or is_mapped(cells):
            return ""
        try:
            made = [
                each
                for reader in self._readers
                for each in made_by(reader, row, cells, document=self._document(reader))
            ]
        except BadInput as error:
            return f"{error.fault}; {error.mend}"
        refused = [each for each in made if isinstance(each, Refusal)] or sift(self._source, made, self._file).refusals
        if refused:
            return f"{refused[0].reason}; {refused[0].mend}"
        return [each for each in made if isinstance(each, SignalIn)]

    def _document(self, reader: Reader) -> bool:
        return self._http or layout_of(self._file, reader.layout).format in _DOCUMENTS

    def _take(self, signals: Sequence[SignalIn], numbers: Sequence[int], reason: str | None = None) -> None:
        if signals:
            batch = SourceBatch(
                source=self._source,
                kind="http" if self._http else "command",
                identity=identity_of(self._file, self._readers),
                rows=signals,
                file=self._file,
            )
            self._desk.take(batch, detect=False)
        if numbers:
            self._desk.release_quarantine(numbers, reason)

    # in the file ------------------------------------------------------------------------------------------------------

    def _in_their_file(self, left: Sequence[tuple[HeldRow, str]]) -> list[Tried]:
        """Look records up in the file that they came from; each comes with why it could not be taken by itself."""
        if not left:
            return []
        path = path_of(self._file, self._settings, self._source)
        if path is None or not os.path.isfile(path):
            return [Tried(row["id"], _joined(why, self._no_file(path))) for row, why in left]
        whole = [row for row, _ in left if _is_whole_file(row)]
        single = [(row, why) for row, why in left if not _is_whole_file(row)]
        try:
            return [*(self._whole_file(path, whole) if whole else ()), *(self._rows_of(path, single) if single else ())]
        except BadInput as error:
            return [Tried(row["id"], str(error)) for row, _ in left]

    def _no_file(self, path: Path | None) -> str:
        if path is not None:
            return f"{path} is not there any more: ingest a mended copy with --source {self._source}"
        if self._http:
            return "it goes when an answer of its source has it in order"
        return f"where {self._file} lies is not known: ingest a mended copy with --source {self._source}"

    def _whole_file(self, path: Path, rows: Sequence[HeldRow]) -> list[Tried]:
        """Take a file of which nothing could be taken. What is refused of it again is held again."""
        batches = signal_batches(path, self._settings, self._source, self._mapping)
        # Whether the file can be read at all shows with its first batch; only then is anything let go of.
        first = next(batches)
        self._desk.release_quarantine(row["id"] for row in rows)
        self._desk.take(first, detect=False)
        for batch in batches:
            self._desk.take(batch, detect=False)
        held = {row["id"]: row for row in self._desk.held(self._source)}
        return [
            Tried(row["id"], _still(held[row["id"]]["reason"], held[row["id"]]["mend"]))
            if row["id"] in held
            else Tried(row["id"], "", taken=True)
            for row in rows
        ]

    def _rows_of(self, path: Path, left: Sequence[tuple[HeldRow, str]]) -> list[Tried]:
        """Look for records in a file, and take those of its records."""
        wanted = HeldRecords([row for row, _ in left], self._readers)
        again: dict[int, SignalIn] = {}
        refused: dict[int | None, Refusal] = {}
        for batch in signal_batches(path, self._settings, self._source, self._mapping):
            # The place as the records have it, which may have been written in another way.
            again |= wanted.again(replace(batch, file=self._file))
            refused |= {row.place.line: row for row in batch.rows if isinstance(row, Refusal)}
        tried: list[Tried] = []
        signals: list[SignalIn] = []
        for row, why in left:
            signal, there = again.get(row["id"]), refused.get(row["line"])
            if signal is not None:
                there = next(iter(sift(self._source, [signal], self._file).refusals), None)
            if there is not None:
                tried.append(Tried(row["id"], _still(there.reason, there.mend)))
            elif signal is not None:
                signals.append(signal)
                tried.append(Tried(row["id"], "", taken=True))
            else:
                gone = f"it is no longer in {self._file}: ingest the file that has it now"
                tried.append(Tried(row["id"], _joined(why, gone)))
        self._take(list(dict.fromkeys(signals)), [each.number for each in tried if each.taken])
        return tried


def _is_whole_file(row: HeldRow) -> bool:
    """Whether it was a file as a whole that could not be taken: then no record of it is kept."""
    return row["column_name"] is None and not row["raw"]


def _still(reason: str, mend: str) -> str:
    return f"still refused: {reason}; {mend}"


def _joined(why: str, further: str) -> str:
    return f"still refused: {why}; {further}" if why else further
