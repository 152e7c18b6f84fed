"""What every format gives: blocks of rows under one header, how a file is written, and the bounds that hold for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.values.errors import BadInput

ROWS_LIMIT: Final = 1_000_000
COLUMNS_LIMIT: Final = 1024
LINE_LIMIT: Final = 1024 * 1024
"""Characters of one line, and of one record."""
RAW_LIMIT: Final = 64 * 1024
"""Characters of a refused record that are kept."""

Cell = Any
"""Text of a CSV cell; str, int, float, bool or None of JSON; also datetime, date, time or timedelta of a sheet."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written, as far as it does not say so itself; the settings of a mapping without its fields."""

    format: str
    delimiter: str = ""
    """Empty: the one of comma, semicolon, tab and bar that the header has most of."""
    encoding: str | None = None
    """Tried after a byte order mark and strict UTF-8."""
    sheet: str | None = None
    header_row: int = 1
    items: str | None = None
    """Path of the array of records in a JSON document, such as `data.items`."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some consecutive records under one header, all rows as wide as it."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    lines: Sequence[int]
    """Of each row: line of a text file, row of a sheet, or number of the element in a JSON array, from 1."""
    textual: bool = False
    """Every cell is text: what converts it may remember results by it."""
    objects: Sequence[Mapping[str, Any]] | None = None
    """The records before nested objects were flattened, where the format has such."""


def checked_header(names: Sequence[Cell], place: str) -> tuple[str, ...]:
    """Column names of a header row, stripped; a column without one is called `column 3`.

    Raises BadInput when the header is empty, too wide, has the same name twice or holds a NUL.
    """
    header = tuple(str(name).strip() or f"column {number}" for number, name in enumerate(names, 1))
    if not any(str(name).strip() for name in names):
        raise BadInput(place, "the header row is empty", "set header_row to the row that names the columns")
    if len(header) > COLUMNS_LIMIT:
        raise BadInput(place, f"it has {len(header)} columns", f"at most {COLUMNS_LIMIT} can be read; split the file")
    twice = sorted({name for name in header if header.count(name) > 1}) if len(set(header)) < len(header) else []
    if twice:
        raise BadInput(place, f"two columns are called {twice[0]!r}", "give every column a name of its own")
    if any("\0" in name for name in header):
        raise BadInput(place, "the header holds a NUL byte: this is no text file", "export the table as CSV or XLSX")
    return header
