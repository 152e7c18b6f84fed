"""Drafts of files: what a killed process left goes with the next writer, what a living one writes stays."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from engine.storage import drafts, whole_copy, whole_file
from engine.storage.presence import Presence
from engine.storage.sqlite import sqlite3
from tests.killing import is_killed


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_while_writing(path: Path) -> None:
    """A process that is killed in the middle of a draft of a file."""

    def written() -> None:
        with drafts.begun(path):
            kill()

    assert is_killed(written)


def test_the_next_writer_takes_away_what_a_killed_one_left(tmp_path: Path) -> None:
    path = tmp_path / "file"
    killed_while_writing(path)
    assert os.listdir(tmp_path) == [".file.0.part"]
    whole_file.replace(path, b"whole")
    assert os.listdir(tmp_path) == ["file"]


def test_a_draft_that_somebody_writes_stays_and_becomes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with drafts.begun(path) as (draft, file):
        file.write(b"the first")
        file.flush()
        drafts.clear(draft)
        whole_file.replace(path, b"another")
        assert sorted(os.listdir(tmp_path)) == [draft.name, "file"]
        os.replace(draft, path)
    assert (os.listdir(tmp_path), path.read_bytes()) == (["file"], b"the first")


def test_the_end_of_one_draft_leaves_that_of_the_next_writer(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with ExitStack() as later:
        with drafts.begun(path) as (draft, _):
            os.replace(draft, path)
            following, _ = later.enter_context(drafts.begun(path))
        assert following == draft
        assert following.exists()


def test_a_draft_that_was_taken_for_one_that_was_left_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between making one and locking it somebody else may come."""
    opened = os.open
    cleared: list[Path] = []

    def interrupted(path: Path, flags: int, mode: int = 0o777) -> int:
        descriptor = opened(path, flags, mode)
        if flags & os.O_EXCL and not cleared:
            cleared.append(path)
            drafts.clear(path)
        return descriptor

    monkeypatch.setattr(os, "open", interrupted)
    whole_file.replace(tmp_path / "file", b"whole")
    assert cleared
    assert (os.listdir(tmp_path), (tmp_path / "file").read_bytes()) == (["file"], b"whole")


def test_the_next_copy_takes_away_what_a_killed_one_left(tmp_path: Path) -> None:
    path = tmp_path / "copy.db"

    def copied() -> None:
        connection = sqlite3.connect(":memory:")
        connection.execute("CREATE TABLE much (a)")
        connection.set_progress_handler(kill, 1)
        whole_copy.write(connection, path)

    assert is_killed(copied)
    assert {".copy.db.0.part", ".copy.db.0.part-copy"} <= set(os.listdir(tmp_path))
    whole_copy.write(sqlite3.connect(":memory:"), path)
    assert os.listdir(tmp_path) == ["copy.db"]


def test_of_two_copies_that_were_killed_at_once_the_next_takes_both_away(tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    with drafts.begun(path) as _:
        killed_while_writing(path)
        (tmp_path / ".copy.db.1.part-copy").write_bytes(b"half")
        (tmp_path / ".copy.db.1.part-copy-journal").write_bytes(b"half")
        assert len(os.listdir(tmp_path)) == 4
    whole_copy.write(sqlite3.connect(":memory:"), path)
    assert os.listdir(tmp_path) == ["copy.db"]


def test_who_looks_for_others_takes_away_what_a_killed_desk_left(tmp_path: Path) -> None:
    folder = tmp_path / "desk.db.present"
    folder.mkdir()
    killed_while_writing(folder / "gone")
    with drafts.begun(folder / "busy") as (draft, _):
        assert Presence(tmp_path / "desk.db", "ours", "ana").others(0, "D1") == []
        assert os.listdir(folder) == [draft.name]


def test_of_more_drafts_than_there_may_be_the_last_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "_MOST_AT_ONCE", 2)
    path = tmp_path / "file"
    with drafts.begun(path), drafts.begun(path), pytest.raises(OSError, match="busy"):
        whole_file.replace(path, b"whole")
    assert os.listdir(tmp_path) == []
