"""A desk file before it is opened: what it must be like, on which medium and file system, by which SQLite."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.storage import schema
from engine.storage.desk_file import file_system_of
from engine.storage.sqlite import sqlite3
from engine.storage.store import Store, set_meta, wal_is_safe
from engine.values.errors import StoreUnusable
from tests.engine.feed_support import column


def refusal(path: Path, **how: bool) -> str:
    with pytest.raises(StoreUnusable) as caught:
        Store.open(path, **how)
    return str(caught.value)


def test_a_new_file_has_our_mark_and_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = Store.open(tmp_path / "desk.db", create=True)
        with store.write() as connection:
            set_meta(connection, "name", "eu-desk")
    finally:
        os.umask(before)
    pragmas = [store.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
    assert pragmas == [schema.APPLICATION_ID, schema.VERSION]
    assert store.meta("name") == "eu-desk"
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    store.close()


def test_what_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    assert "there is no such file; `offplan init`" in refusal(tmp_path / "desk.db")
    assert "no such folder" in refusal(tmp_path / "none" / "desk.db", create=True)


def test_what_is_not_an_offplan_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    text = tmp_path / "text.db"
    text.write_text("this is no database, however long it may be" * 50)
    link = tmp_path / "link.db"
    link.symlink_to(foreign)
    os.mkfifo(tmp_path / "pipe.db")
    contents = [foreign.read_bytes(), text.read_bytes()]
    assert "somebody else's SQLite file" in refusal(foreign, create=True)
    assert "not a sound SQLite file" in refusal(text, create=True)
    assert "symbolic link" in refusal(link)
    assert "not a regular file" in refusal(tmp_path / "pipe.db")
    assert "not a regular file" in refusal(tmp_path)
    assert [foreign.read_bytes(), text.read_bytes()] == contents


@pytest.mark.skipif(not wal_is_safe(sqlite3.sqlite_version_info), reason="WAL alone has files beside it")
@pytest.mark.parametrize("closed", [True, False])
def test_a_file_on_a_medium_that_cannot_be_written_is_read_without_a_file_beside_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    """It could not even be looked at; unless what was written last stands in the log, which has to be read too."""
    with store.write() as connection:
        set_meta(connection, "told", "much")
    if closed:
        store.close()
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    reader = Store.open(store.path, read_only=True)
    assert reader.meta("told") == "much"
    beside = {path.name for path in store.path.parent.iterdir()} - {store.path.name, f"{store.path.name}.lock"}
    assert beside == (set() if closed else {f"{store.path.name}-wal", f"{store.path.name}-shm"})


def test_a_network_file_system_is_refused_unless_a_setting_allows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.storage.desk_file.file_system_of", lambda folder: "nfs4")
    assert "network file system (nfs4)" in refusal(tmp_path / "desk.db", create=True)
    assert not (tmp_path / "desk.db").exists()
    monkeypatch.setenv("OFFPLAN_ALLOW_NETWORK_FS", "1")
    Store.open(tmp_path / "desk.db", create=True).close()


def test_the_file_system_is_that_of_the_nearest_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {tmp_path}/far\\040away cifs rw 0 0\nbroken\n")
    (tmp_path / "far away" / "deep").mkdir(parents=True)
    assert file_system_of(tmp_path / "far away" / "deep", mounts) == "cifs"
    assert file_system_of(tmp_path, mounts) == "ext4"
    assert file_system_of(tmp_path, tmp_path / "no such table") == ""


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 53, 4), True), ((3, 53, 0), True), ((3, 52, 0), False), ((3, 51, 3), True), ((3, 51, 2), False),
        ((3, 50, 7), True), ((3, 50, 6), False), ((3, 45, 0), False), ((3, 44, 6), True), ((3, 44, 5), False),
        ((3, 40, 1), False), ((4, 0, 0), True),
    ],
)  # fmt: skip
def test_wal_only_where_the_reset_fault_is_mended(version: tuple[int, ...], safe: bool) -> None:
    assert wal_is_safe(version) is safe


def test_an_old_library_gets_a_rollback_journal_also_on_a_file_that_had_wal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "desk.db"
    Store.open(path, create=True).close()
    monkeypatch.setattr("engine.storage.store.wal_is_safe", lambda version: False)
    store = Store.open(path)
    assert store.journal_mode == "truncate"
    assert column(store, "PRAGMA journal_mode") == ["truncate"]
    with store.write() as connection:
        set_meta(connection, "name", "x")
    store.close()


@pytest.mark.parametrize("content", [b"", b"x", b"SQLite format 3\0"])
def test_a_short_file_is_somebody_elses_and_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    with pytest.raises(StoreUnusable, match="this is no database"):
        Store.open(path)
    assert path.read_bytes() == content
