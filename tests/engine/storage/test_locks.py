"""Locks of open files: one has it, nobody waits, and a file in another's place is told."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from engine.storage import locks


def test_one_has_it_until_the_file_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with path.open("rb") as one, path.open("rb") as other:
        assert locks.taken(one)
        assert locks.taken(other) is False
        one.close()
        assert locks.taken(other)


def test_where_files_have_no_locks_nobody_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", without_locks)
    (tmp_path / "file").touch()
    with (tmp_path / "file").open("rb") as file:
        assert locks.taken(file) is None


def test_a_file_in_anothers_place_is_told(tmp_path: Path) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    path.touch()
    link.symlink_to(path)
    with path.open("rb") as file:
        assert locks.stands_at(file, path)
        assert locks.stands_at(file.fileno(), path)
        assert (locks.stands_at(file, link), locks.stands_at(file, link, through_links=True)) == (False, True)
        path.rename(tmp_path / "elsewhere")
        assert not locks.stands_at(file, path)
        path.touch()
        assert not locks.stands_at(file, path)
