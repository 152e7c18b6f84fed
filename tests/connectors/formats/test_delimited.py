"""CSV files as people send them: quotes, encodings, line ends, damage; the place of every record, and bounded
memory."""

from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.formats.blocks import LINE_LIMIT, Block, Layout
from connectors.formats.records import records
from engine.values.errors import BadInput
from engine.vocabulary.model import Refusal


def read(
    content: bytes, layout: Layout | None = None, size: int = 2000
) -> tuple[list[tuple[int, list[str]]], list[Refusal]]:
    """Rows with their lines, and refusals."""
    rows: list[tuple[int, list[str]]] = []
    refusals: list[Refusal] = []
    for part in records(io.BytesIO(content), "orders.csv", layout or Layout("csv"), size):
        if isinstance(part, Block):
            rows += list(zip(part.lines, map(list, part.rows), strict=True))
        else:
            refusals.append(part)
    return rows, refusals


def refused(content: bytes, layout: Layout | None = None) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read(content, layout)
    return caught.value


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_are_recognised_and_lines_counted(end: bytes) -> None:
    rows, refusals = read(end.join([b"a,b", b"1,2", b"", b"3,4"]))
    assert rows == [(2, ["1", "2"]), (4, ["3", "4"])]
    assert refusals == []


def test_a_record_of_several_lines_does_not_shift_the_places_after_it() -> None:
    rows, _ = read(b'a,b\n1,"x\ny\nz"\n2,w\n')
    assert rows == [(2, ["1", "x\ny\nz"]), (5, ["2", "w"])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_the_delimiter(delimiter: str) -> None:
    rows, _ = read(f"a{delimiter}b\n1{delimiter}2\n".encode())
    assert rows == [(2, ["1", "2"])]


def test_a_set_delimiter_wins_over_the_header() -> None:
    rows, _ = read(b"a,b;c\n1,2;3\n", Layout("csv", delimiter=";"))
    assert rows == [(2, ["1,2", "3"])]


def test_ragged_rows_are_refused_with_both_counts_and_the_rest_goes_on() -> None:
    rows, refusals = read(b"a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n")
    assert [line for line, _ in rows] == [2, 5]
    assert [(r.place.line, r.reason) for r in refusals] == [
        (3, "2 cells where the header has 3"),
        (4, "4 cells where the header has 3"),
    ]
    assert refusals[0].raw == "4,5\n"


def test_an_open_quote_costs_one_line_and_not_the_rest_of_the_file() -> None:
    body = [f"{number},ok" for number in range(5000)]
    body[10] = '10,"open'
    rows, refusals = read("\n".join(["a,b", *body]).encode())
    assert len(rows) == 4999
    assert [(r.place.line, r.raw) for r in refusals] == [(12, '10,"open\n')]
    assert "never closed" in refusals[0].reason


def test_text_after_a_closing_quote_is_refused() -> None:
    rows, refusals = read(b'a,b\n1,"x"y\n2,z\n')
    assert rows == [(3, ["2", "z"])]
    assert [(r.place.line, r.reason) for r in refusals] == [(2, "text follows a closing quote")]


def test_a_line_without_its_end_is_a_record() -> None:
    assert read(b"a,b\n1,2")[0] == [(2, ["1", "2"])]


def test_a_nul_byte_refuses_its_line() -> None:
    body = b"\n".join(b"1,2" for _ in range(2000))
    rows, refusals = read(b"a,b\n" + body + b"\n3,\x00\n5,6\n")
    assert len(rows) == 2001
    assert [(r.place.line, r.reason) for r in refusals] == [(2002, "it holds a NUL byte")]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "it is empty"),
        (b"\n1,2\n", "the header row is empty"),
        (b"a,b,a\n1,2,3\n", "two columns are called 'a'"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "it is not utf-8"),
        (b"PK\x03\x04\x00\x00\x00", "it is not text"),
        (b'a,"b\n1,2\n', "the header does not parse"),
        (b"a" * (LINE_LIMIT + 5) + b"\n1\n", "the header is"),
    ],
)
def test_what_concerns_the_whole_file_is_one_sentence(content: bytes, fault: str) -> None:
    error = refused(content)
    assert fault in error.fault
    assert error.place.startswith("orders.csv")
    assert error.mend


def test_encodings_are_never_guessed_in_silence() -> None:
    assert read("a\nŠkoda\n".encode("utf-16"))[0] == [(2, ["Škoda"])]
    assert read("a\nŠkoda\n".encode("utf-8-sig"))[0] == [(2, ["Škoda"])]
    western = "Werk;Stadt\n1;Düsseldorf\n2;Köln\n3;Nürnberg\n".encode("cp1252")
    assert 'encoding = "cp1252"' in refused(western).mend
    rows, _ = read(western, Layout("csv", encoding="cp1252"))
    assert rows[0] == (2, ["1", "Düsseldorf"])
    assert "ascii" in refused(western, Layout("csv", encoding="ascii")).fault


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id;Descripción\n1;Tornillo pequeño\n", "cp1252"),
        ("id,party\n1,ÄCMÉ\n", "cp1252"),
        ("id,party\n1,€CME\n", "cp1252"),
        ("id;Namn\n1;Göteborg\n2;Ångström\n", "cp1252"),
        ("id;Имя\n1;Завод имени Кирова\n2;Склад номер два\n", "cp1251"),
        ("id,名前\n1,東京倉庫\n2,大阪工場の部品\n", "cp932"),
    ],
)
def test_a_few_accents_are_enough_to_propose_the_likely_encoding(text: str, encoding: str) -> None:
    assert f'encoding = "{encoding}"' in refused(text.encode(encoding)).mend


def test_a_header_further_down() -> None:
    rows, _ = read(b"report of today\n\na,b\n1,2\n", Layout("csv", header_row=3))
    assert rows == [(4, ["1", "2"])]
    assert "no line 9" in refused(b"a,b\n", Layout("csv", header_row=9)).fault


def test_a_column_without_a_name_gets_one() -> None:
    (block,) = records(io.BytesIO(b",b\n1,2\n"), "f.csv", Layout("csv"))
    assert isinstance(block, Block)
    assert block.columns == ("column 1", "b")


def test_a_line_of_100_mb_is_refused_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as handle:
        handle.write(b"a,b\n1,2\n3,")
        for _ in range(100):
            handle.write(b"x" * 1024 * 1024)
        handle.write(b"\n5,6\n")
    tracemalloc.start()
    with path.open("rb") as handle:
        parts = list(records(handle, "long.csv", Layout("csv")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    rows = [list(row) for part in parts if isinstance(part, Block) for row in part.rows]
    refusals = [part for part in parts if isinstance(part, Refusal)]
    assert rows == [["1", "2"], ["5", "6"]]
    assert [refusal.place.line for refusal in refusals] == [3]
    assert f"{100 * 1024 * 1024 + 3:,}" in refusals[0].reason
    assert peak < 16 * 1024 * 1024


def test_memory_is_flat_in_the_length_of_the_file(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        path.write_text("a,b,c\n" + "4711,10,some text of usual length\n" * rows, encoding="utf-8")
        tracemalloc.start()
        with path.open("rb") as handle:
            for _ in records(handle, path.name, Layout("csv")):
                pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(200_000) < 1.5 * peak(30_000)


cell = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)


@given(st.lists(st.lists(cell, min_size=2, max_size=2), max_size=30), st.integers(1, 7))
def test_what_was_written_is_read_back(table: list[list[str]], size: int) -> None:
    """The law of the format: any table, quoted by RFC 4180, comes back cell by cell, whatever the size of the
    blocks."""

    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    text = "".join(",".join(map(quoted, row)) + "\r\n" for row in [["a", "b"], *table])
    rows, refusals = read(text.encode(), size=size)
    assert [row for _, row in rows] == table
    assert refusals == []


def fault_of(content: bytes, layout: Layout) -> str | None:
    """Why a file is refused whole; None when it is read."""
    try:
        assert all(isinstance(part, (Block, Refusal)) for part in records(io.BytesIO(content), "any", layout))
    except BadInput as error:
        return error.fault
    return None


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_but_bad_input(content: bytes) -> None:
    for layout in (Layout("csv"), Layout("json"), Layout("jsonl"), Layout("xlsx"), Layout("csv", encoding="cp1252")):
        assert fault_of(content, layout) != ""


@given(st.lists(st.sampled_from(["1,2", '1,"2"', '1,"x', '"1",2', "1", '1,"a""b"', '1,"a"b', ""]), max_size=60))
def test_every_line_is_a_record_a_refusal_or_part_of_one(lines: list[str]) -> None:
    rows, refusals = read("\n".join(["a,b", *lines]).encode())
    sound = {"1,2", '1,"2"', '"1",2', '1,"a""b"'}
    taken = {line for line, _ in rows}
    gone = {refusal.place.line for refusal in refusals}
    assert not taken & gone
    if not any(line.count('"') % 2 for line in lines):
        assert taken == {number for number, line in enumerate(lines, 2) if line in sound}
    json.dumps([refusal._asdict() for refusal in refusals])
