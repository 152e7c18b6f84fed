"""The store: several processes at once, the death of a writer, and a sentence for what SQLite refuses."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.storage import schema
from engine.storage.sqlite import sqlite3
from engine.storage.store import SMALL_CACHE_MIB, Store, sentence, set_meta
from engine.values.errors import StoreUnusable
from tests.engine.feed_support import column

ROOT = Path(__file__).resolve().parents[3]


def child(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


OPEN_AND_WRITE = """
import sys
from pathlib import Path
from engine.storage.journal import Entry, Writer
from engine.storage.store import Store
store = Store.open(Path(sys.argv[1]), create=True)
for number in range(5):
    with store.write() as connection:
        Writer(connection, at=1, actor=sys.argv[2], origin="{}").write(Entry("test", "desk", str(number), {}, {}))
store.close()
"""


def test_eight_processes_that_start_at_once_on_a_fresh_file_all_work(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    running = [child(OPEN_AND_WRITE, str(path), f"p{number}") for number in range(8)]
    for process in running:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    store = Store.open(path)
    assert dict(store.connection.execute("SELECT actor, count(*) FROM journal GROUP BY actor").fetchall()) == {
        f"p{number}": 5 for number in range(8)
    }
    from engine.storage import journal

    assert journal.verify(store.connection) is None
    store.close()


ADD_TO_COUNTER = """
import sys
from pathlib import Path
from engine.storage.store import Store, set_meta
store = Store.open(Path(sys.argv[1]))
for _ in range(100):
    with store.write() as connection:
        set_meta(connection, "sum", str(int(store.meta("sum")) + 1))
store.close()
"""


def test_no_update_of_four_writers_is_lost(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "desk.db", create=True)
    with store.write() as connection:
        set_meta(connection, "sum", "0")
    running = [child(ADD_TO_COUNTER, str(store.path)) for _ in range(4)]
    for process in running:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    assert store.meta("sum") == "400"
    store.close()


WRITE_UNTIL_KILLED = """
import sys
from pathlib import Path
from tests.engine.feed_support import signal, take
from engine.storage.store import Store
store = Store.open(Path(sys.argv[1]))
number = 0
while True:
    rows = [signal(f"{sys.argv[2]}/{number}/{part}", order_ref=f"PO{part}") for part in range(10)]
    take(store, rows, identity="event", cursor=str(number))
    print(number, flush=True)
    number += 1
"""


def test_nothing_that_was_acknowledged_is_lost_when_a_writer_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    Store.open(path, create=True).close()
    chance = random.Random(7)
    acknowledged: dict[int, int] = {}
    for life in range(20):
        with child(WRITE_UNTIL_KILLED, str(path), str(life)) as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(1, 40)):
                assert process.stdout.readline(), process.stderr and process.stderr.read()
            process.kill()
            said = process.stdout.read().split()
        store = Store.open(path)
        prefix = f"{life}/%"
        stored = store.connection.execute("SELECT count(*) FROM signal WHERE source_id LIKE ?", (prefix,)).fetchone()[0]
        cursor = int(column(store, "SELECT cursor FROM source")[0])
        assert stored == (cursor + 1) * 10, "rows and cursor of a batch belong together"
        assert not said or cursor >= int(said[-1])
        acknowledged[life] = stored
        assert column(store, "PRAGMA quick_check") == ["ok"]
        store.close()
    store = Store.open(path)
    assert column(store, "SELECT count(*) FROM signal") == [sum(acknowledged.values())]
    assert column(store, "SELECT count(*) FROM touched WHERE type = 'order'") == [10]
    store.close()


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def fail_half_way() -> None:
        with store.write() as connection:
            set_meta(connection, "half", "done")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_half_way()
    assert store.meta("half") is None


def test_a_locked_file_is_refused_with_a_sentence(store: Store) -> None:
    other = Store.open(store.path)
    other.connection.execute("PRAGMA busy_timeout = 20")
    with store.write(), pytest.raises(StoreUnusable, match="another process keeps it locked"), other.write():
        pass
    other.close()


def test_a_file_that_stays_locked_for_a_reader_is_one_sentence_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With a rollback journal readers wait for writers.
    monkeypatch.setattr("engine.storage.store.wal_is_safe", lambda version: False)
    Store.open(tmp_path / "desk.db", create=True).close()
    reader, writer = Store.open(tmp_path / "desk.db"), Store.open(tmp_path / "desk.db")
    reader.connection.execute("PRAGMA busy_timeout = 20")
    writer.connection.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreUnusable, match="another process keeps it locked"):
        reader.meta("name")
    writer.connection.execute("ROLLBACK")
    assert reader.meta("name") is None
    reader.close()
    writer.close()


def test_a_fault_of_our_own_in_a_statement_is_no_fault_of_the_file(store: Store) -> None:
    with pytest.raises(sqlite3.ProgrammingError), store.read() as connection:
        connection.execute("SELECT ?", ())
    assert store.meta("name") is None


def test_a_text_that_is_no_utf8_is_a_damaged_file_and_its_data_is_not_told(store: Store) -> None:
    with store.write() as connection:
        connection.execute("INSERT INTO meta VALUES ('name', CAST(x'7365637265740AFF' AS TEXT))")
    with pytest.raises(StoreUnusable, match="not a sound SQLite file") as refused:
        store.meta("name")
    assert "secret" not in str(refused.value)


def test_what_a_statement_says_wrong_is_not_told_as_a_full_disk(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such column: full"), store.read() as connection:
        connection.execute("SELECT full FROM meta")


def test_a_reader_sees_one_instant_and_notices_the_commits_of_others(store: Store) -> None:
    other = Store.open(store.path)
    before = other.data_version()
    with other.read():
        assert other.meta("name") is None
        with store.write() as connection:
            set_meta(connection, "name", "new")
        assert other.meta("name") is None
    assert other.meta("name") == "new"
    assert other.data_version() != before
    other.close()


def test_a_read_only_store_reads_and_does_not_write(store: Store) -> None:
    reader = Store.open(store.path, read_only=True)
    assert reader.meta("name") is None
    with pytest.raises(StoreUnusable, match="cannot be written"), reader.write() as connection:
        set_meta(connection, "name", "x")
    reader.close()


def test_a_desk_on_a_screen_keeps_little_of_the_file_in_memory(store: Store) -> None:
    screen = Store.open(store.path, cache_mib=SMALL_CACHE_MIB)
    kept = [each.connection.execute("PRAGMA cache_size").fetchone()[0] for each in (store, screen)]
    screen.close()
    assert kept == [-64 * 1024, -2 * 1024], "in KiB, and negative: that is how SQLite tells it from pages"


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_done(store: Store) -> None:
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    def write_too_much() -> None:
        with store.write() as connection:
            set_meta(connection, "small", "1")
            set_meta(connection, "large", "x" * 1_000_000)

    with pytest.raises(StoreUnusable, match="disk is full"):
        write_too_much()
    assert store.meta("small") is None
    assert column(store, "PRAGMA quick_check") == ["ok"]


def test_a_disk_without_room_to_read_is_called_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite calls it a fault of reading and writing when its shared index finds no room."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR | 19 << 8  # SQLITE_IOERR_SHMSIZE
    assert "look at the disk" in sentence(error, tmp_path / "desk.db")
    monkeypatch.setattr("os.statvfs", lambda path: SimpleNamespace(f_bavail=7, f_frsize=4096))
    assert "the disk is full" in sentence(error, tmp_path / "desk.db")


def test_numbers_that_sqlite_cannot_hold_never_reach_it(store: Store) -> None:
    from tests.engine.feed_support import signal, take

    assert take(store, [signal("1", quantity=float(2**80)), signal("2", eta=2**80)]).quarantined == 2


def test_nothing_kept_rests_on_a_function_of_json(tmp_path: Path) -> None:
    """An SQLite before 3.41 takes json_extract in an index or a trigger for unsafe, and refuses every write of the
    table."""
    store = Store.open(tmp_path / "desk.db", create=True)
    kept = store.connection.execute("SELECT name, sql FROM sqlite_schema WHERE type != 'table'").fetchall()
    store.close()
    assert [name for name, sql in kept if sql is not None and "json_" in sql] == []


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_not_there_any_more_is_neither_read_nor_written(tmp_path: Path, replaced: bool) -> None:
    path, aside = tmp_path / "desk.db", tmp_path / "aside.db"
    store = Store.open(path, create=True)
    path.rename(aside)
    if replaced:
        path.touch()
    for use in (store.data_version, lambda: store.meta("name"), lambda: written(store)):
        with pytest.raises(StoreUnusable, match=r"desk\.db: the file that was open is not there any more.*put it back"):
            use()
    aside.replace(path)
    written(store)
    assert store.meta("name") == "here"
    store.close()


def test_a_file_that_a_newer_offplan_migrates_meanwhile_is_neither_read_nor_written_by_this_one(tmp_path: Path) -> None:
    """What its tables mean is another thing from then on."""
    store = Store.open(tmp_path / "desk.db", create=True)
    written(store)
    newer = sqlite3.connect(tmp_path / "desk.db")
    for version in (schema.VERSION + 1, schema.VERSION - 1):
        newer.execute(f"PRAGMA user_version = {version}")
        newer.commit()
        before = store.connection.execute("SELECT value FROM meta").fetchall()
        said = rf"desk\.db: it has schema {version} now.*open the desk anew"
        with pytest.raises(StoreUnusable, match=said):
            store.meta("name")
        with pytest.raises(StoreUnusable, match=said):
            written(store, "there")
        assert store.connection.execute("SELECT value FROM meta").fetchall() == before
        assert not store.connection.in_transaction
    newer.execute(f"PRAGMA user_version = {schema.VERSION}")
    newer.commit()
    newer.close()
    written(store, "there")
    assert store.meta("name") == "there"
    store.close()


def written(store: Store, name: str = "here") -> None:
    with store.write() as connection:
        set_meta(connection, "name", name)
