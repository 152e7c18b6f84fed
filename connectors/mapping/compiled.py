"""Records to signals, plan lines and master records: a mapping compiled once, then applied to blocks column by column.

A field is a column, a constant or a template; connectors.mapping.converters reads its cells. A block is tried whole;
where a cell is at fault the block is halved until the row stands alone, so that one bad row costs itself and nothing
else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta
from itertools import compress
from typing import Any, Final

from connectors.formats.blocks import RAW_LIMIT, Block, Cell, Layout
from connectors.mapping import converters
from connectors.mapping.building import Mapped, builder
from connectors.settings.mapping_settings import PLACEHOLDER, FieldRule, MappingSection, RowFilter
from connectors.values.faults import Fault
from connectors.values.targets import ALIASES, SIGNAL, fields_of, required
from engine.intake.quarantine import clean_raw
from engine.values.errors import BadInput
from engine.vocabulary.model import Place, Refusal

_encode_text: Final = json.encoder.encode_basestring
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=converters.text_of).encode
_encode_ascii: Final = json.JSONEncoder(separators=(",", ":"), default=converters.text_of).encode


class CompiledMapping:
    """One mapping, ready to be applied to the blocks of any file. `currency` is that of amounts without one."""

    def __init__(self, name: str, section: MappingSection, currency: str) -> None:
        self.name = name
        self.section = section
        self.kind = section.as_
        self._currency = currency
        self._fields = {
            ALIASES.get(field, field): _Field(ALIASES.get(field, field), rule, section)
            for field, rule in section.fields.items()
        }
        self._bound: _Bound | None = None

    @property
    def layout(self) -> Layout:
        """How the mapping says that its files are written; an empty format goes by the file's name."""
        of = self.section
        return Layout(of.format or "", of.delimiter, of.encoding, of.sheet, of.header_row, of.items)

    @property
    def identity(self) -> str:
        """`event` or `state`: what makes a row the same as one before."""
        return self.section.identity

    @property
    def columns(self) -> frozenset[str]:
        """The columns that fields and conditions read."""
        of_fields = (name for field in self._fields.values() for name in field.columns)
        return frozenset((*of_fields, *(test.column for test in self.section.only)))

    def said(self, record: Mapping[str, Cell], name: str) -> Any:
        """What one field says of a record, whatever the others do; None where it says nothing or its cell is at
        fault."""
        field = self._fields.get(name)
        if field is None:
            return None
        cells = [[record.get(column)] for column in field.columns]
        try:
            return field.values(cells, range(len(cells)), 1, textual=False)[0]
        except Fault:
            return None

    def rows(self, block: Block, file: str) -> list[Mapped | Refusal]:
        """The values of a block's rows, in order, with a Refusal in the place of a row that cannot be one.

        Rows that the mapping's filter passes over are left out. Raises BadInput when columns are missing.
        """
        if self._bound is None or self._bound.columns != block.columns:
            self._bound = _Bound(self, self._fields, block, file, self._currency)
        return self._bound.rows(block, file)


class _Field:
    """Where the values of one field come from, whatever the header."""

    def __init__(self, name: str, rule: FieldRule, section: MappingSection) -> None:
        self.name = name
        self.rule = rule
        self.whole_days = name in ("planned_at", "until_at") and section.as_ != SIGNAL
        self._column = converters.column(rule, section, fields_of(section.as_)[name], whole_days=self.whole_days)
        self._required = name in required(section.as_)
        self.parts = PLACEHOLDER.split(rule.template) if rule.template is not None else []
        """Text and column names of the template, in turn."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.rule.column,) if self.rule.column is not None else tuple(self.parts[1::2])

    def values(
        self, columns: Sequence[Sequence[Cell]], at: Sequence[int | None], count: int, textual: bool
    ) -> list[Any]:
        """The field's values of `count` rows; `at` has the positions of `columns`, None where a column is absent."""
        try:
            cells, textual = self._cells(columns, at, count, textual)
            found = self._column(cells, textual)
        except Fault as fault:
            raise Fault(fault.reason, fault.mend, fault.column or self._label) from None
        if self._required and None in found:
            raise Fault(f"{self.name} is empty", "fill it in", self._label)
        return found

    @property
    def _label(self) -> str | None:
        return " + ".join(self.columns) or None

    def _cells(
        self, columns: Sequence[Sequence[Cell]], at: Sequence[int | None], count: int, textual: bool
    ) -> tuple[Sequence[Cell], bool]:
        if self.rule.column is not None:
            return (columns[at[0]], textual) if at[0] is not None else ([None] * count, False)
        if self.rule.template is None:
            return [self.rule.const] * count, False
        texts = [[""] * count if i is None else [converters.text_of(cell).strip() for cell in columns[i]] for i in at]
        return [self._filled(row) for row in zip(*texts, strict=True)] if texts else [self.rule.template] * count, True

    def _filled(self, texts: Sequence[str]) -> str:
        """The template with its columns' texts; empty when one of them is, since half a reference is none."""
        if "" in texts:
            return ""
        filled = list(self.parts)
        filled[1::2] = texts
        return "".join(filled)


class _Bound:
    """A mapping on one header: positions instead of names."""

    def __init__(
        self, mapping: CompiledMapping, fields: dict[str, _Field], block: Block, file: str, currency: str
    ) -> None:
        self.columns = block.columns
        position = {name: index for index, name in enumerate(block.columns)}
        wanted = {column for field in fields.values() for column in field.columns}
        filters = mapping.section.only
        missing = [name for name in (*sorted(wanted), *(test.column for test in filters)) if name not in position]
        # An object of JSON may leave out a key that has no value; a table has all columns or is another table.
        if missing and block.objects is None:
            raise BadInput(
                file,
                f"the columns {', '.join(map(repr, dict.fromkeys(missing)))} are missing",
                f"rename them in the file, or mend mapping.{mapping.name}; its header has {_some(block.columns)}",
            )
        self._fields = [(field, [position.get(name) for name in field.columns]) for field in fields.values()]
        nulls = frozenset(("", *mapping.section.null))
        self._filters = [(_test(test, nulls), position.get(test.column)) for test in filters]
        # By name: a source that writes its columns in another order says the same.
        rest = [] if not mapping.section.keep else sorted(name for name in block.columns if name not in wanted)
        self._rest = [(name, position[name]) for name in rest]
        labels = ",".join(f"{_encode_text(name)}:".replace("%", "%%") + "%s" for name in rest)
        self._shape = f"{{{labels}}}"
        self._build = builder(mapping.kind, currency)

    def rows(self, block: Block, file: str) -> list[Mapped | Refusal]:
        rows, lines = block.rows, block.lines
        for test, at in self._filters:
            kept = [test(None if at is None else row[at]) for row in rows]
            if not all(kept):
                rows, lines = list(compress(rows, kept)), list(compress(lines, kept))
        found: list[Mapped | Refusal] = []
        # Halves yet to be done, the next one last: recursion without a deep stack.
        waiting = [(rows, lines)] if rows else []
        while waiting:
            rows, lines = waiting.pop()
            try:
                found += self._map(rows, lines, block.textual)
            except Fault as fault:
                if len(rows) == 1:
                    raw = _raw_text(dict(zip(self.columns, rows[0], strict=True)))
                    found.append(Refusal(Place(file, lines[0], fault.column), fault.reason, fault.mend, raw))
                else:
                    half = len(rows) // 2
                    waiting += [(rows[half:], lines[half:]), (rows[:half], lines[:half])]
        return found

    def _map(self, rows: Sequence[Sequence[Cell]], lines: Sequence[int], textual: bool) -> list[Mapped]:
        columns = list(zip(*rows, strict=True))
        values = {field.name: field.values(columns, at, len(rows), textual) for field, at in self._fields}
        return self._build(values, self._documents(columns, len(rows), textual), lines)

    def _documents(self, columns: Sequence[Sequence[Cell]], count: int, textual: bool) -> list[str]:
        """The cells of the columns that no field takes, as JSON, empty ones left out."""
        if not self._rest:
            return ["{}"] * count
        rest = [columns[at] for _, at in self._rest]
        if textual and all(map(all, rest)):
            # The common case at twice the speed: text in every cell, so one shape of document for all rows.
            return list(map(self._shape.__mod__, zip(*[map(_encode_text, column) for column in rest], strict=True)))
        cells = zip(*rest, strict=True)
        if textual:
            # Text alone needs no walk through the encoder's types: its string function, three times as fast.
            labels = [f"{_encode_text(name)}:" for name, _ in self._rest]
            return [
                f"{{{','.join([label + _encode_text(cell) for label, cell in zip(labels, row, strict=True) if cell])}}}"
                for row in cells
            ]
        names = [name for name, _ in self._rest]
        return [
            _encode({name: _plain(cell) for name, cell in zip(names, row, strict=True) if cell not in ("", None)})
            for row in cells
        ]


def _raw_text(record: Mapping[str, Cell]) -> str:
    """A record as the JSON by which the quarantine can try it again: what cleaning would change stands there
    escaped."""
    text = _encode(record)
    if clean_raw(text) != text:
        # DEL is the one suspect character that JSON lets pass in ASCII too.
        text = _encode_ascii(record).replace("\x7f", "\\u007f")
    return text[:RAW_LIMIT]


def _plain(cell: Cell) -> Cell:
    return converters.text_of(cell) if isinstance(cell, (date, time, timedelta)) else cell


def _some(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:20])
    return shown if len(columns) <= 20 else f"{shown} and {len(columns) - 20} more"


def _test(condition: RowFilter, nulls: frozenset[str]) -> Callable[[Cell], bool]:
    if condition.in_ is not None:
        allowed = frozenset(condition.in_)
        return lambda cell: converters.text_of(cell).strip() in allowed
    wanted = condition.empty
    return lambda cell: (converters.text_of(cell).strip() in nulls) == wanted
