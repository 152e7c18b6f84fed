"""Workbooks: sheets, cell types, and bounds that hold before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from connectors.formats.blocks import Block, Layout
from connectors.formats.records import records
from connectors.formats.workbook import UNPACKED_LIMIT
from engine.values.errors import BadInput


def workbook(path: Path, sheets: dict[str, list[list[object]]], *, at: tuple[int, int] = (0, 0)) -> bytes:
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows, at[0]):
            for c, cell in enumerate(row, at[1]):
                if isinstance(cell, (date, datetime)):
                    sheet.write_datetime(r, c, cell, day)
                elif cell is not None:
                    sheet.write(r, c, cell)
    book.close()
    return path.read_bytes()


def read(content: bytes, layout: Layout | None = None) -> Block:
    (block,) = records(io.BytesIO(content), "plan.xlsx", layout or Layout("xlsx"))
    assert isinstance(block, Block)
    return block


def refused(content: bytes, layout: Layout | None = None) -> BadInput:
    with pytest.raises(BadInput) as caught:
        list(records(io.BytesIO(content), "plan.xlsx", layout or Layout("xlsx")))
    return caught.value


def test_cells_keep_their_types_and_rows_their_numbers(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["PO", "Qty", "Due"],
        ["4711", 5, date(2026, 3, 9)],
        [None, None, None],
        [4712, 1.5, None],
    ]
    block = read(workbook(tmp_path / "a.xlsx", {"Orders": rows}))
    assert block.columns == ("PO", "Qty", "Due")
    assert [list(row) for row in block.rows] == [["4711", 5, date(2026, 3, 9)], [4712, 1.5, ""]]
    assert list(block.lines) == [2, 4]


def test_a_table_that_does_not_begin_in_the_first_row(tmp_path: Path) -> None:
    content = workbook(tmp_path / "a.xlsx", {"S": [["a", "b"], [1, 2]]}, at=(4, 2))
    block = read(content, Layout("xlsx", header_row=5))
    assert (block.columns, list(block.lines)) == (("a", "b"), [6])
    assert "no row 1" in refused(content).fault


def test_sheets_are_named(tmp_path: Path) -> None:
    content = workbook(tmp_path / "a.xlsx", {"One": [["a"], [1]], "Two": [["b"], [2]]})
    assert read(content, Layout("xlsx", sheet="Two")).columns == ("b",)
    error = refused(content, Layout("xlsx", sheet="Three"))
    assert (error.fault, error.mend) == ("it has no sheet 'Three'", "its sheets are One, Two")


def test_a_single_cell_far_out_is_refused_before_its_area_is_set_aside(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "far.xlsx")
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write(1_048_575, 16_383, "z")
    book.close()
    assert "spans 1,048,576 rows and 16,384 columns" in refused((tmp_path / "far.xlsx").read_bytes()).fault


@pytest.mark.parametrize("lie", [False, True])
def test_a_bomb_is_refused_whatever_the_zip_says_of_its_size(tmp_path: Path, lie: bool) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as part:
        for _ in range(UNPACKED_LIMIT // (1 << 22) + 1):
            part.write(bytes(1 << 22))
    content = bytearray(path.read_bytes())
    if lie:
        entry = content.rindex(b"PK\x01\x02")
        content[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    assert "unpacks to more than 256 MiB" in refused(bytes(content)).fault


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no zip at all", b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_what_is_no_workbook_is_one_sentence(content: bytes) -> None:
    assert refused(content).mend


def test_a_truncated_workbook_is_one_sentence(tmp_path: Path) -> None:
    content = workbook(tmp_path / "a.xlsx", {"S": [["a"], [1]]})
    for cut in range(1, len(content), max(1, len(content) // 40)):
        assert refused(content[:cut]).fault
