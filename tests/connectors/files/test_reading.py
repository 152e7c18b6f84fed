"""Whole files to batches: marks, sizes, the mapping that fits, and files that cannot be taken."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
import xlsxwriter

from connectors.files import opening, reading
from connectors.settings.settings_file import Settings, load
from engine.intake.ingest import SourceBatch
from engine.values.errors import BadInput
from engine.vocabulary.model import PlanLine, Refusal, SignalIn

TOML = """
[mapping.orders]
as = "purchase_order"
files = "orders-*.csv"
[mapping.orders.fields]
ref = "po"

[mapping.etas]
as = "signal"
files = "etas-*.csv"
identity = "event"
[mapping.etas.fields]
id = "no"
kind = { const = "note" }

[mapping.stock]
as = "signal"
identity = "event"
only = [{ column = "stock", empty = false }]
[mapping.stock.fields]
id = { template = "{no} stock" }
kind = { const = "stock" }

[source.drop]
type = "folder"
path = "inbox"
mapping = ["etas", "stock"]
every = "PT15M"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "offplan.toml"
    path.write_text(TOML, encoding="utf-8")
    return load(path)


def write(path: Path, rows: int) -> Path:
    path.write_text(
        "no,stock\n" + "".join(f"{number},{number % 2 or ''}\n" for number in range(rows)), encoding="utf-8"
    )
    return path


def test_batches_carry_the_mark_and_where_they_stand(tmp_path: Path, settings: Settings) -> None:
    path = write(tmp_path / "etas-1.csv", 25)
    batches = list(reading.signal_batches(path, settings, "x", size=10))
    assert [(len(batch.rows), batch.rows_before, batch.last) for batch in batches] == [
        (10, 0, False),
        (10, 10, False),
        (5, 20, True),
    ]
    mark = batches[0].mark
    assert mark is not None
    assert mark.sha256 == hashlib.sha256(path.read_bytes()).digest()
    assert (mark.name, mark.size, mark.modified_at) == (
        "etas-1.csv",
        path.stat().st_size,
        path.stat().st_mtime_ns // 1000,
    )
    assert {(batch.source, batch.kind, batch.identity, batch.cursor) for batch in batches} == {
        ("x", "command", "event", None)
    }


def test_a_source_sends_each_record_through_each_of_its_mappings(tmp_path: Path, settings: Settings) -> None:
    (batch,) = reading.signal_batches(write(tmp_path / "any.csv", 3), settings, "drop")
    assert [row.source_id for row in batch.rows if isinstance(row, SignalIn)] == ["0", "1", "2", "1 stock"]
    assert (batch.kind, batch.expected_every) == ("folder", 15 * 60 * 1_000_000)


def test_reading_twice_gives_the_same_in_the_same_order(tmp_path: Path, settings: Settings) -> None:
    path = write(tmp_path / "any.csv", 5000)

    def rows(size: int) -> list[object]:
        return [row for batch in reading.signal_batches(path, settings, "drop", size=size) for row in batch.rows]

    assert rows(7) == rows(2000) == rows(100_000)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"no,stock\n\xff\xfe\xfa,1\n", "it is not utf-8 (byte 9)"),
        (b"nr\n1\n", "the columns 'no' are missing"),
    ],
)
def test_a_file_that_is_refused_whole_is_one_refusal(
    tmp_path: Path, settings: Settings, content: bytes, reason: str
) -> None:
    path = tmp_path / "etas-1.csv"
    path.write_bytes(content)
    (batch,) = reading.signal_batches(path, settings, "x")
    (row,) = batch.rows
    assert isinstance(row, Refusal)
    assert (row.place.file, row.reason, batch.last) == (str(path), reason, True)
    assert row.mend


def test_a_file_with_nothing_but_a_header_is_one_empty_batch(tmp_path: Path, settings: Settings) -> None:
    (batch,) = reading.signal_batches(write(tmp_path / "etas-1.csv", 0), settings, "x")
    assert (batch.rows, batch.last) == ([], True)


@pytest.mark.parametrize("name", ["etas-1.csv", "plain.csv", "etas-1.xlsx"])
def test_a_header_of_another_table_is_refused_also_without_a_record(
    tmp_path: Path, settings: Settings, name: str
) -> None:
    """As where the header is missing: the only record stands in its place, and must not be lost in silence."""
    path = tmp_path / name
    if path.suffix == ".xlsx":
        book = xlsxwriter.Workbook(path)
        book.add_worksheet("S").write_row(0, 0, ["7", "x"])
        book.close()
    else:
        path.write_text("7,x\n", encoding="utf-8")
    (batch,) = reading.signal_batches(path, settings, "x", "etas" if path.suffix == ".xlsx" else None)
    (row,) = batch.rows
    assert isinstance(row, Refusal)
    assert "columns" in row.reason


def fault(path: Path, settings: Settings, mapping: str | None = None) -> str:
    with pytest.raises(BadInput) as caught:
        list(reading.signal_batches(path, settings, "x", mapping))
    return str(caught.value)


def test_what_is_no_regular_file_is_refused_without_hanging(tmp_path: Path, settings: Settings) -> None:
    os.mkfifo(tmp_path / "etas-fifo.csv")
    (tmp_path / "etas-link.csv").symlink_to(write(tmp_path / "etas-1.csv", 1))
    assert "it is not a regular file" in fault(tmp_path / "etas-fifo.csv", settings)
    assert "it is a symbolic link" in fault(tmp_path / "etas-link.csv", settings)
    assert "there is no such file" in fault(tmp_path / "etas-none.csv", settings)
    (tmp_path / "etas-dir.csv").mkdir()
    assert "it is not a regular file" in fault(tmp_path / "etas-dir.csv", settings)


def test_a_file_over_the_limit_is_refused(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "etas-1.csv"
    with path.open("wb") as handle:
        handle.truncate(opening.SIZE_LIMIT + 1)
    assert "larger than 256 MiB" in fault(path, settings)


def test_a_file_that_changes_while_it_is_read_is_not_taken_as_whole(tmp_path: Path, settings: Settings) -> None:
    path = write(tmp_path / "etas-1.csv", 50)
    batches = reading.signal_batches(path, settings, "x", size=10)
    first: SourceBatch = next(batches)
    with path.open("a", encoding="utf-8") as handle:
        handle.write("99,\n")
    with pytest.raises(BadInput, match="changed while it was read"):
        assert all(not batch.last for batch in [first, *batches])


def test_mappings_that_are_not_there_or_not_of_the_kind(tmp_path: Path, settings: Settings) -> None:
    path = write(tmp_path / "etas-1.csv", 1)
    assert "'nope': there is none of this name; offplan.toml has orders, etas, stock" in fault(path, settings, "nope")
    assert "it is as purchase_order, not signal" in fault(path, settings, "orders")


def test_the_pattern_of_names_chooses_the_mapping_of_a_plan(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "orders-7.csv"
    path.write_text("po\n4711\n", encoding="utf-8")
    (line,) = reading.plan_rows(path, settings, "purchase_order")
    assert isinstance(line, PlanLine)
    assert line.ref == "4711"
    assert reading.mapping_name(path, settings, "purchase_order") == "orders"
    assert reading.mapping_name(path, settings, "sales_order") is None
    assert reading.mapping_name(path, settings, "purchase_order", "given") == "given"
    with pytest.raises(BadInput, match="no such kind of plan"):
        list(reading.plan_rows(path, settings, "orders"))


def test_the_place_is_the_name_in_the_source_s_folder_and_the_whole_path_elsewhere(
    tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "inbox").mkdir()
    for folder, place in ((tmp_path / "inbox", "a.csv"), (tmp_path, str(tmp_path / "a.csv"))):
        (batch,) = reading.signal_batches(write(folder / "a.csv", 1), settings, "drop")
        assert batch.file == place
        assert reading.path_of(place, settings, "drop") == folder / "a.csv"


def test_where_no_pattern_fits_a_mapping_that_knows_the_columns_is_named(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "offplan.toml"
    path.write_text(TOML.replace('"orders-*.csv"', '"orders-*.csv"\nencoding = "cp1252"'), encoding="utf-8")
    settings = load(path)
    tomorrow = tmp_path / "bestellungen_2026-03-10.csv"
    tomorrow.write_bytes("po;Ort\n1;Köln\n".encode("cp1252"))
    with pytest.raises(BadInput) as refused:
        list(reading.plan_rows(tomorrow, settings, "purchase_order"))
    assert str(refused.value).endswith(
        "no mapping's `files` fits bestellungen_2026-03-10.csv;"
        " mapping.orders has its columns: widen its `files`, or give --mapping orders"
    )

    tomorrow.write_bytes("nr;Ort\n1;Köln\n".encode("cp1252"))
    (batch,) = reading.signal_batches(tomorrow, settings, "x")
    (row,) = batch.rows
    assert isinstance(row, Refusal)
    assert row.reason == "no mapping's `files` fits bestellungen_2026-03-10.csv, and it is not utf-8 (byte 10)"
    assert row.mend == "`offplan map` proposes a mapping for it"
