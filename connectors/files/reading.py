"""Files and answers to signals and plan lines: the mapping that fits, the format, the rows, in batches for the desk.

The one door that commands, sources and tests go through. What a record is, is connectors.formats; what a column means,
connectors.mapping.compiled. Everything comes in the order of the file, the same every time, so that an interrupted
reading can go on at a row number.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from io import BufferedReader
from pathlib import Path
from typing import Final, cast

from connectors.files.opening import opened, sha256, stamp
from connectors.formats.blocks import Block, Layout
from connectors.formats.records import layout_of, records
from connectors.mapping.building import Mapped
from connectors.mapping.choosing import (
    MappingNames,
    PlainNames,
    Reader,
    fitting,
    identity_of,
    readers_of,
    without_mapping,
)
from connectors.settings.settings_file import FolderSource, HttpSource, Settings
from connectors.values.targets import SIGNAL
from engine.intake.ingest import FileMark, SourceBatch
from engine.values.errors import BadInput
from engine.vocabulary.model import PLAN_KINDS, Place, PlanLine, PlanRecord, Refusal, SignalIn

ONE_SHOT: Final = 40_000
"""Rows a batch where whole files are taken at once: few commits, each a fraction of a second under the write lock."""

_PLACE: Final = re.compile(r"(.*?)(?::(\d+))?", re.DOTALL)


def plan_rows(
    path: Path, settings: Settings, kind: str, mapping: MappingNames = None
) -> Iterator[PlanLine | PlanRecord | Refusal]:
    """The lines of a plan file as `kind`, through the named mapping, those whose `files` fit, or the plain column
    names.

    Raises BadInput for what concerns the whole file: a plan that is half read must not replace a whole one.
    """
    if kind not in PLAN_KINDS:
        raise BadInput(f"--as {kind}", "there is no such kind of plan", f"use one of {', '.join(PLAN_KINDS)}")
    readers = readers_of(path.name, settings, kind, mapping)
    with opened(path) as handle:
        before = stamp(handle)
        for rows in _rows(handle, path.name, settings, kind, readers):
            yield from cast("list[PlanLine | PlanRecord | Refusal]", rows)
        if stamp(handle) != before:
            raise BadInput(str(path), "it changed while it was read", "load it again when it is complete")


def signal_batches(
    path: Path, settings: Settings, source: str, mapping: MappingNames = None, size: int = 2000
) -> Iterator[SourceBatch]:
    """The signals of a file as batches of `size` rows, the last one marked; cursor None.

    The mapping is the named one, else the source's, else those whose `files` fit, else the plain column names. What
    concerns the whole file (its header, its encoding, that it is empty) is one Refusal of the last batch. Its place is
    its name in the source's folder, and its whole path anywhere else: by it a refused record is found again.

    Raises BadInput when the file cannot be opened or changed while it was read, and when no mapping is named so.
    """
    configured = settings.sources.get(source)
    readers = signal_readers(path.name, settings, source, mapping)
    place = _place(path, settings, source)
    with opened(path) as handle:
        before = stamp(handle)
        mark = FileMark(sha256(handle), path.name, before.size, before.modified_ns // 1000)
        rows_before = 0
        for rows, last in _batched(_signals(handle, place, settings, readers), size):
            if last and stamp(handle) != before:
                raise BadInput(str(path), "it changed while it was read", "it is read again when it is complete")
            yield SourceBatch(
                source=source,
                kind=configured.type if configured else "command",
                identity=identity_of(path.name, readers),
                rows=rows,
                file=place,
                mark=mark,
                rows_before=rows_before,
                last=last,
                expected_every=configured.expected_every if configured else None,
            )
            rows_before += len(rows)


def mapping_name(path: Path, settings: Settings, kind: str, mapping: str | None = None) -> str | None:
    """The name of the mapping that a plan file would be read by: the named one, or the first whose `files` fit."""
    names = [mapping] if mapping else fitting(path.name, settings, kind)
    return names[0] if names else None


def signal_readers(file: str, settings: Settings, source: str, mapping: MappingNames = None) -> list[Reader]:
    """What the records of a source are read by: the named mapping, else the source's, else by the name of the file.

    `file` may be a place. Raises BadInput for a mapping that is not there or makes no signals.
    """
    configured = settings.sources.get(source)
    names = mapping or (configured.mapping_names if configured else ())
    if isinstance(configured, HttpSource) and not names:
        return [PlainNames(SIGNAL, settings.desk.currency)]
    return readers_of(os.path.basename(file), settings, SIGNAL, names)


def path_of(place: str, settings: Settings, source: str) -> Path | None:
    """Where the file of a place lies; None where the place does not tell, as that of an answer to a poll."""
    configured = settings.sources.get(source)
    if os.path.isabs(place):
        return Path(place)
    return settings.folder / configured.path / place if isinstance(configured, FolderSource) else None


def _place(path: Path, settings: Settings, source: str) -> str:
    configured = settings.sources.get(source)
    if isinstance(configured, FolderSource):
        home = os.path.realpath(settings.folder / configured.path)
        if os.path.realpath(path.parent) == home:
            return path.name
    return os.path.abspath(path)


def _rows(
    handle: BufferedReader, place: str, settings: Settings, kind: str, readers: Sequence[Reader]
) -> Iterator[list[Mapped | Refusal]]:
    """Every row through every mapping; the file is read once for each layout that the mappings have."""
    by_layout: dict[Layout, list[Reader]] = {}
    try:
        for reader in readers:
            by_layout.setdefault(layout_of(place, reader.layout), []).append(reader)
        for layout, alike in by_layout.items():
            for part in records(handle, place, layout):
                yield _mapped(part, alike, place)
    except BadInput as error:
        if not isinstance(readers[0], PlainNames):
            raise
        raise without_mapping(error, handle, os.path.basename(place), settings, kind) from None


def _mapped(part: Block | Refusal, readers: Sequence[Reader], place: str) -> list[Mapped | Refusal]:
    if isinstance(part, Refusal):
        return [part]
    return [row for reader in readers for row in reader.rows(part, place)]


def _signals(
    handle: BufferedReader, place: str, settings: Settings, readers: Sequence[Reader]
) -> Iterator[list[SignalIn | Refusal]]:
    try:
        yield from cast("Iterator[list[SignalIn | Refusal]]", _rows(handle, place, settings, SIGNAL, readers))
    except BadInput as error:
        yield [_refusal(error, place)]


def _refusal(error: BadInput, file: str) -> Refusal:
    """What is wrong with a whole file, as a record of the quarantine."""
    found = _PLACE.fullmatch(error.place)
    line = int(found[2]) if found and found[2] else None
    return Refusal(Place(file, line), error.fault, error.mend, "")


def _batched(runs: Iterable[list[SignalIn | Refusal]], size: int) -> Iterator[tuple[list[SignalIn | Refusal], bool]]:
    """Lists of `size` rows and whether it is the last; one empty list when there are no rows."""
    batch: list[SignalIn | Refusal] = []
    for run in runs:
        batch += run
        while len(batch) > size:
            yield batch[:size], False
            batch = batch[size:]
    yield batch, True
