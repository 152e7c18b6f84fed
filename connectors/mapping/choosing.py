"""Which mapping a file is read by: the one that is named, those whose `files` fit, else the plain names of the fields.

Here too: what to say where none fits, since a file of tomorrow's name is more often a mapping whose pattern is too
narrow than a new kind of file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from io import BufferedReader
from typing import Any, Protocol

from connectors.formats.blocks import Block, Cell, Layout
from connectors.formats.records import layout_of, records
from connectors.mapping.building import Mapped
from connectors.mapping.compiled import CompiledMapping
from connectors.settings.mapping_settings import FieldRule, MappingSection
from connectors.settings.settings_file import Settings
from connectors.values.targets import ALIASES, fields_of, required
from engine.values.errors import BadInput
from engine.vocabulary.model import RECORD_KINDS, PlanRecord, Refusal

MappingNames = str | Sequence[str] | None


class Reader(Protocol):
    """Turns blocks of records into values: a compiled mapping, or the plain names."""

    @property
    def layout(self) -> Layout: ...

    @property
    def identity(self) -> str: ...

    def rows(self, block: Block, file: str) -> list[Mapped | Refusal]: ...

    def said(self, record: Mapping[str, Cell], name: str) -> Any: ...


def fitting(file: str, settings: Settings, kind: str) -> list[str]:
    """The mappings to `kind` whose pattern of file names fits."""
    return [
        name
        for name, section in settings.mappings.items()
        if section.as_ == kind and section.files is not None and fnmatchcase(file, section.files)
    ]


def readers_of(file: str, settings: Settings, kind: str, names: MappingNames) -> list[Reader]:
    """What a file of this name is read by as `kind`. Raises BadInput for a mapping that is not there or makes
    others."""
    chosen = [names] if isinstance(names, str) else list(names or ()) or fitting(file, settings, kind)
    found: list[Reader] = []
    for name in chosen:
        section = settings.mappings.get(name)
        if section is None:
            known = ", ".join(settings.mappings) or "none yet; `offplan map` proposes one"
            raise BadInput(f"mapping {name!r}", "there is none of this name", f"offplan.toml has {known}")
        if section.as_ != kind:
            raise BadInput(f"mapping.{name}", f"it is as {section.as_}, not {kind}", f"name a mapping as {kind}")
        found.append(CompiledMapping(name, section, settings.desk.currency))
    return found or [PlainNames(kind, settings.desk.currency)]


def identity_of(file: str, readers: Iterable[Reader]) -> str:
    """Of the rows of one file; a file cannot be both. Raises BadInput where its mappings disagree."""
    found = {reader.identity for reader in readers}
    if len(found) > 1:
        raise BadInput(
            file, "its mappings disagree about identity", 'set identity to "event" or "state" in all of them'
        )
    return found.pop()


def without_mapping(error: BadInput, handle: BufferedReader, file: str, settings: Settings, kind: str) -> BadInput:
    """What to say of a file that no mapping's `files` fits and that cannot be read by the plain names."""
    of_kind = {name: section for name, section in settings.mappings.items() if section.as_ == kind}
    near = [
        name
        for name, section in of_kind.items()
        if _has_columns(handle, file, CompiledMapping(name, section, settings.desk.currency))
    ]
    if near:
        mend = f"mapping.{near[0]} has its columns: widen its `files`, or give --mapping {near[0]}"
        return BadInput(error.place, f"no mapping's `files` fits {file}", mend)
    if "its mapping" in error.mend:
        fault = f"no mapping's `files` fits {file}, and {error.fault}"
        return BadInput(error.place, fault, "`offplan map` proposes a mapping for it")
    return error


def _has_columns(handle: BufferedReader, file: str, mapping: CompiledMapping) -> bool:
    """Whether a file, read as the mapping says, has every column that the mapping reads."""
    try:
        parts = records(handle, file, layout_of(file, mapping.layout), 1)
        block = next((part for part in parts if isinstance(part, Block)), None)
    except BadInput:
        return False
    return block is not None and mapping.columns.issubset(block.columns)


class PlainNames:
    """The mapping of a file whose columns already have the names of the fields: ISO dates, plain numbers."""

    identity = "state"

    def __init__(self, kind: str, currency: str) -> None:
        self._kind = kind
        self._currency = currency
        self._compiled: CompiledMapping | None = None
        self._columns: tuple[str, ...] = ()

    @property
    def layout(self) -> Layout:
        return Layout("")

    def said(self, record: Mapping[str, Cell], name: str) -> Any:
        """As CompiledMapping.said."""
        try:
            section = self._section(tuple(record), "")
        except BadInput:
            return None
        return CompiledMapping("", section, self._currency).said(record, name)

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
                f"its columns are not the fields of {self._kind} ({', '.join(missing) or 'one stands there twice'})",
                "`offplan map` proposes a mapping for it",
            )
        return MappingSection(as_=self._kind, fields=fields)
