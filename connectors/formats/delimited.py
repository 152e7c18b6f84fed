"""CSV: delimited text to rows, strictly quoted (RFC 4180), with every record's line.

The quick way parses a run of lines in one call. Where that meets a fault, or a record of several lines, the careful way
takes the same lines record by record: a record that does not parse is refused by its first line, and reading goes on
at the line after it, so an open quote costs one line and never the rest of the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Final

from connectors.formats.blocks import LINE_LIMIT, RAW_LIMIT, ROWS_LIMIT, Block, Layout, checked_header
from connectors.formats.lines import LongLine, Text, blocks, encoding_of, split
from engine.values.errors import BadInput
from engine.vocabulary.model import Place, Refusal

DELIMITERS: Final = (",", ";", "\t", "|")

# The limit holds for the process; the default of 131,072 would refuse honest JSON payloads.
csv.field_size_limit(LINE_LIMIT)

_FAULTS: Final = {
    "unexpected end of data": ("a quote is opened here and never closed", "close it, or double a quote that is text"),
    "expected after": ("text follows a closing quote", 'double a quote that is text: ""'),
}


class _Pieces:
    """The runs of lines of a file, with a place to put one back."""

    def __init__(self, source: Iterator[Text | LongLine]) -> None:
        self._source = source
        self._back: list[Text | LongLine] = []

    def next(self) -> Text | LongLine | None:
        return self._back.pop() if self._back else next(self._source, None)

    def put_back(self, piece: Text | LongLine) -> None:
        self._back.append(piece)


@dataclass(slots=True)
class _Lines:
    """Lines being taken record by record; more are fetched when a quoted field goes on beyond them."""

    pieces: _Pieces
    first: int
    lines: list[str]
    start: int = 0
    """Index of the first line of the next record."""
    end: int = field(default=0)
    """Index after the last line of the record just taken."""

    def record(self, delimiter: str) -> list[str] | csv.Error:
        """The record that begins at `start`, or why there is none."""
        self.end = self.start
        try:
            return next(csv.reader(self._feed(), delimiter=delimiter, strict=True))
        except csv.Error as error:
            return error
        except StopIteration:
            return csv.Error("field larger than field limit")

    def _feed(self) -> Iterator[str]:
        length = 0
        while self.end < len(self.lines) or self._fetch():
            length += len(self.lines[self.end])
            if length > LINE_LIMIT:
                return
            self.end += 1
            yield self.lines[self.end - 1]

    def _fetch(self) -> bool:
        piece = self.pieces.next()
        if isinstance(piece, Text):
            self.lines.extend(split(piece.text))
            return True
        if piece is not None:
            self.pieces.put_back(piece)
        return False

    def give_back(self) -> None:
        """Return the lines that no record took."""
        if self.start < len(self.lines):
            self.pieces.put_back(Text(self.first + self.start, "".join(self.lines[self.start :])))


def read_delimited(handle: IO[bytes], name: str, layout: Layout, size: int) -> Iterator[Block | Refusal]:
    """The records of a CSV file. Raises BadInput for encoding, an empty file, the header and too many records."""
    pieces = _Pieces(blocks(handle, encoding_of(handle, name, layout.encoding)))
    columns, delimiter = _take_header(pieces, name, layout)
    taken = refused = 0
    lines: Sequence[int]
    while (piece := pieces.next()) is not None:
        if isinstance(piece, LongLine):
            reason = f"the line is {piece.length:,} characters long"
            yield Refusal(Place(name, piece.number), reason, f"at most {LINE_LIMIT:,} can be read", piece.begin)
            refused += 1
            continue
        rows = _quick(piece.text, delimiter, len(columns))
        if rows is None:
            rows, lines, refusals = _careful(piece, pieces, name, columns, delimiter)
            yield from refusals
            refused += len(refusals)
        else:
            lines = range(piece.first, piece.first + len(rows))
        taken += len(rows)
        if taken > ROWS_LIMIT:
            raise BadInput(name, f"it has more than {ROWS_LIMIT:,} records", "split the file")
        for start in range(0, len(rows), size):
            yield Block(columns, rows[start : start + size], lines[start : start + size], textual=True)
    if not taken and not refused:
        yield Block(columns, (), (), textual=True)


def guessed_delimiter(header: str) -> str:
    """The delimiter that a header line has most of; a comma when it has none."""
    return max(DELIMITERS, key=header.count)


def _take_header(pieces: _Pieces, name: str, layout: Layout) -> tuple[tuple[str, ...], str]:
    piece = pieces.next()
    if piece is None:
        raise BadInput(name, "it is empty", "put a header row and records into it")
    if isinstance(piece, LongLine):
        raise BadInput(f"{name}:1", f"the header is {piece.length:,} characters long", "this is no table; name another")
    taken = _Lines(pieces, piece.first, split(piece.text), start=layout.header_row - 1)
    if taken.start >= len(taken.lines):
        raise BadInput(name, f"it has no line {layout.header_row}", "set header_row to the line that names the columns")
    place = f"{name}:{layout.header_row}"
    delimiter = layout.delimiter or guessed_delimiter(taken.lines[taken.start])
    header = taken.record(delimiter)
    if isinstance(header, csv.Error):
        raise BadInput(place, f"the header does not parse ({header})", "mend its quotes")
    columns = checked_header(header, place)
    taken.start = taken.end
    taken.give_back()
    return columns, delimiter


def _quick(text: str, delimiter: str, width: int) -> list[list[str]] | None:
    """All rows, one to a line, or None when a line is not exactly one sound record."""
    if "\0" in text:
        return None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(reader)
    except csv.Error:
        return None
    return rows if reader.line_num == len(rows) and set(map(len, rows)) == {width} else None


def _careful(
    piece: Text, pieces: _Pieces, name: str, columns: tuple[str, ...], delimiter: str
) -> tuple[list[list[str]], list[int], list[Refusal]]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    refusals: list[Refusal] = []
    taken = _Lines(pieces, piece.first, split(piece.text))
    own = len(taken.lines)
    while taken.start < own:
        cells = taken.record(delimiter)
        number, first = taken.first + taken.start, taken.start
        # A record that does not parse gives up its first line only: the others may be sound records.
        taken.start = taken.start + 1 if isinstance(cells, csv.Error) else taken.end
        fault = _fault(cells, len(columns))
        if fault is not None:
            raw = "".join(taken.lines[first : taken.start])[:RAW_LIMIT]
            refusals.append(Refusal(Place(name, number), *fault, raw))
        elif cells and not isinstance(cells, csv.Error):
            rows.append(cells)
            numbers.append(number)
    taken.give_back()
    return rows, numbers, refusals


def _fault(cells: list[str] | csv.Error, width: int) -> tuple[str, str] | None:
    """Reason and mend of a record that cannot be taken; None for a sound one and for an empty line."""
    if isinstance(cells, csv.Error):
        for sign, fault in _FAULTS.items():
            if sign in str(cells):
                return fault
        return f"it does not parse as CSV ({cells})", "mend its quotes"
    if cells and len(cells) != width:
        return (
            f"{len(cells)} cells where the header has {width}",
            "quote cells that hold the delimiter, or add what is missing",
        )
    if any("\0" in cell for cell in cells):
        return "it holds a NUL byte", "remove it"
    return None
