"""Sources: their row, and how far their files were read."""

from __future__ import annotations

from engine.intake import sources
from engine.storage.store import Store, rows
from engine.values.clock import SECOND
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


def test_a_source_that_the_settings_no_longer_have_is_waited_for_no_more(store: Store) -> None:
    declare(store)
    with store.write() as connection:
        sources.declare(connection, NOW, "kept", "http", SECOND)
        sources.declare(connection, NOW, "by hand", "command", SECOND)
    forget_touched(store)
    gone = sources.given_up(store.connection, ["kept"])
    assert gone == ["erp"]
    with store.write() as connection:
        sources.expect_nothing(connection, gone)
    assert touched(store) == {("source", "erp", "")}
    assert column(store, "SELECT expected_every FROM source ORDER BY name") == [SECOND, None, SECOND]
    assert sources.given_up(store.connection, ["kept"]) == []
