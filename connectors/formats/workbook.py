"""XLSX: one sheet of a workbook to rows, within bounds that are checked before anything is unpacked into memory.

A workbook is a zip: what its parts really unpack to is measured, whatever the zip says of them, and the outermost cell
of each sheet is looked up, since a single cell at XFD1048576 would make the reader set aside the whole area.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, Final

from connectors.formats.blocks import ROWS_LIMIT, Block, Layout, checked_header
from engine.values.errors import BadInput
from engine.vocabulary.model import Refusal

UNPACKED_LIMIT: Final = 256 * 1024 * 1024
CELLS_LIMIT: Final = 5_000_000

_CHUNK: Final = 64 * 1024
_LOCAL_HEADER: Final = 30
_CELL: Final = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')
_OVERLAP: Final = 16
_MEND: Final = "save it as CSV, or split it"


def read_workbook(handle: IO[bytes], name: str, layout: Layout, size: int) -> Iterator[Block | Refusal]:
    """The rows of a sheet under its header row; rows without any value are no records.

    Raises BadInput when it is no workbook, too large, has no such sheet, or the header is unusable.
    """
    rows, first = _sheet(_content(handle, name), name, layout.sheet)
    header_at = layout.header_row - first
    if not 0 <= header_at < len(rows):
        raise BadInput(name, f"the sheet has no row {layout.header_row}", "set header_row to the row of the header")
    header = list(rows[header_at])
    while header and header[-1] in ("", None):
        header.pop()
    columns = checked_header(header, f"{name}:{layout.header_row}")
    numbered = [
        (number, row[: len(columns)])
        for number, row in enumerate(rows[header_at + 1 :], layout.header_row + 1)
        if any(cell not in ("", None) for cell in row[: len(columns)])
    ]
    for start in range(0, max(len(numbered), 1), size):
        part = numbered[start : start + size]
        yield Block(columns, [row for _, row in part], [number for number, _ in part])


def first_rows(handle: IO[bytes], name: str, most: int) -> tuple[list[list[Any]], int]:
    """So many rows of the first sheet as they stand there, and the number of the first of them. Raises BadInput."""
    rows, first = _sheet(_content(handle, name), name, None)
    return rows[:most], first


def _content(handle: IO[bytes], name: str) -> bytes:
    """The workbook as it is packed, once its bounds are known to be kept."""
    handle.seek(0)
    content = handle.read()
    if not content:
        raise BadInput(name, "it is empty", "export the workbook again")
    _check_bounds(content, name)
    return content


def _sheet(content: bytes, name: str, wanted: str | None) -> tuple[list[list[Any]], int]:
    """The rows of a sheet and the number of the first of them."""
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = workbook.sheet_names
        if wanted is not None and wanted not in names:
            raise BadInput(name, f"it has no sheet {wanted!r}", f"its sheets are {', '.join(names)}")
        if not names:
            raise BadInput(name, "it has no sheet", "export the workbook again")
        sheet = workbook.get_sheet_by_name(wanted if wanted is not None else names[0])
        rows = sheet.to_python(skip_empty_area=True)
        first = sheet.start[0] + 1 if sheet.start else 1
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise BadInput(name, f"it cannot be read as a workbook ({error})", "save it as .xlsx again") from None
    if not rows:
        raise BadInput(name, f"the sheet {wanted or names[0]!r} is empty", "put a header row and records into it")
    return rows, first


def _check_bounds(content: bytes, name: str) -> None:
    """Raise BadInput when the parts of a workbook unpack to more, or its sheets span more, than can be taken."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in archive.infolist():
                last_row, last_column, overlap = 0, 0, b""
                for chunk in _unpacked(content, part, name):
                    total += len(chunk)
                    if total > UNPACKED_LIMIT:
                        raise BadInput(name, f"it unpacks to more than {UNPACKED_LIMIT >> 20} MiB", _MEND)
                    if part.filename.startswith("xl/worksheets/"):
                        for letters, digits in _CELL.findall(overlap + chunk):
                            last_row = max(last_row, int(digits))
                            last_column = max(last_column, _column_number(letters))
                        overlap = chunk[-_OVERLAP:]
                if last_row > ROWS_LIMIT or last_row * last_column > CELLS_LIMIT:
                    area = f"{last_row:,} rows and {last_column:,} columns"
                    raise BadInput(name, f"a sheet spans {area}", "delete what lies outside the table, or split it")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError) as error:
        raise BadInput(name, f"it is no workbook ({error})", "save it as .xlsx again") from None


def _unpacked(content: bytes, part: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """What a part really unpacks to, in small pieces: the sizes that a zip states may lie."""
    header = content[part.header_offset : part.header_offset + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER:
        raise zipfile.BadZipFile("a part is cut off")
    start = part.header_offset + _LOCAL_HEADER + int.from_bytes(header[26:28], "little")
    start += int.from_bytes(header[28:30], "little")
    packed = content[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise BadInput(name, "a part is packed in an unusual way", "save it as .xlsx again")
    inflate = zlib.decompressobj(-15)
    waiting = packed
    while waiting and not inflate.eof:
        yield inflate.decompress(waiting, _CHUNK)
        waiting = inflate.unconsumed_tail


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
