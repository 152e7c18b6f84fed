"""Files that are replaced as a whole: readers see one state or the other, and a failure leaves what was there."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from engine.storage import whole_file
from tests.engine.storage.test_whole_copy import full_above


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("durable", [False, True])
def test_content_takes_the_place_of_what_was_there_and_leaves_nothing_beside(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "file"
    for content in (b"first", b"", b"longer than that"):
        whole_file.replace(path, content, durable=durable)
        assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["file"]


def test_the_mode_is_the_one_asked_for_or_that_of_the_file_before(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    path.chmod(0o646)
    whole_file.replace(path, b"kept", mode=None)
    assert mode(path) == 0o646
    whole_file.replace(path, b"own")
    assert mode(path) == 0o600
    umask = os.umask(0o027)
    try:
        whole_file.replace(path, b"shared", mode=0o666)
    finally:
        os.umask(umask)
    assert mode(path) == 0o640


def test_a_link_is_replaced_and_never_written_through_even_in_the_draft_s_place(tmp_path: Path) -> None:
    elsewhere, path = tmp_path / "elsewhere", tmp_path / "file"
    elsewhere.write_bytes(b"others")
    path.symlink_to(elsewhere)
    (tmp_path / ".file.0.part").symlink_to(elsewhere)
    whole_file.replace(path, b"ours")
    assert (elsewhere.read_bytes(), path.read_bytes(), path.is_symlink()) == (b"others", b"ours", False)
    assert sorted(os.listdir(tmp_path)) == [".file.0.part", "elsewhere", "file"]


def test_a_full_disk_leaves_what_was_there_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "file"
    whole_file.replace(path, b"before")
    with full_above(1000), pytest.raises(OSError, match="too large"):
        whole_file.replace(path, b"x" * 100_000)
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["file"]


def test_many_that_write_at_once_leave_the_whole_of_one(tmp_path: Path) -> None:
    path, contents = tmp_path / "file", [bytes([letter]) * 300_000 for letter in b"abcd"]
    writers = [threading.Thread(target=whole_file.replace, args=(path, content)) for content in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert path.read_bytes() in contents
    assert os.listdir(tmp_path) == ["file"]
