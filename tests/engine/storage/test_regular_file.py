"""Files that some other hand may have laid: only a regular one is opened, and nothing keeps its reader waiting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.storage import regular_file
from engine.values.errors import BadInput


def content(path: Path, *, through_links: bool = False) -> bytes:
    with regular_file.opened(path, through_links=through_links) as file:
        return file.read()


def fault(path: Path, *, through_links: bool = False) -> str:
    with pytest.raises(BadInput) as caught:
        content(path, through_links=through_links)
    return caught.value.fault


@pytest.mark.parametrize("through_links", [False, True])
def test_a_regular_file_is_opened_and_nothing_else_is(tmp_path: Path, through_links: bool) -> None:
    (tmp_path / "file").write_bytes(b"held")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    assert content(tmp_path / "file", through_links=through_links) == b"held"
    for path in (tmp_path / "pipe", tmp_path / "folder", Path("/dev/zero")):
        assert fault(path, through_links=through_links) == "it is not a regular file"
    assert fault(tmp_path / "none", through_links=through_links) == "there is no such file"
    assert fault(tmp_path / ("n" * 300), through_links=through_links) == "it cannot be read (File name too long)"
    assert fault(tmp_path / "file" / "inside", through_links=through_links) == "it cannot be read (Not a directory)"
    for name in ("a\0b", "half a pair \ud800"):
        assert fault(tmp_path / name, through_links=through_links) == "no file can have that name"


def test_a_link_is_followed_only_where_that_is_asked_and_not_to_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"held")
    os.mkfifo(tmp_path / "pipe")
    for name, target in (("link", "file"), ("to pipe", "pipe"), ("dangling", "none"), ("loop", "loop")):
        (tmp_path / name).symlink_to(tmp_path / target)
        assert fault(tmp_path / name) == "it is a symbolic link"
    assert content(tmp_path / "link", through_links=True) == b"held"
    assert fault(tmp_path / "to pipe", through_links=True) == "it is not a regular file"
    assert fault(tmp_path / "dangling", through_links=True) == "there is no such file"
    assert fault(tmp_path / "loop", through_links=True).startswith("it cannot be read (")


def test_what_fails_in_the_middle_is_the_file_s_fault_and_nothing_stays_open(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"held")
    before = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []
    with pytest.raises(BadInput, match="check the disk or the share"), regular_file.opened(tmp_path / "file"):
        raise OSError(5, "Input/output error")
    fault(tmp_path)
    after = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []
    assert len(after) == len(before)
