"""Sources: their row, how far their files were read, and the one lease."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Any

import pytest

from engine import sources
from engine.clock import SECOND
from engine.store import Store, rows
from tests.engine.feed_support import NOW, column, forget_touched, mark, signal, take, touched


def declare(store: Store, every: int | None = 60 * SECOND, kind: str = "folder") -> None:
    with store.write() as connection:
        sources.declare(connection, NOW, "erp", kind, every)


def test_declaring_a_source_is_idempotent_and_a_new_interval_is_judged(store: Store) -> None:
    assert sources.state(store.connection, "erp") is None
    declare(store)
    assert touched(store) == {("source", "erp", "")}
    forget_touched(store)
    declare(store)
    assert touched(store) == set()
    declare(store, None)
    assert touched(store) == {("source", "erp", "")}
    state = sources.state(store.connection, "erp")
    assert state is not None
    assert (state["kind"], state["expected_every"], state["first_seen_at"], state["cursor"]) == (
        "folder",
        None,
        NOW,
        "{}",
    )


def test_files_given_by_hand_do_not_change_what_a_declared_source_is(store: Store) -> None:
    declare(store)
    with store.write() as connection:
        connection.execute("UPDATE source SET next_poll_at = 5")
    take(store, [signal()])
    state = sources.state(store.connection, "erp")
    assert state is not None
    assert (state["kind"], state["expected_every"], state["next_poll_at"]) == ("folder", 60 * SECOND, 5)


def test_a_failure_is_shown_until_the_source_speaks_again(store: Store) -> None:
    declare(store)
    with store.write() as connection:
        sources.failed(connection, NOW + 1, "erp", "HTTP 503\x1b[2J", next_poll_at=NOW + 9)
    state = sources.state(store.connection, "erp")
    assert state is not None
    assert (state["last_error"], state["last_error_at"], state["next_poll_at"]) == (
        "HTTP 503\ufffd[2J",
        NOW + 1,
        NOW + 9,
    )
    assert state["last_received_at"] is None
    forget_touched(store)
    with store.write() as connection:
        sources.polled(connection, NOW + 2, "erp", cursor=None, next_poll_at=NOW + 20)
    state = sources.state(store.connection, "erp")
    assert state is not None
    assert (state["last_error"], state["last_received_at"], state["next_poll_at"]) == (None, NOW + 2, NOW + 20)
    assert state["cursor"] == "{}"
    assert touched(store) == {("source", "erp", "")}


def test_an_answer_without_rows_can_move_the_cursor(store: Store) -> None:
    declare(store)
    with store.write() as connection:
        sources.polled(connection, NOW, "erp", cursor='{"etag":"x"}', next_poll_at=None)
    assert column(store, "SELECT cursor FROM source") == ['{"etag":"x"}']


def test_a_file_is_known_by_its_content_and_goes_on_where_it_stopped(store: Store) -> None:
    assert sources.file_state(store.connection, "erp", b"\1" * 32) is None
    take(store, [signal("1"), signal("2")], mark=mark(), last=False)
    assert sources.file_state(store.connection, "erp", b"\1" * 32) == ("reading", 2)
    take(store, [signal("3")], mark=mark(), rows_before=2, now=NOW + 1)
    assert sources.file_state(store.connection, "erp", b"\1" * 32) == ("taken", 3)
    assert sources.file_state(store.connection, "other", b"\1" * 32) is None
    row = rows(store.connection, "SELECT name, size, first_at, finished_at FROM source_file")[0]
    assert row == {"name": "orders.csv", "size": 10, "first_at": NOW, "finished_at": NOW + 1}


def acquire(store: Store, holder: str, now: int = NOW, seconds: float = 5.0) -> bool:
    with store.write() as connection:
        return sources.acquire_lease(connection, now, "feeder", holder, seconds)


def renew(store: Store, holder: str, now: int) -> bool:
    with store.write() as connection:
        return sources.renew_lease(connection, now, "feeder", holder, 5.0)


def test_one_holder_at_a_time_and_the_next_when_it_lapses(store: Store) -> None:
    assert acquire(store, "one")
    assert not acquire(store, "two", NOW + 4 * SECOND)
    assert acquire(store, "one", NOW + 4 * SECOND)
    assert not acquire(store, "two", NOW + 8 * SECOND)
    assert acquire(store, "two", NOW + 9 * SECOND)
    lease = sources.lease(store.connection, NOW + 9 * SECOND, "feeder")
    assert lease is not None
    assert (lease["holder"], lease["host"], lease["pid"]) == ("two", socket.gethostname(), os.getpid())


def test_a_holder_that_slept_too_long_learns_that_it_lost_the_lease(store: Store) -> None:
    acquire(store, "one")
    assert renew(store, "one", NOW + 4 * SECOND)
    assert not renew(store, "two", NOW + 5 * SECOND)
    # Nobody took it meanwhile, but somebody could have: it counts as lost.
    assert not renew(store, "one", NOW + 9 * SECOND)
    acquire(store, "two", NOW + 9 * SECOND)
    assert not renew(store, "one", NOW + 10 * SECOND)


def test_only_its_holder_gives_a_lease_back(store: Store) -> None:
    acquire(store, "one")
    with store.write() as connection:
        sources.release_lease(connection, "feeder", "two")
    assert sources.lease(store.connection, NOW, "feeder") is not None
    with store.write() as connection:
        sources.release_lease(connection, "feeder", "one")
    assert sources.lease(store.connection, NOW, "feeder") is None


def taken_by(store: Store, **fields: Any) -> None:
    acquire(store, "gone", seconds=3600)
    with store.write() as connection:
        for name, value in fields.items():
            connection.execute(f"UPDATE lease SET {name} = ?", (value,))


@pytest.fixture
def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_lease_of_a_dead_process_of_this_boot_is_free_at_once(store: Store, dead_pid: int) -> None:
    taken_by(store, pid=dead_pid)
    assert acquire(store, "next")


@pytest.mark.parametrize("elsewhere", [{"host": "another-host"}, {"boot_id": "an earlier boot"}, {"boot_id": ""}])
def test_nothing_is_known_about_processes_of_other_hosts_and_boots(
    store: Store, dead_pid: int, elsewhere: dict[str, str]
) -> None:
    taken_by(store, pid=dead_pid, **elsewhere)
    assert not acquire(store, "next")
