"""Taking signals: what is kept once, what is refused and why, and what one transaction holds together."""

from __future__ import annotations

import json
import math
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.intake import ingest, quarantine
from engine.intake.ingest import SourceBatch
from engine.storage.journal import Writer
from engine.storage.store import Store, rows
from engine.values.clock import DAY
from engine.vocabulary.model import Place, Refusal, SignalIn
from tests.engine.feed_support import NOW, column, forget_touched, mark, signal, take, touched


def test_a_batch_is_stored_counted_and_put_on_the_work_list(store: Store) -> None:
    result = take(store, [signal("1"), signal("2", "stock", order_ref=None, eta=None, item="A", site="X", quantity=5)])
    assert (result.read, result.new, result.duplicate, result.quarantined) == (2, 2, 0, 0)
    assert touched(store) == {("order", "PO1", ""), ("stock", "A", "X"), ("source", "erp", "")}
    assert store.connection.execute("SELECT item, site FROM stock_point").fetchall() == [("A", "X")]
    stored = rows(store.connection, "SELECT * FROM signal WHERE id = 1")[0]
    assert (stored["order_ref"], stored["eta"], stored["received_at"]) == ("PO1", NOW + DAY, NOW)
    assert stored["item"] is None
    assert stored["recorded_at"] is None
    assert len(stored["dedup_key"]) == 16
    assert len(stored["row_key"]) == 8


def test_as_of_is_recorded_else_occurred_else_received(store: Store) -> None:
    take(store, [signal("1", recorded_at=NOW - 5, occurred_at=NOW - 9), signal("2", occurred_at=NOW - 9), signal("3")])
    assert column(store, "SELECT as_of FROM signal ORDER BY source_id") == [NOW - 5, NOW - 9, NOW]


def test_an_event_is_known_by_its_id_whatever_it_says_later(store: Store) -> None:
    take(store, [signal("1", eta=NOW)], identity="event")
    forget_touched(store)
    again = take(store, [signal("1", eta=NOW + DAY), signal("1", eta=NOW + DAY)], identity="event")
    assert (again.new, again.duplicate) == (0, 2)
    assert column(store, "SELECT eta FROM signal") == [NOW]
    assert touched(store) == {("source", "erp", "")}


@pytest.mark.parametrize("identity", ["event", "state"])
def test_only_what_is_new_is_touched(store: Store, identity: str) -> None:
    take(store, [signal("1", order_ref="OLD")], identity=identity)
    forget_touched(store)
    take(store, [signal("1", order_ref="OLD"), signal("2", order_ref="NEW")], identity=identity)
    assert touched(store) == {("order", "NEW", ""), ("source", "erp", "")}


def test_the_same_id_of_two_sources_is_two_events(store: Store) -> None:
    take(store, [signal("1")], identity="event", source="a")
    assert take(store, [signal("1")], identity="event", source="b").new == 1


@pytest.mark.parametrize("times", [{}, {"occurred_at": NOW - DAY}, {"recorded_at": NOW - DAY}])
@pytest.mark.parametrize("cut", [1, 3])
def test_a_state_that_goes_and_comes_back_is_three_signals(store: Store, times: dict[str, Any], cut: int) -> None:
    story = [signal("1", eta=NOW + day * DAY, **times) for day in (1, 2, 1)]
    results = [take(store, story[start : start + cut]) for start in range(0, 3, cut)]
    assert sum(result.new for result in results) == 3
    # The last word is the one that the fold by (as_of, tie) ends with, though all three are of one instant.
    assert column(store, "SELECT eta FROM signal ORDER BY as_of DESC, tie DESC LIMIT 1") == [NOW + DAY]
    assert take(store, story[-1:]).duplicate == 1


def test_a_restated_row_is_a_duplicate_also_inside_one_batch(store: Store) -> None:
    result = take(store, [signal("1"), signal("1"), signal("2")])
    assert (result.new, result.duplicate) == (2, 1)


def test_ids_that_cleaning_makes_equal_stay_two_events(store: Store) -> None:
    assert take(store, [signal("a\x01"), signal("a\x02")], identity="event").new == 2


NUMBERS = count()
ROW = st.sampled_from(["r1", "r2", "r3"])
INSTANT = st.integers(0, 3).map(lambda day: NOW - day * DAY)


def _statements(draw: st.DrawFn, timed: str) -> list[SignalIn]:
    """Statements whose content follows from row and time, as of a source that never contradicts itself."""
    keys = draw(st.lists(st.tuples(ROW, INSTANT), min_size=1, max_size=12))
    eta_of = {"r1": DAY, "r2": 2 * DAY, "r3": 3 * DAY}
    if timed == "occurred_at":
        return [signal(row, eta=at + eta_of[row], occurred_at=at) for row, at in keys]
    return [signal(row, eta=at + eta_of[row], recorded_at=at) for row, at in keys]


def _stored(tmp: Path, feed: list[list[SignalIn]], identity: str) -> set[tuple[Any, ...]]:
    """What a fresh desk holds after the batches of `feed`; ids and arrival order left out."""
    store = Store.open(tmp / f"{next(NUMBERS)}.db", create=True)
    try:
        for batch in feed:
            take(store, batch, identity=identity)
        query = "SELECT dedup_key, row_key, source_id, as_of, eta, occurred_at, recorded_at FROM signal"
        found = store.connection.execute(query).fetchall()
        assert len(set(found)) == len(found)
        return set(found)
    finally:
        store.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize(
    ("identity", "timed"), [("event", "occurred_at"), ("state", "occurred_at"), ("state", "recorded_at")]
)
def test_order_repetition_and_cutting_change_nothing(
    tmp_path: Path, identity: str, timed: str, data: st.DataObject
) -> None:
    statements = data.draw(st.composite(_statements)(timed))
    if identity == "event":
        statements = [row._replace(source_id=f"{row.source_id}/{row.occurred_at}") for row in statements]
    once = _stored(tmp_path, [statements], identity)
    shuffled = data.draw(st.permutations(statements))
    size = data.draw(st.integers(1, len(statements)))
    pieces = [list(shuffled[start : start + size]) for start in range(0, len(shuffled), size)]
    assert _stored(tmp_path, pieces, identity) == once
    assert _stored(tmp_path, [*pieces, statements, *reversed(pieces)], identity) == once


@pytest.mark.parametrize(
    ("row", "column_name", "part"),
    [
        (signal(""), "source_id", "needs source_id"),
        (signal(kind="telepathy"), "kind", "'telepathy' is no kind of signal"),
        (signal(kind="receipt", order_ref=None), "order_ref", "a receipt signal needs order_ref"),
        (signal(eta=None), "eta", "a eta signal needs eta"),
        (signal(kind="confirmation", eta=None), "eta", "a date, a quantity or a code"),
        (signal(kind="status", status="lost"), "status", "'lost' is no state"),
        (signal(kind="stock", order_ref=None, item="A", quantity=1), "site", "needs site"),
        (signal(kind="stock", item="A", site="X", quantity=1), "order_ref", "not an order"),
        (signal(kind="demand", order_ref=None, item="A", site="X", quantity=1), "occurred_at", "needs occurred_at"),
        (signal(quantity=math.nan), "quantity", "nan is no quantity"),
        (signal(quantity=math.inf), "quantity", "inf is no quantity"),
        (signal(quantity=10**400), "quantity", "is no quantity"),
        (signal(kind="eta", quantity=-5.0), "quantity", "nobody promises -5"),
        (signal(eta=2**70), "eta", "outside the years 1900 to 2199"),
        (signal(occurred_at=-(2**70)), "occurred_at", "outside the years"),
        (signal(recorded_at=253_402_300_799_000_000), "recorded_at", "outside the years"),
        (signal(order_kind="wish"), "order_kind", "'wish' is no kind of order"),
        (signal(item="A\ud800"), "item", "lone surrogate"),
        (signal(payload="[1]"), "payload", "not a JSON object"),
        (signal(payload="{half"), "payload", "not a JSON object"),
    ],
)
def test_a_bad_row_is_held_with_place_reason_and_mend_and_the_rest_goes_on(
    store: Store, row: SignalIn, column_name: str, part: str
) -> None:
    result = take(store, [signal("before"), row._replace(line=7), signal("after")])
    assert (result.read, result.new, result.quarantined) == (3, 2, 1)
    held = quarantine.held(store.connection, "erp")
    assert [(h["file"], h["line"], h["column_name"]) for h in held] == [("orders.csv", 7, column_name)]
    assert part in held[0]["reason"]
    assert held[0]["mend"]
    assert isinstance(json.loads(held[0]["raw"]), dict)


def test_every_record_counts_once_and_a_refusal_is_stored_once(store: Store) -> None:
    broken = Refusal(Place("orders.csv", 3, "ETA"), "'soon' is no date", "write 2026-03-09", "PO1;soon")
    for _ in range(2):
        result = take(store, [broken, signal("1")])
        assert result.read == result.new + result.duplicate + result.quarantined == 2
    assert len(quarantine.held(store.connection)) == 1
    assert column(store, "SELECT quarantined FROM source") == [1]


def test_a_released_record_that_is_refused_again_is_held_again(store: Store) -> None:
    broken = Refusal(Place("orders.csv", 3), "bad", "mend it", "raw")
    take(store, [broken])
    with store.write() as connection:
        writer = Writer(connection, at=NOW, actor="ana", origin="{}")
        assert quarantine.release(connection, writer, [1]) == 1
        assert quarantine.release(connection, writer, [1]) == 0
    assert quarantine.held(store.connection) == []
    take(store, [broken])
    assert [row["id"] for row in quarantine.held(store.connection)] == [1]


def test_a_raw_record_is_cut_at_64_kib_and_cleaned(store: Store) -> None:
    take(store, [Refusal(Place("orders.csv", 1), "long", "shorten it", "\x1b" + "x" * 200_000)])
    raw = quarantine.held(store.connection)[0]["raw"]
    assert raw.startswith("\ufffdxxx")
    assert raw.endswith("x…[cut]")
    assert len(raw) == 64 * 1024 + len("…[cut]")


def test_text_is_cleaned_before_it_is_stored(store: Store) -> None:
    payload = json.dumps({"note": "\x1b]0;pwned\x07 ok", "deep": [{"k\u202e": "a\u200bb"}], "n": 1.5})
    take(store, [signal("i\x1bd", order_ref="PO\t1", item="\u200b", party="Müller\u202e", payload=payload)])
    stored = rows(store.connection, "SELECT * FROM signal")[0]
    assert (stored["source_id"], stored["order_ref"], stored["party"]) == ("i\ufffdd", "PO 1", "Müller\ufffd")
    assert stored["item"] is None
    assert json.loads(stored["payload"]) == {"note": "\ufffd]0;pwned\ufffd ok", "deep": [{"k\ufffd": "ab"}], "n": 1.5}


def test_an_endless_payload_is_cut_to_something_that_can_be_read(store: Store) -> None:
    take(store, [signal(payload=json.dumps({str(n): "x" * 100 for n in range(2_000)}))])
    assert json.loads(column(store, "SELECT payload FROM signal")[0])["cut"].endswith("…[cut]")


def test_rows_cursor_and_file_commit_together_or_not_at_all(store: Store) -> None:
    batch = SourceBatch("erp", "folder", "state", [signal()], "orders.csv", cursor='{"page":2}', mark=mark())

    def take_and_fail() -> None:
        with store.write() as connection:
            ingest.take(connection, Writer(connection, at=NOW, actor="ana", origin="{}"), NOW, batch)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_and_fail()
    for table in ("signal", "source", "source_file", "touched", "source_row", "journal"):
        assert column(store, f"SELECT count(*) FROM {table}") == [0]
    take(store, [signal()], cursor='{"page":2}', mark=mark())
    assert column(store, "SELECT cursor FROM source") == ['{"page":2}']
    assert column(store, "SELECT count(*) FROM source_file") == [1]


def test_a_batch_without_a_cursor_leaves_the_one_that_is_there(store: Store) -> None:
    take(store, [signal("1")], cursor='{"page":2}')
    take(store, [signal("2")])
    assert column(store, "SELECT cursor FROM source") == ['{"page":2}']


def test_the_source_row_says_how_the_source_fares(store: Store) -> None:
    take(store, [signal("1", recorded_at=NOW - 5)], expected_every=60)
    take(store, [signal("1", recorded_at=NOW - 5), signal("2", recorded_at=NOW - 9)], now=NOW + 1)
    source = rows(store.connection, "SELECT * FROM source")[0]
    assert (source["signals"], source["duplicates"], source["expected_every"]) == (2, 1, 60)
    assert (source["first_seen_at"], source["last_received_at"], source["last_recorded_at"]) == (NOW, NOW + 1, NOW - 5)


def test_a_delivery_of_mostly_bad_rows_is_reported_and_its_good_rows_are_kept(store: Store) -> None:
    result = take(store, [signal("1"), signal("2", kind="?"), signal("3", kind="?")])
    assert result.new == 1
    error = column(store, "SELECT last_error FROM source")[0]
    assert error.startswith("orders.csv: 2 of 3 records could not be taken")
    assert column(store, "SELECT reason FROM journal WHERE action = 'ingest'") == [error]
    take(store, [signal("4")])
    assert column(store, "SELECT last_error FROM source") == [None]


def test_only_refusals_are_no_sign_of_life(store: Store) -> None:
    take(store, [signal(kind="?")])
    assert column(store, "SELECT last_received_at FROM source") == [None]


def test_one_journal_entry_for_each_batch_with_records(store: Store) -> None:
    take(store, [signal("1"), signal("1"), signal("2", kind="?")])
    take(store, [])
    entries = rows(store.connection, "SELECT action, subject_type, subject_id, actor, after FROM journal")
    assert [(e["action"], e["subject_type"], e["subject_id"], e["actor"]) for e in entries] == [
        ("ingest", "source", "erp", "ana")
    ]
    after = json.loads(entries[0]["after"])
    assert after == {"file": "orders.csv", "read": 3, "new": 1, "duplicate": 1, "quarantined": 1}


def test_signals_cannot_be_edited_or_deleted(store: Store) -> None:
    from engine.storage.sqlite import sqlite3

    take(store, [signal()])
    for statement in ("UPDATE signal SET eta = 0", "DELETE FROM signal"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            store.connection.execute(statement)
