"""`offplan map`: from a file that nobody described to a mapping that a person confirms.

Columns are recognised by their names and their cells; what cannot be told for certain is a Doubt. The proposal is then
applied to the same sample, so that the preview and its refusals are what ingest would really make of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from connectors.files.opening import opened
from connectors.formats.blocks import Cell, Layout
from connectors.mapping.building import Mapped
from connectors.mapping.compiled import CompiledMapping
from connectors.proposing import reply_fields
from connectors.proposing.field_choice import chosen_fields, guessed_kind
from connectors.proposing.playing import played
from connectors.proposing.profile import Doubt, Profile
from connectors.proposing.reply_fields import REPLY
from connectors.proposing.sampling import SAMPLE_ROWS, joined, layout_in, sample
from connectors.settings import settings_writer
from connectors.settings.mapping_settings import MappingSection
from connectors.settings.settings_text import read_document
from connectors.settings.settings_writer import toml
from connectors.values.targets import DETAIL_FIELDS, SIGNAL, is_target
from engine.values import money
from engine.values.clock import iso
from engine.values.errors import BadInput
from engine.vocabulary.model import PLAN_KINDS, RECORD_KINDS, PlanLine, PlanRecord, Refusal, SignalIn

__all__ = ["Doubt", "Proposal", "append", "propose"]

PREVIEW_ROWS: Final = 5
_DOUBTS_PER_COLUMN: Final = 5
_INSTANTS: Final = ("occurred_at", "recorded_at", "eta", "planned_at", "until_at", "starts_at", "expires_at", "until")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping as it would stand in offplan.toml, and what a person needs to judge it."""

    mapping: Mapping[str, Any]
    preview: Sequence[Mapping[str, Any]]
    """The first rows as they would be read: field to value, instants as ISO text, money as the contract has it."""
    doubts: Sequence[Doubt] = field(default_factory=tuple)
    unused: Sequence[str] = field(default_factory=tuple)
    """Columns that no field takes."""

    def to_toml(self, name: str) -> str:
        """The section `[mapping.NAME]` as text."""
        key = settings_writer.key(name)
        plain = {setting: value for setting, value in self.mapping.items() if setting != "fields"}
        lines = [f"[mapping.{key}]", *(f"{setting} = {toml(value)}" for setting, value in plain.items())]
        lines += ["", f"[mapping.{key}.fields]"]
        lines += [f"{field_name} = {toml(rule)}" for field_name, rule in self.mapping["fields"].items()]
        return "\n".join(lines) + "\n"


def propose(path: Path, as_kind: str | None = None, currency: str = "EUR") -> Proposal:
    """A mapping for a file, as `as_kind` or as what its columns look most like; `currency` is that of bare amounts.

    Raises BadInput when the file cannot be read at all, or has no column that could tell its records apart.
    """
    if as_kind not in (None, REPLY) and not is_target(as_kind):
        kinds = ", ".join((SIGNAL, REPLY, *PLAN_KINDS))
        raise BadInput(f"--as {as_kind}", "there is no such kind", f"use one of {kinds}")
    with opened(path) as handle:
        layout = layout_in(handle, path.name)
        blocks, refusals = sample(handle, path.name, layout)
    columns, cells, lines = joined(blocks, refusals, path.name)
    playing, profiles, of_roles = played(columns, cells, lines)
    kind = SIGNAL if as_kind == REPLY else as_kind or guessed_kind(playing)
    if as_kind == REPLY:
        fields, doubts = reply_fields.chosen(columns, profiles, cells, path.name)
    else:
        fields, doubts = chosen_fields(kind, columns, playing, profiles, cells, path.name)
        if kind not in RECORD_KINDS:
            doubts = [*of_roles, *doubts]
    doubts = [*_doubts_of_file(kind, as_kind, fields, layout), *doubts]
    mapping = _settings(kind, layout, path.name, fields, profiles)
    compiled = CompiledMapping("proposal", MappingSection.model_validate(mapping), currency)
    rows = [row for block in blocks for row in compiled.rows(block, path.name)]
    refused = [row for row in rows if isinstance(row, Refusal)] + refusals
    for name in sorted(compiled.columns & set(profiles)):
        doubts += sorted(profiles[name].doubts, key=lambda doubt: doubt.line or 0)[:_DOUBTS_PER_COLUMN]
    known = {(doubt.column, doubt.line) for doubt in doubts}
    doubts += [
        Doubt(refusal.place.column or "", refusal.place.line, "", f"{refusal.reason}; {refusal.mend}")
        for refusal in refused[:SAMPLE_ROWS]
        if (refusal.place.column, refusal.place.line) not in known
    ]
    record_at = {
        line: dict(zip(block.columns, row, strict=True))
        for block in blocks
        for line, row in zip(block.lines, block.rows, strict=True)
    }
    read = [row for row in rows if not isinstance(row, Refusal)][:PREVIEW_ROWS]
    preview = [_shown(row, fields, compiled, record_at[row.line or 0]) for row in read]
    return Proposal(mapping, preview, doubts, [name for name in columns if name not in compiled.columns])


def _doubts_of_file(kind: str, as_kind: str | None, fields: Mapping[str, Any], layout: Layout) -> Iterator[Doubt]:
    """A word on what was guessed of the file as a whole."""
    if as_kind is None:
        yield Doubt("as", None, kind, "guessed from the columns: --as says what it is")
    signals = fields.get("kind") if kind == SIGNAL else None
    if isinstance(signals, dict) and signals.get("const", REPLY) != REPLY:
        yield Doubt("kind", None, signals["const"], "guessed from the columns: correct it under fields if need be")
    if layout.header_row > 1:
        row = str(layout.header_row)
        yield Doubt("header_row", None, row, "taken as the line of the columns' names: those above say less")
    if layout.encoding:
        yield Doubt("encoding", None, layout.encoding, "it is a guess: look at letters beyond ASCII")


def append(path: Path, proposal: Proposal, name: str) -> None:
    """Write a proposal to the end of a settings file; what stands there stays as it is, byte for byte.

    Raises BadInput when the file cannot be used or has a mapping of this name already.
    """
    if name in read_document(path).get("mapping", {}):
        raise BadInput(
            f"{path}: mapping.{name}",
            "it stands there already",
            "take that section out of the file first, or give the new one another name",
        )
    settings_writer.append(path, proposal.to_toml(name))


def _settings(
    kind: str, layout: Layout, name: str, fields: Mapping[str, Any], profiles: Mapping[str, Profile]
) -> dict[str, Any]:
    mapping: dict[str, Any] = {"as": kind, "files": _pattern(name)}
    if layout.format == "csv" and layout.delimiter != ",":
        mapping["delimiter"] = layout.delimiter
    if layout.encoding:
        mapping["encoding"] = layout.encoding
    if layout.items:
        mapping["items"] = layout.items
    if layout.header_row > 1:
        mapping["header_row"] = layout.header_row
    if kind == SIGNAL:
        mapping["identity"] = "event" if fields["kind"] == {"const": REPLY} else "state"
        mapping |= _only(fields, profiles)
    nulls = sorted({word for each in profiles.values() for word in each.nulls})
    if nulls:
        mapping["null"] = nulls
    return {**mapping, "fields": dict(fields)}


def _pattern(name: str) -> str:
    """The file name with every number or date in it open, and its end: tomorrow's file has another one.

    `orders-2026-03-09.csv` is `orders-*.csv`, and `orders.csv` is `orders*.csv`. What is no text in it may be anything.
    """
    path = Path(re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", name))
    escaped = re.sub(r"([\[*?])", r"[\1]", path.stem)
    stem = re.sub(r"\d[\dT_.-]*", "*", escaped)
    return f"{stem}{'' if stem.endswith('*') else '*'}{path.suffix}".replace("\N{REPLACEMENT CHARACTER}", "?")


def _only(fields: Mapping[str, Any], profiles: Mapping[str, Profile]) -> dict[str, Any]:
    """A receipt or a confirmation without its date is none yet: such rows are passed over."""
    kind = fields["kind"]
    name = {"receipt": "occurred_at", "confirmation": "eta"}.get(
        kind.get("const", "") if isinstance(kind, dict) else ""
    )
    rule = fields.get(name) if name else None
    column = rule if isinstance(rule, str) else rule["column"] if rule else None
    if column is None or not profiles[column].empty:
        return {}
    return {"only": [{"column": column, "empty": False}]}


def _shown(
    row: Mapped, fields: Mapping[str, Any], compiled: CompiledMapping, record: Mapping[str, Cell]
) -> dict[str, Any]:
    """A row as a person checks it against the file: each value under the field that it was read for."""
    if isinstance(row, PlanRecord):
        return dict(row.data)
    found: dict[str, Any] = {}
    detail = json.loads(row.detail) if isinstance(row, SignalIn) and row.detail else {}
    for name in fields:
        if name == "unit_price" and isinstance(row, PlanLine):
            price = compiled.said(record, name)
            found[name] = None if price is None else {"amount": float(price), "currency": row.currency}
        elif name != "value":
            value = detail.get(name) if name in DETAIL_FIELDS else getattr(row, "source_id" if name == "id" else name)
            found[name] = iso(value) if name in _INSTANTS and value is not None else value
    if isinstance(row, PlanLine) and {"value", "unit_price"} & fields.keys():
        found["value"] = money.amount(row.value_minor, row.currency)
    return found
