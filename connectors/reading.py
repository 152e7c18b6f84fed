"""Files and answers to signals and plan lines: the mapping that fits, the format, the rows, in batches for the desk.

The one door that commands, sources and tests go through. What a record is, is connectors.formats; what a column means,
connectors.mapping. Everything comes in the order of the file, the same every time, so that an interrupted reading can
go on at a row number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from io import BufferedReader
from pathlib import Path
from typing import Final, Protocol, cast

from connectors.formats import Block, Layout, layout_of, records
from connectors.mapping import CompiledMapping, Mapped
from connectors.mapping_settings import FieldRule, MappingSection
from connectors.opening import opened, sha256, stamp
from connectors.settings import Settings
from connectors.targets import ALIASES, SIGNAL, fields_of, required
from engine.errors import BadInput
from engine.ingest import FileMark, SourceBatch
from engine.model import PLAN_KINDS, RECORD_KINDS, Place, PlanLine, PlanRecord, Refusal, SignalIn

MappingNames = str | Sequence[str] | None

ONE_SHOT: Final = 40_000
"""Rows a batch where whole files are taken at once: few commits, each a fraction of a second under the write lock."""

_PLACE: Final = re.compile(r"(.*?)(?::(\d+))?", re.DOTALL)


class Mapping(Protocol):
    """Turns blocks of records into values."""

    @property
    def layout(self) -> Layout: ...

    def rows(self, block: Block, file: str) -> list[Mapped | Refusal]: ...


def plan_rows(
    path: Path, settings: Settings, kind: str, mapping: MappingNames = None
) -> Iterator[PlanLine | PlanRecord | Refusal]:
    """The lines of a plan file as `kind`, through the named mapping, those whose `files` fit, or the plain column names.

    Raises BadInput for what concerns the whole file: a plan that is half read must not replace a whole one.
    """
    if kind not in PLAN_KINDS:
        raise BadInput(f"--as {kind}", "there is no such kind of plan", f"use one of {', '.join(PLAN_KINDS)}")
    mappings = _mappings(path.name, settings, kind, mapping)
    with opened(path) as handle:
        before = stamp(handle)
        for rows in _rows(handle, path.name, mappings):
            yield from cast("list[PlanLine | PlanRecord | Refusal]", rows)
        if stamp(handle) != before:
            raise BadInput(str(path), "it changed while it was read", "load it again when it is complete")


def signal_batches(
    path: Path, settings: Settings, source: str, mapping: MappingNames = None, size: int = 2000
) -> Iterator[SourceBatch]:
    """The signals of a file as batches of `size` rows, the last one marked; cursor None.

    The mapping is the named one, else the source's, else those whose `files` fit, else the plain column names. What
    concerns the whole file (its header, its encoding, that it is empty) is one Refusal of the last batch.

    Raises BadInput when the file cannot be opened or changed while it was read, and when no mapping is named so.
    """
    configured = settings.sources.get(source)
    names = mapping or (configured.mapping_names if configured else ())
    mappings = _mappings(path.name, settings, SIGNAL, names)
    with opened(path) as handle:
        before = stamp(handle)
        mark = FileMark(sha256(handle), path.name, before.size, before.modified_ns // 1000)
        rows_before = 0
        for rows, last in _batched(_signals(handle, path.name, mappings), size):
            if last and stamp(handle) != before:
                raise BadInput(str(path), "it changed while it was read", "it is read again when it is complete")
            yield SourceBatch(
                source=source,
                kind=configured.type if configured else "command",
                identity=_identity(path.name, mappings),
                rows=rows,
                file=path.name,
                mark=mark,
                rows_before=rows_before,
                last=last,
                expected_every=configured.expected_every if configured else None,
            )
            rows_before += len(rows)


def mapping_name(path: Path, settings: Settings, kind: str, mapping: str | None = None) -> str | None:
    """The name of the mapping that a plan file would be read by: the named one, or the first whose `files` fit."""
    names = [mapping] if mapping else _fitting(path.name, settings, kind)
    return names[0] if names else None


def _fitting(file: str, settings: Settings, kind: str) -> list[str]:
    """The mappings to `kind` whose pattern of file names fits."""
    return [
        name
        for name, section in settings.mappings.items()
        if section.as_ == kind and section.files is not None and fnmatchcase(file, section.files)
    ]


def _mappings(file: str, settings: Settings, kind: str, mapping: MappingNames) -> list[Mapping]:
    names = [mapping] if isinstance(mapping, str) else list(mapping or ()) or _fitting(file, settings, kind)
    found: list[Mapping] = []
    for name in names:
        section = settings.mappings.get(name)
        if section is None:
            known = ", ".join(settings.mappings) or "none yet; `offplan map` proposes one"
            raise BadInput(f"mapping {name!r}", "there is none of this name", f"offplan.toml has {known}")
        if section.as_ != kind:
            raise BadInput(f"mapping.{name}", f"it is as {section.as_}, not {kind}", f"name a mapping as {kind}")
        found.append(CompiledMapping(name, section, settings.desk.currency))
    return found or [PlainNames(kind, settings.desk.currency)]


def _identity(file: str, mappings: Iterable[Mapping]) -> str:
    """Of the rows of one file; a file cannot be both."""
    found = {mapping.section.identity if isinstance(mapping, CompiledMapping) else "state" for mapping in mappings}
    if len(found) > 1:
        raise BadInput(
            file, "its mappings disagree about identity", 'set identity to "event" or "state" in all of them'
        )
    return str(found.pop())


def _rows(handle: BufferedReader, file: str, mappings: Sequence[Mapping]) -> Iterator[list[Mapped | Refusal]]:
    """Every row through every mapping; the file is read once for each layout that the mappings have."""
    by_layout: dict[Layout, list[Mapping]] = {}
    for mapping in mappings:
        by_layout.setdefault(layout_of(file, mapping.layout), []).append(mapping)
    for layout, fitting in by_layout.items():
        for part in records(handle, file, layout):
            yield _mapped(part, fitting, file)


def _mapped(part: Block | Refusal, mappings: Sequence[Mapping], file: str) -> list[Mapped | Refusal]:
    if isinstance(part, Refusal):
        return [part]
    return [row for mapping in mappings for row in mapping.rows(part, file)]


def _signals(handle: BufferedReader, file: str, mappings: Sequence[Mapping]) -> Iterator[list[SignalIn | Refusal]]:
    try:
        yield from cast("Iterator[list[SignalIn | Refusal]]", _rows(handle, file, mappings))
    except BadInput as error:
        yield [_refusal(error, file)]


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


class PlainNames:
    """The mapping of a file whose columns already have the names of the fields: ISO dates, plain numbers."""

    def __init__(self, kind: str, currency: str) -> None:
        self._kind = kind
        self._currency = currency
        self._compiled: CompiledMapping | None = None
        self._columns: tuple[str, ...] = ()

    @property
    def layout(self) -> Layout:
        return Layout("")

    def rows(self, block: Block, file: str) -> list[Mapped | Refusal]:
        """As CompiledMapping.rows. Raises BadInput when the columns are not the fields of the kind."""
        if self._kind in RECORD_KINDS and block.objects is not None:
            return [
                PlanRecord(self._kind, dict(item), line) for item, line in zip(block.objects, block.lines, strict=True)
            ]
        if self._compiled is None or self._columns != block.columns:
            self._compiled = CompiledMapping("", self._section(block.columns, file), self._currency)
            self._columns = block.columns
        return self._compiled.rows(block, file)

    def _section(self, columns: Sequence[str], file: str) -> MappingSection:
        known = fields_of(self._kind)
        fields = {name: FieldRule(column=name) for name in columns if ALIASES.get(name, name) in known}
        given = {ALIASES.get(name, name) for name in fields}
        missing = [name for name in required(self._kind) if name not in given]
        if missing or len(given) < len(fields):
            raise BadInput(
                file,
                f"its columns are not the fields of a {self._kind} ({', '.join(missing) or 'one stands there twice'})",
                "`offplan map` proposes a mapping for it",
            )
        return MappingSection(as_=self._kind, fields=fields)
