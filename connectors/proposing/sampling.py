"""A sample of a file that nobody described: how the file is written, and its first records as one table."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from io import BufferedReader
from typing import Any, Final, NamedTuple

from connectors.formats.blocks import Block, Cell, Layout
from connectors.formats.delimited import DELIMITERS, guessed_delimiter
from connectors.formats.documents import decode
from connectors.formats.lines import encoding_of, split
from connectors.formats.records import layout_of, records
from engine.values.errors import BadInput
from engine.vocabulary.model import Refusal

SAMPLE_ROWS: Final = 2000
_ABOVE: Final = 20
"""How many lines may stand above the one that names the columns: a title, who made it and when."""
_TITLE_CELLS: Final = 2
"""Cells of such a line that say something, at most."""
_REGULAR: Final = 0.8
"""Share of the lines below that must have as many cells as the names, before what is above is passed over."""


def layout_in(handle: BufferedReader, name: str) -> Layout:
    """How the file is written, as far as it can be told."""
    layout = layout_of(name, Layout(""))
    if layout.format == "json":
        return Layout(layout.format, items=_items(handle, name))
    if layout.format == "xlsx":
        from connectors.formats.workbook import first_rows

        rows, first = first_rows(handle, name, _ABOVE * 2)
        return Layout(layout.format, header_row=first + _above(rows))
    encoding = _encoding(handle, name)
    if layout.format == "jsonl":
        return Layout("jsonl", encoding=encoding)
    handle.seek(0)
    lines = split(handle.read(256 * 1024).decode(encoding or "utf-8-sig", "replace"))[:200]
    titled = max(_titled(lines, delimiter) for delimiter in DELIMITERS)
    if titled.regular and titled.above < 0:
        return Layout("csv", titled.delimiter, encoding, header_row=1 - titled.above)
    return Layout("csv", _delimiter(lines), encoding)


class _Titled(NamedTuple):
    """How a delimiter cuts the lines below what may be titles; the better one is the larger."""

    regular: bool
    """Most of them have as many cells as the first, and more than one."""
    above: int
    """Lines above that one, as a negative number."""
    share: float
    width: int
    delimiter: str


def _titled(lines: Sequence[str], delimiter: str) -> _Titled:
    reader = csv.reader(lines, delimiter=delimiter)
    # A title in quotes may have several lines, and the columns are named by line.
    rows, ends = [], [0]
    for row in reader:
        rows.append(row)
        ends.append(reader.line_num)
    above = _above(rows)
    width = len(rows[above]) if rows else 0
    share = sum(len(row) == width for row in rows[above:]) / len(rows[above:]) if width > 1 else 0.0
    return _Titled(share >= _REGULAR, -ends[above], share, width, delimiter)


def _above(rows: Sequence[Sequence[Cell]]) -> int:
    """How many of the first rows are no columns yet: fewer of their cells say something than of the rows below."""
    said = [sum(cell is not None and bool(str(cell).strip()) for cell in row) for row in rows]
    widest = max(said, default=0)
    for above, cells in enumerate(said[:_ABOVE]):
        if cells > _TITLE_CELLS or 2 * cells >= widest:
            return above
    return 0


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


def _items(handle: BufferedReader, name: str) -> str | None:
    """The path of the largest array of objects, where the document is not one itself."""
    handle.seek(0)
    found: list[tuple[int, str]] = []

    def walk(value: Any, path: str, depth: int) -> None:
        if isinstance(value, list) and value and isinstance(value[0], dict):
            found.append((len(value), path))
        elif isinstance(value, dict) and depth < 6:
            for key, inner in value.items():
                walk(inner, f"{path}.{key}" if path else key, depth + 1)

    walk(decode(handle.read(64 * 1024 * 1024).decode("utf-8-sig", "replace"), name), "", 0)
    return max(found)[1] or None if found else None


def sample(handle: BufferedReader, name: str, layout: Layout) -> tuple[list[Block], list[Refusal]]:
    """The first SAMPLE_ROWS records, and what cannot be read among them."""
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


def joined(
    blocks: Sequence[Block], refusals: Sequence[Refusal], name: str
) -> tuple[list[str], dict[str, list[Any]], list[int]]:
    """The blocks as one table: its columns, their cells by name, and the lines. Raises BadInput when it is empty, or
    nothing was read but refusals."""
    columns = list(dict.fromkeys(column for block in blocks for column in block.columns))
    if not any(block.rows for block in blocks):
        for first in refusals[:1]:
            raise BadInput(
                f"{name}:{first.place.line}", f"no record can be read; of this one {first.reason}", first.mend
            )
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
