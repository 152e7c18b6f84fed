"""The journal's chain: what follows from what, and that every way of editing it is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.reading import others
from engine.storage import journal
from engine.storage.journal import Entry, Writer
from engine.storage.sqlite import sqlite3
from engine.storage.store import Store

TRIGGERS = ("journal_no_update", "journal_no_delete", "journal_in_order")


def write(store: Store, count: int = 5, **fields: str) -> Writer:
    with store.write() as connection:
        writer = Writer(connection, at=1, actor="ana", origin='{"host": "h"}')
        for number in range(count):
            writer.write(
                Entry("ack", "deviation", f"D{number}", {"state": "open"}, {"state": "acknowledged"}, **fields)
            )
    return writer


def tamper(store: Store, statement: str) -> None:
    for trigger in TRIGGERS:
        store.connection.execute(f"DROP TRIGGER {trigger}")
    store.connection.execute(statement)


def test_a_whole_chain_verifies(store: Store) -> None:
    assert journal.verify(store.connection) is None
    write(store)
    write(store, reason="Zoë said 'so' …")
    assert journal.verify(store.connection) is None


def test_entries_of_one_command_share_its_number(store: Store) -> None:
    assert write(store, 2).txn == 1
    assert write(store, 2).txn == 3
    assert [row[0] for row in store.connection.execute("SELECT txn FROM journal ORDER BY seq")] == [1, 1, 3, 3]


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE journal SET actor = 'bo' WHERE seq = 3", 3),
        ("UPDATE journal SET after = '{}' WHERE seq = 1", 1),
        ("UPDATE journal SET reason = 'because' WHERE seq = 5", 5),
        ("UPDATE journal SET origin = '{}' WHERE seq = 2", 2),
        ("UPDATE journal SET at = 2 WHERE seq = 4", 4),
        ("DELETE FROM journal WHERE seq = 1", 2),
        ("DELETE FROM journal WHERE seq = 3", 4),
        ("INSERT OR REPLACE INTO journal SELECT 3, at, txn, 'bo', origin, action, subject_type, subject_id, reason,"
         " before, after, previous, hash FROM journal WHERE seq = 3", 3),
        ("INSERT INTO journal SELECT 6, at, txn, actor, origin, action, subject_type, subject_id, reason, before, after,"
         " previous, hash FROM journal WHERE seq = 5", 6),
        ("UPDATE journal SET hash = zeroblob(32) WHERE seq = 2", 2),
        ("UPDATE journal SET previous = zeroblob(32) WHERE seq = 2", 2),
    ],
)  # fmt: skip
def test_tampering_is_found_at_the_entry_that_was_edited(store: Store, statement: str, broken: int) -> None:
    write(store)
    tamper(store, statement)
    assert journal.verify(store.connection) == broken


def test_swapped_entries_are_found(store: Store) -> None:
    write(store)
    tamper(store, "UPDATE journal SET seq = CASE seq WHEN 2 THEN 30 WHEN 3 THEN 2 END WHERE seq IN (2, 3)")
    store.connection.execute("UPDATE journal SET seq = 3 WHERE seq = 30")
    assert journal.verify(store.connection) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET actor = 'bo'",
        "DELETE FROM journal WHERE seq = 5",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 2",
        "INSERT INTO journal SELECT 9, at, txn, actor, origin, action, subject_type, subject_id, reason, before, after,"
        " hash, hash FROM journal WHERE seq = 5",
    ],
)
def test_the_file_itself_refuses_plain_edits(store: Store, statement: str) -> None:
    write(store)
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|must follow"):
        store.connection.execute(statement)
    assert journal.verify(store.connection) is None


def test_the_history_of_one_object_is_in_order_and_readable(store: Store) -> None:
    write(store)
    write(store, 1, reason="again")
    found = list(journal.entries(store.connection, "deviation", "D0"))
    assert [(entry["seq"], entry["reason"]) for entry in found] == [(1, None), (6, "again")]
    assert found[0]["before"] == {"state": "open"}
    assert "hash" not in found[0]


def test_the_origin_says_host_and_process() -> None:
    import json
    import os

    origin = json.loads(journal.reported_origin())
    assert origin["pid"] == os.getpid()
    assert origin["host"]


@pytest.mark.parametrize(
    "ask", [journal.kinds_since, lambda connection, entry: others.changed_since(connection, entry, ())]
)
def test_what_was_done_since_costs_what_is_new_and_not_what_ever_was(
    store: Store, ask: Callable[[sqlite3.Connection, int], object]
) -> None:
    write(store, 2_000)
    before, _ = journal.done_since(store.connection, None)
    write(store, 1)
    steps: list[None] = []
    store.connection.set_progress_handler(lambda: steps.append(None), 100)
    ask(store.connection, before)
    store.connection.set_progress_handler(None, 0)
    assert len(steps) < 10, "a hundred instructions each"


def test_what_was_done_is_told_by_kinds(store: Store) -> None:
    write(store)
    before, _ = journal.done_since(store.connection, None)
    assert journal.kinds_since(store.connection, before) == frozenset()
    with store.write() as connection:
        writer = Writer(connection, at=1, actor="ana", origin="{}")
        writer.write(Entry("ingest", "source", "erp", {}, {}))
        writer.write(Entry("start", "action", "A1", {}, {}))
    assert journal.kinds_since(store.connection, before) == {"action"}
    assert journal.kinds_since(store.connection, 0) == {"action", "deviation"}
