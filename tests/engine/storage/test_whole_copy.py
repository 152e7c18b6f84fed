"""Copies of a desk file: whole under their name, or not there at all; of backups and of what is kept before a
migration."""

from __future__ import annotations

import os
import resource
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.desk import Desk
from engine.storage import schema
from engine.storage.store import Store, set_meta
from engine.values.errors import StoreUnusable
from tests.engine.desk_support import open_desk
from tests.killing import is_killed


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = open_desk(tmp_path / "desk.db")
    with desk.store.write() as connection:
        set_meta(connection, "much", "x" * 4_000_000)
    return desk


@pytest.fixture
def older(desk: Desk) -> Path:
    """A file of the schema before the present one."""
    desk.store.connection.execute(f"PRAGMA user_version = {schema.VERSION - 1}")
    desk.store.close()
    return desk.store.path


@contextmanager
def full_above(size: int) -> Iterator[None]:
    """No file may grow over so many bytes: to SQLite the disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, former)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm", ".lock"))}


def test_a_full_disk_leaves_no_part_of_a_backup(desk: Desk, tmp_path: Path) -> None:
    with full_above(2_000_000), pytest.raises(StoreUnusable):
        desk.backup(tmp_path / "copy.db")
    assert names(tmp_path) == {"desk.db"}
    desk.backup(tmp_path / "copy.db")


def test_who_is_killed_leaves_nothing_that_looks_like_a_backup(desk: Desk, tmp_path: Path) -> None:
    def killed() -> None:
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1
            if steps == 20:
                assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob(".copy.db.*")} == {0o600}
                os.kill(os.getpid(), signal.SIGKILL)

        mine = open_desk(tmp_path / "desk.db")
        mine.store.connection.set_progress_handler(step, 50)
        mine.backup(tmp_path / "copy.db")

    assert is_killed(killed)
    assert not (tmp_path / "copy.db").exists()
    desk.backup(tmp_path / "copy.db")
    assert Store.open(tmp_path / "copy.db").meta("much") is not None


def test_a_migration_that_cannot_be_leaves_no_copies_try_after_try(
    older: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with full_above(2_000_000), pytest.raises(StoreUnusable):
        Store.open(older)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS[:-1], "CREATE TABLE action (a);\n"))
    for _ in range(2):
        with pytest.raises(StoreUnusable, match="table action already exists"):
            Store.open(older)
    assert names(tmp_path) == {"desk.db"}


def test_a_file_that_is_migrated_is_kept_as_it_was(
    older: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS[:-1], "CREATE TABLE later (a);\n"))
    Store.open(older).close()
    (copy,) = names(tmp_path) - {"desk.db"}
    assert copy.startswith(f"desk.db.schema{schema.VERSION - 1}.")
    assert stat.S_IMODE((tmp_path / copy).stat().st_mode) == 0o600
    kept = Store.open(tmp_path / copy, read_only=False)
    assert kept.meta("much") is not None
