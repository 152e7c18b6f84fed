"""How a file that nobody described is written: which line names its columns, where titles stand above it."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from connectors.files import reading
from connectors.proposing.propose import append, propose
from connectors.settings.settings_file import load
from engine.values.errors import BadInput
from engine.vocabulary.model import PlanLine

TABLE = "PO;Pos;Material;Menge;Liefertermin\n1;10;A;5;01.12.2026\n2;10;B;6;13.12.2026\n"


@pytest.mark.parametrize(
    "above",
    [
        "Open orders 2026-11-26\n\n",
        "Open orders;;;;\n;;;;\n",
        "Made by;ana\nOn;2026-11-26\n\n",
        "a, b, c\n\n",
        "\n",
        "\x0cOpen orders\x0c\n\n",
        "Open\u2028orders\n",
        '"Open orders\nof ana"\n\n',
    ],
)
def test_titles_above_a_table_are_no_columns(tmp_path: Path, above: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(above + TABLE, encoding="utf-8")
    proposal = propose(path, "purchase_order")
    row = above.count("\n") + 1
    assert proposal.mapping["header_row"] == row
    assert ("header_row", str(row)) in [(doubt.column, doubt.text) for doubt in proposal.doubts]
    (tmp_path / "offplan.toml").write_text("", encoding="utf-8")
    append(tmp_path / "offplan.toml", proposal, "orders")
    read = [*reading.plan_rows(path, load(tmp_path / "offplan.toml"), "purchase_order")]
    assert [(line.ref, line.item, line.line) for line in read if isinstance(line, PlanLine)] == [
        ("1/10", "A", row + 1),
        ("2/10", "B", row + 2),
    ]


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        "PO,Due\n1,2026-03-09\n",
        "PO\n1\n2\n",
        "PO,Due,,,\n1,2026-03-09,a,b,\n",
        "PO,Due,Item\n1,2026-03-09,a,b,c,d,e,f\n2,2026-03-09,a\n",
        'PO;Remark\n1;"a, b, c, d"\n2;"e, f, g, h"\n',
    ],
)
def test_a_table_that_begins_with_its_columns_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(text, encoding="utf-8")
    assert "header_row" not in propose(path, "purchase_order").mapping


def test_records_of_which_none_can_be_read_are_refused_by_the_first(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("PO,Due\n1,2026-03-09,x\n2,2026-03-09,x\n", encoding="utf-8")
    with pytest.raises(
        BadInput, match=r"orders\.csv:2: no record can be read; of this one 3 cells where the header has 2"
    ):
        propose(path, "purchase_order")


@pytest.mark.parametrize("at", [0, 2])
def test_titles_above_the_table_of_a_sheet_are_no_columns(tmp_path: Path, at: int) -> None:
    book = xlsxwriter.Workbook(tmp_path / "orders.xlsx")
    sheet = book.add_worksheet()
    table: list[list[object]] = [
        ["Open orders"],
        [],
        ["PO", "Line", "Item", "Qty", "Due"],
        ["1", "10", "A", 5, "2026-12-01"],
    ]
    for row, cells in enumerate(table):
        for column, cell in enumerate(cells):
            sheet.write(at + row, column, cell)
    book.close()
    proposal = propose(tmp_path / "orders.xlsx", "purchase_order")
    assert proposal.mapping["header_row"] == at + 3
    assert [row["ref"] for row in proposal.preview] == ["1/10"]
