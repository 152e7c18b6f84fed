"""The records of a file in whatever format it is: which one that is, and the module that reads it.

Each is imported with the first file of its format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import IO, Final

from connectors.formats.blocks import Block, Layout
from engine.values.errors import BadInput
from engine.vocabulary.model import Refusal

SUFFIXES: Final[Mapping[str, str]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".json": "json",
    ".geojson": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}


def layout_of(name: str, layout: Layout) -> Layout:
    """The layout, with the format that the file's name tells where it has none.

    Raises BadInput for a name that tells nothing.
    """
    if layout.format:
        return layout
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix not in SUFFIXES:
        raise BadInput(name, "its name does not tell the format", f"rename it to one of {', '.join(SUFFIXES)}")
    return replace(layout, format=SUFFIXES[suffix])


def records(handle: IO[bytes], name: str, layout: Layout, size: int = 2000) -> Iterator[Block | Refusal]:
    """The records of an open file from its beginning, in blocks of at most about `size` rows.

    A table that has nothing under its header gives one block without rows: its header still tells whether it is the
    table that is meant. `name` stands in the places. Memory does not grow with the length of CSV and JSONL files.
    Raises BadInput for what concerns the whole file.
    """
    if layout.format == "csv":
        from connectors.formats.delimited import read_delimited

        return read_delimited(handle, name, layout, size)
    if layout.format == "jsonl":
        from connectors.formats.documents import read_lines

        return read_lines(handle, name, layout, size)
    if layout.format == "json":
        from connectors.formats.documents import read_document

        return read_document(handle, name, layout, size)
    from connectors.formats.workbook import read_workbook

    return read_workbook(handle, name, layout, size)
