"""`offplan map`: from a file that nobody described to a mapping that a person confirms.

Columns are recognised by their names and their cells; what cannot be told for certain is a Doubt. The proposal is then
applied to the same sample, so that the preview and its refusals are what ingest would really make of it.
"""

from __future__ import annotations

import csv
import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from connectors.field_choice import chosen_fields, guessed_kind, plausible
from connectors.formats import Block, Layout, layout_of, records
from connectors.formats.delimited import DELIMITERS, guessed_delimiter
from connectors.formats.documents import decode
from connectors.formats.lines import encoding_of
from connectors.header_words import roles
from connectors.mapping import CompiledMapping
from connectors.mapping_settings import MappingSection
from connectors.opening import opened
from connectors.profile import Doubt, Profile, profile
from connectors.settings import load, read_document
from connectors.targets import SIGNAL, is_target
from engine.clock import iso
from engine.errors import BadInput
from engine.model import PLAN_KINDS, PlanRecord, Refusal

__all__ = ["Doubt", "Proposal", "append", "propose"]

SAMPLE_ROWS: Final = 2000
PREVIEW_ROWS: Final = 5
_DOUBTS_PER_COLUMN: Final = 5
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_INSTANTS: Final = ("occurred_at", "recorded_at", "eta", "planned_at", "until_at")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping as it would stand in offplan.toml, and what a person needs to judge it."""

    mapping: Mapping[str, Any]
    preview: Sequence[Mapping[str, Any]]
    """The first rows as they would be read: field to value, instants as ISO text."""
    doubts: Sequence[Doubt] = field(default_factory=tuple)

    def to_toml(self, name: str) -> str:
        """The section `[mapping.NAME]` as text."""
        key = name if _BARE_KEY.fullmatch(name) else _toml(name)
        plain = {setting: value for setting, value in self.mapping.items() if setting != "fields"}
        lines = [f"[mapping.{key}]", *(f"{setting} = {_toml(value)}" for setting, value in plain.items())]
        lines += ["", f"[mapping.{key}.fields]"]
        lines += [f"{field_name} = {_toml(rule)}" for field_name, rule in self.mapping["fields"].items()]
        return "\n".join(lines) + "\n"


def propose(path: Path, as_kind: str | None = None) -> Proposal:
    """A mapping for a file, as `as_kind` or as what its columns look most like.

    Raises BadInput when the file cannot be read at all, or has no column that could tell its records apart.
    """
    if as_kind is not None and not is_target(as_kind):
        raise BadInput(f"--as {as_kind}", "there is no such kind", f"use one of {', '.join((SIGNAL, *PLAN_KINDS))}")
    with opened(path) as handle:
        layout = _layout(handle, path.name)
        blocks, refusals = _sample(handle, path.name, layout)
    columns, cells, lines = _joined(blocks, path.name)
    profiles = {name: profile(name, cells[name], lines) for name in columns}
    playing = plausible(roles(columns), profiles)
    kind = as_kind or guessed_kind(playing)
    fields, doubts = chosen_fields(kind, columns, playing, profiles, cells, path.name)
    if layout.encoding:
        doubts.append(Doubt("", None, layout.encoding, "the encoding is a guess: look at letters beyond ASCII"))
    mapping = _settings(kind, layout, path.name, fields, profiles)
    compiled = CompiledMapping("proposal", MappingSection.model_validate(mapping), "EUR")
    rows = [row for block in blocks for row in compiled.rows(block, path.name)]
    refused = [row for row in rows if isinstance(row, Refusal)] + refusals
    used = {name for rule in fields.values() for name in columns if name in json.dumps(rule, ensure_ascii=False)}
    for name in sorted(used & set(profiles)):
        doubts += profiles[name].doubts[:_DOUBTS_PER_COLUMN]
    known = {(doubt.column, doubt.line) for doubt in doubts}
    doubts += [
        Doubt(refusal.place.column or "", refusal.place.line, "", f"{refusal.reason}; {refusal.mend}")
        for refusal in refused[:SAMPLE_ROWS]
        if (refusal.place.column, refusal.place.line) not in known
    ]
    preview = [_shown(row, fields) for row in rows if not isinstance(row, Refusal)][:PREVIEW_ROWS]
    return Proposal(mapping, preview, tuple(doubts))


def append(path: Path, proposal: Proposal, name: str) -> None:
    """Write a proposal to the end of a settings file; what stands there stays as it is, byte for byte.

    Raises BadInput when the file cannot be used or has a mapping of this name already.
    """
    if name in read_document(path).get("mapping", {}):
        raise BadInput(f"{path}: mapping.{name}", "it stands there already", "give the new one another name")
    text = path.read_text(encoding="utf-8")
    separator = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    # Written beside it and looked at before it takes its place: a file that cannot be loaded stops every command.
    descriptor, waiting = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as handle:
            handle.write(text + separator + proposal.to_toml(name))
            handle.flush()
            os.fsync(handle.fileno())
        load(Path(waiting))
        os.chmod(waiting, path.stat().st_mode & 0o7777)
        os.replace(waiting, path)
    except BaseException:
        os.unlink(waiting)
        raise


def _layout(handle: BufferedReader, name: str) -> Layout:
    """How the file is written, as far as it can be told."""
    layout = layout_of(name, Layout(""))
    if layout.format in ("xlsx", "json"):
        return Layout(layout.format, items=_items(handle) if layout.format == "json" else None)
    encoding = _encoding(handle, name)
    if layout.format == "jsonl":
        return Layout("jsonl", encoding=encoding)
    handle.seek(0)
    text = handle.read(256 * 1024).decode(encoding or "utf-8-sig", "replace")
    return Layout("csv", _delimiter(text.splitlines()[:200]), encoding)


def _encoding(handle: BufferedReader, name: str) -> str | None:
    try:
        encoding_of(handle, name, None)
    except BadInput as error:
        proposed = re.search(r'encoding = "([^"]+)"', error.mend)
        if proposed is None:
            raise
        return proposed[1]
    return None


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter under which most lines have as many cells as the header, and more than one."""

    def score(delimiter: str) -> tuple[float, int]:
        rows = list(csv.reader(lines, delimiter=delimiter))
        width = len(rows[0]) if rows else 0
        return (sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0.0, width)

    return (
        max(DELIMITERS, key=score)
        if lines and any(score(d)[1] > 1 for d in DELIMITERS)
        else (guessed_delimiter(lines[0]) if lines else ",")
    )


def _items(handle: BufferedReader) -> str | None:
    """The path of the largest array of objects, where the document is not one itself."""
    handle.seek(0)
    found: list[tuple[int, str]] = []

    def walk(value: Any, path: str, depth: int) -> None:
        if isinstance(value, list) and value and isinstance(value[0], dict):
            found.append((len(value), path))
        elif isinstance(value, dict) and depth < 6:
            for key, inner in value.items():
                walk(inner, f"{path}.{key}" if path else key, depth + 1)

    walk(decode(handle.read(64 * 1024 * 1024).decode("utf-8-sig", "replace"), "the document"), "", 0)
    return max(found)[1] or None if found else None


def _sample(handle: BufferedReader, name: str, layout: Layout) -> tuple[list[Block], list[Refusal]]:
    blocks: list[Block] = []
    refusals: list[Refusal] = []
    taken = 0
    for part in records(handle, name, layout, 500):
        if isinstance(part, Refusal):
            refusals.append(part)
        else:
            blocks.append(part)
            taken += len(part.rows)
        if taken >= SAMPLE_ROWS or len(refusals) >= SAMPLE_ROWS:
            break
    return blocks, refusals


def _joined(blocks: Sequence[Block], name: str) -> tuple[list[str], dict[str, list[Any]], list[int]]:
    columns = list(dict.fromkeys(column for block in blocks for column in block.columns))
    if not columns:
        raise BadInput(name, "there is no record in it to learn from", "name a file with some records")
    cells: dict[str, list[Any]] = {column: [] for column in columns}
    lines: list[int] = []
    for block in blocks:
        at = {column: index for index, column in enumerate(block.columns)}
        lines += block.lines
        for column in columns:
            index = at.get(column)
            cells[column] += [None] * len(block.rows) if index is None else [row[index] for row in block.rows]
    return columns, cells, lines


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
    if kind == SIGNAL:
        mapping["identity"] = "state"
        mapping |= _only(fields, profiles)
    nulls = sorted({word for each in profiles.values() for word in each.nulls})
    if nulls:
        mapping["null"] = nulls
    return {**mapping, "fields": dict(fields)}


def _pattern(name: str) -> str:
    """The file name with every number or date in it open: `orders-2026-03-09.csv` is `orders-*.csv`."""
    path = Path(name)
    escaped = re.sub(r"([\[*?])", r"[\1]", path.stem)
    return re.sub(r"\d[\dT_.-]*", "*", escaped) + path.suffix


def _only(fields: Mapping[str, Any], profiles: Mapping[str, Profile]) -> dict[str, Any]:
    """A receipt or a confirmation without its date is none yet: such rows are passed over."""
    kind = fields["kind"]
    name = {"receipt": "occurred_at", "confirmation": "eta"}.get(
        kind.get("const", "") if isinstance(kind, dict) else ""
    )
    rule = fields.get(name) if name else None
    column = rule if isinstance(rule, str) else rule["column"] if rule else None
    if column is None or profiles[column].full:
        return {}
    return {"only": [{"column": column, "empty": False}]}


def _shown(row: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(row, PlanRecord):
        return dict(row.data)
    found: dict[str, Any] = {}
    for name in fields:
        value = getattr(row, {"id": "source_id", "value": "value_minor", "unit_price": "value_minor"}.get(name, name))
        found[name] = iso(value) if name in _INSTANTS and value is not None else value
    return found


def _toml(value: Any) -> str:
    """A value as TOML: basic strings take JSON's escapes, except for DEL, which JSON leaves as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, (int, float)):
        return repr(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _toml(key)
