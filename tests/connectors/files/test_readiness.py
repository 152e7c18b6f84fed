"""When a file is complete: the evidence that a look at it gives, and which files are none of records."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.files.readiness import SETTLED, SETTLED_CUT, Look, Stamp, is_data, look, wait_for


def seen(*, size: int = 10, whole: bool = True, closed: bool | None = True, moved: bool = False) -> Look:
    return Look(Stamp(1, 2, size, 3, 4), whole, closed, moved)


@pytest.mark.parametrize(
    ("looked", "wait"),
    [
        (seen(closed=False, moved=True), None),
        (seen(), 0),
        (seen(closed=None, moved=True), 0),
        (seen(whole=False, moved=True), 0),
        (seen(closed=None), SETTLED),
        (seen(whole=False), SETTLED_CUT),
        (seen(whole=False, closed=None), SETTLED_CUT),
        (seen(whole=False, closed=None, moved=True), SETTLED_CUT),
        (seen(size=0, whole=False, moved=True), SETTLED_CUT),
    ],
)
def test_two_pieces_of_evidence_are_enough_and_one_has_to_rest(looked: Look, wait: int | None) -> None:
    assert wait_for(looked) == wait


@pytest.mark.parametrize(
    ("name", "content", "whole"),
    [
        ("a.csv", b"a,b\n1,2\n", True),
        ("a.csv", b"a,b\r\n1,2\r\n", True),
        ("a.csv", b"a,b\n1,", False),
        ("a.csv", "a\n".encode("utf-16"), True),
        ("a.csv", b"", False),
        ("a.jsonl", b'{"a": 1}\n', True),
        ("a.jsonl", b'{"a": 1}', False),
        ("a.json", b' [{"a": 1}]\n ', True),
        ("a.json", b'\xef\xbb\xbf{"a": [1]}', True),
        ("a.json", b'[{"a": 1}', False),
        ("a.json", b'[{"a": 1},\n', False),
        ("a.XLSX", b"PK\x03\x04 ... PK\x05\x06" + bytes(18), True),
        ("a.xlsx", b"PK\x03\x04 ...\n", False),
    ],
)
def test_where_a_record_ends_depends_on_the_format(tmp_path: Path, name: str, content: bytes, whole: bool) -> None:
    (tmp_path / name).write_bytes(content)
    found = look(tmp_path / name)
    assert found is not None
    assert found.ends_whole is whole


def test_the_system_is_asked_whether_somebody_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write("a,b\n")
        file.flush()
        open_look = look(path)
    closed_look = look(path)
    assert open_look is not None
    assert closed_look is not None
    if closed_look.closed is None:
        pytest.skip("this system does not tell who has a file open for writing")
    assert (open_look.closed, closed_look.closed) == (False, True)


@pytest.mark.parametrize(
    "name", [".a.csv", "a.csv~", "a.csv.tmp", "a.PART", "a.sync-conflict-1.csv", "~$a.xlsx", ".a.swp"]
)
def test_names_that_are_no_data(name: str) -> None:
    assert not is_data(name)
